"""Tasks over HTTPS: their life and feedback, outcomes, manual dispatch (A6-A12)."""

from __future__ import annotations

from typing import Annotated, Self

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared import clock, ports, systems
from functions.shared.access import signed_in
from functions.shared.authorization import (
    ANYONE,
    Action,
    Caller,
    Grant,
    Owner,
    Role,
    require,
)
from functions.shared.errors import Invalid, Problem
from functions.shared.events.supervision import Outcome
from functions.shared.http import FaultTold, Operation, body_as, language_of, operation, told
from functions.shared.paging import cursor_of, record_of
from functions.supervision import usecases
from functions.supervision.cases import Case, Ruling
from functions.supervision.desk import Desk
from functions.supervision.domain import Feedback, Task, Unit
from functions.supervision.evidence import Note
from functions.supervision.rulebooks import rulebooks
from functions.supervision.store import Store

bp = Blueprint(__name__)
_MOST_FEEDBACK = 100
_MOST_OUTCOMES = 500
_MOST_ITEMS = 200  # of one ruling: it is kept in its case's record, which ends at 400 KB

Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Handover(_In):
    """To whom a task goes, and why."""

    to: Unit
    note: Note


class NamedFeedback(_In):
    """Feedback on a named task."""

    task: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    feedback: Feedback


class FeedbackBatch(_In):
    """Up to 100 pieces of feedback; each counts on its own."""

    feedback: Annotated[list[NamedFeedback], Field(min_length=1, max_length=_MOST_FEEDBACK)]


class FeedbackTold(BaseModel):
    """What became of one piece: the task after it, or why it does not count."""

    task: str
    counted: bool
    state: str | None = None
    faults: list[FaultTold] = []


class FeedbackBatchTold(BaseModel):
    """What became of a batch, in its order."""

    counted: int
    refused: int
    results: list[FeedbackTold]


class OutcomesIn(_In):
    """Up to 500 ids of registrations."""

    registrations: Annotated[
        list[Annotated[str, StringConstraints(max_length=64)]],
        Field(min_length=1, max_length=_MOST_OUTCOMES),
    ]


class OutcomeTold(BaseModel):
    """What became of a registration; `outcome` is absent until its sweep has come."""

    registration: str
    outcome: Outcome | None = None
    tasks: int = 0
    reasons: list[str] = []


class OutcomesTold(BaseModel):
    """Outcomes, in the order asked."""

    outcomes: list[OutcomeTold]


class ManualQuery(_In):
    """Whose list: a town's code, or `city` for what no town could be found for."""

    town: str = "city"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str = ""


class ManualTold(BaseModel):
    """A page of the cases that wait for a person, longest first."""

    cases: list[Case]
    after: str | None = None


class RulingIn(_In):
    """A person's decision on the waiting registration: where it lies, or what applies."""

    edition: int
    note: Note
    town: Code | None = None
    village: Code | None = None
    items: Annotated[tuple[Code, ...], Field(max_length=_MOST_ITEMS)] | None = None

    @model_validator(mode="after")
    def _decides(self) -> Self:
        if self.town is None and self.items is None:
            raise ValueError("give town, items or both")
        return self


def _desk() -> Desk:
    store = Store(ports.table("supervision"))
    return Desk(store.cases, store.tasks, rulebooks(), clock.now())


@bp.route("/v1/tasks/{task_id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a task with its whole life", Action.TASK_READ, reply=Task))
def get_task(task_id: str, caller: Caller) -> Task:
    return usecases.read_task(task_id, caller, _desk())


@bp.route("/v1/tasks/{task_id}/feedback", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Feed back on a task", Action.TASK_FEED_BACK, Feedback, reply=Task))
def post_feedback(task_id: str, caller: Caller, body: Feedback) -> Task:
    return usecases.record_feedback(task_id, body, caller, _desk())


@bp.route("/v1/tasks/{task_id}/reassign", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Hand a task to another unit of the same department",
        Action.TASK_REASSIGN,
        Handover,
        reply=Task,
    ),
)
def post_reassign(task_id: str, caller: Caller, body: Handover) -> Task:
    return usecases.reassign_task(task_id, body.to, body.note, caller, _desk())


@bp.route("/v1/tasks/{task_id}/redirect", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Send a returned task on to whoever is responsible",
        Action.TASK_REDIRECT,
        Handover,
        reply=Task,
    ),
)
def post_redirect(task_id: str, caller: Caller, body: Handover) -> Task:
    return usecases.redirect_task(task_id, body.to, body.note, caller, _desk())


