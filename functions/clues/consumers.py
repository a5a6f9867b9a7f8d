"""What reaches clues from its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.clues.changes import events_of
from functions.shared import ports
from functions.shared.queue import each
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)


@bp.lambda_function()
def clues_publish(event: Mapping[str, Any], context: Any) -> None:
    """The stream of clues: tell the city what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("clues"))


@bp.lambda_function()
def clues_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `clues-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("clues"), events_of, ports.city_events())

    return each(event, context, "clues-redrive", again, ports.dead_letters())
