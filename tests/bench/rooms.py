"""What the rooms beside the spine cost: a sweep of alerts, a look at figures, a clue's life."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from functions.alerts import usecases as alerts
from functions.clues import usecases as clues
from functions.clues.answering import ClueFeedback
from functions.clues.assigning import Decision
from functions.clues.changes import events_of
from functions.clues.desk import Desk
from functions.clues.domain import ClueVerb
from functions.clues.evidence import ClueCorrected, End
from functions.clues.limits import parse_limits
from functions.clues.reporting import Report
from functions.clues.store import Store as ClueStore
from functions.reports.domain import Cell, Counted
from functions.reports.figures import By
from functions.reports.reading import Asked, read_figures
from functions.reports.reading import Desk as FiguresDesk
from functions.reports.scope import Scope
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import ClockTold
from functions.shared.events import CloudEvent, event
from functions.shared.events.supervision import TASK_PUSHED, State, TaskTold
from functions.shared.names import Names
from functions.shared.rules_in_force import Rules
from functions.shared.watches import SHARDS
from functions.worklist.usecases import project
from tests.bench.life import Life
from tests.bench.meter import MeteredTable
from tests.bench.spine import CITY, START
from tests.fakes.photos import MemoryPhotos

_DUE = 100  # watches that are due in a sweep
_TOWN = "441900119000"


def alert_figures() -> dict[str, float]:
    """What a sweep of 100 due watches costs beside 1,000, 10,000 and 50,000 that are not due."""
    print("\nA sweep of alerts, 100 of the watches due")
    costs = {}
    for stored in (1_000, 10_000, 50_000):
        life = Life()
        for number in range(stored):
            alerts.watch(_pushed(number, due=date(2026, 6, 1)), life.alerts_desk())
        for number in range(stored, stored + _DUE):
            alerts.watch(_pushed(number, due=date(2026, 3, 3)), life.alerts_desk())
        life.meter.reads.clear()
        life.meter.writes.clear()
        life.now = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
        raised = _sweep(life)
        reads, writes = (sum(units.values()) for units in (life.meter.reads, life.meter.writes))
        costs[stored] = reads / 5 + writes  # a write unit costs five times a read unit
        print(
            f"  beside {stored:>6}: {raised} raised, {reads:7.1f} read, {writes:7.1f} write units"
        )
    return {
        "alerts.sweep_cost_ratio_50k_to_1k": costs[50_000] / costs[1_000],
        "alerts.sweep_cost_ratio_10k_to_1k": costs[10_000] / costs[1_000],
        "alerts.write_units_per_alert": writes / raised,
    }


def _sweep(life: Life) -> int:
    desk = life.alerts_desk()
    index = life.watches
    looked = [alerts.raise_due(one, life.now, index, desk, go_on=lambda: True) for one in SHARDS]
    return sum(one.watches for one in looked)


def _pushed(number: int, due: date) -> CloudEvent:
    """The push of a task that must be received by `due`, and is near from the day before."""
    clock = ClockTold(stage="receive", since=START.date(), due=due, remind=due - timedelta(days=1))
    told = TaskTold(
        id=f"T{number:019d}",
        code="91441900MA0000001X",
        name="示例公司",
        item="JY01",
        item_version=1,
        licence="食品经营许可证",
        unit=f"scjg.{_TOWN}",
        town=_TOWN,
        words=("食品销售",),
        clause="食品销售",
        law="食品安全法第三十五条",
        state=State.PUSHED,
        clocks=(clock,),
        pushed_at=START,
        changed_at=START,
    )
    return event(TASK_PUSHED, told.id, 1, told, START)


def report_figures(days: int = 90) -> dict[str, float]:
    """What it costs to read a quarter of one department, and of the whole city."""
    life = Life()
    for number, cell in enumerate(_cells(days)):
        counted = Counted(f"T{number}", 1, {cell: {"pushed": 2, "received": 2, "handled": 1}})
        life.books.save(counted, added=counted.cells)
    found: dict[str, float] = {}
    print(f"\nFigures of {days} days, 40 departments")
    for name, department in (("department", "d01"), ("city", None)):
        life.meter.reads.clear()
        asked = Asked(date(2026, 1, 1), date(2026, 3, 31), (By.TOWN,), department)
        desk = FiguresDesk(life.books, life.watches, Names({}, {}, {}), date(2026, 4, 1))
        began = time.perf_counter()
        rows = read_figures(asked, Scope(_OVERSIGHT), desk).rows
        seconds, units = time.perf_counter() - began, sum(life.meter.reads.values())
        print(f"  {name:<12}{len(rows):>4} rows, {units:9.1f} read units, {seconds:6.2f} s")
        found[f"reports.read_units_{name}_quarter"] = units
        found[f"reports.seconds_{name}_quarter"] = seconds
    return found


_OVERSIGHT = Caller("commission", frozenset({Grant("oversight", Role.OVERSIGHT)}))


def _cells(days: int) -> Iterator[Cell]:
    """Half of the departments have units in all towns, and each has a few items."""
    random = Random(5)
    towns = [f"4419{number:08d}" for number in range(33)]
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(days)):
        for number in range(40):
            for town in random.sample(towns, 12) if number % 2 else ["city"]:
                yield Cell(day, f"d{number:02d}", town, f"IT{number % 7:02d}")


def clue_figures(count: int = 50) -> dict[str, float]:
    """What a clue costs from its report to its end: reported, assigned, received, closed."""
    life = Life()
    table = MeteredTable("clues", life.meter)
    store = ClueStore(table)
    book = life.desk.rules.in_force(life.now)
    rules = Rules(book.items, book.matcher, book.directory, book.calendar)
    limits = parse_limits((CITY / "clue_limits.toml").read_text(encoding="utf-8"))
    first = Desk(store.clues, store.switches, _Held(rules), limits, MemoryPhotos(), START)
    life.meter.writes.clear()
    for number in range(count):
        for desk in _live(number, first):
            for old, new in table.changes:
                for told in events_of(old, new):
                    project(told, life.inbox, desk.now)
                    alerts.watch(told, replace(life.alerts_desk(), now=desk.now))
            table.changes.clear()
    total = sum(life.meter.writes.values()) / count
    print("\nA clue from its report to its end, one receiver, write units")
    for kind, units in sorted(life.meter.writes.items()):
        print(f"  {kind:<28}{units / count:8.2f}")
    return {"clues.write_units_per_clue": total}


class _Held:
    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def on(self, now: datetime) -> Rules:
        return self._rules


def _live(number: int, desk: Desk) -> Iterator[Desk]:
    """One clue, a few hours from each step to the next."""
    office = Caller("office", frozenset({Grant(f"office.{_TOWN}", Role.TOWN_OFFICE)}))
    unit = f"scjg.{_TOWN}"
    officer = Caller("officer", frozenset({Grant(unit, Role.OFFICER)}))
    report = Report(
        place=f"长安镇锦厦社区示例路{number}号", seen="无证经营餐饮，店内有三名员工，正在营业"
    )
    clue = clues.report_clue(report, officer, desk)
    yield desk
    desk = replace(desk, now=desk.now + timedelta(hours=2))
    clues.assign_clue(clue.id, Decision(units=(unit,), note="请依法处理"), office, desk)
    yield desk
    seen = ClueCorrected(end=End.CORRECTED, checked_on=START.date(), note="已办理许可证")
    for verb, evidence in ((ClueVerb.RECEIVE, None), (ClueVerb.CLOSE, seen)):
        desk = replace(desk, now=desk.now + timedelta(hours=3))
        clues.feed_back(clue.id, ClueFeedback(verb=verb, evidence=evidence), officer, desk)
        yield desk
