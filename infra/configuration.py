"""The sample city's configuration for a stage that has none yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def provide(client: S3Client, bucket: str, city: Path) -> list[str]:
    """Put divisions, departments and the newest calendar of `city` where the stage has none.

    What stands there is the city's own and stays. Returns the keys that were put.
    """
    calendar = newest_calendar(city)
    files = {
        "divisions.csv": city / "divisions.csv",
        "departments.csv": city / "departments.csv",
        "calendar.toml": calendar,
    }
    there = {one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])}
    missing = [key for key in files if key not in there]
    for key in missing:
        client.put_object(Bucket=bucket, Key=key, Body=files[key].read_bytes())
    return missing


def newest_calendar(city: Path) -> Path:
    """The calendar file with the highest version: 2026.10 comes after 2026.9."""
    return max((city / "calendars").glob("*.toml"), key=_version)


def _version(path: Path) -> list[int]:
    return [int(part) for part in path.stem.split(".")]
