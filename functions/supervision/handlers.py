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
from functions.supervision.wiring import desk

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Handover(_In):
    """To whom a task goes, and why."""

    to: Unit
    note: Note


@bp.route("/v1/tasks/{task_id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a task with its whole life", Action.TASK_READ, reply=Task))
def get_task(task_id: str, caller: Caller) -> Task:
    return usecases.read_task(task_id, caller, desk())


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
