"""All that a unit's system was told since some instant, delivered again page by page (A22)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from functions.interfaces import replays
from functions.interfaces.desk import SYSTEM, Desk, Send
from functions.interfaces.domain import Delivery, unit_of
from functions.interfaces.replays import Replay, Which
from functions.interfaces.usecases import check_receives, line_of
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import Conflict, NotFound
from functions.shared.table import Stale

_PAGE = 25
Start = Callable[[Replay], object]
"""Puts a replay on its way through the queue."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Deliver to `unit` again what happened since when, by the deliveries' state; the same `ref`
    is the same request."""

    unit: str
    since: datetime
    state: Which
    ref: str


def ask_replay(asked: Asked, caller: Caller, desk: Desk, start: Start) -> Replay:
    """Ask for a unit's deliveries to go out again.

    Written first, then sent: who asks again with the same `ref` finds it and sends it again, which
    harms nothing. Raises NotFound for a unit of somebody else's, Conflict where its system takes
    nothing, or where `ref` asked for something else.
    """
    require(caller, Action.SYSTEM_JOIN, Owner(asked.unit), "system")
    check_receives(asked.unit, desk, real=True)
    new = Replay(
        id=replays.replay_id(asked.unit, asked.ref),
        unit=asked.unit,
        since=asked.since,
        state=asked.state,
        asked_by=caller.id,
        asked_at=desk.now,
    )
    replay = desk.records.replays.change(
        new.id, lambda before: before or new, by=caller.id, now=desk.now
    )
    assert replay is not None  # it was there, or is there now
    if (replay.since, replay.state) != (asked.since, asked.state):
        raise Conflict.of("ref_used", "ref")
    if not replay.done:
        start(replay)
    return replay


def read_replay(id: str, caller: Caller, desk: Desk) -> Replay:
    """How far a replay is; raises NotFound where there is none of the caller's."""
    require(caller, Action.SYSTEM_JOIN, Owner(unit_of(id)), "replay")
    found = desk.records.replays.get(id)
    if found is None:
        raise NotFound("replay")
    return found.value


def go_on_replaying(id: str, desk: Desk, send: Send, *, go_on: Callable[[], bool]) -> bool:
    """Go through a replay page by page, as far as `go_on` allows; whether all of it is done.

    Each delivery is marked as it is put on its way, and the progress is written after each page: a
    crash, or a second message, goes through a page again and sends nothing again. What has no
    record yet is on its way for the first time.
    """
    while True:
        before = desk.records.replays.get(id)
        if before is None or before.value.done:
            return True
        if not go_on():
            return False
        replay = before.value
        page = desk.records.list_since(replay.unit, replay.start, _PAGE)
        later = [one for one in page if not replay.reaches(one)]
        covered = [one for one in page if replay.reaches(one)]
        sent = sum(_again(one, replay, desk, send) for one in covered)
        gone_on = replay.gone_on(covered, sent, last=bool(later) or len(page) < _PAGE)
        with suppress(Stale):  # another message goes through it as well; it is further
            desk.records.replays.save(gone_on, before=before, by=SYSTEM, now=desk.now)


def _again(found: Delivery, replay: Replay, desk: Desk, send: Send) -> bool:
    """Whether the replay has put this delivery on its way, now or before a crash.

    To an endpoint that rests nothing is sent; it is due when the rest is over.
    """
    if found.replay == replay.id:
        return True
    if not replay.covers(found):
        return False
    system = desk.records.systems.get(replay.unit)
    line = line_of(system.value, desk) if system else None
    down = bool(line and line.value.down)

    def replayed(delivery: Delivery | None) -> Delivery | None:
        if delivery is None or not replay.covers(delivery):
            return delivery
        again = delivery.replayed(desk.now).model_copy(update={"replay": replay.id})
        return again.put_off(desk.now) if down else again

    delivery = desk.records.deliveries.change(found.id, replayed, by=SYSTEM, now=desk.now)
    if delivery is None or delivery.replay != replay.id:
        return False
    if not down:
        send(delivery)
    return True
