"""What a task costs from its push to its end, room by room, with and without an own system."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from functions.alerts import changes as alerts_changes
from functions.alerts import usecases as alerts
from functions.alerts.ladder import Rules, parse_ladder
from functions.interfaces import usecases as interfaces
from functions.interfaces.desk import Desk
from functions.interfaces.domain import Answer, First
from functions.interfaces.store import DUE
from functions.interfaces.store import Store as InterfacesStore
from functions.reports.store import Store as Books
from functions.reports.usecases import count
from functions.shared import signatures
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.directory import office
from functions.shared.events import CloudEvent
from functions.shared.events.supervision import End
from functions.shared.inbox import Inbox
from functions.shared.joined import Secret, System
from functions.shared.matching.items import Kind
from functions.shared.watches import DUE as WATCH_DUE
from functions.shared.watches import LATE, Watches
from functions.supervision.domain import Feedback, Task, Verb
from functions.supervision.evidence import Evidence, Filed, Licensed
from functions.supervision.usecases import record_feedback
from functions.worklist.usecases import project
from tests.bench.meter import MeteredTable
from tests.bench.spine import CITY, Spine, parts
from tests.fakes.vault import open_vault

_IN_TIME = {Verb.RECEIVE: 4, Verb.HANDLE: 24, Verb.CLOSE: 24}  # hours after the step before
_PARTS = {
    "supervision": "tasks",
    "worklist": "worklist",
    "alerts": "alerts",
    "reports": "figures",
    "interfaces": "deliveries",
}


class Life(Spine):
    """The spine, and every room that hears of tasks."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox = Inbox(self.worklist)
        self.interfaces = MeteredTable("interfaces", self.meter, DUE)
        self.outside = InterfacesStore(self.interfaces, open_vault)
        self.alerts = MeteredTable("alerts", self.meter, WATCH_DUE, LATE)
        self.reports = MeteredTable("reports", self.meter)
        self.books = Books(self.reports)
        self.watches = Watches(self.alerts)
        ladder = parse_ladder((CITY / "ladder.toml").read_text(encoding="utf-8"))
        self.rules = Rules(ladder, self.desk.rules.in_force(self.now).calendar)

    def join(self, units: Iterable[str]) -> None:
        """Let these units have systems of their own; joining itself is not metered."""
        for unit in units:
            system = System(
                unit=unit,
                url="https://unit.example/",
                secrets=(Secret(value=signatures.new_secret()),),
                joined_at=self.now,
                changed_at=self.now,
            )
            self.outside.systems.save(system, before=None, by="operator", now=self.now)
        self.meter.writes.clear()

    def step(self, tasks: Iterable[Task], verb: Verb, after: timedelta) -> None:
        """Every unit takes one step at each of its tasks."""
        self.now += after
        self.desk = replace(self.desk, now=self.now)
        for task in tasks:
            officer = Caller("officer", frozenset({Grant(task.unit, Role.OFFICER)}))
            shown = evidence(task) if verb is Verb.CLOSE else None
            note = "已现场核查，经营项目与登记一致" if verb is Verb.HANDLE else ""
            feedback = Feedback(verb=verb, ref=f"ref-{verb}", note=note, evidence=shown)
            record_feedback(task.id, feedback, officer, self.desk)

    def hear(self, news: list[CloudEvent]) -> None:
        """What supervision told reaches every room."""
        for part in parts(news, self.batch_sizes["worklist_project"]):
            self.consumed("worklist-project", len(part))
            for event in part:
                project(event, self.inbox, self.now)
        for part in parts(news, self.batch_sizes["push_plan"]):
            self.consumed("push-plan", len(part))
            for event in part:
                self._deliver(event)

        for part in parts(news, self.batch_sizes["alerts_watch"]):
            self.consumed("alerts-watch", len(part))
            for event in part:
                alerts.watch(event, self.alerts_desk())
        for part in parts(news, self.batch_sizes["reports_count"]):
            self.consumed("reports-count", len(part))
            for event in part:
                count(event, self.books)
        self.told_to_trail()

    def alerts_desk(self) -> alerts.Desk:
        """What alerts' use cases work with, now."""
        return alerts.Desk(self.watches, self.inbox, self.rules, self.now)

    def told_to_trail(self) -> None:
        """Watches are told and archived too; in time nobody hears of them."""
        for part in parts(self.alerts.changes, self.batch_sizes["alerts_publish"]):
            self.invocations["alerts_publish"] += 1
            self.invocations["trail_archive"] += 1
            news = [one for old, new in part for one in alerts_changes.events_of(old, new)]
            for event in news:
                project(event, self.inbox, self.now)
        self.alerts.changes.clear()

    def _deliver(self, event: CloudEvent) -> None:
        planned: list[First] = []
        desk = Desk(self.outside, self.now)
        interfaces.plan_deliveries(event, desk, planned.append)
        for first in planned:
            self.consumed("push-deliver", 1)
            interfaces.deliver_first(first, desk, lambda *_: Answer(status=204), sent_at=self.now)

    @property
    def tasks(self) -> list[Task]:
        """Every task that was pushed to somebody."""
        return [
            self.desk.tasks.read(record).value  # type: ignore[attr-defined]
            for record in self.supervision.records()
            if record["sk"] == "T"
        ]

    def units(self) -> Iterator[str]:
        """Every unit and office that may receive something."""
        directory = self.desk.rules.in_force(self.now).directory
        for town in directory.towns:
            yield office(town)
        for department in directory.departments:
            yield department.id
            yield from (f"{department.id}.{town}" for town in department.towns)


