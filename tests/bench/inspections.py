"""What an inspection costs from the registration to its end, room by room."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from functions.alerts import usecases as alerts
from functions.inspections.assigning import assign
from functions.inspections.book import parse_book
from functions.inspections.changes import events_of
from functions.inspections.desk import Desk, Roster
from functions.inspections.dispatch import take_registration
from functions.inspections.disposal import DisposalReport, record_disposal
from functions.inspections.domain import Inspection
from functions.inspections.orders import Assignment
from functions.inspections.seen import Round
from functions.inspections.store import DUE, OPEN, Store, inspection_in
from functions.inspections.timers import MachineTimers, Turn, await_result, send_turn
from functions.inspections.visits import take_upload
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import shanghai_day
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import (
    INSPECTION_REFERRED,
    NOTICE_ISSUED,
    RECHECK_OVER,
    Referred,
)
from functions.shared.events.registry import RECEIVED, Registration
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.supervision.referring import refer
from functions.worklist.usecases import project
from infra.city.roster import rosters
from tests.bench.life import Life
from tests.bench.meter import MeteredTable
from tests.bench.spine import CITY, parts
from tests.simulation.inspecting import EveryPhoto
from tests.simulation.machine import AslMachine
from tests.simulation.phones import inspector, noted
from tests.simulation.truths import Truth, Way, truth_by

_ROOMS = {
    "inspections": "inspections",
    "worklist": "worklist",
    "alerts": "alerts",
    "supervision": "supervision",
}
_HEARD_BY = {  # queue, and how the types of its events begin
    "worklist-project": ("inspection.", "alert."),
    "push-plan": ("inspection.",),
    "alerts-watch": ("inspection.",),
    "inspections-timers": (NOTICE_ISSUED, RECHECK_OVER),
    "supervision-refer": (INSPECTION_REFERRED,),
}


@dataclass(frozen=True, slots=True)
class Path:
    """One way through: what is behind the door, and whether it corrects, or is disposed of."""

    name: str
    way: Way
    rechecked: bool = False
    disposed: bool = False


_PATHS = (
    Path("passed", Way.PASSES),
    Path("corrected", Way.CORRECTS, rechecked=True),
    Path("referred", Way.ADDRESS, rechecked=True, disposed=True),
)


class Visits(Life):
    """The rooms that hear of inspections, without systems of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.inspections = MeteredTable("inspections", self.meter, OPEN, DUE, PROVISIONAL)
        self.room = Store(self.inspections)
        self.book = parse_book((CITY / "inspection_items.toml").read_text(encoding="utf-8"))
        for one in rosters():
            roster = Roster.model_validate(one)
            self.room.rosters.save(roster, before=None, by="dispatcher", now=self.now)
        functions = {"recheck_send": self._send, "recheck_await": self._await}
        self.machine = AslMachine(functions, lambda: self.now)
        self.seconds = 0.0
        self.uploads = 0

    def on(self, now: object) -> Rules:
        """The shipped rules."""
        book = self.desk.rules.in_force(self.now)
        return Rules(book.items, book.matcher, book.directory, book.calendar)

    def at(self) -> Desk:
        """What the use cases of inspections work with, now."""
        return Desk(self.room, self, self.book, EveryPhoto(), self.now)

    def open(self, count: int) -> list[str]:
        """Take companies, and dispatch `count` of them that have a village; nothing but that is
        metered."""
        self.take(count * 4, seed=7)
        told = [one for one in self.told("registry") if one.type == RECEIVED]
        placed = [one for one in told if one.data.get("village")][:count]
        self.inspections.changes.clear()
        self.meter.writes.clear()
        self.requests.clear()
        for part in parts(placed, self.batch_sizes["inspections_dispatch"]):
            self.consumed("inspections-dispatch", len(part))
            for event in part:
                take_registration(body_of(event, Registration), self.at())
        self.hear_of_inspections()
        return [one.id for one in self.all()]

    def all(self) -> Iterator[Inspection]:
        """Every inspection, unmetered."""
        found = (inspection_in(record) for record in self.inspections.records())
        return (one for one in found if one)

    def step(self, ids: list[str], act: Callable[[Inspection], object], **later: float) -> None:  # type: ignore[override]
        """Let somebody act on each, somewhat later, and everybody hear of it."""
        self.now += timedelta(**later)
        by_id = {one.id: one for one in self.all()}
        for id in ids:
            act(by_id[id])
        self.hear_of_inspections()
        self.machine.work()
        self.hear_of_inspections()

    def give(self, one: Inspection) -> None:
        """The dispatcher takes the proposal."""
        village = Caller("village", frozenset({Grant(one.unit, Role.VILLAGE)}))
        assign(one.id, Assignment(ref="a1"), village, self.at())

    def visit(self, one: Inspection, truth: Truth, round: Round) -> None:
        """The phone sends a visit, in as many parts as it likes."""
        person = one.inspector or ""
        for upload in noted(one, round, person, truth, self.now):
            began = time.perf_counter()
            take_upload(one.id, upload, inspector(person, one.home), self.at())
            self.seconds += time.perf_counter() - began
            self.uploads += 1

    def dispose(self, one: Inspection, truth: Truth) -> None:
        """The village's joint disposal."""
        village = Caller("village", frozenset({Grant(one.home, Role.VILLAGE)}))
        report = DisposalReport(
            ref="joint",
            held_on=shanghai_day(self.now),
            results=dict(truth.disposal),
            participants=("村委会", "市场监管分局"),
            note="联合上门，责令改正，仍未整改",
        )
        record_disposal(one.id, report, village, self.at())

    def hear_of_inspections(self) -> None:
        """What the room told reaches every queue, until nobody tells anything more."""
        while self.inspections.changes:
            news: list[CloudEvent] = []
            for part in parts(self.inspections.changes, self.batch_sizes["inspections_publish"]):
                self.invocations["inspections_publish"] += 1
                self.invocations["trail_archive"] += 1
                news += [event for old, new in part for event in events_of(old, new)]
            self.inspections.changes.clear()
            for queue, types in _HEARD_BY.items():
                heard = [one for one in news if one.type.startswith(types)]
                for part_heard in parts(heard, self.batch_sizes[queue.replace("-", "_")]):
                    self.consumed(queue, len(part_heard))
                    for event in part_heard:
                        self._take(queue, event)
            self.told_to_trail()

    def _take(self, queue: str, event: CloudEvent) -> None:
        timers = MachineTimers(self.machine, self.at())
        match queue:
            case "worklist-project":
                project(event, self.inbox, self.now)
            case "alerts-watch":
                alerts.watch(event, self.alerts_desk())
            case "inspections-timers":
                act = timers.start if event.type == NOTICE_ISSUED else timers.over
                act(event.subject)
            case "supervision-refer":
                refer(body_of(event, Referred), replace(self.desk, now=self.now))

    def _send(self, payload: dict[str, Any]) -> Any:
        return send_turn(Turn.model_validate(payload), self.at()).model_dump(mode="json")

    def _await(self, payload: dict[str, Any]) -> None:
        await_result(Turn.model_validate(payload), self.machine, self.at())


