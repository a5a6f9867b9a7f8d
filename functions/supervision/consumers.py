"""What reaches supervision from its queues and its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalice import Blueprint

from functions.shared import clock, ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import Referred
from functions.shared.events.registry import Registration
from functions.shared.logging import log
from functions.shared.queue import each, each_event, time_left
from functions.shared.recounts import recount_by_shards
from functions.shared.stream import changes, republish, tell
from functions.supervision import trials
from functions.supervision.calendars import publish
from functions.supervision.changes import events_of
from functions.supervision.recounting import recount
from functions.supervision.referring import refer
from functions.supervision.retelling import Stretch, retell
from functions.supervision.rulebooks import rulebooks
from functions.supervision.store import Store
from functions.supervision.trials import TrialOrder
from functions.supervision.usecases import decide_registration
from functions.supervision.wiring import desk

bp = Blueprint(__name__)


@bp.lambda_function()
def supervision_match(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `supervision-match`: match released registrations and push their tasks (A2-A7)."""

    decided: list[Registration] = []

    def decide(told: CloudEvent) -> None:
        registration = body_of(told, Registration)
        decide_registration(registration, desk())
        decided.append(registration)

    log.info("matching", registrations=len(event["Records"]))
    reply = each_event(event, context, "supervision-match", decide, ports.dead_letters())
    if decided:
        name = event["Records"][0]["messageId"]
        trials.remember(decided, name, ports.objects("config"), clock.now())
    return reply


@bp.lambda_function()
def supervision_refer(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `supervision-refer`: make tasks of what inspections refer to departments (B10)."""

    def take(told: CloudEvent) -> None:
        refer(body_of(told, Referred), desk())

    return each_event(event, context, "supervision-refer", take, ports.dead_letters())


@bp.lambda_function()
def items_trial(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `items-trial`: try a version of the items on the newest registrations (A4)."""

    def run(message: dict[str, Any]) -> None:
        order = TrialOrder.model_validate(message)
        bucket, rules, now = ports.objects("config"), rulebooks(), clock.now()
        result = trials.compare(
            order,
            trials.recent(order.last, bucket, now),
            rules.of(order.version),
            rules.of(order.against),
            now,
        )
        bucket.write(trials.result_key(order.id), result.model_dump_json().encode())

    return each(event, context, "items-trial", run, ports.dead_letters())


@bp.lambda_function()
def supervision_publish(event: Mapping[str, Any], context: Any) -> None:
    """Supervision's stream: tell the city what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("supervision"))


@bp.lambda_function()
def supervision_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `supervision-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("supervision"), events_of, ports.city_events())

    return each(event, context, "supervision-redrive", again, ports.dead_letters())


@bp.lambda_function()
def supervision_recount(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `supervision-recount`: another calendar holds; count what was provisional again (A14).

    The calendar is published first, whoever died before that.
    """
    store = Store(ports.table("supervision"))
    return recount_by_shards(
        event,
        context,
        "supervision-recount",
        lambda portion, go_on: recount(portion, store, desk(), go_on),
        first=lambda: publish(store, ports.objects("config")),
    )


@bp.lambda_function()
def supervision_retell(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `supervision-retell`: write the tasks of a segment for a rebuild of the figures (A20).

    What time leaves of it is sent on; its end is told to the queue `reports-rebuild`.
    """

    def take(message: dict[str, Any]) -> None:
        stretch = Stretch.model_validate(message)
        table, bucket = ports.table("supervision"), ports.objects("reports")
        if left := retell(stretch, table, bucket, partial(time_left, context)):
            ports.send("supervision-retell", left.model_dump_json())
        else:
            ports.send("reports-rebuild", stretch.done)

    return each(event, context, "supervision-retell", take, ports.dead_letters())
