"""What reaches alerts: news of everything that has limits, and the sweep (A13-A15)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalice import Blueprint, Rate

from functions.alerts import usecases
from functions.alerts.changes import events_of
from functions.alerts.config import stored_rules
from functions.alerts.usecases import Desk
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.inbox import Inbox
from functions.shared.logging import log
from functions.shared.queue import each, each_event
from functions.shared.stream import changes, republish, tell
from functions.shared.watches import Watches

bp = Blueprint(__name__)
_STOP_BEFORE_MS = 30_000  # of the function's time: enough to end the page in hand


def _desk() -> Desk:
    now = clock.now()
    watches, inbox = Watches(ports.table("alerts")), Inbox(ports.table("worklist"))
    return Desk(watches, inbox, stored_rules().at(now), now)


@bp.lambda_function()
def alerts_watch(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `alerts-watch`: follow the limits of tasks, clues and inspections (A13)."""

    def follow(told: CloudEvent) -> None:
        usecases.watch(told, _desk())

    log.info("watching", events=len(event["Records"]))
    return each_event(event, context, "alerts-watch", follow, ports.dead_letters())


@bp.schedule(Rate(30, unit=Rate.MINUTES))
def alerts_sweep(event: Any) -> None:
    """Every 30 minutes: raise everything that has come due (A15)."""
    ports.send_all("alerts-raise", usecases.shards_to_raise(clock.now()))


@bp.lambda_function()
def alerts_raise(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `alerts-raise`: raise what is due in one shard; what time leaves is sent on."""

    def raise_shard(message: dict[str, Any]) -> None:
        looked = usecases.raise_due(
            int(message["shard"]),
            datetime.fromisoformat(message["until"]),
            Watches(ports.table("alerts")),
            _desk(),
            go_on=lambda: context.get_remaining_time_in_millis() > _STOP_BEFORE_MS,
        )
        for (subject, unit), error in looked.failed:
            log.error("watch failed", subject=subject, unit=unit, exc_info=error)
        log.info("raised", watches=looked.watches, failed=len(looked.failed), done=looked.done)
        if not looked.done:
            ports.send("alerts-raise", json.dumps(message))

    return each(event, context, "alerts-raise", raise_shard, ports.dead_letters())


@bp.lambda_function()
def alerts_publish(event: Mapping[str, Any], context: Any) -> None:
    """The stream of alerts: tell the city what was raised, and what is over."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("alerts"))


@bp.lambda_function()
def alerts_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `alerts-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("alerts"), events_of, ports.city_events())

    return each(event, context, "alerts-redrive", again, ports.dead_letters())
