"""Feedback over HTTPS: one piece, many at once, or from a department's own system (A9-A12)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.shared import clock, systems
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Grant, Role
from functions.shared.errors import Problem
from functions.shared.http import FaultTold, Operation, body_as, language_of, operation, told
from functions.supervision import usecases
from functions.supervision.domain import Feedback, Task
from functions.supervision.wiring import desk

bp = Blueprint(__name__)
_MOST_FEEDBACK = 100


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


@bp.route("/v1/tasks/{task_id}/feedback", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Feed back on a task", Action.TASK_FEED_BACK, Feedback, reply=Task))
def post_feedback(task_id: str, caller: Caller, body: Feedback) -> Task:
    return usecases.record_feedback(task_id, body, caller, desk())


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


def _record_all(batch: FeedbackBatch, caller: Caller) -> FeedbackBatchTold:
    language = language_of(bp.current_request)
    results = [_record(one, caller, language) for one in batch.feedback]
    counted = sum(one.counted for one in results)
    return FeedbackBatchTold(counted=counted, refused=len(results) - counted, results=results)


def _record(one: NamedFeedback, caller: Caller, language: str) -> FeedbackTold:
    try:
        task = usecases.record_feedback(one.task, one.feedback, caller, desk())
    except Problem as problem:
        faults = [told(fault, language) for fault in problem.faults]
        return FeedbackTold(task=one.task, counted=False, faults=faults)
    return FeedbackTold(task=task.id, counted=True, state=task.state)