def evidence(task: Task) -> Evidence:
    """What a task shows at its end."""
    day = task.pushed_at.date()
    if task.kind is Kind.FILING:
        return Filed(end=End.FILED, filing_number="东备2026000001", filed_on=day)
    return Licensed(end=End.LICENSED, licence_number="JY14419000000001", issued_on=day)


def life_figures(count: int = 600) -> dict[str, float]:
    """Write units, queue requests and trail objects of a task's life."""
    alone, joined = _life(count, own_system=False), _life(count, own_system=True)
    print("\nA task from its push to its end (push, receive, handle, close), write units")
    print(f"  {'':<28}{'no system':>12}{'own system':>12}")
    for name in sorted(joined):
        print(f"  {name:<28}{alone.get(name, 0):12.2f}{joined[name]:12.2f}")
    return {
        "life.write_units_per_task": joined["total"],
        "life.write_units_per_task_without_system": alone["total"],
        **{f"life.{part}_write_units": joined.get(part, 0.0) for part in _PARTS.values()},
        "life.trail_write_units": 0.0,
        "life.trail_objects_per_task": joined["(trail objects)"],
        "life.queue_requests_per_task": joined["(queue requests)"],
    }


def _life(count: int, *, own_system: bool) -> dict[str, float]:
    life = Life()
    life.take(count, seed=4)
    life.sweep()
    released = life.released()
    if own_system:
        life.join(life.units())
    life.meter.writes.clear()
    life.requests.clear()
    life.invocations.clear()
    life.decide(released)
    life.hear(life.told("supervision"))
    tasks = life.tasks
    for verb, hours in _IN_TIME.items():
        life.step(tasks, verb, timedelta(hours=hours))
        life.hear(life.told("supervision"))
    found: dict[str, float] = defaultdict(float)
    for kind, total in life.meter.writes.items():
        table, _, record = kind.partition(" ")
        found[_PARTS[table]] += total / len(tasks)
        found[f"  {_PARTS[table]} {record}"] += total / len(tasks)
        found["total"] += total / len(tasks)
    found["(trail objects)"] = life.invocations["trail_archive"] / len(tasks)
    found["(queue requests)"] = sum(life.requests.values()) / len(tasks)
    return found
