"""What happens between systems: events are delivered to units' own systems, and again (A8, A22)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from functions.interfaces import domain
from functions.interfaces.desk import SYSTEM, Desk, Post, Send, Start
from functions.interfaces.domain import Answer, Delivery, EventType, First, Problem, State
from functions.interfaces.lines import Line
from functions.shared import signatures
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, event
from functions.shared.events.interfaces import SystemTested
from functions.shared.joined import System, SystemState
from functions.shared.records import Stored
from functions.shared.table import Stale

MEDIA_TYPE = "application/cloudevents+json"
_PAGE = 25  # of one unit's due deliveries, before it is the next unit's turn


@dataclass(frozen=True, slots=True)
class _Try:
    """One attempt: what is delivered, to which system, and how its endpoint has answered lately."""

    delivery: Delivery
    system: System
    line: Stored[Line] | None


def plan_deliveries(told: CloudEvent, desk: Desk, start: Start) -> None:
    """Start the delivery of an event to each of its receivers that has a system of its own.

    The message is all there is of it until its first attempt: a repeat, or what comes again after a
    crash, is another message, which finds what that attempt wrote. Units without a system pull
    their worklist. To an endpoint that rests nothing is sent: what waits is written, and due when
    the rest is over.
    """
    for unit in domain.receivers(told):
        found = desk.records.systems.get(unit)
        if found is None or not found.value.wants(told.type):
            continue
        first = First(unit=unit, planned_at=desk.now, event=told)
        line = line_of(found.value, desk)
        if line and line.value.down:
            later = first.delivery().put_off(line.value.rests_until or desk.now)
            with suppress(Stale):  # it exists: this is a repeat
                desk.records.deliveries.save(later, before=None, by=SYSTEM, now=desk.now)
        else:
            start(first)


def try_system(unit: str, caller: Caller, desk: Desk, start: Start) -> Delivery:
    """Deliver a test to a unit's system the way that everything takes, also in test mode (A21).

    What is returned is shown among the deliveries once it was tried.
    Raises NotFound where there is no such system of the caller's, Conflict where it takes nothing.
    """
    require(caller, Action.SYSTEM_JOIN, Owner(unit), "system")
    if desk.records.systems.get(unit) is None:
        raise NotFound("system")
    check_receives(unit, desk)
    body = SystemTested(unit=unit, by=caller.id)
    moment = int(desk.now.timestamp() * 1000)
    told = event(EventType.SYSTEM_TEST, unit, moment, body, desk.now)
    first = First(unit=unit, planned_at=desk.now, event=told)
    start(first)
    return first.delivery()


def deliver_first(first: First, desk: Desk, post: Post, *, sent_at: datetime) -> None:
    """Make the first attempt at what has no record, and write one with what came of it.

    At least once, as below: of two at once both post, and who comes second finds the record; where
    that says only that it waits for its endpoint, what came of the attempt is written all the same.
    """
    delivery = first.delivery()
    if desk.records.deliveries.get(delivery.id) is None:
        _attempt(delivery, desk, post, sent_at)


def deliver(delivery_id: str, tried: int, desk: Desk, post: Post, *, sent_at: datetime) -> None:
    """Make the attempt after `tried` others, and record what came of it.

    At least once: a crash after the POST brings it again, with the same id. `sent_at` is the
    instant by the receiver's clock, which signatures go by. Only our own faults raise. How the
    endpoint answers is written only when that changes; a crash before it forgets one failure.
    """
    found = desk.records.deliveries.get(delivery_id)
    if found and _awaits(found.value, tried):
        _attempt(found.value, desk, post, sent_at)


def send_due(desk: Desk, send: Send, *, go_on: Callable[[], bool]) -> int:
    """Send what is due again, a page of each unit in turn, as far as `go_on` allows; how many.

    So whatever piles up for one receiver, every other has its turn. Of what waits for an endpoint
    that rests nothing is sent, and when the rest is over one, which decides for the others; but
    first what has waited too long is parked.
    """
    sent = 0
    waiting = desk.records.list_units()
    while waiting:
        still: list[str] = []
        for unit in waiting:
            if not go_on():
                return sent
            most = _most_now(unit, desk)
            ids = desk.records.list_due(unit, desk.now, _PAGE) if most else []
            parked = sum(_park_old(one, desk) for one in ids) if most == 1 else 0
            moved = 0 if parked else sum(_send_again(one, desk, send) for one in ids[:most])
            sent += moved
            if parked or (moved == _PAGE and most == _PAGE):
                still.append(unit)
        waiting = still
    return sent


def replay(delivery_id: str, caller: Caller, desk: Desk, send: Send) -> Delivery:
    """Deliver once more, from the beginning, whatever became of it (A22).

    Raises NotFound for a delivery of nobody's or somebody else's, or before its first attempt,
    which is under way anyway; Conflict where the unit's system takes nothing now.
    """
    unit = domain.unit_of(delivery_id)
    require(caller, Action.SYSTEM_JOIN, Owner(unit), "delivery")
    found = desk.records.deliveries.get(delivery_id)
    if found is None:
        raise NotFound("delivery")
    check_receives(unit, desk, real=found.value.type != EventType.SYSTEM_TEST)

    def replayed(delivery: Delivery | None) -> Delivery | None:
        return delivery.replayed(desk.now) if delivery else None

    delivery = desk.records.deliveries.change(delivery_id, replayed, by=caller.id, now=desk.now)
    assert delivery is not None  # nobody deletes a delivery that was just read
    send(delivery)
    return delivery


def check_receives(unit: str, desk: Desk, *, real: bool = False) -> None:
    """Raises Conflict where nothing can be delivered to a unit's system, or nothing `real`."""
    found = desk.records.systems.get(unit)
    if found is None or found.value.state is not SystemState.ENABLED:
        raise Conflict.of("system_not_enabled", "unit")
    if not found.value.url:
        raise Conflict.of("system_not_addressed", "unit")
    if real and found.value.test:
        raise Conflict.of("system_in_test", "unit")


