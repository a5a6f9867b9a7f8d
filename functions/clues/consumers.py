"""What reaches clues from its queues and its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.clues.changes import events_of
from functions.clues.recounting import recount
from functions.clues.store import Store
from functions.clues.wiring import desk
from functions.shared import ports
from functions.shared.queue import each
from functions.shared.recounts import recount_by_shards
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


@bp.lambda_function()
def clues_recount(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `clues-recount`: another calendar holds; count what was provisional again (A14)."""
    store = Store(ports.table("clues"))
    return recount_by_shards(
        event,
        context,
        "clues-recount",
        lambda portion, go_on: recount(portion, store, desk(), go_on),
    )
