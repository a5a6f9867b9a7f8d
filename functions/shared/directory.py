"""Who the departments are, which have units in which towns, and who receives a task (A3)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from functools import cached_property
from io import StringIO

from pydantic import BaseModel, ConfigDict, Field

from functions.shared.matching.items import Level

_LOCAL = frozenset({Level.TOWN, Level.CITY})
GRID = "grid"  # the city's grid platform, a system of its own (B11)
CREDIT = "credit"  # the credit office (C)
DESTINATIONS = ("creditnation", "creditprovince", "creditcity")  # credit is shared with them (C10)
_SEATS = frozenset({"office", "oversight", "city", "exchange", GRID, CREDIT, *DESTINATIONS})
OVERSIGHT = "oversight"  # the supervision commission's own unit, at the top of the ladder (A15)


def office(town: str | None) -> str:
    """The town office of a town; the city's where the town is not known."""
    return f"office.{town}" if town else "office"


def body_of(unit: str) -> str:
    """The department (or office) that a unit belongs to: `scjg` of `scjg.441900106000`."""
    return unit.partition(".")[0]


def town_of(unit: str) -> str | None:
    """The town that a unit lies in; None for a unit of the city."""
    return town_of_village(unit) if is_village(unit) else unit.partition(".")[2] or None


class Department(BaseModel):
    """A city department. `aliases` are other names by which items call it, also those of the
    provincial and national bodies whose contact in the city it is; `towns` are the codes of the
    towns where it has a unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9]{1,15}$")
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    towns: frozenset[str] = frozenset()


class Directory(BaseModel):
    """All departments of the city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    departments: tuple[Department, ...]
    towns: frozenset[str] = frozenset()

    @cached_property
    def _by_name(self) -> dict[str, Department]:
        return {name: one for one in self.departments for name in (one.name, one.id, *one.aliases)}

    def unit_for(self, department: str, level: Level, town: str | None) -> str | None:
        """The unit that receives a task of `department` for an entity in `town`.

        The department's unit in that town where it has one, else the city department; provincial
        and national items go to their contact in the city (A3). None for a name nobody bears.
        """
        found = self._by_name.get(department)
        if found is None:
            return None
        if level in _LOCAL and town in found.towns:
            return f"{found.id}.{town}"
        return found.id

    def has_village(self, village: str) -> bool:
        """Whether a code can be a village's of one of the towns: the directory knows only those."""
        ours = is_village(village) and town_of_village(village) in self.towns
        return ours and village not in self.towns

    def knows(self, unit: str) -> bool:
        """Whether `unit` is a department, or a unit of one in a town."""
        body, _, town = unit.partition(".")
        found = next((one for one in self.departments if one.id == body), None)
        return found is not None and (not town or town in found.towns)


def read_towns(divisions: str) -> list[str]:
    """The codes of the towns in a divisions table."""
    rows = [line.split(",") for line in divisions.splitlines()]
    return [row[1] for row in rows if row[0] == "town"]


def read_directory(read: Callable[[str], bytes]) -> Directory:
    """The directory as it stands in the configuration, whose files `read` reads by their names."""
    divisions, departments = (
        read(name).decode("utf-8-sig") for name in ("divisions.csv", "departments.csv")
    )
    return parse_departments(departments, read_towns(divisions))


def is_unit(unit: str, directory: Directory) -> bool:
    """Whether `unit` is anybody's: a department's, an office, the commission, a seat of the city's
    own machines, or a village by its code, of which only the town is looked at."""
    body, _, town = unit.partition(".")
    if body == office(None) and town:
        return town in directory.towns
    return unit in _SEATS or directory.has_village(unit) or directory.knows(unit)


def is_village(unit: str) -> bool:
    """Whether a unit's name reads like a village's: its code of 12 digits."""
    return len(unit) == 12 and unit.isascii() and unit.isdigit()


def town_of_village(village: str) -> str:
    """The code of the town that a village lies in."""
    return f"{village[:9]}000"


def parse_departments(text: str, towns: Iterable[str]) -> Directory:
    """A directory from CSV: id, name, aliases and towns, the latter two joined by `|`.

    `towns` may read `*`: a unit in every one of the given towns. Raises ValidationError.
    """
    everywhere = frozenset(towns)
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    return Directory(
        towns=everywhere,
        departments=tuple(
            Department(
                id=row["id"],
                name=row["name"],
                aliases=tuple(filter(None, row["aliases"].split("|"))),
                towns=everywhere
                if row["towns"] == "*"
                else frozenset(filter(None, row["towns"].split("|"))),
            )
            for row in rows
        ),
    )
