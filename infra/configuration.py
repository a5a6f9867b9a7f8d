"""The sample city's configuration for a stage that has none yet."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAMES = (
    *("divisions.csv", "departments.csv", "ladder.toml", "clue_limits.toml"),
    *("inspection_items.toml", "catalogue.toml", "periods.toml", "grading.toml", "repair.toml"),
    *("constraints.toml", "instruments.toml"),
)
_FONT = "mplfonts/fonts/NotoSansCJKsc-Regular.otf"


def provide(client: S3Client, bucket: str, city: Path) -> list[str]:
    """Put the configuration of `city` where the stage has none.

    What stands there is the city's own and stays. Returns the keys that were put.
    """
    found = files(city)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    there = {one["Key"] for page in pages for one in page.get("Contents", [])}
    missing = [key for key in found if key not in there]
    for key in missing:
        client.put_object(Bucket=bucket, Key=key, Body=found[key].read_bytes())
    return missing


def files(city: Path) -> Mapping[str, Path]:
    """What stands in the bucket at first, by the keys that it is read under: the files of `city`,
    every calendar by its version, the newest as the one in force, and the font of notices."""
    calendars = {f"calendars/{path.name}": path for path in (city / "calendars").glob("*.toml")}
    named = {name: city / name for name in _NAMES}
    newest = {"calendar.toml": newest_calendar(city)}
    return {**named, **calendars, **newest, "fonts/notice.otf": notice_font()}


def notice_font() -> Path:
    """Noto Sans CJK SC (SIL Open Font License 1.1), which has some 30,000 Chinese characters, rare
    ones among them: it comes with a package of which nothing else is used."""
    return Path(str(distribution("mplfonts").locate_file(_FONT)))


def newest_calendar(city: Path) -> Path:
    """The calendar file with the highest version: 2026.10 comes after 2026.9."""
    return max((city / "calendars").glob("*.toml"), key=_version)


def _version(path: Path) -> list[int]:
    return [int(part) for part in path.stem.split(".")]
