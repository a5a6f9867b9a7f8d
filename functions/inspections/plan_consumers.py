"""What public credit says about an entity changes how often it is visited (C12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.inspections.planning import take_grade
from functions.inspections.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.credit import GradeTold
from functions.shared.queue import each_event

bp = Blueprint(__name__)


@bp.lambda_function()
def inspections_plan(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-plan`: a grade changed; plan the visits by it."""

    def take(told: CloudEvent) -> None:
        take_grade(body_of(told, GradeTold), told.sequence, desk())

    return each_event(event, context, "inspections-plan", take, ports.dead_letters())
