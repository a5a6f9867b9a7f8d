"""The life of a task: which step may follow which, and what it leaves behind (A10, A11, A16)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict
from functions.shared.events.inspections import VisitTold
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Kind, Milestone, Stage
from functions.shared.trail import fingerprint
from functions.supervision.clocks import Clock, Pause
from functions.supervision.evidence import AnyEvidence, Evidence

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
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    RECOUNT = "recount"
    WITHDRAW = "withdraw"


_BY_SYSTEM = {Verb.WITHDRAW: State.CLOSED}
_IN_WORK = {
    Verb.VERIFY: State.HANDLING,
    Verb.HANDLE: State.HANDLING,
    Verb.CLOSE: State.CLOSED,
    Verb.RETURN: State.RETURNED,
    Verb.REASSIGN: State.PUSHED,
    **_BY_SYSTEM,
}
_STAYING = (Verb.EXTEND, Verb.SUSPEND, Verb.RESUME, Verb.RECOUNT)
_AFTER: dict[State, dict[Verb, State]] = {
    State.PUSHED: {
        Verb.RECEIVE: State.RECEIVED,
        Verb.RETURN: State.RETURNED,
        Verb.REASSIGN: State.PUSHED,
        **dict.fromkeys((Verb.EXTEND, Verb.RECOUNT), State.PUSHED),
        **_BY_SYSTEM,
    },
    State.RECEIVED: {**_IN_WORK, **dict.fromkeys(_STAYING, State.RECEIVED)},
    State.HANDLING: {**_IN_WORK, **dict.fromkeys(_STAYING, State.HANDLING)},
    State.RETURNED: {
        Verb.HANDLE: State.RETURNED,
        Verb.REDIRECT: State.PUSHED,
        Verb.CLOSE: State.CLOSED,
        Verb.RECOUNT: State.RETURNED,
        **_BY_SYSTEM,
    },
    State.CLOSED: {},
}
_OF_NOBODY = frozenset({Verb.WITHDRAW, Verb.RECOUNT})  # steps that only the system makes
_WHILE_SUSPENDED = frozenset({Verb.RESUME, Verb.CLOSE, Verb.RECOUNT, Verb.WITHDRAW})


def after(state: State, verb: Verb) -> State:
    """The state that `verb` leads to; raises Conflict that names the state and what it allows."""
    try:
        return _AFTER[state][verb]
    except KeyError:
        if state is State.CLOSED:
            raise Conflict.of("task_closed", "task", verb=verb) from None
        allowed = ", ".join(step for step in _AFTER[state] if step not in _OF_NOBODY)
        raise Conflict.of(
            "step_not_allowed", "verb", verb=verb, state=state, allowed=allowed
        ) from None


class ReturnGround(StrEnum):
    """Why a pushed task is not the receiver's."""

    NOT_IN_SCOPE = "not_in_scope"  # the item does not follow from the scope
    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"

    @property
    def names_somebody(self) -> bool:
        """Whether somebody else is responsible then, who must be named."""
        return self is not ReturnGround.NOT_IN_SCOPE


class ExtensionGround(StrEnum):
    """Why a limit is extended."""

    APPROVED_EXTENSION = "approved_extension"  # by the head of the body (行政许可法第四十二条)
    COMPLEX_CASE = "complex_case"  # 案情复杂 (市场监督管理行政处罚程序规定第六十四条)
    COLLECTIVE_DECISION = "collective_decision"  # 案情特别复杂, by its heads together (the same)


class SuspensionGround(StrEnum):
    """For what a task's limits stand still: time that no limit counts (行政许可法第四十五条)."""

    HEARING = "hearing"
    TESTING = "testing"
    EXPERT_REVIEW = "expert_review"
    FORCE_MAJEURE = "force_majeure"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Frozen):
    """Who did what when, with which grounds. `ref` is the sender's id of the message: a step with
    the same `ref` is the same step (A11).

    `due` is the last day of the limit of the stage that this step ended, or, of an extension, the
    last day until then. `stage` and `days` say what was extended, `document` the paper that says
    so; `milestone` and `on` what happened when.
    """

    verb: Verb
    at: AwareDatetime
    by: str
    unit: str
    ref: str
    note: str = ""
    ground: ReturnGround | ExtensionGround | SuspensionGround | None = None
    responsible: str | None = None
    to: str | None = None
    evidence: AnyEvidence | None = None
    due: date | None = None
    stage: Stage | None = None
    days: int | None = None
    document: str = ""
    milestone: Milestone | None = None
    on: date | None = None


_RUNNING = {
    State.PUSHED: Stage.RECEIVE,
    State.RECEIVED: Stage.VERIFY,
    State.HANDLING: Stage.HANDLE,
    State.RETURNED: Stage.RECEIVE,
}


class InspectionTrail(_Frozen):
    """What was seen and done before an inspection referred a task: the notice of correction, the
    visits in words with the keys of their photos, and what the joint disposal tried (B10)."""

    notice: str | None = None
    visits: tuple[VisitTold, ...] = ()
    disposal: str = ""


