"""What reaches inspections from its queues and its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.inspections.changes import events_of
from functions.inspections.dispatch import follow_ruling, take_registration
from functions.inspections.recounting import recount
from functions.inspections.store import Store
from functions.inspections.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.registry import Registration
from functions.shared.events.supervision import RULED
from functions.shared.queue import each, each_event
from functions.shared.recounts import recount_by_shards
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)


@bp.lambda_function()
def inspections_publish(event: Mapping[str, Any], context: Any) -> None:
    """The stream of inspections: tell the city what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("inspections"))


@bp.lambda_function()
def inspections_dispatch(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-dispatch`: registrations as they arrive, and the places that were ruled
    (B3, B4)."""

    def take(told: CloudEvent) -> None:
        follow = follow_ruling if told.type == RULED else take_registration
        follow(body_of(told, Registration), desk())

    return each_event(event, context, "inspections-dispatch", take, ports.dead_letters())


@bp.lambda_function()
def inspections_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("inspections"), events_of, ports.city_events())

    return each(event, context, "inspections-redrive", again, ports.dead_letters())


@bp.lambda_function()
def inspections_recount(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-recount`: another calendar holds; count what was provisional again."""
    store = Store(ports.table("inspections"))
    return recount_by_shards(
        event,
        context,
        "inspections-recount",
        lambda portion, go_on: recount(portion, store, desk(), go_on),
    )
