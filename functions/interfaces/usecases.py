"""What happens between systems: a unit joins with its own, events are delivered to it (A8, A21)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from functions.interfaces import domain
from functions.interfaces.domain import Answer, Delivery, EventType, Problem, State
from functions.shared import signatures
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events import CloudEvent
from functions.shared.joined import Secret, System, SystemState
from functions.shared.records import Stored
from functions.shared.table import Stale

SYSTEM = "system"
MEDIA_TYPE = "application/cloudevents+json"
# A department (`scjg`), its unit or an office in a town (`scjg.441900106000`), or a village's code.
_UNIT = re.compile(r"[a-z][a-z0-9]{1,15}(\.\d{12})?|\d{12}", re.ASCII)
_PAGE = 25  # of one unit's due deliveries, before it is the next unit's turn
Change = Callable[[System | None], System | None]


class Systems(Protocol):
    """Where systems are kept."""

    def get(self, id: str) -> Stored[System] | None: ...

    def change(self, id: str, how: Change, *, by: str, now: datetime) -> System | None: ...


class Deliveries(Protocol):
    """Where deliveries are kept."""

    def get(self, id: str) -> Stored[Delivery] | None: ...

    def save(
        self, value: Delivery, *, before: Stored[Delivery] | None, by: str, now: datetime
    ) -> Stored[Delivery]: ...

    def change(
        self, id: str, how: Callable[[Delivery | None], Delivery | None], *, by: str, now: datetime
    ) -> Delivery | None: ...


class DueIndex(Protocol):
    """What waits, unit by unit."""

    def list_units(self) -> list[str]: ...

    def list_due(self, unit: str, until: datetime, limit: int) -> list[str]: ...


class Post(Protocol):
    """Makes a POST; whatever a receiver does comes back as an answer."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


Send = Callable[[Delivery], object]
"""Puts a delivery on its way through the queue, in the group of its unit."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: systems, deliveries, and the present instant."""

    systems: Systems
    deliveries: Deliveries
    now: datetime


@dataclass(frozen=True, slots=True)
class Joining:
    """With what a unit joins: the checked address of its webhook, the types it wants (none: all),
    and a secret for the case that it needs one."""

    url: str
    types: tuple[EventType, ...]
    secret: str


def check_unit(unit: str, caller: Caller) -> None:
    """Raises NotFound where the caller may not join for `unit`, Invalid where it cannot be one."""
    _require(unit, caller)
    if not _UNIT.fullmatch(unit):
        raise Invalid.of("unit_form", "unit")


def join_system(
    unit: str, joining: Joining, caller: Caller, desk: Desk
) -> tuple[System, str | None]:
    """Join with a unit's own system, or change where and what it is told; also after a 410.

    The secret comes with the first joining (also a new one after leaving) and never again.
    """
    check_unit(unit, caller)

    def joined(before: System | None) -> System:
        if before is None or before.state is SystemState.CLOSED:
            return System(
                unit=unit,
                url=joining.url,
                types=joining.types,
                secrets=(Secret(value=joining.secret),),
                joined_at=desk.now,
                changed_at=desk.now,
            )
        change = {"url": joining.url, "types": joining.types, "state": SystemState.ENABLED}
        if all(getattr(before, name) == value for name, value in change.items()):
            return before
        return before.model_copy(update={**change, "changed_at": desk.now})

    system = desk.systems.change(unit, joined, by=caller.id, now=desk.now)
    assert system is not None  # `joined` never gives None
    return system, joining.secret if system.secrets[0].value == joining.secret else None


def read_system(unit: str, caller: Caller, desk: Desk) -> System:
    """A unit's system; raises NotFound where there is none of the caller's."""
    _require(unit, caller)
    found = desk.systems.get(unit)
    if found is None:
        raise NotFound("system")
    return found.value


def close_system(unit: str, caller: Caller, desk: Desk) -> System:
    """Part with a unit's system: nothing goes there, nothing is taken from it; the record stays."""
    present = read_system(unit, caller, desk)

    def closed(before: System | None) -> System | None:
        if before is None or before.state is SystemState.CLOSED:
            return None
        return before.model_copy(update={"state": SystemState.CLOSED, "changed_at": desk.now})

    return desk.systems.change(unit, closed, by=caller.id, now=desk.now) or present


def rotate_secret(unit: str, secret: str, keep: timedelta, caller: Caller, desk: Desk) -> System:
    """Give a unit's system a new secret; the present one stays valid for `keep` (none: it leaked).

    An older one than the present ends at once. Raises Conflict where the system has left.
    """
    if read_system(unit, caller, desk).state is SystemState.CLOSED:
        raise Conflict.of("system_closed", "unit")

    def rotated(before: System | None) -> System | None:
        return before.rotated(secret, keep=keep, now=desk.now) if before else None

    system = desk.systems.change(unit, rotated, by=caller.id, now=desk.now)
    assert system is not None  # systems are never deleted
    return system


