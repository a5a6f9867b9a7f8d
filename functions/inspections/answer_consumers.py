"""What departments answer to referrals (B10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.inspections.answering import answer
from functions.inspections.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import TaskTold
from functions.shared.queue import each_event

bp = Blueprint(__name__)


@bp.lambda_function()
def inspections_answers(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-answers`: what became of a task that an inspection called for."""

    def take(told: CloudEvent) -> None:
        answer(body_of(told, TaskTold), desk())

    return each_event(event, context, "inspections-answers", take, ports.dead_letters())
