"""The life of a task: which step may follow which, and what it leaves behind (A10, A11, A16)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.calendar import shanghai_day
from functions.shared.directory import body_of, office
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Kind
from functions.shared.trail import fingerprint
from functions.supervision.evidence import (
    AnyEvidence,
    EntityCancelled,
    Evidence,
    Note,
    Withdrawn,
    day_of,
    ends_for,
)

_MOST_STEPS = 80  # of one task: more than any case needs, and with the longest notes below 400 KB


class Verb(StrEnum):
    """A step in a task's life."""

    RECEIVE = "receive"
    VERIFY = "verify"
    HANDLE = "handle"
    CLOSE = "close"
    RETURN = "return"
    REASSIGN = "reassign"
    REDIRECT = "redirect"
    WITHDRAW = "withdraw"


_AFTER: dict[State, dict[Verb, State]] = {
    State.PUSHED: {
        Verb.RECEIVE: State.RECEIVED,
        Verb.RETURN: State.RETURNED,
        Verb.REASSIGN: State.PUSHED,
        Verb.WITHDRAW: State.CLOSED,
    },
    State.RECEIVED: {
        Verb.VERIFY: State.HANDLING,
        Verb.HANDLE: State.HANDLING,
        Verb.CLOSE: State.CLOSED,
        Verb.RETURN: State.RETURNED,
        Verb.REASSIGN: State.PUSHED,
        Verb.WITHDRAW: State.CLOSED,
    },
    State.HANDLING: {
        Verb.VERIFY: State.HANDLING,
        Verb.HANDLE: State.HANDLING,
        Verb.CLOSE: State.CLOSED,
        Verb.RETURN: State.RETURNED,
        Verb.REASSIGN: State.PUSHED,
        Verb.WITHDRAW: State.CLOSED,
    },
    State.RETURNED: {
        Verb.HANDLE: State.RETURNED,
        Verb.REDIRECT: State.PUSHED,
        Verb.CLOSE: State.CLOSED,
        Verb.WITHDRAW: State.CLOSED,
    },
    State.CLOSED: {},
}


def after(state: State, verb: Verb) -> State:
    """The state that `verb` leads to; raises Conflict that names the state and what it allows."""
    try:
        return _AFTER[state][verb]
    except KeyError:
        if state is State.CLOSED:
            raise Conflict.of("task_closed", "task", verb=verb) from None
        allowed = ", ".join(step for step in _AFTER[state] if step is not Verb.WITHDRAW)
        raise Conflict.of(
            "step_not_allowed", "verb", verb=verb, state=state, allowed=allowed
        ) from None


class ReturnGround(StrEnum):
    """Why a pushed task is not the receiver's."""

    NOT_IN_SCOPE = "not_in_scope"  # the item does not follow from the scope
    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """Who did what when, with which grounds. `ref` is the sender's id of the message: a step with
    the same `ref` is the same step (A11)."""

    verb: Verb
    at: AwareDatetime
    by: str
    unit: str
    ref: str
    note: str = ""
    ground: ReturnGround | None = None
    responsible: str | None = None
    to: str | None = None
    evidence: AnyEvidence | None = None


class Task(_Frozen):
    """One entity × one supervision item × one unit (A3), with the reason of its push (A5).

    `edition` is the registration that first called for it, `turn` the decision on its entity that
    gave it its name and place. `deadlines` holds the last day of each stage whose starting event
    has happened.
    """

    id: str
    code: str
    edition: int
    turn: int = 1
    name: str
    item: str
    item_version: int
    item_set: str
    kind: Kind
    licence: str
    law: str
    words: tuple[str, ...]
    clause: str
    unit: str
    town: str | None = None
    village: str | None = None
    state: State = State.PUSHED
    end: End | None = None
    pushed_at: AwareDatetime
    changed_at: AwareDatetime
    deadlines: dict[str, date] = Field(default_factory=dict)
    provisional: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state is not State.CLOSED

    @property
    def due(self) -> date | None:
        """By when the present stage must be over."""
        stage = _STAGE.get(self.state)
        return self.deadlines.get(stage) if stage else None


