"""What reaches interfaces from queues and its schedule: events on their way to other systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

from chalice import Blueprint, Rate
from pydantic import BaseModel

from functions.interfaces import replaying, usecases
from functions.interfaces.desk import Desk, Kept
from functions.interfaces.domain import First
from functions.interfaces.posting import Poster
from functions.interfaces.sending import send, send_replay, start
from functions.interfaces.store import Store
from functions.shared import clock, ports, systems
from functions.shared.events import CloudEvent
from functions.shared.logging import log
from functions.shared.queue import each, each_event
from functions.shared.records import Stored
from functions.shared.settings import settings

bp = Blueprint(__name__)
_STOP_BEFORE_MS = 20_000  # of the function's time: enough to end the page in hand
T = TypeVar("T", bound=BaseModel)


class _Seen(Generic[T]):
    """Records of one kind as a batch first saw them."""

    def __init__(self, kept: Kept[T]) -> None:
        self.save, self.change = kept.save, kept.change
        self._get = cache(kept.get)

    def get(self, id: str) -> Stored[T] | None:
        return self._get(id)


class _Batch:
    """The records as one batch of events sees them, which asks for the same few units again and
    again: their systems and how those answer."""

    def __init__(self, store: Store) -> None:
        self.systems, self.lines = _Seen(store.systems), _Seen(store.lines)
        self.deliveries, self.clients, self.replays = (
            store.deliveries, store.clients, store.replays,
        )  # fmt: skip
        self.list_units, self.list_due, self.list_since = (
            store.list_units, store.list_due, store.list_since,
        )  # fmt: skip


_poster = cache(Poster)  # it reads the certificates that it trusts


@bp.lambda_function()
def push_plan(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `push-plan`: start the delivery of each event to the systems of its receivers (A8)."""
    desk = Desk(_Batch(Store(ports.table("interfaces"))), clock.now())

    def plan(told: CloudEvent) -> None:
        usecases.plan_deliveries(told, desk, start)

    log.info("planning", events=len(event["Records"]))
    return each_event(event, context, "push-plan", plan, ports.dead_letters())


@bp.lambda_function()
def push_deliver(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `push-deliver`: one attempt at one delivery; it fails only by our own fault."""

    def deliver(message: dict[str, Any]) -> None:
        post, sent_at = _poster(settings().private_webhooks), clock.real_now()
        desk = Desk(Store(ports.table("interfaces"), systems.vault), clock.now())
        if "event" in message:
            usecases.deliver_first(First.model_validate(message), desk, post, sent_at=sent_at)
            return
        usecases.deliver(message["delivery"], message["tried"], desk, post, sent_at=sent_at)

    return each(event, context, "push-deliver", deliver, ports.dead_letters())


@bp.lambda_function()
def push_replay(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `push-replay`: deliver again what a replay covers; goes on later while more is left."""

    def go_on(message: dict[str, Any]) -> None:
        id = message["replay"]
        done = replaying.go_on_replaying(id, _desk(), send, go_on=_time_left(context))
        log.info("replaying", replay=id, done=done)
        if not done:
            send_replay(id)

    return each(event, context, "push-replay", go_on, ports.dead_letters())


@bp.schedule(Rate(5, unit=Rate.MINUTES))
def push_retry(event: Any) -> None:
    """Every five minutes: send again what is due, each unit in its turn."""
    sent = usecases.send_due(_desk(), send, go_on=_time_left(event.context))
    log.info("sent again", deliveries=sent)


def _desk() -> Desk:
    return Desk(Store(ports.table("interfaces")), clock.now())


def _time_left(context: Any) -> Callable[[], bool]:
    left = context.get_remaining_time_in_millis
    return lambda: left() > _STOP_BEFORE_MS
