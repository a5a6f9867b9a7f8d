"""What the registry tells public credit: whom records may be about (C4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.credit.subjects import take_registration
from functions.credit.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.registry import Registration
from functions.shared.queue import each_event

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_subjects(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-subjects`: keep who there is, and under which names."""

    def take(told: CloudEvent) -> None:
        take_registration(body_of(told, Registration), desk())

    return each_event(event, context, "credit-subjects", take, ports.dead_letters())
