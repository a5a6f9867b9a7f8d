"""The units that a form offers to choose from, by the directory of the city."""

from __future__ import annotations

from functools import cache

from functions.portal.visiting import Visit
from functions.shared import clock, ports
from functions.shared.directory import Directory, read_directory

Choice = tuple[str, str]
"""A value and its name."""


def units_near(visit: Visit, town: str | None) -> list[Choice]:
    """Of each department its unit in the town, where it has one, and that of the city."""
    found = _directory(clock.real_now().date().isoformat())
    units = [
        unit
        for one in found.departments
        for unit in ([f"{one.id}.{town}", one.id] if town in one.towns else [one.id])
    ]
    return [(unit, visit.named.unit(unit, visit.language)) for unit in units]


def towns(visit: Visit) -> list[Choice]:
    """The towns of the city."""
    return [(code, name) for code, name in visit.named.names.towns.items() if code.isdecimal()]


def items_now(visit: Visit) -> list[Choice]:
    """The supervision items that hold now, each by its code with its licence."""
    now = visit.api.get("/v1/items").get("now")
    whole = visit.api.get("/v1/items/{version}", {"version": now["version"]}) if now else {}
    return list({one["code"]: one["licence"] for one in whole.get("items", ())}.items())


@cache
def _directory(day: str) -> Directory:
    """Read once a day in each process."""
    return read_directory(ports.objects("config").read)
