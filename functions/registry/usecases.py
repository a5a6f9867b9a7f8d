"""What happens in the registry: rows are taken, sweeps release what arrived (A1, A2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from functions.registry.addresses import Divisions
from functions.registry.domain import Entity, Source, Taken, released, take
from functions.registry.rows import Row, read_row
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Fault
from functions.shared.records import Stored
from functions.shared.table import Stale

_TRIES = 8


class Entities(Protocol):
    """Where entities are kept."""

    def get(self, id: str) -> Stored[Entity] | None: ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[Entity]]: ...

    def save(
        self, value: Entity, *, before: Stored[Entity] | None, by: str, now: datetime
    ) -> Stored[Entity]: ...


class PendingIndex(Protocol):
    """Which entities wait for a sweep."""

    def list_pending(self, shard: int, until: datetime, limit: int) -> list[str]:
        """At most `limit` codes of a shard that arrived by `until`, longest waiting first."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that came together: `id` names them for good, so that a repeat is known; `first` is the
    number of the first row."""

    id: str
    received_at: datetime
    by: str


class RowResult(BaseModel):
    """What became of one row. `registration` is the id under which its outcome is found."""

    model_config = ConfigDict(frozen=True)

    row: int
    taken: Taken
    registration: str | None = None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def take_rows(
    rows: Sequence[tuple[int, Mapping[str, Any] | Fault]],
    batch: Batch,
    *,
    divisions: Divisions,
    entities: Entities,
) -> list[RowResult]:
    """Take each row on its own: good rows are stored, each bad one comes back with its faults (A1).

    `rows` are (number from 1, cells by column), or the fault for which a row could not be cut.
    Repeating a batch with the same id gives the same results and changes nothing.
    """
    today = shanghai_day(batch.received_at)
    read = [
        (number, cells if isinstance(cells, Fault) else read_row(cells, number, today=today))
        for number, cells in rows
    ]
    known = dict(entities.get_many({row.code for _, row in read if isinstance(row, Row)}))
    return [
        _take_row(row, batch, divisions, entities, known)
        if isinstance(row, Row)
        else RowResult(
            row=number,
            taken=Taken.REJECTED,
            faults=(row,) if isinstance(row, Fault) else tuple(row),
        )
        for number, row in read
    ]


def _take_row(
    row: Row,
    batch: Batch,
    divisions: Divisions,
    entities: Entities,
    known: dict[str, Stored[Entity]],
) -> RowResult:
    place = divisions.resolve(row.address, row.city)
    as_of = row.as_of or batch.received_at
    source = Source(batch=batch.id, row=row.number, as_of=as_of, received_at=batch.received_at)
    for _ in range(_TRIES):
        before = known.get(row.code)
        taking = take(row, place, source, before.value if before else None)
        if taking.after:
            try:
                known[row.code] = entities.save(
                    taking.after, before=before, by=batch.by, now=batch.received_at
                )
            except Stale:
                if found := entities.get(row.code):
                    known[row.code] = found
                continue
        return RowResult(
            row=row.number,
            taken=taking.taken,
            registration=taking.registration,
            warnings=row.warnings,
        )
    raise Stale(row.code)


def release_page(
    shard: int, until: datetime, *, entities: Entities, index: PendingIndex, now: datetime
) -> int:
    """Release up to 100 entities of a shard that arrived by `until`; returns how many stood there.

    0 means the shard is done. What another sweep released in between is left alone (A2).
    """
    codes = index.list_pending(shard, until, limit=100)
    for found in entities.get_many(codes).values():
        if not found.value.pending:
            continue
        try:
            entities.save(released(found.value, now), before=found, by="sweep", now=now)
        except Stale:
            continue  # a newer registration has come, or another sweep was here: both see to it
    return len(codes)
