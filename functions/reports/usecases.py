"""What happens to figures: they are counted as tasks move on (A20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from functions.reports.domain import (
    Cell,
    Contribution,
    Counted,
    Counts,
    about,
    contribution,
    difference,
)
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import TASK_CHANGED, TASK_PUSHED, TaskTold
from functions.shared.table import Stale

_TRIES = 8  # of a write that others keep overtaking
_MOST_CELLS = 50  # that one transaction changes


class Books(Protocol):
    """Where contributions and cells stand."""

    def get(self, task: str) -> Counted: ...

    def name_item(self, item: str, licence: str) -> None: ...

    def save(self, counted: Counted, *, added: Mapping[Cell, Counts]) -> None: ...


def count(event: CloudEvent, books: Books) -> bool:
    """Count what a task's event adds to what was counted of it; whether it added anything.

    The contribution and the cells change in one transaction, so a crash leaves both or neither,
    and the event comes again. An older event than what was counted changes nothing. News that adds
    nothing is not written, not even its sequence: lives only grow, so any older news that comes
    after it lies between two equal contributions, and adds nothing either.
    """
    if event.type not in (TASK_PUSHED, TASK_CHANGED):
        return False
    task = body_of(event, TaskTold)
    new = contribution(task)
    books.name_item(task.item, task.licence)
    for _ in range(_TRIES):
        before = books.get(event.subject)
        if before.sequence >= event.sequence or new == before.cells:
            return False
        try:
            put(replace(before, about=about(task)), new, event.sequence, books)
        except Stale:
            continue
        return True
    raise Stale(event.subject)


def put(before: Counted, new: Contribution, sequence: int, books: Books) -> None:
    """Put `new` in the place of what was counted `before`; raises Stale.

    More cells than one transaction changes are put portion by portion. Until the last the record
    keeps its old sequence, so that a repeat goes on where a crash came between two of them.
    """
    changed = difference(new, before.cells)
    while len(changed) > _MOST_CELLS:
        portion = dict(list(changed.items())[:_MOST_CELLS])
        cells = {**before.cells, **{cell: new.get(cell, {}) for cell in portion}}
        part = replace(before, cells={cell: one for cell, one in cells.items() if one})
        books.save(part, added=portion)
        before = books.get(before.task)
        changed = difference(new, before.cells)
    books.save(replace(before, sequence=sequence, cells=new), added=changed)