_STAGE = {State.PUSHED: "receive", State.RECEIVED: "verify", State.HANDLING: "handle"}

Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Feedback(_Frozen):
    """What a receiver reports on a task (A9-A12): one step, with what that step needs.

    `ref` is the sender's own id of this message (at most 64 characters): sent twice, it counts
    once. Without one, the same content from the same sender counts as the same message.
    """

    verb: Annotated[Verb, Field(description="receive, verify, handle, close or return")]
    ref: Annotated[str, StringConstraints(max_length=64)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    ground: ReturnGround | None = None
    responsible: Unit | None = None
    evidence: Evidence | None = None


_REPORTED = frozenset({Verb.RECEIVE, Verb.VERIFY, Verb.HANDLE, Verb.CLOSE, Verb.RETURN})


def task_id(code: str, item: str, unit: str, turn: int) -> str:
    """The id of the task that an entity's decision `turn` calls for; the same for a repeat."""
    return "T" + fingerprint([code, item, unit, turn])[:20].replace("-", "0").replace("_", "1")


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
        if not _says(before, feedback):
            raise Conflict.of("ref_reused", "ref", ref=feedback.ref)
        return task
    if feedback.verb not in _REPORTED:
        raise Invalid.of("verb_not_reported", "verb", allowed=", ".join(sorted(_REPORTED)))
    state = after(task.state, feedback.verb)
    _check_grounds(task, feedback, now)
    step = Step(
        verb=feedback.verb,
        at=now,
        by=by,
        unit=task.unit,
        ref=feedback.ref or _content_ref(task, feedback, by),
        note=feedback.note,
        ground=feedback.ground,
        responsible=feedback.responsible,
        evidence=feedback.evidence,
    )
    to = office(task.town) if feedback.verb is Verb.RETURN else task.unit
    end = feedback.evidence.end if feedback.evidence else None
    return _stepped(task, step, state=state, unit=to, end=end)


def _says(step: Step, feedback: Feedback) -> bool:
    """Whether `step` records just what `feedback` reports."""
    names = ("verb", "note", "ground", "responsible", "evidence")
    return all(getattr(step, name) == getattr(feedback, name) for name in names)


def moved(task: Task, verb: Verb, to: str, note: str, by: str) -> Step | None:
    """The newest step, where it is this very move: then it was made before, and counts once."""
    step = task.steps[-1] if task.steps else None
    same = step and (step.verb, step.to, step.note, step.by) == (verb, to, note, by)
    return step if same else None


def reassigned(task: Task, to: str, note: Note, *, by: str, now: datetime) -> Task:
    """`task` in the hands of another unit of the same department (A10).

    Raises Invalid where `to` belongs to another department: that is a return, not a reassignment.
    """
    if moved(task, Verb.REASSIGN, to, note, by):
        return task
    if body_of(to) != body_of(task.unit):
        raise Invalid.of("unit_of_other_department", "to", unit=to)
    return _moved(task, Verb.REASSIGN, to, note, by=by, now=now)


def redirected(task: Task, to: str, note: Note, *, by: str, now: datetime) -> Task:
    """A returned `task`, sent on by the town office to whoever is responsible (A10)."""
    if moved(task, Verb.REDIRECT, to, note, by):
        return task
    return _moved(task, Verb.REDIRECT, to, note, by=by, now=now)


def withdrawn(task: Task, registration: str, *, cancelled: bool, now: datetime) -> Task:
    """`task` closed as `registration` took its reason away (A7); a closed one stays as it is."""
    if not task.open:
        return task
    evidence: AnyEvidence = (
        EntityCancelled(end=End.ENTITY_CANCELLED, registration=registration)
        if cancelled
        else Withdrawn(end=End.WITHDRAWN, registration=registration)
    )
    step = Step(
        verb=Verb.WITHDRAW, at=now, by="system", unit=task.unit, ref=registration, evidence=evidence
    )
    return _stepped(task, step, state=State.CLOSED, unit=task.unit, end=evidence.end)


def _moved(task: Task, verb: Verb, to: str, note: str, *, by: str, now: datetime) -> Task:
    if to == task.unit:
        raise Invalid.of("unit_unchanged", "to", unit=to)
    ref = fingerprint([verb, to, note, by, task.changed_at.isoformat()])[:22]
    step = Step(verb=verb, at=now, by=by, unit=task.unit, ref=ref, note=note, to=to)
    return _stepped(task, step, state=after(task.state, verb), unit=to)


def _stepped(task: Task, step: Step, *, state: State, unit: str, end: End | None = None) -> Task:
    if len(task.steps) >= _MOST_STEPS and state is not State.CLOSED:
        raise Conflict.of("too_many_steps", "task", most=_MOST_STEPS)
    change: dict[str, Any] = {
        "state": state,
        "unit": unit,
        "end": end,
        "changed_at": step.at,
        "steps": (*task.steps, step),
    }
    return task.model_copy(update=change)


def _check_grounds(task: Task, feedback: Feedback, now: datetime) -> None:
    if feedback.verb is Verb.RETURN:
        if feedback.ground is None:
            raise Invalid.of("value_missing", "ground")
        if feedback.ground is not ReturnGround.NOT_IN_SCOPE and not feedback.responsible:
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
    day = day_of(evidence)
    if day and day > shanghai_day(now):
        raise Invalid.of("day_in_future", "evidence", day=day.isoformat())


def _content_ref(task: Task, feedback: Feedback, by: str) -> str:
    moves = sum(step.verb in (Verb.REASSIGN, Verb.REDIRECT) for step in task.steps)
    return fingerprint([by, moves, feedback.model_dump(mode="json")])[:22]
