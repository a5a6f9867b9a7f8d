"""Which key everything of inspections stands under in its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from functions.inspections.desk import Dossier, Numbers, Plan, Roster, Timer, Waiting
from functions.inspections.domain import Inspection
from functions.shared import provisional
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import next_due, strikes
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Record, Table, pages

OPEN = Index("open", "open_of", "open_due")
DUE = Index("due", "due_shard", "due_at")
_INSPECTION, _DOSSIER, _ROSTER, _NUMBERS, _TIMER = "I", "E", "V", "N", "R"
_PLAN = "C"  # by credit; P is the index of what is provisional
_NEVER = "9999-12-31"


@dataclass(frozen=True)
class Store:
    """The table of inspections."""

    table: Table

    @cached_property
    def inspections(self) -> Shelf[Inspection]:
        """Inspections by id; open ones are indexed by the unit that must act, ended ones by the
        month, and those with a limit to be counted again by shard."""
        return Shelf(
            self.table, Inspection, _key(_INSPECTION), lambda one: one.id, _inspection_marks
        )

    @cached_property
    def dossiers(self) -> Shelf[Dossier]:
        """Dossiers by the entity's code."""
        return Shelf(self.table, Dossier, _key(_DOSSIER), lambda one: one.code)

    @cached_property
    def rosters(self) -> Shelf[Roster]:
        """Rosters by village."""
        return Shelf(self.table, Roster, _key(_ROSTER), lambda one: one.village)

    @cached_property
    def numbers(self) -> Shelf[Numbers]:
        """The newest numbers of notices, by unit and year."""
        return Shelf(self.table, Numbers, _key(_NUMBERS), lambda one: one.id)

    @cached_property
    def timers(self) -> Shelf[Timer]:
        """What waits for rechecks, by inspection; in the index of what is due until it is over."""
        return Shelf(self.table, Timer, _key(_TIMER), lambda one: one.inspection, _timer_marks)

    @cached_property
    def plans(self) -> Shelf[Plan]:
        """Plans by the entity's code; in the index of what is due where a visit is planned."""
        return Shelf(self.table, Plan, _key(_PLAN), lambda one: one.code, _plan_marks)

    def list_open(self, unit: str) -> list[Waiting]:
        """What a unit has to act on, the earliest due first, by the index alone."""
        return [_waiting(record) for record in pages(self.table, unit, index=OPEN)]

    def list_ended(self, month: str) -> Iterator[Waiting]:
        """What ended in a month (`2026-03`), by the index alone: the day, then the town in the
        place of the grid and the outcome in that of the inspector."""
        return (_waiting(one) for one in pages(self.table, _ended(month), index=OPEN))

    def list_timers(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the inspections of a shard whose timer is not over and due by `until`."""
        page = self.table.query(
            _shard(shard), index=DUE, until=_instant(until), limit=limit, after=after
        )
        return [record["pk"].removeprefix(f"{_TIMER}#") for record in page.records], page.after

    def list_plans(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the codes of a shard whose planned visit is due by `until`."""
        page = self.table.query(
            _shard(shard, _PLAN), index=DUE, until=_instant(until), limit=limit, after=after
        )
        return [record["pk"].removeprefix(f"{_PLAN}#") for record in page.records], page.after

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the ids of inspections with a limit that no published calendar covers."""
        return provisional.list_provisional(self.table, shard, limit=limit, after=after)


def inspection_in(record: Record) -> Inspection | None:
    """The inspection that a record of the table holds, if it holds one."""
    return read_as(Inspection, record) if record["sk"] == _INSPECTION else None


def _key(letter: str) -> Any:
    return lambda id: (f"{letter}#{id}", letter)


def _inspection_marks(one: Inspection) -> Mapping[str, Any]:
    marks: dict[str, Any] = {}
    if one.unit:
        due = next_due(one.clocks)
        place = (due.isoformat() if due else _NEVER, one.grid or "", one.inspector or "", one.id)
        marks |= {"open_of": one.unit, "open_due": "|".join(place)}
    if one.outcome and one.ended_at:
        day = shanghai_day(one.ended_at).isoformat()
        place = (day, one.town or "city", one.outcome, one.id)
        marks |= {"open_of": _ended(day[:7]), "open_due": "|".join(place)}
    if any(clock.provisional for clock in one.clocks):
        marks |= provisional.attributes(one.id)
    return marks


def _ended(month: str) -> str:
    """The index's partition of what ended in a month: no unit is called so."""
    return f"ended/{month}"


def _waiting(record: Record) -> Waiting:
    due, grid, inspector, id = record["open_due"].split("|")
    return Waiting(due=due, grid=grid, inspector=inspector, id=id)


def _timer_marks(timer: Timer) -> Mapping[str, Any]:
    if timer.over:
        return {}
    shard = provisional.shard_of(timer.inspection)
    return {"due_shard": _shard(shard), "due_at": _instant(timer.until)}


def _plan_marks(plan: Plan) -> Mapping[str, Any]:
    if plan.next_on is None:
        return {}
    shard = provisional.shard_of(plan.code)
    return {"due_shard": _shard(shard, _PLAN), "due_at": _instant(strikes(plan.next_on))}


def _shard(shard: int, of: str = _TIMER) -> str:
    return f"{of}#{shard:02d}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
