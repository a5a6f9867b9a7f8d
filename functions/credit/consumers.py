"""What reaches public credit from its bucket, its queues and its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.credit.changes import events_of
from functions.shared import ports
from functions.shared.queue import each
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_publish(event: Mapping[str, Any], context: Any) -> None:
    """The stream of public credit: tell the city what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("credit"))


@bp.lambda_function()
def credit_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("credit"), events_of, ports.city_events())

    return each(event, context, "credit-redrive", again, ports.dead_letters())
