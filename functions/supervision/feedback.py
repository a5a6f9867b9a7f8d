"""What a receiver reports on a task: one step, counted once, with what it needs (A9-A12, A16)."""

from __future__ import annotations

from datetime import datetime

from functions.shared.calendar import shanghai_day
from functions.shared.directory import body_of, office
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.supervision import State
from functions.shared.trail import fingerprint
from functions.supervision.domain import (
    Feedback,
    Step,
    Task,
    Verb,
    state_after,
    stepped,
)
from functions.supervision.evidence import Evidence, day_of, ends_for

REPORTED = frozenset({Verb.RECEIVE, Verb.VERIFY, Verb.HANDLE, Verb.CLOSE, Verb.RETURN})
_MOVES = (Verb.REASSIGN, Verb.REDIRECT)
_SAID = ("verb", "note", "ground", "responsible", "evidence", "milestone", "on")


def counted(task: Task, feedback: Feedback, by: str) -> Step | None:
    """The step that this very feedback made before, if it did (A11); a `ref` is its sender's own,
    and another sender's may read the same."""
    ref = feedback.ref or _content_ref(task, feedback, by)
    return next((step for step in task.steps if (step.ref, step.by) == (ref, by)), None)


def reported(task: Task, feedback: Feedback, *, by: str, now: datetime) -> Task:
    """`task` after `feedback`; the same task where that feedback was counted before.

    Raises Invalid for feedback that lacks what its step needs, Conflict where the step does not
    follow from the task's state, or where the `ref` was used for something else: that would be
    lost in silence.
    """
    if before := counted(task, feedback, by):
        if any(getattr(before, name) != getattr(feedback, name) for name in _SAID):
            raise Conflict.of("ref_reused", "ref", ref=feedback.ref)
        return task
    if feedback.verb not in REPORTED:
        raise Invalid.of("verb_not_reported", "verb", allowed=", ".join(sorted(REPORTED)))
    state = state_after(task, feedback.verb)
    _check_grounds(task, feedback, now)
    _check_milestone(task, feedback, state, now)
    step = Step(
        at=now,
        by=by,
        unit=task.unit,
        ref=feedback.ref or _content_ref(task, feedback, by),
        **{name: getattr(feedback, name) for name in _SAID},
    )
    to = office(task.town) if feedback.verb is Verb.RETURN else task.unit
    return stepped(task, step, unit=to, end=feedback.evidence.end if feedback.evidence else None)


def _check_grounds(task: Task, feedback: Feedback, now: datetime) -> None:
    if feedback.verb is Verb.RETURN:
        if feedback.ground is None:
            raise Invalid.of("value_missing", "ground")
        if feedback.ground.names_somebody and not feedback.responsible:
            raise Invalid.of("responsible_missing", "responsible")
        if not feedback.note:
            raise Invalid.of("value_missing", "note")
    elif feedback.ground or feedback.responsible:
        raise Invalid.of("only_with_return", "ground" if feedback.ground else "responsible")
    if feedback.verb is Verb.CLOSE:
        _check_evidence(task, feedback.evidence, now)
    elif feedback.evidence:
        raise Invalid.of("only_with_close", "evidence")


def _check_evidence(task: Task, evidence: Evidence | None, now: datetime) -> None:
    if evidence is None:
        raise Invalid.of("evidence_missing", "evidence")
    allowed = ends_for(task.kind)
    if evidence.end not in allowed:
        raise Invalid.of(
            "end_not_for_kind", "evidence.end", end=evidence.end, allowed=", ".join(allowed)
        )
    field, day = day_of(evidence) or ("", None)
    if day and day > shanghai_day(now):
        raise Invalid.of("day_in_future", f"evidence.{field}", day=day.isoformat())


def _check_milestone(task: Task, feedback: Feedback, state: State, now: datetime) -> None:
    """A milestone needs its day, not before the push, with which the task's limits begin; each
    happens once in a department, and what it started nothing starts anew (A13)."""
    if feedback.milestone is None:
        if feedback.on:
            raise Invalid.of("only_with_milestone", "on")
        return
    if feedback.verb is not Verb.HANDLE or state is not State.HANDLING:
        raise Invalid.of("only_with_handle", "milestone")
    if feedback.on is None:
        raise Invalid.of("value_missing", "on")
    if feedback.on > shanghai_day(now):
        raise Invalid.of("day_in_future", "on", day=feedback.on.isoformat())
    if feedback.on < shanghai_day(task.pushed_at):
        raise Invalid.of("day_before_push", "on", day=feedback.on.isoformat())
    body = body_of(task.unit)
    theirs = (step.milestone for step in task.steps if body_of(step.unit) == body)
    if feedback.milestone in theirs:
        raise Conflict.of("milestone_recorded", "milestone", milestone=feedback.milestone)


def _content_ref(task: Task, feedback: Feedback, by: str) -> str:
    moves = sum(step.verb in _MOVES for step in task.steps)
    content = feedback.model_dump(mode="json", exclude_none=True)
    return fingerprint([by, moves, content])[:22]