def inspection_figures(count: int = 100) -> dict[str, float]:
    """Write units, queue requests and transitions of an inspection, by the way that it goes."""
    found: dict[str, float] = {}
    print("\nAn inspection from the registration to its end, write units")
    for path in _PATHS:
        visits = _played(path, count)
        cost = _by_room(visits, count)
        for name, units in sorted(cost.items()):
            print(f"  {path.name:<12}{name:<28}{units:10.2f}")
        found[f"inspection.write_units_{path.name}"] = sum(
            units for name, units in cost.items() if not name.startswith(" ")
        )
        for room in _ROOMS.values():
            found[f"inspection.{room}_write_units_{path.name}"] = cost.get(room, 0.0)
        requests = sum(visits.requests.values()) / count
        found[f"inspection.queue_requests_{path.name}"] = requests
        found[f"inspection.transitions_{path.name}"] = visits.machine.transitions / count
        print(f"  {path.name:<12}{'(queue requests)':<28}{requests:10.2f}")
        print(f"  {path.name:<12}{'(transitions)':<28}{visits.machine.transitions / count:10.2f}")
    found["inspection.uploads_per_s"] = visits.uploads / visits.seconds
    print(f"  uploads a second, on tables in memory {found['inspection.uploads_per_s']:10.0f}")
    return found


def _played(path: Path, count: int) -> Visits:
    visits = Visits()
    ids = visits.open(count)
    truths = {one.id: truth_by(path.way, one) for one in visits.all()}

    def goes(one: Inspection, round: Round) -> None:
        visits.visit(one, truths[one.id], round)

    visits.step(ids, visits.give, hours=2)
    visits.step(ids, partial(goes, round=Round.FIRST), days=3)
    failed = [id for id in ids if truths[id].failed]
    if path.rechecked:
        visits.step(failed, lambda one: None, days=9)
        visits.step(failed, partial(goes, round=Round.RECHECK), days=1)
    if path.disposed:
        left = [id for id in failed if truths[id].failed_twice]
        visits.step(left, lambda one: visits.dispose(one, truths[one.id]), days=4)
    return visits


def _by_room(visits: Visits, count: int) -> dict[str, float]:
    cost: Counter[str] = Counter()
    for kind, units in visits.meter.writes.items():
        table, _, record = kind.partition(" ")
        room = _ROOMS[table]
        cost[room] += units / count  # type: ignore[assignment]
        cost[f"  {room} {record}"] += units / count  # type: ignore[assignment]
    return dict(cost)
