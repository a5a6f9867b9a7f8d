"""Which limits start to run at a step of a task's life, and on which day they end (A13, A14)."""

from __future__ import annotations

from datetime import date, datetime

from functions.shared.calendar import Calendar, Limit, Unit, shanghai_day
from functions.shared.matching.items import Limit as ItemLimit
from functions.shared.matching.items import Stage, SupervisionItem
from functions.supervision.domain import Step, Task, Verb

_STARTS = {Verb.RECEIVE: "received", Verb.VERIFY: "verified"}
_MOVES = frozenset({Verb.REASSIGN, Verb.REDIRECT})


def started(
    task: Task, event: str, item: SupervisionItem, calendar: Calendar, now: datetime
) -> Task:
    """`task` with the deadlines of every limit that starts with `event` ("pushed" ...)."""
    limits = [limit for limit in item.limits if limit.start == event]
    return _set(task, limits, calendar, now)


def moved_on(
    before: Task, task: Task, item: SupervisionItem | None, calendar: Calendar, now: datetime
) -> Task:
    """`task` with what its newest step starts; unchanged where `before` already had that step.

    A unit that gets the task from another has its own time to receive it; the clock of the whole
    case runs on. A step that the same unit repeats starts nothing anew (A13).
    """
    if item is None or len(task.steps) == len(before.steps):
        return task
    verb = task.steps[-1].verb
    if verb not in _MOVES and any(step.verb is verb for step in _since_move(before)):
        return task
    if verb in _MOVES:
        limits = [limit for limit in item.limits if limit.stage is Stage.RECEIVE]
        return _set(task, limits, calendar, now)
    return started(task, _STARTS[verb], item, calendar, now) if verb in _STARTS else task


def _since_move(task: Task) -> tuple[Step, ...]:
    """The steps of the unit that has the task now."""
    moves = [n for n, step in enumerate(task.steps) if step.verb in _MOVES]
    return task.steps[moves[-1] :] if moves else task.steps


def _set(task: Task, limits: list[ItemLimit], calendar: Calendar, now: datetime) -> Task:
    if not limits:
        return task
    deadlines: dict[str, date] = dict(task.deadlines)
    provisional = set(task.provisional)
    for limit in limits:
        counted = Limit(n=limit.n, unit=Unit(limit.unit), start=limit.start)
        end = calendar.deadline(counted, now)
        deadlines[limit.stage] = shanghai_day(end.due)
        (provisional.add if end.provisional else provisional.discard)(limit.stage)
    return task.model_copy(
        update={"deadlines": deadlines, "provisional": tuple(sorted(provisional))}
    )