class Task(_Frozen):
    """One entity × one supervision item × one unit (A3), with the reason of its push (A5).

    `edition` is the registration that first called for it, `turn` the decision on its entity that
    gave it its name and place. `clocks` holds the limit of each stage whose starting event has
    happened, also when the stage is over: what was in time stays to be seen. An `inspection` that
    called for it gives the key of its `referral` and its `trail` (B10).
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
    address: str = ""
    town: str | None = None
    village: str | None = None
    state: State = State.PUSHED
    end: End | None = None
    pushed_at: AwareDatetime
    changed_at: AwareDatetime
    clocks: dict[Stage, Clock] = Field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    inspection: str | None = None
    referral: str | None = None
    trail: InspectionTrail | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state is not State.CLOSED

    @property
    def suspended(self) -> bool:
        """Whether no limit runs for a while: a hearing, a test (A13)."""
        turns = (step.verb for step in reversed(self.steps))
        last = next((verb for verb in turns if verb in (Verb.SUSPEND, Verb.RESUME)), None)
        return self.open and last is Verb.SUSPEND

    @property
    def stage(self) -> Stage | None:
        """The present stage; None once it is closed."""
        return _RUNNING.get(self.state)

    @property
    def counting(self) -> tuple[Stage, ...]:
        """The stages whose limits are not over: the present one, the whole case, and what a
        milestone started, which no handing on within the department ends; the office to which a
        task is returned does not owe it."""
        return tuple(
            stage
            for stage in Stage
            if self.open
            and (clock := self.clocks.get(stage))
            and (
                stage in (self.stage, Stage.CLOSE)
                or (clock.start and self.state is not State.RETURNED)
            )
        )

    @property
    def running(self) -> tuple[Stage, ...]:
        """The stages whose limits run now: none while the task is suspended (A13)."""
        return () if self.suspended else self.counting

    @property
    def due(self) -> date | None:
        """By when the present stage must be over; None while no limit is set or runs."""
        return self.clocks[self.stage].due if self.stage in self.running else None

    @property
    def case_due(self) -> date | None:
        """By when the whole case must be, or had to be, over; None while it is suspended."""
        clock = self.clocks.get(Stage.CLOSE)
        return clock.due if clock and not self.suspended else None

    def pauses(self, until: date) -> tuple[Pause, ...]:
        """The days that no limit counts: of every suspension, as if the last had ended `until`."""
        found: list[Pause] = []
        since: date | None = None
        for step in self.steps:
            if step.verb is Verb.SUSPEND:
                since = shanghai_day(step.at)
            elif since and step.verb in (Verb.RESUME, Verb.CLOSE):
                found.append(Pause(since, shanghai_day(step.at)))
                since = None
        return (*found, Pause(since, until)) if since else tuple(found)


Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Feedback(_Frozen):
    """What a receiver reports on a task (A9-A12): one step, with what that step needs.

    `ref` is the sender's own id of this message (at most 64 characters): sent twice, it counts
    once. Without one, the same content from the same sender counts as the same message. A handling
    may report a `milestone` that happened `on` a day: an acceptance or a filing starts the
    statutory period (A13).
    """

    verb: Annotated[Verb, Field(description="receive, verify, handle, close or return")]
    ref: Annotated[str, StringConstraints(max_length=64)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    ground: ReturnGround | None = None
    responsible: Unit | None = None
    evidence: Evidence | None = None
    milestone: Milestone | None = None
    on: date | None = None


def task_id(code: str, item: str, unit: str, turn: int) -> str:
    """The id of the task that an entity's decision `turn` calls for; the same for a repeat."""
    return "T" + fingerprint([code, item, unit, turn])[:20].replace("-", "0").replace("_", "1")


def referral_task_id(inspection: str, key: str) -> str:
    """The id of the task that a referral of an inspection calls for; the same for a repeat."""
    return "T" + fingerprint([inspection, key])[:20].replace("-", "0").replace("_", "1")


def state_after(task: Task, verb: Verb) -> State:
    """The state of `task` after `verb`; raises Conflict where that does not follow, or has to wait
    until the task goes on."""
    state = after(task.state, verb)
    if task.suspended and verb not in _WHILE_SUSPENDED:
        raise Conflict.of("task_suspended", "verb", verb=verb)
    if verb is Verb.RESUME and not task.suspended:
        raise Conflict.of("task_not_suspended", "verb")
    return state


def may_follow(task: Task, verb: Verb) -> bool:
    """Whether somebody could make this step now, by the task's life alone."""
    try:
        state = state_after(task, verb)
    except Conflict:
        return False
    return not (_bound(state, verb) and len(task.steps) >= _MOST_STEPS)


def _bound(state: State, verb: Verb) -> bool:
    return state is not State.CLOSED and verb not in _OF_NOBODY | {Verb.RECEIVE}


def stepped(task: Task, step: Step, *, unit: str = "", end: End | None = None) -> Task:
    """`task` after `step`, in the hands of `unit` (left out: of whom it was).

    Raises Conflict where the step does not follow, or the task has too many. One that has too many
    can still be received and closed.
    """
    state = state_after(task, step.verb)
    if _bound(state, step.verb) and len(task.steps) >= _MOST_STEPS:
        raise Conflict.of("too_many_steps", "task", most=_MOST_STEPS)
    change: dict[str, Any] = {
        "state": state,
        "unit": unit or task.unit,
        "end": end,
        "changed_at": step.at,
        "steps": (*task.steps, step),
    }
    return task.model_copy(update=change)
