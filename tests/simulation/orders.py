"""Every order in which a visit, its recheck and what waits for it can happen, step by step.

Not at random: from each standing of the room, everything that may happen next does, once more than
needed if it likes, until no standing is new.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.inspections.changes import events_of
from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection
from functions.inspections.seen import Result, Round
from functions.inspections.store import DUE, OPEN, Store
from functions.inspections.sweeping import reconcile, reconcile_job, sweep_due, sweep_jobs
from functions.inspections.timers import (
    MachineTimers,
    SweepTimers,
    Timers,
    Turn,
    await_result,
    send_turn,
)
from functions.inspections.visits import Upload, take_upload
from functions.shared.errors import Conflict
from functions.shared.events.inspections import NOTICE_ISSUED, RECHECK_OVER
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.simulation.machine import AslMachine
from tests.unit.inspections.hamlet import BOOK, WALKER, Hamlet
from tests.unit.inspections.phone import PHOTO, Phone

_PASSES = timedelta(days=9)  # more than a notice gives to correct
_MOST_ATTEMPTS = 2  # that are told apart: what is lost twice is like what is lost once
_INSTANTS = ("at", "_at", "since", "due", "remind", "correct_by")
_HAMLET = Hamlet()
_HAMLET.photos.sizes[PHOTO] = 9


@dataclass(frozen=True)
class Told:
    """What arrives at the room once or more: the uploads of both visits, in two parts each."""

    uploads: Mapping[str, Upload]


class Room:
    """The room of one inspection, whose recheck the machine or the sweep waits for."""

    def __init__(self, told: Told, inspection: Inspection, *, swept: bool) -> None:
        self.now = _HAMLET.now
        self.told = told
        self.swept = swept
        self.heard: set[str] = set()  # what the room told of the inspection, and may tell again
        self.table = FakeTable(OPEN, DUE, PROVISIONAL, on_write=self._written)
        functions = {"recheck_send": self._send, "recheck_await": self._await}
        self.machine = AslMachine(functions, self._clock)
        self.id = inspection.id
        Store(self.table).inspections.save(inspection, before=None, by="test", now=self.now)

    def can(self) -> Iterator[str]:
        """What may happen next, again or for the first time."""
        yield from self.told.uploads
        yield from ("time passes", "reconcile", "lost")
        yield from sorted(self.heard)

    def let(self, what: str) -> None:
        """Let it happen, a minute later."""
        self.now += timedelta(minutes=1)
        if what in self.told.uploads:
            self._upload(self.told.uploads[what])
        else:
            self._others[what](self)
        self.machine.work()

    def settle(self) -> None:
        """What is told at least once is told, and time does the rest."""
        for what in self.told.uploads:
            self.let(what)
        for _ in range(2):
            for what in (*sorted(self.heard), "time passes", "reconcile"):
                self.let(what)

    def copy(self) -> Room:
        """The same room, in which something else may happen."""
        return deepcopy(self, {id(self.told): self.told})

    @property
    def inspection(self) -> Inspection:
        """The inspection as it stands."""
        found = Store(self.table).inspections.get(self.id)
        assert found
        return found.value

    def standing(self) -> str:
        """Everything that tells one standing from another, but no instants and versions."""
        notice = self.inspection.notice
        over = bool(notice) and self.now >= notice.ends if notice else False
        runs = sorted((one.state, bool(one.token)) for one in self._running())
        record = timeless(self.inspection.model_dump(mode="json"))
        timer = Store(self.table).timers.get(self.id)
        waits = None
        if timer:
            tries = min(timer.value.attempt, _MOST_ATTEMPTS)
            waits = timer.value.over, bool(timer.value.token), tries
        parts = record, waits, runs, over, sorted(self.heard)
        return json.dumps(parts, sort_keys=True)

    def _upload(self, upload: Upload) -> None:
        try:
            take_upload(self.id, upload, WALKER, self._desk())
        except Conflict as conflict:
            assert conflict.faults[0].code in ("visit_decided", "inspection_over"), conflict

    def _pass(self) -> None:
        self.now += _PASSES

    def _lose(self) -> None:
        for name in list(self.machine.running()):
            self.machine.stop(name)

    def _reconcile(self) -> None:
        store, desk = Store(self.table), self._desk()
        if self.swept:
            for job in sweep_jobs(self.now):
                assert not sweep_due(job, store, desk, lambda: True).failed
        else:
            assert not reconcile(reconcile_job(), store, self.machine, desk, lambda: True).failed

    def _start(self) -> None:
        self._timers().start(self.id)

    def _over(self) -> None:
        self._timers().over(self.id)

    _others: Mapping[str, Callable[[Room], None]] = {
        "time passes": _pass,
        "lost": _lose,
        "reconcile": _reconcile,
        NOTICE_ISSUED: _start,
        RECHECK_OVER: _over,
    }

    def _timers(self) -> Timers:
        desk = self._desk()
        return SweepTimers(self.machine, desk) if self.swept else MachineTimers(self.machine, desk)

    def _desk(self) -> Desk:
        return Desk(Store(self.table), _HAMLET, BOOK, _HAMLET.photos, self.now)

    def _send(self, payload: dict[str, Any]) -> Any:
        return send_turn(Turn.model_validate(payload), self._desk()).model_dump(mode="json")

    def _await(self, payload: dict[str, Any]) -> None:
        await_result(Turn.model_validate(payload), self.machine, self._desk())

    def _running(self) -> list[Any]:
        return [self.machine.executions[name] for name in self.machine.running()]

    def _written(self, old: Record | None, new: Record) -> None:
        types = {event.type for event in events_of(old, new)}
        self.heard |= types & {NOTICE_ISSUED, RECHECK_OVER}

    def _clock(self) -> datetime:
        return self.now


def uploads(inspection: Inspection, *, corrected: bool) -> dict[str, Upload]:
    """A first visit that finds the licence for food missing, and a recheck, in two parts each."""
    phone, failed = Phone(_HAMLET), "licence.SJ01"
    first = [phone.finding(check.key, _first(check.key, failed)) for check in inspection.checks]
    again = [phone.finding(failed, Result.PASSED if corrected else Result.FAILED)]
    made = {}
    for round, findings in ((Round.FIRST, first), (Round.RECHECK, again)):
        refs = (f"{round} 1", f"{round} 2")
        end = {"parts": refs, "at": _HAMLET.now}
        common = {"visit": f"{round}", "round": round, "started_at": _HAMLET.now}
        made[refs[0]] = phone.upload(refs[0], *findings[:1], **common)
        made[refs[1]] = phone.upload(refs[1], *findings[1:], finished=end, **common)
    return made


def _first(check: str, failed: str) -> str:
    return Result.FAILED if check == failed else Result.PASSED


def all_standings(*, corrected: bool, swept: bool) -> Iterator[Room]:
    """The room in every standing that any order of what may happen leads to."""
    inspection = _HAMLET.opened()
    told = Told(uploads(inspection, corrected=corrected))
    room = Room(told, inspection, swept=swept)
    open_ones, known = [room], {room.standing()}
    while open_ones:
        here = open_ones.pop()
        yield here
        for what in here.can():
            following = here.copy()
            following.let(what)
            standing = following.standing()
            if standing not in known:
                known.add(standing)
                open_ones.append(following)


def timeless(value: Any) -> Any:
    """A value as JSON without its instants and days."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if not k.endswith(_INSTANTS)}
    if isinstance(value, list):
        return [timeless(one) for one in value]
    return value
