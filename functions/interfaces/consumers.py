"""What reaches interfaces from queues and its schedule: events on their way to other systems."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from chalice import Blueprint, Rate

from functions.interfaces import usecases
from functions.interfaces.posting import Poster
from functions.interfaces.sending import send
from functions.interfaces.store import Store
from functions.interfaces.usecases import Desk
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.joined import System
from functions.shared.logging import log
from functions.shared.queue import each, each_event
from functions.shared.records import Stored
from functions.shared.settings import settings

bp = Blueprint(__name__)
_STOP_BEFORE_MS = 20_000  # of the function's time: enough to end the page in hand


class _Seen:
    """Systems as this batch first saw them: a batch asks for the same few again and again."""

    def __init__(self, store: Store) -> None:
        self.change = store.systems.change
        self._get = cache(store.systems.get)

    def get(self, id: str) -> Stored[System] | None:
        return self._get(id)


_poster = cache(Poster)  # it reads the certificates that it trusts


@bp.lambda_function()
def push_plan(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `push-plan`: start the delivery of each event to the systems of its receivers (A8)."""
    store = Store(ports.table("interfaces"))
    desk = Desk(_Seen(store), store.deliveries, clock.now())

    def plan(told: CloudEvent) -> None:
        usecases.plan_deliveries(told, desk, send)

    log.info("planning", events=len(event["Records"]))
    return each_event(event, context, "push-plan", plan, ports.dead_letters())


@bp.lambda_function()
def push_deliver(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `push-deliver`: one attempt at one delivery; it fails only by our own fault."""

    def deliver(message: dict[str, Any]) -> None:
        store = Store(ports.table("interfaces"))
        desk = Desk(store.systems, store.deliveries, clock.now())
        post = _poster(settings().private_webhooks)
        usecases.deliver(
            message["delivery"], message["tried"], desk, post, sent_at=clock.real_now()
        )

    return each(event, context, "push-deliver", deliver, ports.dead_letters())


@bp.schedule(Rate(5, unit=Rate.MINUTES))
def push_retry(event: Any) -> None:
    """Every five minutes: send again what is due, each unit in its turn."""
    store = Store(ports.table("interfaces"))
    desk = Desk(store.systems, store.deliveries, clock.now())
    left = event.context.get_remaining_time_in_millis
    sent = usecases.send_due(store, desk, send, go_on=lambda: left() > _STOP_BEFORE_MS)
    log.info("sent again", deliveries=sent)
