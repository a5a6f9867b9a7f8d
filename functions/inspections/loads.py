"""How much some units have to do, and who of a village has how much of it (B1, B4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from functions.inspections.desk import Desk, Waiting
from functions.shared.authorization import Action, Caller, Owner, Role, require
from functions.shared.calendar import shanghai_day
from functions.shared.directory import town_of


class HandsTold(BaseModel):
    """What one inspector has: how many open inspections, how many of them late."""

    open: int
    late: int


class LoadTold(BaseModel):
    """A unit's open inspections by its index alone: how many, how many nobody has been given, how
    many are late; `inspectors` who has how many."""

    unit: str
    open: int
    unassigned: int
    late: int
    inspectors: dict[str, HandsTold] = Field(default_factory=dict)


def loads_of(units: Iterable[str], caller: Caller, desk: Desk) -> list[LoadTold]:
    """The load of each unit, in the order asked. One answer costs what is open there. Raises
    NotFound where one of them is not the caller's, who must see more than what is with himself."""
    asked = list(dict.fromkeys(units))
    for unit in asked:
        owner = Owner(unit, town_of(unit))
        require(caller.without(Role.INSPECTOR), Action.INSPECTION_READ, owner, "unit")
    today = shanghai_day(desk.now)
    return [_load(unit, desk.cabinet.list_open(unit), today) for unit in asked]


def _load(unit: str, board: list[Waiting], today: date) -> LoadTold:
    late = [row for row in board if row.due < today.isoformat()]
    has, lags = (Counter(row.inspector for row in rows) for rows in (board, late))
    hands = {
        one: HandsTold(open=count, late=lags[one]) for one, count in sorted(has.items()) if one
    }
    return LoadTold(
        unit=unit, open=len(board), unassigned=has[""], late=len(late), inspectors=hands
    )
