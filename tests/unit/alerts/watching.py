"""What the tests of alerts share: limits and their news, sweeps, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from functions.alerts import usecases
from functions.alerts.changes import events_of
from functions.alerts.ladder import Rules, parse_ladder
from functions.alerts.usecases import Desk, Looked
from functions.shared.clocks import ClockTold, strikes
from functions.shared.events import CloudEvent, event
from functions.shared.events.supervision import TASK_CHANGED, TASK_PUSHED, State, TaskTold
from functions.shared.inbox import Claim, RowKind
from functions.shared.stream import Change, tell
from functions.shared.table import Record, Table
from functions.shared.watches import DUE, LATE, SHARDS, Watch, Watches
from tests.fakes.rules import calendar
from tests.fakes.table import FakeTable

EAST, WEST = "441900119000", "441900121000"
UNIT, OTHER = f"scjg.{EAST}", f"scjg.{WEST}"
TASK = "T1"
LADDER = Path(__file__).parents[3] / "infra" / "city" / "ladder.toml"


@cache
def rules() -> Rules:
    """The shipped ladder and calendar."""
    return Rules(parse_ladder(LADDER.read_text(encoding="utf-8")), calendar())


def limit(stage: str, since: date, due: date, remind: date | None = None) -> ClockTold:
    """A limit that runs; it is near on the day before its last one, unless said otherwise."""
    near = remind or max(since, due - timedelta(days=1))
    return ClockTold(stage=stage, since=since, due=due, remind=near)


def task_event(
    sequence: int,
    at: datetime,
    clocks: Iterable[ClockTold] = (),
    *,
    unit: str = UNIT,
    former: tuple[str, ...] = (),
    id: str = TASK,
) -> CloudEvent:
    """What supervision tells of a task."""
    told = TaskTold(
        id=id,
        code="91441900MA0000001X",
        name="试验店",
        item="SJ01",
        item_version=1,
        licence="食品经营许可证",
        unit=unit,
        former=former,
        town=EAST,
        words=("食品",),
        clause="食品销售",
        law="食品安全法",
        state=State.PUSHED,
        clocks=tuple(clocks),
        pushed_at=at,
        changed_at=at,
    )
    kind = TASK_PUSHED if sequence == 1 else TASK_CHANGED
    return event(kind, id, sequence, told, at)


def at(day: date, hour: int = 0) -> datetime:
    """That hour in Shanghai."""
    return strikes(day, hour)


@dataclass
class Claimed:
    """Who has claimed the work of which unit."""

    persons: Mapping[str, str] = field(default_factory=dict)

    def claim(self, unit: str, kind: str, subject: str) -> Claim | None:
        if unit not in self.persons:
            return None
        return Claim(
            unit=unit,
            kind=RowKind(kind),
            subject=subject,
            person=self.persons[unit],
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )


class Town:
    """The room of alerts on one table; `told` is what its stream told, `parked` what it could not
    tell."""

    def __init__(self, claimed: Mapping[str, str] | None = None) -> None:
        self.told: list[CloudEvent] = []
        self.parked: list[str] = []
        self.table = FakeTable(DUE, LATE, on_write=self._hear)
        self.watches = Watches(self.table)
        self.claims = Claimed(claimed or {})
        self.rules = rules()

    def _hear(self, old: Record | None, new: Record) -> None:
        tell([Change(old, new)], events_of, self, self)

    def publish(self, events: list[CloudEvent]) -> set[str]:
        self.told += events
        return set()

    def park(self, key: Mapping[str, Any], reason: str) -> None:
        self.parked.append(key["pk"])

    def desk(self, now: datetime, table: Table | None = None) -> Desk:
        return Desk(Watches(table or self.table), self.claims, self.rules, now)

    def hear(self, *events: CloudEvent, now: datetime | None = None) -> None:
        """Each event is heard when it happened, or `now`."""
        for one in events:
            usecases.watch(one, self.desk(now or one.time))

    def sweep(
        self,
        now: datetime,
        *,
        table: Table | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> list[Looked]:
        """A sweep of all shards."""
        desk = self.desk(now, table)
        index = Watches(table or self.table)
        return [usecases.raise_due(shard, now, index, desk, go_on) for shard in SHARDS]

    def watch(self, unit: str = UNIT, subject: str = TASK) -> Watch:
        found = self.watches.get(subject, unit)
        assert found is not None
        return found

    def raised(self, unit: str = UNIT) -> list[tuple[str, str]]:
        """The alerts about a unit, in their order: stage and rung."""
        return [(one.stage, one.rung) for one in self.watch(unit).raised]

    def late(self, department: str = "scjg") -> list[tuple[str, str]]:
        """Subject and unit of what is late."""
        return [(one.subject, one.unit) for one in self.watches.all_late(department)]

    def shown(self) -> dict[str, str]:
        """The rung that stands open for each receiver, by the newest that was told."""
        newest = {one.subject: one for one in self.told}
        return {
            one.data["unit"]: one.data["rung"] for one in newest.values() if not one.data["ended"]
        }


def messages(until: datetime) -> list[dict[str, Any]]:
    """What the schedule sends."""
    return [json.loads(body) for body in usecases.shards_to_raise(until)]