def line_of(system: System, desk: Desk) -> Stored[Line] | None:
    """How the endpoint where a system now stands has answered lately."""
    found = desk.records.lines.get(system.unit)
    return found if found and found.value.url == system.url else None


def _awaits(delivery: Delivery, tried: int) -> bool:
    return delivery.state is State.PENDING and delivery.tried == tried


def _attempt(delivery: Delivery, desk: Desk, post: Post, sent_at: datetime) -> None:
    attempt = _opened(delivery, desk)
    until = _rests(attempt, desk) if isinstance(attempt, _Try) else None
    if until:
        _write(delivery, lambda one: one.put_off(until), desk)
        return
    answer = _ask(attempt, desk, post, sent_at) if isinstance(attempt, _Try) else attempt
    _write(delivery, lambda one: one.after(answer, desk.now), desk)
    if isinstance(attempt, _Try):
        _note(attempt, answer, desk)


def _write(delivery: Delivery, came: Callable[[Delivery], Delivery], desk: Desk) -> None:
    """Write what came of a delivery as it was read, or planned; nothing where another attempt has
    been written meanwhile."""

    def changed(present: Delivery | None) -> Delivery | None:
        standing = present or delivery
        return came(standing) if _awaits(standing, delivery.tried) else None

    desk.records.deliveries.change(delivery.id, changed, by=SYSTEM, now=desk.now)


def _opened(delivery: Delivery, desk: Desk) -> _Try | Answer:
    """The attempt, or why there is none."""
    found = desk.records.systems.get(delivery.unit)
    if found is None or found.value.state is not SystemState.ENABLED or not found.value.url:
        return Answer(problem=Problem.NOT_JOINED)
    if found.value.test and delivery.type != EventType.SYSTEM_TEST:
        return Answer(problem=Problem.TEST_MODE)
    return _Try(delivery, found.value, line_of(found.value, desk))


