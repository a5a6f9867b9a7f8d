"""What supervision's table tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.shared.clocks import ClockTold
from functions.shared.events import CloudEvent, event
from functions.shared.events.inspections import REFERRAL_CHANGED
from functions.shared.events.registry import Registration
from functions.shared.events.supervision import (
    CALENDAR_LOADED,
    CASE_DECIDED,
    RULED,
    TASK_CHANGED,
    TASK_PUSHED,
    CalendarLoaded,
    CaseDecided,
    StepTold,
    TaskTold,
)
from functions.shared.matching.items import Stage
from functions.shared.table import Record
from functions.supervision.cases import Case
from functions.supervision.clocks import Clock
from functions.supervision.domain import Task
from functions.supervision.evidence import proof_of
from functions.supervision.store import calendars_in, case_in, task_in

_OWN = {"left", "former", "clocks", "steps", "proof"}
_SAME = TaskTold.model_fields.keys() - _OWN  # as the task has it


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """A decided case, a pushed task, a step of a task, another calendar in force; a withdrawal that
    nobody saw is not told. What becomes of a task that an inspection called for is told to
    inspections besides (B10).

    A ruling is told to supervision itself, which pushes what the process that took it may not have
    lived to push, and to inspections, whose visit may wait for the place (B4).
    """
    if case := case_in(new):
        decision = _case(case, case_in(old) if old else None)
        yield event(CASE_DECIDED, case.code, new["version"], decision, case.decided_at)
        if case.ruling and case.registration:
            yield event(RULED, case.code, new["version"], _ruled(case), case.decided_at)
    elif (task := task_in(new)) and task.unit:
        # Not by `old`: a change that is told by redrive has none.
        kind = TASK_PUSHED if new["version"] == 1 else TASK_CHANGED
        life = told(task)
        yield event(kind, task.id, new["version"], life, task.changed_at)
        if task.inspection:
            yield event(REFERRAL_CHANGED, task.id, new["version"], life, task.changed_at)
    elif calendars := calendars_in(new):
        holds = calendars.in_force
        body = CalendarLoaded.model_validate(holds, from_attributes=True)
        yield event(CALENDAR_LOADED, holds.version, new["version"], body, holds.loaded_at)


def _case(case: Case, before: Case | None) -> CaseDecided:
    return CaseDecided(
        code=case.code,
        edition=case.edition,
        name=case.name,
        town=case.town,
        village=case.village,
        former=_former(case, before),
        outcome=case.outcome,
        item_set=case.item_set,
        reasons=case.reasons,
        items=tuple(sorted({key.partition("@")[0] for key in case.needs})),
        decided_at=case.decided_at,
    )


def _ruled(case: Case) -> Registration:
    """The registration that was ruled on, with the place that it now has; why it had none stays."""
    assert case.registration
    place = {"town": case.town, "village": case.village}
    return case.registration.model_copy(update=place)


def _former(case: Case, before: Case | None) -> tuple[str, ...]:
    """Where the case lay before: by the record that it replaced, and by what was ruled on."""
    ruled_on = case.registration if case.ruling else None
    towns = (one.town or "" for one in (before, ruled_on) if one)
    return tuple(dict.fromkeys(town for town in towns if town != (case.town or "")))


def told(task: Task) -> TaskTold:
    """A task as the others are told of it: who has it, what runs, and its whole life."""
    former = tuple(dict.fromkeys(s.unit for s in task.steps if s.unit != task.unit))
    last = task.steps[-1].unit if task.steps else task.unit
    return TaskTold(
        left=last if last != task.unit else None,
        former=former,
        clocks=tuple(_clock(stage, task.clocks[stage]) for stage in task.running),
        steps=tuple(StepTold.model_validate(step, from_attributes=True) for step in task.steps),
        proof=proof_of(task.steps[-1].evidence) if task.steps and not task.open else None,
        **{name: getattr(task, name) for name in _SAME},
    )


def _clock(stage: Stage, clock: Clock) -> ClockTold:
    return ClockTold(
        stage=stage,
        since=clock.since,
        due=clock.due,
        remind=clock.remind,
        provisional=clock.provisional,
    )
