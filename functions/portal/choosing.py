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


@cache
def _directory(day: str) -> Directory:
    """Read once a day in each process."""
    return read_directory(ports.objects("config").read)
