"""Timers that are not over are looked through: sent where due, started where nothing runs (B7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from pydantic import AwareDatetime

from functions.inspections.desk import Desk
from functions.inspections.domain import SYSTEM
from functions.inspections.rechecks import RecheckOutcome, send_recheck
from functions.inspections.seen import Frozen
from functions.inspections.timers import close_timer, execution_name, inspection_of, run_timer
from functions.shared.machines import RUNNING, Machine
from functions.shared.provisional import SHARDS
from functions.shared.table import Record

_ALWAYS = datetime(9999, 12, 31, tzinfo=UTC)
_PAGE = 100


class DuePage(Protocol):
    """A page of what is due in a shard by an instant, by id, and where to go on."""

    def __call__(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...


class TimerIndex(Protocol):
    """The inspections whose timers are not over, by shard and by when they are due."""

    def list_timers(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...


class Look(StrEnum):
    """What timers are looked at for."""

    SWEEP = "sweep"  # send the rechecks that are due
    RECONCILE = "reconcile"  # start what no execution runs for
    PLAN = "plan"  # open the visits that credit grades plan


class Job(Frozen):
    """Timers to look at: those due by `until`, in a shard from `after` on; a reconcile goes on with
    the shards that follow."""

    look: Look
    shard: int = 0
    until: AwareDatetime
    after: Record | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """How many timers or plans were looked at, which failed and why, what time left of the job."""

    timers: int
    failed: tuple[tuple[str, Exception], ...]
    left: Job | None


def sweep_jobs(now: datetime) -> list[Job]:
    """One sweep, by shards."""
    return [Job(look=Look.SWEEP, shard=shard, until=now) for shard in SHARDS]


def reconcile_job() -> Job:
    """All timers, whenever they are due."""
    return Job(look=Look.RECONCILE, until=_ALWAYS)


def sweep_due(job: Job, index: TimerIndex, desk: Desk, go_on: Callable[[], bool]) -> Looked:
    """Send the rechecks of a shard that are due, and take their timers out of the index: the result
    decides the inspection by itself. So a sweep costs what is due, and a missed one costs nothing.

    What fails holds up no other and stays due. A crash between the two writes leaves a timer whose
    recheck is sent; the next sweep only closes it.
    """

    def each(id: str) -> None:
        if send_recheck(id, desk).outcome is not RecheckOutcome.WAITING:
            close_timer(id, desk)

    return through(job, index.list_timers, each, go_on)


def reconcile(
    job: Job, index: TimerIndex, machine: Machine, desk: Desk, go_on: Callable[[], bool]
) -> Looked:
    """Give every timer that is not over an execution that runs, where it stood; those that nobody
    waits for are over.

    It costs a page of the list for every 1,000 executions, one of the index for every 100 timers,
    and a few calls for each that is lost. What fails holds up no other: the next hour finds it.
    """
    alive = {name.rpartition("-")[0] for name in machine.running()}

    def each(id: str) -> None:
        if id not in alive:
            _resume(id, machine, desk)

    return through(job, index.list_timers, each, go_on, _following)


def _resume(id: str, machine: Machine, desk: Desk) -> None:
    """Start what is missing. The list of what runs may lack the newest, so each is asked for by its
    name, too. A name that was never given is free; for one that has ended there is another attempt,
    written before it is started: after a crash in between, it is that one which was never given."""
    found = desk.cabinet.timers.get(id)
    inspection = inspection_of(id, desk)
    if found is None or found.value.over:
        return
    if inspection is None or not inspection.awaits_recheck:
        close_timer(id, desk)
        return
    timer = found.value
    status = machine.status(execution_name(timer))
    if status == RUNNING:
        return
    if status is not None:
        again = timer.model_copy(update={"attempt": timer.attempt + 1, "token": ""})
        timer = desk.cabinet.timers.save(again, before=found, by=SYSTEM, now=desk.now).value
    run_timer(timer, machine, desk)


def through(
    job: Job,
    page: DuePage,
    each: Callable[[str], None],
    go_on: Callable[[], bool],
    following: Callable[[Job], Job | None] = lambda job: None,
) -> Looked:
    """Work with `each` of what is due, one page at least, however late it is: so every message
    brings the job forward. What fails holds up no other."""
    timers, failed = 0, list[tuple[str, Exception]]()
    left: Job | None = job
    while left:
        ids, after = page(left.shard, left.until, limit=_PAGE, after=left.after)
        for id in ids:
            try:
                each(id)
            except Exception as error:
                failed.append((id, error))
        timers += len(ids)
        left = left.model_copy(update={"after": after}) if after else following(left)
        if not go_on():
            break
    return Looked(timers, tuple(failed), left)


def _following(job: Job) -> Job | None:
    shard = job.shard + 1
    return Job(look=job.look, shard=shard, until=job.until) if shard in SHARDS else None
