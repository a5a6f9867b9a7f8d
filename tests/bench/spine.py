"""What a company costs from its arrival to the push, and what a sweep costs as the city grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import yaml

from functions.credit.store import DUE as CREDIT_DUE
from functions.credit.store import OPEN as CREDIT_OPEN
from functions.credit.store import Store as CreditStore
from functions.credit.subjects import take_registration
from functions.registry import changes as registry_changes
from functions.registry.addresses import Divisions
from functions.registry.domain import SHARDS
from functions.registry.store import PENDING
from functions.registry.store import Store as RegistryStore
from functions.registry.sweeps import release_shard, shards_to_release
from functions.registry.usecases import Batch, take_rows
from functions.shared.calendar import parse_calendar
from functions.shared.directory import parse_departments, read_towns
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.registry import RECEIVED, RELEASED, Registration
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox
from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.stream import groups
from functions.supervision import changes as supervision_changes
from functions.supervision.cases import Rulebook
from functions.supervision.desk import Desk
from functions.supervision.store import MANUAL
from functions.supervision.store import Store as SupervisionStore
from functions.supervision.usecases import decide_registration
from functions.worklist.usecases import project
from infra.city.generator import generate
from tests.bench.meter import Meter, MeteredTable
from tests.unit.credit.bureau import Bureau

ROOT = Path(__file__).parents[2]
CITY = ROOT / "infra" / "city"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
CREDIT_INDEXES = (CREDIT_OPEN, CREDIT_DUE, PROVISIONAL)
_BATCH_ROWS = 500  # what the command line sends in one call
T = TypeVar("T")


def rulebook() -> Rulebook:
    """The shipped rules."""
    items = parse_items((CITY / "supervision_items.toml").read_text(encoding="utf-8"))
    towns = read_towns((CITY / "divisions.csv").read_text(encoding="utf-8-sig"))
    directory = parse_departments((CITY / "departments.csv").read_text("utf-8-sig"), towns)
    calendar = parse_calendar(max((CITY / "calendars").glob("*.toml")).read_text("utf-8"))
    return Rulebook(items, Matcher(items), directory, calendar)


class OneRulebook:
    """`Rulebooks` with one version."""

    def __init__(self, book: Rulebook) -> None:
        self._book = book

    def in_force(self, now: datetime) -> Rulebook:
        return self._book

    def of(self, version: str, on: datetime | None = None) -> Rulebook:
        return self._book


@dataclass
class Spine:
    """The spine on metered tables, driven in the batches of `wiring.yaml`, each batch full."""

    meter: Meter = field(default_factory=Meter)
    requests: Counter[str] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    now: datetime = START

    def __post_init__(self) -> None:
        self.registry = MeteredTable("registry", self.meter, PENDING)
        self.supervision = MeteredTable("supervision", self.meter, MANUAL)
        self.worklist = MeteredTable("worklist", self.meter, CHANGED, CLAIMED, OPEN)
        self.store = RegistryStore(self.registry)
        self.divisions = Divisions.from_csv((CITY / "divisions.csv").read_text("utf-8-sig"))
        store = SupervisionStore(self.supervision)
        self.desk = Desk(
            store.cases,
            store.tasks,
            OneRulebook(rulebook()),
            self.now,
            store.referred,
            store.scopes,
        )
        self.credit = MeteredTable("credit", self.meter, *CREDIT_INDEXES)
        self.bureau = replace(Bureau().desk, cabinet=CreditStore(self.credit))
        self.batch_sizes = batch_sizes()

    def take(self, count: int, seed: int) -> int:
        """Take generated rows; returns how many were accepted."""
        rows = list(enumerate(generate(count, seed), start=1))
        accepted = 0
        for number, part in enumerate(parts(rows, _BATCH_ROWS)):
            batch = Batch(f"{seed}-{number}", self.now, "bench")
            results = take_rows(part, batch, divisions=self.divisions, entities=self.store.entities)
            accepted += sum(one.taken == "accepted" for one in results)
            self.invocations["api"] += 1
        return accepted

    def sweep(self) -> None:
        """Release what arrived."""
        self.invocations["registry_sweep"] += 1
        self.requests["registry-release send"] += ceil(len(shards_to_release(self.now)) / 10)
        for shard in SHARDS:
            self.consumed("registry-release", 1)
            release_shard(
                shard, self.now, entities=self.store.entities, index=self.store, go_on=lambda: True
            )

    def push(self) -> int:
        """Carry everything through to the worklists; returns how many tasks were pushed."""
        self.decide(self.released())
        news = self.told("supervision")
        inbox = Inbox(self.worklist)
        for part in parts(news, self.batch_sizes["worklist_project"]):
            self.consumed("worklist-project", len(part))
            for event in part:
                project(event, inbox, self.now)
        for part in parts(news, self.batch_sizes["push_plan"]):
            self.consumed("push-plan", len(part))
        return sum(event.type == "task.pushed" for event in news)

    def released(self) -> list[CloudEvent]:
        """The registrations that the sweep released; of each arrival inspections and public credit
        have heard."""
        news = self.told("registry")
        received = [event for event in news if event.type == RECEIVED]
        for part in parts(received, self.batch_sizes["inspections_dispatch"]):
            self.consumed("inspections-dispatch", len(part))
        for part in parts(received, self.batch_sizes["credit_subjects"]):
            self.consumed("credit-subjects", len(part))
            for event in part:
                take_registration(body_of(event, Registration), self.bureau)
        return [event for event in news if event.type == RELEASED]

    def decide(self, released: list[CloudEvent]) -> None:
        """Decide on each registration: cases and tasks."""
        for part in parts(released, self.batch_sizes["supervision_match"]):
            self.consumed("supervision-match", len(part))
            for event in part:
                decide_registration(body_of(event, Registration), self.desk)

    def told(self, table: str) -> list[CloudEvent]:
        """The events of a table's stream since the last call, published as its consumer would."""
        source = {"registry": self.registry, "supervision": self.supervision}[table]
        translate = {
            "registry": registry_changes.events_of,
            "supervision": supervision_changes.events_of,
        }[table]
        events = []
        for part in parts(source.changes, self.batch_sizes[f"{table}_publish"]):
            self.invocations[f"{table}_publish"] += 1
            self.invocations["trail_archive"] += 1
            made = [event for old, new in part for event in translate(old, new)]
            self.requests["topic publish"] += sum(1 for _ in groups(made))
            events += made
        source.changes.clear()
        return events

    def consumed(self, queue: str, messages: int) -> None:
        """One invocation that takes `messages` off a queue: their sending, one receive of ten at
        a time, one deletion of ten at a time."""
        self.invocations[queue.replace("-", "_")] += 1
        self.requests[f"{queue} in"] += messages
        self.requests[f"{queue} out"] += 2 * ceil(messages / 10)


