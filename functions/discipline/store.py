"""Which key everything of joint discipline stands under in its table.

Indexes: `open` (what waits for a unit, by kind), `due` (sanctions whose period ends, by shard and
instant), `provisional` (limits beyond the published calendar), all KEYS_ONLY.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from functions.discipline.domain import Duty, Ground, Sanction, Standing
from functions.shared import provisional
from functions.shared.clocks import next_due, strikes
from functions.shared.events.discipline import ConstraintState, SanctionState
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Key, Record, Table, pages

OPEN = Index("open", "open_of", "open_due")
DUE = Index("due", "due_shard", "due_at")
_SANCTION, _STANDING = "J", "C"
_NEVER = "9999-12-31"


@dataclass(frozen=True)
class Store:
    """The table of joint discipline."""

    table: Table

    @cached_property
    def sanctions(self) -> Shelf[Sanction]:
        """Sanctions by id; those whose period ends are indexed by the day after it and shard."""
        return Shelf(
            self.table,
            Sanction,
            lambda id: (f"J#{id}", _SANCTION),
            lambda one: one.id,
            _sanction_marks,
        )

    @cached_property
    def duties(self) -> Shelf[Duty]:
        """What participants have to do, by `<sanction>@<unit>`; indexed by unit until over."""
        return Shelf(self.table, Duty, _duty_key, lambda one: one.told.id, _duty_marks)

    @cached_property
    def grounds(self) -> Shelf[Ground]:
        """Records that may ground sanctions, by the record's id."""
        return Shelf(self.table, Ground, _ground_key, lambda one: one.record)

    @cached_property
    def standings(self) -> Shelf[Standing]:
        """How subjects stand, by code: the one record that a counter reads."""
        return Shelf(
            self.table, Standing, lambda code: (f"C#{code}", _STANDING), lambda one: one.subject
        )

    def list_grounds(self, subject: str) -> list[Ground]:
        """All records that were told of a subject and may ground sanctions."""
        return [read_as(Ground, record) for record in pages(self.table, f"G#{subject}")]

    def list_duties(
        self, unit: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[Duty], Record | None]:
        """A page of what a unit has to do or to go on doing, the earliest due first."""
        page = self.table.query(f"{unit}/constraint", index=OPEN, limit=limit, after=after)
        ids = [record["open_due"].partition("|")[2] for record in page.records]
        found = self.duties.get_many(ids)
        return [found[id].value for id in ids if id in found], page.after

    def list_due(
        self, shard: int, until: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the ids of sanctions whose period was over by an instant (UTC)."""
        page = self.table.query(_shard(shard), index=DUE, until=until, limit=limit, after=after)
        return [record["pk"].partition("#")[2] for record in page.records], page.after

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the ids of sanctions with a running limit that no published calendar covers."""
        return provisional.list_provisional(self.table, shard, limit=limit, after=after)


def sanction_in(record: Record) -> Sanction | None:
    """The sanction that a record of the table holds, if it holds one."""
    return read_as(Sanction, record) if record["sk"] == _SANCTION else None


def _duty_key(id: str) -> Key:
    sanction, _, unit = id.partition("@")
    return f"U#{unit}", f"D#{sanction}"


def _ground_key(record: str) -> Key:
    subject, _, digest = record.rpartition(".")
    return f"G#{subject}", f"R#{digest}"


def _sanction_marks(one: Sanction) -> Mapping[str, Any]:
    marks: dict[str, Any] = {}
    if one.state is SanctionState.ACTIVE and one.until:
        over = strikes(one.until + timedelta(days=1)).isoformat(timespec="seconds")
        marks |= {"due_shard": _shard(provisional.shard_of(one.id)), "due_at": over}
    if any(clock.provisional for clock in one.running):
        marks |= provisional.attributes(one.id)
    return marks


def _duty_marks(one: Duty) -> Mapping[str, Any]:
    told = one.told
    if told.state is ConstraintState.CLOSED:
        return {}
    due = next_due(told.clocks)
    mark = f"{due.isoformat() if due else _NEVER}|{told.id}"
    return {"open_of": f"{told.unit}/constraint", "open_due": mark}


def _shard(shard: int) -> str:
    return f"S#{shard:02d}"
