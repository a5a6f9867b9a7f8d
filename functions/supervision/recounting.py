"""When the next calendar is loaded, provisional limits are counted again, with a trace (A14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.matching.items import Stage, SupervisionItem
from functions.shared.provisional import Portion, ProvisionalIndex, work_through
from functions.shared.table import Stale
from functions.shared.trail import fingerprint
from functions.supervision.clocks import Clocks, recounted
from functions.supervision.desk import SYSTEM, TRIES, Desk
from functions.supervision.domain import Step, Task, Verb, stepped


def recount(
    portion: Portion, index: ProvisionalIndex, desk: Desk, go_on: Callable[[], bool]
) -> Portion | None:
    """Count the limits of a shard's tasks again, as far as `go_on` allows; what is left of it
    (None: nothing).

    A task is written only where something changes, so that a repeat changes nothing and a crash
    leaves to the repeat what was not done.
    """
    return work_through(portion, index, lambda id: _recount_task(id, desk), go_on)


def counted_again(
    task: Task, item: SupervisionItem | None, calendar: Calendar, now: datetime
) -> Task:
    """`task` with its provisional limits by `calendar`, and a step that tells old and new; the same
    where that changes neither a last day nor that it is provisional."""
    stages = [stage for stage in task.running if task.clocks[stage].provisional]
    if not stages or item is None:
        return task
    pauses = task.pauses(shanghai_day(now))
    clocks = recounted(task.clocks, item, calendar, pauses, stages=stages)
    changed = [stage for stage in stages if _differ(stage, task.clocks, clocks)]
    if not changed:
        return task
    notes = (f"{one}: {task.clocks[one].due} → {clocks[one].due}" for one in changed)
    note = f"{'; '.join(notes)} ({calendar.version})"
    ref = fingerprint([Verb.RECOUNT, note])[:22]
    step = Step(verb=Verb.RECOUNT, at=now, by=SYSTEM, unit=task.unit, ref=ref, note=note)
    return stepped(task, step).model_copy(update={"clocks": clocks})


def _differ(stage: Stage, old: Clocks, new: Clocks) -> bool:
    was, is_ = old[stage], new[stage]
    return (was.due, was.provisional) != (is_.due, is_.provisional)


def _recount_task(task_id: str, desk: Desk) -> None:
    for _ in range(TRIES):
        before = desk.tasks.get(task_id)
        if before is None:
            return
        book = desk.rules.of(before.value.item_set)
        item = book.item(before.value.item, before.value.item_version)
        task = counted_again(before.value, item, book.calendar, desk.now)
        if task == before.value:
            return
        try:
            desk.tasks.save(task, before=before, by=SYSTEM, now=desk.now)
            return
        except Stale:
            continue
    raise Stale(task_id)
