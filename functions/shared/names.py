"""What departments and towns are called, and in which order a city lists them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO

from functions.shared.directory import OVERSIGHT, is_village, office, town_of_village
from functions.shared.objects import Objects

CITY = "city"  # the town of whatever no town's address was found for
OFFICES = office(None)
_BODIES = {OFFICES: "镇街商改办", OVERSIGHT: "效能监察"}
_CITY_NAME = "市级"


@dataclass(frozen=True)
class Names:
    """Departments by id, the town offices and oversight last; towns by code, the city itself
    first; items by code; villages by code. Whoever is not known is called by its id."""

    departments: Mapping[str, str]
    towns: Mapping[str, str]
    items: Mapping[str, str]
    villages: Mapping[str, str] = field(default_factory=dict)

    def department(self, id: str) -> str:
        """A department's name."""
        return self.departments.get(id, id)

    def town(self, code: str) -> str:
        """A town's name."""
        return self.towns.get(code, code)

    def item(self, code: str) -> str:
        """What an item asks for: its licence."""
        return self.items.get(code, code)

    def unit(self, unit: str) -> str:
        """A unit's name: the department's, and the town's where it lies in one."""
        if is_village(unit):
            return self.town(town_of_village(unit)) + self.villages.get(unit, unit)
        body, _, town = unit.partition(".")
        return self.department(body) + (f"（{self.town(town)}）" if town else "")

    def place_of_department(self, id: str) -> int:
        """Where the city lists a department."""
        return self._departments.get(id, len(self._departments))

    def place_of_town(self, code: str) -> int:
        """Where the city lists a town."""
        return self._towns.get(code, len(self._towns))

    @cached_property
    def _departments(self) -> dict[str, int]:
        return {id: place for place, id in enumerate(self.departments)}

    @cached_property
    def _towns(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.towns)}


def read_names(config: Objects, items: Mapping[str, str]) -> Names:
    """The names in the configuration bucket's divisions and departments; raises NotFound."""
    departments = {row["id"]: row["name"] for row in _rows(config, "departments.csv")}
    divisions = _rows(config, "divisions.csv")
    towns = {row["code"]: row["name"] for row in divisions if row["level"] == "town"}
    villages = {row["code"]: row["name"] for row in divisions if row["level"] == "village"}
    return Names({**departments, **_BODIES}, {CITY: _CITY_NAME, **towns}, items, villages)


def _rows(config: Objects, key: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(config.read(key).decode("utf-8-sig"))))
