"""A task over HTTPS: its life, and what a lead or an office does with it (A10-A13)."""

from __future__ import annotations

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict

from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation
from functions.supervision import usecases
from functions.supervision.domain import Task, Unit
from functions.supervision.evidence import Note
from functions.supervision.extensions import Extension, Resumption, Suspension
from functions.supervision.reading import TaskShown, show_task
from functions.supervision.wiring import desk

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Handover(_In):
    """To whom a task goes, and why."""

    to: Unit
    note: Note


@bp.route("/v1/tasks/{task_id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a task with its whole life", Action.TASK_READ, reply=TaskShown))
def get_task(task_id: str, caller: Caller) -> TaskShown:
    return show_task(task_id, caller, desk())


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
    return usecases.reassign_task(task_id, body.to, body.note, caller, desk())


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
    return usecases.redirect_task(task_id, body.to, body.note, caller, desk())


@bp.route("/v1/tasks/{task_id}/extend", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Give a stage of a task, or the whole case, more time",
        Action.TASK_EXTEND,
        Extension,
        reply=Task,
    ),
)
def post_extend(task_id: str, caller: Caller, body: Extension) -> Task:
    return usecases.extend_limit(task_id, body, caller, desk())


@bp.route("/v1/tasks/{task_id}/suspend", methods=["POST"], authorizer=signed_in)
@operation(
    bp, Operation("Let a task's limits stand still", Action.TASK_EXTEND, Suspension, reply=Task)
)
def post_suspend(task_id: str, caller: Caller, body: Suspension) -> Task:
    return usecases.suspend_task(task_id, body, caller, desk())


@bp.route("/v1/tasks/{task_id}/resume", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Let a suspended task's limits run on", Action.TASK_EXTEND, Resumption, reply=Task),
)
def post_resume(task_id: str, caller: Caller, body: Resumption) -> Task:
    return usecases.resume_task(task_id, body, caller, desk())