def plan_deliveries(event: CloudEvent, desk: Desk, send: Send) -> None:
    """Start the delivery of an event to each of its receivers that has a system of its own.

    Written first and due soon, then sent: a repeat finds it, and a crash in between is made up for
    by the sweep. Units without a system pull their worklist.
    """
    for unit in domain.receivers(event):
        system = desk.systems.get(unit)
        if system is None or not system.value.wants(event.type):
            continue
        delivery = domain.planned(event, unit, desk.now)
        with suppress(Stale):  # it exists: this is a repeat
            desk.deliveries.save(delivery, before=None, by=SYSTEM, now=desk.now)
            send(delivery)


def deliver(delivery_id: str, tried: int, desk: Desk, post: Post, *, sent_at: datetime) -> None:
    """Make the attempt after `tried` others, and record what came of it.

    At least once: a crash after the POST brings it again, with the same id. `sent_at` is the
    instant by the receiver's clock, which signatures go by. Only our own faults raise.
    """

    def awaits(delivery: Delivery | None) -> bool:
        return bool(delivery and delivery.state is State.PENDING and delivery.tried == tried)

    found = desk.deliveries.get(delivery_id)
    if found is None or not awaits(found.value):
        return
    answer = _ask(found.value, desk, post, sent_at)

    def answered(delivery: Delivery | None) -> Delivery | None:
        return delivery.after(answer, desk.now) if delivery and awaits(delivery) else None

    desk.deliveries.change(delivery_id, answered, by=SYSTEM, now=desk.now)


def send_due(index: DueIndex, desk: Desk, send: Send, *, go_on: Callable[[], bool]) -> int:
    """Send what is due again, a page of each unit in turn, as far as `go_on` allows; how many.

    So whatever piles up for one receiver, every other has its turn.
    """
    sent = 0
    waiting = index.list_units()
    while waiting:
        still: list[str] = []
        for unit in waiting:
            if not go_on():
                return sent
            ids = index.list_due(unit, desk.now, _PAGE)
            moved = sum(_send_again(one, desk, send) for one in ids)
            sent += moved
            if moved and len(ids) == _PAGE:
                still.append(unit)
        waiting = still
    return sent


def replay(delivery_id: str, caller: Caller, desk: Desk, send: Send) -> Delivery:
    """Deliver once more, from the beginning, whatever became of it (A22).

    Raises NotFound for a delivery of nobody's or somebody else's, Conflict where the unit's system
    takes nothing now.
    """
    unit = domain.unit_of(delivery_id)
    require(caller, Action.SYSTEM_JOIN, Owner(unit), "delivery")
    if desk.deliveries.get(delivery_id) is None:
        raise NotFound("delivery")
    system = desk.systems.get(unit)
    if system is None or system.value.state is not SystemState.ENABLED:
        raise Conflict.of("system_not_enabled", "unit")

    def replayed(delivery: Delivery | None) -> Delivery | None:
        return delivery.replayed(desk.now) if delivery else None

    delivery = desk.deliveries.change(delivery_id, replayed, by=caller.id, now=desk.now)
    assert delivery is not None  # deliveries are never deleted
    send(delivery)
    return delivery


def _require(unit: str, caller: Caller) -> None:
    require(caller, Action.SYSTEM_JOIN, Owner(unit), "system")


def _ask(delivery: Delivery, desk: Desk, post: Post, sent_at: datetime) -> Answer:
    found = desk.systems.get(delivery.unit)
    if found is None or found.value.state is not SystemState.ENABLED:
        return Answer(problem=Problem.NOT_JOINED)
    system, body = found.value, delivery.event.encode()
    secrets = system.valid_secrets(desk.now)
    signed = signatures.headers(delivery.id, sent_at, body, secrets)
    answer = post(system.url, {"Content-Type": MEDIA_TYPE, **signed}, body)
    if answer.gone:
        _disable(system, desk)
    return answer


def _disable(gone: System, desk: Desk) -> None:
    """Deliver nothing more to where the answer was 410, unless the unit has moved on meanwhile."""

    def disabled(system: System | None) -> System | None:
        if system is None or system.url != gone.url or system.state is not SystemState.ENABLED:
            return None
        change = {"state": SystemState.DISABLED, "changed_at": desk.now}
        return system.model_copy(update=change)

    desk.systems.change(gone.unit, disabled, by=SYSTEM, now=desk.now)


def _send_again(delivery_id: str, desk: Desk, send: Send) -> bool:
    """Whether it was due, and now is on its way: written first, so that a crash sends it later."""
    before = desk.deliveries.get(delivery_id)
    if before is None or before.value.state is not State.PENDING:
        return False
    if before.value.due_at > desk.now:
        return False  # the index was behind
    moved = before.value.on_its_way(desk.now)
    try:
        desk.deliveries.save(moved, before=before, by=SYSTEM, now=desk.now)
    except Stale:
        return False
    send(moved)
    return True
