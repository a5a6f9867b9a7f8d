"""What must hold of limits and lights, counted day by day from each task's steps (A13, A14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.clocks import Light
from functions.shared.inbox import RowKind
from functions.shared.matching.items import Limit, Stage
from functions.supervision.domain import Task, Verb
from functions.supervision.store import task_in
from functions.worklist.domain import told as shown
from tests.fakes.rules import calendar
from tests.simulation.city import NEXT_CALENDAR, items
from tests.simulation.endings import Ending

_DAY = timedelta(days=1)
_MOVES = {Verb.RETURN, Verb.REASSIGN, Verb.REDIRECT}
Pauses = tuple[tuple[date, date], ...]


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    loaded = ending.city.supervision.get_calendars()
    by = _next() if loaded else calendar()
    for task in ending.tasks.values():
        if task.unit:
            yield from _clocks(task, by)
            yield from _trace(task)
    for change in ending.city.tables["supervision"].changes:
        version = task_in(change.new)
        if version and version.unit:
            yield from _on_the_way(version, loaded is not None)
    yield from _lights(ending)


@cache
def _next() -> Calendar:
    return parse_calendar(NEXT_CALENDAR)


def _on_the_way(task: Task, loaded: bool) -> Iterator[str]:
    """Each version of a task had the clocks that its steps until then give it, by either calendar
    while the next one was being loaded."""
    old = list(_clocks(task, calendar()))
    if old and not (loaded and _by_parts(task)):
        yield from old


def _by_parts(task: Task) -> bool:
    """Whether each clock is right by one calendar or the other."""
    known = (calendar(), _next())
    return all(any(not list(_one(task, stage, by)) for by in known) for stage in task.running)


def _clocks(task: Task, by: Calendar) -> Iterator[str]:
    """Each limit that runs ends on the day that one comes to by counting; none that a published
    calendar covers is provisional; and the right ones run."""
    for stage in task.running:
        yield from _one(task, stage, by)
    running = set(task.running)
    right = set() if task.suspended or not task.open else _should_run(task)
    if running != right:
        yield f"{task.id} runs {running}, should run {right}: {task.steps}"


def _one(task: Task, stage: Stage, by: Calendar) -> Iterator[str]:
    clock, since = task.clocks[stage], _since(task, stage)
    due = _counted(_limit(task, stage), since, clock.extra, _pauses(task), by)
    beyond = due.year > by.years[-1]
    if (clock.since, clock.due, clock.provisional) != (since, due, beyond):
        yield f"{task.id} {stage} should be {since} to {due} ({beyond}), is {clock}"
    extra = sum(step.days or 0 for step in task.steps if step.stage is stage)
    if clock.extra != extra:
        yield f"{task.id} {stage} was extended by {extra}: {clock}"


def _should_run(task: Task) -> set[Stage]:
    stage = {"pushed": Stage.RECEIVE, "received": Stage.VERIFY, "handling": Stage.HANDLE}
    present = stage.get(task.state, Stage.RECEIVE)
    item = next(one for one in items("1").items if (one.code, one.version) == _item(task))
    limited = {limit.stage for limit in item.limits}
    return {present, Stage.CLOSE} & limited


def _item(task: Task) -> tuple[str, int]:
    return task.item, task.item_version


def _limit(task: Task, stage: Stage) -> Limit:
    item = next(one for one in items("1").items if (one.code, one.version) == _item(task))
    return next(limit for limit in item.limits if limit.stage is stage)


def _since(task: Task, stage: Stage) -> date:
    """The day from which a stage counts: the case from the push, the receipt from the push or the
    newest handing on, the others from the first step that began them since."""
    if stage is Stage.CLOSE:
        return shanghai_day(task.pushed_at)
    moves = [number for number, step in enumerate(task.steps) if step.verb in _MOVES]
    here = task.steps[moves[-1] + 1 :] if moves else task.steps
    came = task.steps[moves[-1]].at if moves else task.pushed_at
    if stage is Stage.RECEIVE:
        return shanghai_day(came)
    begins = {Stage.VERIFY: {Verb.RECEIVE}, Stage.HANDLE: {Verb.VERIFY, Verb.HANDLE}}[stage]
    return shanghai_day(next(step.at for step in here if step.verb in begins))


def _pauses(task: Task) -> Pauses:
    found: list[tuple[date, date]] = []
    since: date | None = None
    for step in task.steps:
        if step.verb is Verb.SUSPEND:
            since = shanghai_day(step.at)
        elif step.verb is Verb.RESUME and since:
            found.append((since, shanghai_day(step.at)))
    return tuple(found)


@cache
def _counted(limit: Limit, since: date, extra: int, pauses: Pauses, by: Calendar) -> date:
    """The last day of a limit, one day after the other."""

    def stands_still(day: date) -> bool:
        return any(first < day <= last for first, last in pauses)

    day, left = since, limit.n + extra
    while left:
        day += _DAY
        if not stands_still(day) and (limit.unit == "calendar" or by.is_working(day)):
            left -= 1
    while not by.is_working(day) or any(
        first <= day <= last and first < last for first, last in pauses
    ):
        day += _DAY
    return day


def _trace(task: Task) -> Iterator[str]:
    """A recount leaves old and new behind, and happens once for each calendar."""
    notes = [step.note for step in task.steps if step.verb is Verb.RECOUNT]
    if len(notes) != len(set(notes)):
        yield f"{task.id} was counted again twice: {notes}"
    for note in notes:
        if "→" not in note or "2027.1" not in note:
            yield f"{task.id} does not say what was counted again: {note}"


def _lights(ending: Ending) -> Iterator[str]:
    """A row's light is that of its task's limits, on every day that could change it; nobody stores
    it."""
    for row in ending.rows:
        if row.kind is not RowKind.TASK or not row.open:
            continue
        task = ending.tasks[row.subject]
        clocks = [task.clocks[stage] for stage in task.running]
        days = {
            day + n * _DAY for one in clocks for day in (one.remind, one.due) for n in (-1, 0, 1)
        }
        for today in {*days, shanghai_day(ending.swept)}:
            right = Light.YELLOW if any(one.remind <= today for one in clocks) else Light.GREEN
            right = Light.RED if any(one.due < today for one in clocks) else right
            light = shown(row, None, today).light
            if light is not right:
                yield f"{task.id} shows {light} on {today}, should be {right}: {clocks}"