def _rests(attempt: _Try, desk: Desk) -> datetime | None:
    """Until when nothing is posted to where this attempt goes; None: it may go.

    After a rest the first to come goes, the others wait for what becomes of it. A test always goes:
    somebody asks.
    """
    line = attempt.line
    if line is None or not line.value.down or attempt.delivery.type == EventType.SYSTEM_TEST:
        return None
    if line.value.rests_until and line.value.resting(desk.now):
        return line.value.rests_until
    probed = line.value.probed(attempt.delivery.id, desk.now)
    try:
        desk.records.lines.save(probed, before=line, by=SYSTEM, now=desk.now)
    except Stale:
        return probed.rests_until
    return None


def _ask(attempt: _Try, desk: Desk, post: Post, sent_at: datetime) -> Answer:
    system, body = attempt.system, attempt.delivery.event.encode()
    secrets = system.valid_secrets(desk.now)
    signed = signatures.headers(attempt.delivery.id, sent_at, body, secrets)
    answer = post(system.url, {"Content-Type": MEDIA_TYPE, **signed}, body)
    if answer.gone:
        _disable(system, desk)
    return answer


def _note(attempt: _Try, answer: Answer, desk: Desk) -> None:
    """Remember how the endpoint answered; nothing is written of one that goes on answering."""
    known = attempt.line
    if not answer.unreachable and (known is None or not known.value.failing):
        return
    unit, url = attempt.system.unit, attempt.system.url

    def noted(line: Line | None) -> Line:
        same = line if line and line.url == url else Line(unit=unit, url=url)
        return same.after(answer, attempt.delivery.id, desk.now)

    desk.records.lines.change(unit, noted, by=SYSTEM, now=desk.now)


def _disable(gone: System, desk: Desk) -> None:
    """Deliver nothing more to where the answer was 410, unless the unit has moved on meanwhile."""

    def disabled(system: System | None) -> System | None:
        if system is None or system.url != gone.url or system.state is not SystemState.ENABLED:
            return None
        change = {"state": SystemState.DISABLED, "changed_at": desk.now}
        return system.model_copy(update=change)

    desk.records.systems.change(gone.unit, disabled, by=SYSTEM, now=desk.now)


def _most_now(unit: str, desk: Desk) -> int:
    """How many of a unit's deliveries may go out at once: none while its endpoint rests, then one.

    What waits for a system that was disabled goes its way all the same, and is parked there.
    """
    system = desk.records.systems.get(unit)
    line = line_of(system.value, desk) if system else None
    if system is None or line is None or not line.value.down:
        return _PAGE
    if system.value.state is not SystemState.ENABLED:
        return _PAGE
    return 0 if line.value.resting(desk.now) else 1


def _park_old(delivery_id: str, desk: Desk) -> bool:
    """Whether a delivery had waited too long for its endpoint, and is parked now."""

    def parked(delivery: Delivery | None) -> Delivery | None:
        waits = delivery and delivery.state is State.PENDING
        return delivery.waited_out(desk.now) if delivery and waits else None

    before = desk.records.deliveries.get(delivery_id)
    if before is None or parked(before.value) is None:
        return False
    desk.records.deliveries.change(delivery_id, parked, by=SYSTEM, now=desk.now)
    return True


def _send_again(delivery_id: str, desk: Desk, send: Send) -> bool:
    """Whether it was due, and now is on its way: written first, so that a crash sends it later."""
    before = desk.records.deliveries.get(delivery_id)
    if before is None or before.value.state is not State.PENDING:
        return False
    if before.value.due_at > desk.now:
        return False  # the index was behind
    moved = before.value.on_its_way(desk.now)
    try:
        desk.records.deliveries.save(moved, before=before, by=SYSTEM, now=desk.now)
    except Stale:
        return False
    send(moved)
    return True