def batch_sizes() -> dict[str, int]:
    """The batch size of each function that a mapping feeds, from the deployed template."""
    mappings = [
        one["Properties"]
        for one in template("wiring.yaml")["Resources"].values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
        and str(one["Properties"]["BatchSize"]).isdigit()  # a sweep's differ by the width
    ]
    return {one["FunctionName"].rpartition("-")[2]: int(one["BatchSize"]) for one in mappings}


def template(name: str) -> dict[str, Any]:
    """A CloudFormation template, its short forms read as plain texts."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        pass

    Loader.add_multi_constructor("!", lambda loader, tag, node: str(getattr(node, "value", "")))
    text = (ROOT / "infra" / name).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader))  # noqa: S506


def push_figures(count: int = 2000) -> dict[str, float]:
    """Units, requests and invocations per company, from its row to the worklists."""
    spine = Spine()
    companies = spine.take(count, seed=1)
    spine.sweep()
    tasks = spine.push()
    print(f"\nPush of {companies} companies, {tasks} tasks ({tasks / companies:.2f} a company)")
    for kind, total in sorted(spine.meter.writes.items()):
        print(f"  write units  {kind:<28}{total / companies:8.3f}")
    for kind, total in sorted(spine.meter.reads.items()):
        print(f"  read units   {kind:<28}{total / companies:8.3f}")
    for kind, total in sorted(spine.requests.items()):
        print(f"  requests     {kind:<28}{total / companies:8.3f}")
    for kind, total in sorted(spine.invocations.items()):
        print(f"  invocations  {kind:<28}{total / companies:8.4f}")
    return {
        "push.write_units_per_company": sum(spine.meter.writes.values()) / companies,
        "push.read_units_per_company": sum(spine.meter.reads.values()) / companies,
        "push.queue_requests_per_company": sum(spine.requests.values()) / companies,
        "push.invocations_per_company": sum(spine.invocations.values()) / companies,
        "push.tasks_per_company": tasks / companies,
    }


def sweep_figures() -> dict[str, float]:
    """What a sweep over 100 new companies costs beside 1,000, 10,000 and 50,000 stored ones."""
    costs = {}
    for stored in (1_000, 10_000, 50_000):
        spine = Spine()
        spine.take(stored, seed=2)
        spine.sweep()
        spine.meter = spine.registry._meter = Meter()
        spine.now += timedelta(minutes=30)
        spine.take(100, seed=3)
        taken = sum(spine.meter.reads.values()), sum(spine.meter.writes.values())
        spine.sweep()
        reads = sum(spine.meter.reads.values()) - taken[0]
        writes = sum(spine.meter.writes.values()) - taken[1]
        costs[stored] = reads / 5 + writes  # a write unit costs five times a read unit
        print(f"  sweep of 100 beside {stored:>6}: {reads:6.1f} read, {writes:6.1f} write units")
    return {
        "sweep.cost_ratio_50k_to_1k": costs[50_000] / costs[1_000],
        "sweep.cost_ratio_10k_to_1k": costs[10_000] / costs[1_000],
    }


def parts(whole: list[T], size: int) -> Iterator[list[T]]:
    """`whole` in parts of at most `size`."""
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
