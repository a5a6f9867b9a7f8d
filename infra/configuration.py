"""The sample city's configuration for a stage that has none yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAMES = (
    *("divisions.csv", "departments.csv", "ladder.toml", "clue_limits.toml"),
    "inspection_items.toml",
)


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
    """The files of `city` by the keys that they are read under: divisions, departments, ladder,
    limits of clues, items of inspections, every calendar by its version, and the newest as the one
    in force."""
    calendars = {f"calendars/{path.name}": path for path in (city / "calendars").glob("*.toml")}
    named = {name: city / name for name in _NAMES}
    return {**named, **calendars, "calendar.toml": newest_calendar(city)}


def newest_calendar(city: Path) -> Path:
    """The calendar file with the highest version: 2026.10 comes after 2026.9."""
    return max((city / "calendars").glob("*.toml"), key=_version)


def _version(path: Path) -> list[int]:
    return [int(part) for part in path.stem.split(".")]
