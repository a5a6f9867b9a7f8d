"""What reaches joint discipline from its schedule, its queues and its own stream (C13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from chalice import Blueprint, Rate

from functions.discipline import standing, sweeping
from functions.discipline.changes import events_of
from functions.discipline.store import Store
from functions.discipline.wiring import desk
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.events.credit import GRADE_CHANGED
from functions.shared.queue import each, each_event, time_left
from functions.shared.recounts import recount_by_shards
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)


@bp.lambda_function()
def discipline_grounds(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `discipline-grounds`: keep which credit records ground sanctions, and lift what nothing
    grounds any more."""

    at = desk()
    book = at.instruments.on(at.today)  # once: a large batch tells of thousands of records

    def take(told: CloudEvent) -> None:
        standing.take_record(told, at, book)

    return each_event(event, context, "discipline-grounds", take, ports.dead_letters())


@bp.lambda_function()
def discipline_standing(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `discipline-standing`: bring up to date what counters and participants read."""

    def take(told: CloudEvent) -> None:
        if told.type == GRADE_CHANGED:
            standing.take_grade(told, desk())
        else:
            standing.take_sanction(told.subject, desk())

    return each_event(event, context, "discipline-standing", take, ports.dead_letters())


@bp.schedule(Rate(1, unit=Rate.HOURS))
def discipline_sweep(event: Any) -> None:
    """Every hour: lift the sanctions whose period is over."""
    ports.send_all("discipline-due", sweeping.shards_due(clock.now()))


@bp.lambda_function()
def discipline_due(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `discipline-due`: lift what is over in one shard; what time leaves is sent on."""

    def lift(message: dict[str, Any]) -> None:
        shard, until = int(message["shard"]), datetime.fromisoformat(message["until"])
        if not sweeping.lift_expired(shard, until, desk(), partial(time_left, context)):
            ports.send("discipline-due", sweeping.shard_due(shard, until))

    return each(event, context, "discipline-due", lift, ports.dead_letters())


@bp.lambda_function()
def discipline_publish(event: Mapping[str, Any], context: Any) -> None:
    """The stream of joint discipline: tell each whom it concerns what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("discipline"))


@bp.lambda_function()
def discipline_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `discipline-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("discipline"), events_of, ports.city_events())

    return each(event, context, "discipline-redrive", again, ports.dead_letters())


@bp.lambda_function()
def discipline_recount(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `discipline-recount`: another calendar holds; count what was provisional again."""
    store = Store(ports.table("discipline"))
    return recount_by_shards(
        event,
        context,
        "discipline-recount",
        lambda portion, go_on: sweeping.recount(portion, store, desk(), go_on),
    )
