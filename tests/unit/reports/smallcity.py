"""A small city's figures: three departments in two towns, and who asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from functions.reports.figures import By
from functions.reports.publishing import Press
from functions.reports.reading import Asked, Desk
from functions.reports.scope import Scope
from functions.reports.store import Register, Store
from functions.reports.usecases import count
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import ClockTold
from functions.shared.events.alerts import Watched
from functions.shared.events.supervision import TaskTold
from functions.shared.names import Names
from functions.shared.table import Table
from functions.shared.watches import LATE, Watch, Watches
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import EAST, WEST, due, news, step, task

TODAY = date(2026, 4, 1)
NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
NAMES = Names(
    {"scjg": "市场监督管理局", "gaj": "公安局", "yjj": "应急管理局", "office": "镇街商改办"},
    {"city": "市级", EAST: "凤岗镇", WEST: "塘厦镇"},
    {"SP01": "食品经营许可证"},
)


def caller(unit: str, role: Role) -> Caller:
    """Somebody with one role."""
    return Caller(f"{role}@{unit}", frozenset({Grant(unit, role)}))


OVERSIGHT = caller("oversight", Role.OVERSIGHT)
EVERYTHING = Scope(OVERSIGHT)


class City:
    """The tables and buckets that reports read and write."""

    def __init__(self) -> None:
        self.table = FakeTable()
        self.store = Store(self.table)
        self.alerts = FakeTable(LATE)
        self.bucket = MemoryObjects()

    def live(self, *tasks: TaskTold) -> None:
        """Count tasks as they stand."""
        for one in tasks:
            count(news(one), self.store)

    def late(self, unit: str, day: date, subject: str = "T1", **more: Any) -> None:
        """A task is past a limit in a unit."""
        told: dict[str, Any] = {"kind": Watched.TASK, "title": "某某公司 食品经营许可证", **more}
        clock = ClockTold(stage="receive", since=day, due=day, remind=day)
        watch = Watch(subject=subject, unit=unit, sequence=1, clocks=(clock,), late=day, **told)
        Watches(self.alerts).change(subject, unit, lambda _: watch, by="system", now=NOW)

    def desk(self, today: date = TODAY) -> Desk:
        """What reading needs."""
        return Desk(self.store, Watches(self.alerts), NAMES, today)

    def press(self, *, table: Table | None = None, now: datetime = NOW) -> Press:
        """What publishing needs."""
        return Press(Register(table or self.table), self.bucket, self.desk, now)


def small_city() -> City:
    """Six tasks: of scjg in both towns, of gaj in one and in the city, two of them late."""
    city = City()
    here, there, police = f"scjg.{EAST}", f"scjg.{WEST}", f"gaj.{EAST}"
    city.live(
        done("T1", here, 10),
        done("T2", here, 4),
        done("T3", there, 40),
        task(step("receive", 1, police), id="T4", unit=police, item="GA01"),
        task(id="T5", unit="gaj", item="GA01"),
        task(
            step("return", 2, here),
            id="T6",
            unit=f"office.{EAST}",
        ),
    )
    city.late(police, date(2026, 3, 20), "T4")
    city.late("gaj", date(2026, 3, 10), "T5")
    return city


def done(id: str, unit: str, day: int, limit: int = 20) -> TaskTold:
    """A task that was received the day after its push and closed on `day`."""
    steps = (step("receive", 1, unit, due=due(2)), step("verify", 2, unit))
    return task(*steps, step("close", day, unit, due=due(limit)), id=id, unit=unit)


def march(*by: str, **more: Any) -> Asked:
    """A question about March."""
    return Asked(*MARCH, tuple(By(one) for one in by), **more)


def named(rows: Iterable[Any], *names: str) -> list[tuple[Any, ...]]:
    """Some fields of each row."""
    return [tuple(getattr(row, name) for name in names) for row in rows]
