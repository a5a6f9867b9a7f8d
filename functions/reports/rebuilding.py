"""What happens in a rebuild: all tasks told again, compared, and the cells with their sum (A20).

Every step may be repeated: what a segment or a run came to is written once it is whole.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from functions.reports.comparing import (
    Behind,
    Books,
    CellCheck,
    Found,
    TaskCheck,
    noted,
    packed,
    unpacked,
)
from functions.reports.runs import (
    MOST_NAMED,
    Result,
    Run,
    found_key,
    retold_prefix,
    run_id,
    snapshot_key,
    sums_key,
)
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.errors import NotFound
from functions.shared.events import CloudEvent
from functions.shared.objects import Objects

_SYSTEM = "system"
_AT_ONCE = 100  # tasks
Send = Callable[[dict[str, Any]], None]


class Runs(Protocol):
    """Where rebuilds stand."""

    def get(self, id: str) -> Run | None: ...

    def change(
        self, id: str, how: Callable[[Run | None], Run | None], *, by: str, now: datetime
    ) -> Run | None: ...


@dataclass(frozen=True, slots=True)
class Yard:
    """What a rebuild needs."""

    runs: Runs
    books: Books
    bucket: Objects
    now: datetime


def ask(check: bool, caller: Caller, yard: Yard, send: Send) -> Run:
    """Start a rebuild; raises NotFound where that is not the caller's to do."""
    require(caller, Action.FIGURES_REBUILD, ANYONE, "rebuild")
    run = Run(id=run_id(caller.id, yard.now), check=check, started_at=yard.now)
    yard.runs.change(run.id, lambda known: known or run, by=caller.id, now=yard.now)
    send({"run": run.id})
    return run


def read_run(id: str, caller: Caller, yard: Yard) -> Run:
    """How far a rebuild is, and what it found; raises NotFound."""
    require(caller, Action.FIGURES_REBUILD, ANYONE, "rebuild")
    return _run(id, yard)


def begin(id: str, yard: Yard, retell: Send) -> None:
    """Note at which version each cell is, then have the tasks told.

    A repeat keeps what was noted: some segments may have been compared since.
    """
    run = _run(id, yard)
    if run.result:
        return
    if not list(yard.bucket.list_keys(snapshot_key(id))):
        yard.bucket.write(snapshot_key(id), packed(noted(yard.books)))
    for segment in range(run.segments):
        told = {"run": id, "segment": segment, "segments": run.segments, "after": None}
        retell(told)


def compare(id: str, segment: int, yard: Yard, send: Send) -> None:
    """Compare the tasks of a segment with what was counted of them, and sum that up; without
    `check`, put right what differs."""
    run = _run(id, yard)
    if run.result:
        return
    work = TaskCheck(yard.books, repair=not run.check)
    for events in _batches(_retold(run, segment, yard.bucket)):
        counted = yard.books.get_many(event.subject for event in events)
        missing = yard.books.missing(counted.values())
        for event in events:
            work.take(event, counted[event.subject], missing.get(event.subject, ()))
    yard.bucket.write(sums_key(id, segment), packed(work.lines()))
    yard.bucket.write(found_key(id, segment), work.found.model_dump_json().encode())

    def add(known: Run | None) -> Run | None:
        if known is None or segment in known.done:
            return known
        return known.model_copy(update={"done": tuple(sorted((*known.done, segment)))})

    after = yard.runs.change(id, add, by=_SYSTEM, now=yard.now)
    if after and after.compared:
        send({"run": id, "finish": True})


def finish(id: str, yard: Yard) -> Result:
    """Compare the cells with the sum of what was counted; without `check`, put them right."""
    run = _run(id, yard)
    if run.result:
        return run.result
    found = [
        Found.model_validate_json(yard.bucket.read(found_key(id, segment))) for segment in run.done
    ]
    behind = [one for part in found for one in part.behind]
    left = _still_behind(behind, yard)
    sums = [unpacked(yard.bucket, sums_key(id, segment)) for segment in run.done]
    cells = CellCheck(yard.books, repair=not run.check)
    cells.compare(unpacked(yard.bucket, snapshot_key(id)), sums)
    differing = [task for part in found for task in part.differing]
    result = Result(
        tasks=sum(part.tasks for part in found),
        in_flight=sum(part.ahead for part in found) + len(behind) - len(left),
        behind=len(left),
        contributions=len(differing),
        unlisted=sum(part.unlisted for part in found),
        cells=cells.compared,
        moving=cells.moving,
        differing=cells.differing,
        named_tasks=tuple([*differing, *left][:MOST_NAMED]),
        named_cells=tuple(cells.named),
        done_at=yard.now,
    )

    def end(known: Run | None) -> Run | None:
        done = known is None or known.result
        return known if known is None or done else known.model_copy(update={"result": result})

    after = yard.runs.change(id, end, by=_SYSTEM, now=yard.now)
    return after.result if after and after.result else result


def _still_behind(behind: list[Behind], yard: Yard) -> list[str]:
    counted = yard.books.get_many(one.task for one in behind)
    return [one.task for one in behind if one.is_left_by(counted[one.task])]


def _run(id: str, yard: Yard) -> Run:
    run = yard.runs.get(id)
    if run is None:
        raise NotFound("rebuild")
    return run


def _retold(run: Run, segment: int, bucket: Objects) -> Iterator[CloudEvent]:
    for key in bucket.list_keys(retold_prefix(run.id, segment)):
        with gzip.open(bucket.open(key), "rt", encoding="utf-8") as lines:
            yield from (CloudEvent.model_validate_json(line) for line in lines)


def _batches(events: Iterator[CloudEvent]) -> Iterator[list[CloudEvent]]:
    while batch := list(islice(events, _AT_ONCE)):
        yield batch