@bp.route("/v1/feedback", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Feed back on many tasks at once",
        Action.TASK_FEED_BACK,
        FeedbackBatch,
        reply=FeedbackBatchTold,
    ),
)
def post_feedback_batch(caller: Caller, body: FeedbackBatch) -> FeedbackBatchTold:
    return _record_all(body, caller)


@bp.route("/v1/webhooks/{unit}/feedback", methods=["POST"])
@operation(
    bp,
    Operation(
        "Feedback from a department's own system, signed by Standard Webhooks",
        body=FeedbackBatch,
        reply=FeedbackBatchTold,
        signature=True,
    ),
)
def post_feedback_webhook(unit: str) -> FeedbackBatchTold:
    request = bp.current_request
    message = systems.verified(unit, request.headers, request.raw_body, clock.real_now())
    body = body_as(FeedbackBatch, request)
    caller = Caller(f"system:{unit}", frozenset({Grant(unit, Role.OFFICER)}))
    signed = [
        one.model_copy(
            update={"feedback": one.feedback.model_copy(update={"ref": f"{message}.{number}"})}
        )
        if not one.feedback.ref
        else one
        for number, one in enumerate(body.feedback)
    ]
    return _record_all(FeedbackBatch(feedback=signed), caller)


@bp.route("/v1/outcomes", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("What became of registrations", Action.CASE_READ, OutcomesIn, reply=OutcomesTold),
)
def post_outcomes(caller: Caller, body: OutcomesIn) -> OutcomesTold:
    require(caller, Action.CASE_READ, ANYONE, "outcomes")
    asked = [(one, *_parsed(one)) for one in body.registrations]
    cases = _desk().cases.get_many({code for _, code, _ in asked})
    return OutcomesTold(
        outcomes=[
            _outcome(one, edition, cases[code].value if code in cases else None)
            for one, code, edition in asked
        ]
    )


@bp.route("/v1/cases/{code}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("What supervision decided for an entity", Action.CASE_READ, reply=Case))
def get_case(code: str, caller: Caller) -> Case:
    return usecases.read_case(code, caller, _desk())


@bp.route("/v1/manual", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Registrations that wait for a person",
        Action.MANUAL_READ,
        query=ManualQuery,
        reply=ManualTold,
    ),
)
def get_manual(caller: Caller, query: ManualQuery) -> ManualTold:
    town = None if query.town == "city" else query.town
    require(caller, Action.MANUAL_READ, Owner(town=town), "manual")
    store = Store(ports.table("supervision"))
    start = record_of(query.after, "manual_at", manual_town=query.town)
    cases, after = store.list_waiting(town, limit=query.limit, after=start)
    return ManualTold(cases=cases, after=cursor_of(after))


@bp.route("/v1/manual/{code}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Decide a registration by hand", Action.MANUAL_DECIDE, RulingIn, reply=Case),
)
def post_manual(code: str, caller: Caller, body: RulingIn) -> Case:
    desk = _desk()
    ruling = Ruling(by=caller.id, at=desk.now, **body.model_dump())
    return usecases.rule_on(code, ruling, caller, desk)


def _record_all(batch: FeedbackBatch, caller: Caller) -> FeedbackBatchTold:
    language = language_of(bp.current_request)
    results = [_record(one, caller, language) for one in batch.feedback]
    counted = sum(one.counted for one in results)
    return FeedbackBatchTold(counted=counted, refused=len(results) - counted, results=results)


def _record(one: NamedFeedback, caller: Caller, language: str) -> FeedbackTold:
    try:
        task = usecases.record_feedback(one.task, one.feedback, caller, _desk())
    except Problem as problem:
        faults = [told(fault, language) for fault in problem.faults]
        return FeedbackTold(task=one.task, counted=False, faults=faults)
    return FeedbackTold(task=task.id, counted=True, state=task.state)


def _parsed(registration: str) -> tuple[str, int]:
    code, _, edition = registration.rpartition(".")
    if not (code and edition.isascii() and edition.isdigit()):
        raise Invalid.of("registration_id", "registrations", value=registration[:40])
    return code, int(edition)


def _outcome(registration: str, edition: int, case: Case | None) -> OutcomeTold:
    outcome = case.outcome_of(edition) if case else None
    if case is None or outcome is None:
        return OutcomeTold(registration=registration)
    return OutcomeTold(
        registration=registration,
        outcome=outcome,
        tasks=len(case.needs),
        reasons=list(case.reasons),
    )
