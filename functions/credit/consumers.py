"""What reaches public credit from its bucket, its queues and its own stream."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from chalice import Blueprint

from functions.credit import deciding, intake, processing
from functions.credit.changes import events_of
from functions.credit.disputes import recount
from functions.credit.store import Store
from functions.credit.wiring import desk
from functions.shared import clock, ports
from functions.shared.queue import each
from functions.shared.recounts import recount_by_shards
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_files(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-files`: take the batches that arrived in the room's bucket."""

    def take(message: dict[str, Any]) -> None:
        for record in message.get("Records", ()):
            item = record["s3"]["object"]
            if not item["key"].endswith("/"):  # a folder that somebody made by hand
                key, at, told = unquote_plus(item["key"]), desk(), record.get("eventTime")
                arrived = clock.city_time(datetime.fromisoformat(told)) if told else None
                content = intake.content_of(key, at.files)
                intake.take_file(key, content, at, arrived=arrived)

    return each(event, context, "credit-files", take, ports.dead_letters())


@bp.lambda_function()
def credit_rows(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-rows`: check or commit a chunk, carry out what a person decided. It alone, of
    what takes rows, may keep identity numbers."""

    def take(message: dict[str, Any]) -> None:
        at = desk(ports.vault("identity"))
        if message["step"] in (deciding.DECIDE, deciding.FINISH):
            deciding.carry_out(message, at)
        else:
            processing.take_chunk(message, at)

    return each(event, context, "credit-rows", take, ports.dead_letters())


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


@bp.lambda_function()
def credit_recount(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-recount`: another calendar holds; count what was provisional again (A14)."""
    store = Store(ports.table("credit"))
    return recount_by_shards(
        event,
        context,
        "credit-recount",
        lambda portion, go_on: recount(portion, store, desk(), go_on),
    )
