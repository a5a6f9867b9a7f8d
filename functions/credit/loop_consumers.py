"""What ended tasks becomes credit (A16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.credit.loop import take_task
from functions.credit.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import TaskTold
from functions.shared.queue import each_event

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_loop(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-loop`: a task changed; what ended it goes to the department's inbox."""

    def take(told: CloudEvent) -> None:
        take_task(body_of(told, TaskTold), desk())

    return each_event(event, context, "credit-loop", take, ports.dead_letters())
