"""What the dispatcher's board shows besides its rows: whose it is, who has how much, and how much
waits in the villages of a town and the towns of the city (B1, B4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.portal import choosing
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.directory import is_village, office, town_of, town_of_village

Told = Mapping[str, Any]
_AT_ONCE = 60  # units whose load is asked for at once


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose board it is: a village's, a town office's (`town` is its code), the city's. `others`
    are the reader's own boards where he has several; `above` is the office from which he came."""

    unit: str
    town: str | None
    others: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    @property
    def is_village(self) -> bool:
        """Whether inspectors are sent from here."""
        return is_village(self.unit)

    @property
    def is_town(self) -> bool:
        """Whether villages lie below it."""
        return not self.is_village and self.town is not None

    @property
    def is_city(self) -> bool:
        """Whether towns lie below it."""
        return self.unit == office(None)


@dataclass(frozen=True, slots=True)
class Hand:
    """One inspector with what is in his hands; `listed`: the village has him on its roster."""

    id: str
    name: str
    grids: str
    open: int
    late: int
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Below:
    """A board further down: whose, and how much of it is open, unassigned, late."""

    unit: str
    name: str
    open: int
    unassigned: int
    late: int


def seat_of(visit: Visit) -> Seat:
    """The board that is asked for, or the reader's first; the API says whether it is his."""
    own = tuple(visit.units(Action.INSPECTION_ASSIGN))
    unit = visit.query.get("unit") or next(iter(own), "")
    town = town_of(unit)
    offices = (office(None), office(town)) if town else ()
    reach = set(visit.units(Action.INSPECTION_PLACE))
    city = office(None) in reach
    above = tuple(one for one in offices if one != unit and (city or one in reach))
    return Seat(unit, town, own if len(own) > 1 else (), above)


def hands_of(load: Told, roster: Told) -> list[Hand]:
    """Every inspector of the village, and whoever still has something without being one; who has
    the least comes first, as the proposals have it."""
    has: Mapping[str, Told] = load.get("inspectors") or {}
    grids = {one["id"]: one["name"] for one in roster["grids"]}
    found = []
    for one in roster["inspectors"]:
        walks = "、".join(grids.get(grid, grid) for grid in one.get("grids", ()))
        found.append(_hand(one["id"], one["name"], walks, has.get(one["id"], {})))
    listed = {one.id for one in found}
    found += [_hand(id, id, "", had, listed=False) for id, had in has.items() if id not in listed]
    return sorted(found, key=lambda one: (one.open, one.id))


def villages_waiting(visit: Visit, seat: Seat) -> list[Below]:
    """The villages of a town, those with something to give out first."""
    names = visit.named.names.villages
    return _below(visit, {code: names[code] for code in _villages(visit, seat.town)})


def towns_waiting(visit: Visit) -> list[Below]:
    """The offices of the towns, by what waits for themselves."""
    return _below(visit, {office(code): name for code, name in choosing.towns(visit)})


def village_named(visit: Visit, said: str, town: str | None) -> str:
    """The code of a village by its name, with or without its town's, or by the code itself; ""
    where that is none, or not the only one."""
    text = "".join(said.split())
    names = visit.named.names
    found = [
        code
        for code in _villages(visit, town)
        if text in (code, names.villages[code], names.unit(code))
    ]
    return found[0] if len(found) == 1 else ""


def villages_to_choose(visit: Visit, town: str | None) -> list[str]:
    """The names of a town's villages, or of all, as `village_named` reads them."""
    return [visit.named.names.unit(code) for code in _villages(visit, town)]


def _villages(visit: Visit, town: str | None) -> list[str]:
    codes = visit.named.names.villages
    return [code for code in codes if town is None or town_of_village(code) == town]


def _below(visit: Visit, names: Mapping[str, str]) -> list[Below]:
    told: list[Told] = []
    units = list(names)
    for first in range(0, len(units), _AT_ONCE):
        told += visit.api.get("/v1/loads", unit=units[first : first + _AT_ONCE])["loads"]
    rows = [
        Below(one["unit"], names[one["unit"]], one["open"], one["unassigned"], one["late"])
        for one in told
    ]
    return sorted(rows, key=lambda one: (-one.unassigned, -one.late))


def _hand(id: str, name: str, grids: str, had: Told, *, listed: bool = True) -> Hand:
    return Hand(id, name, grids, had.get("open", 0), had.get("late", 0), listed)
