"""The sample city's departments and towns, as its files give them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from functions.shared.directory import Directory, parse_departments, read_towns

HOME = Path(__file__).parent


@cache
def directory() -> Directory:
    """The departments and the towns in which they have units."""
    return parse_departments(_read("departments.csv"), read_towns(_read("divisions.csv")))


@cache
def town_names() -> dict[str, str]:
    """The towns by code."""
    rows = [line.split(",") for line in _read("divisions.csv").splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == "town"}


def _read(name: str) -> str:
    return (HOME / name).read_text(encoding="utf-8-sig")
