"""Whatever the sweeps: the alerts of a life follow from that life alone (A15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.shared.clocks import ClockTold, light
from functions.shared.events import CloudEvent
from tests.fakes.rules import calendar
from tests.unit.alerts.watching import Town, at, limit, task_event

BEGIN = date(
    2026, 9, 14
)  # the Mid-Autumn and National Day holidays lie ahead, with their made-up days
HOURS = 24 * 40
DAY = timedelta(days=1)


def instants(clock: ClockTold) -> Iterator[tuple[str, datetime]]:
    """When each rung strikes, counted day by day."""
    yield "reminder", at(clock.remind, 8)
    yield "warning", at(clock.due, 8)
    passed, day = 0, clock.due
    for rung, days in (("overdue", 0), ("town_office", 3), ("oversight", 5)):
        while passed < days:
            day += DAY
            passed += calendar().is_working(day)
        yield rung, at(day + DAY)


def expected(life: Sequence[CloudEvent], until: datetime) -> set[tuple[str, date, str]]:
    """Every alert that struck while its limit ran."""
    found = set()
    ends = [*(one.time for one in life[1:]), until]
    for one, end in zip(life, ends, strict=True):
        for clock in map(ClockTold.model_validate, one.data["clocks"]):
            struck = (rung for rung, instant in instants(clock) if instant <= end)
            found |= {(clock.stage, clock.due, rung) for rung in struck}
    return found


@st.composite
def clocks(draw: st.DrawFn) -> tuple[ClockTold, ...]:
    days = draw(st.lists(st.integers(0, 30), max_size=2))
    return tuple(
        limit(stage, BEGIN, BEGIN + DAY * n, BEGIN + DAY * max(0, n - draw(st.integers(0, 3))))
        for stage, n in zip(("receive", "close"), days, strict=False)
    )


@st.composite
def lives(draw: st.DrawFn) -> list[CloudEvent]:
    """The events of a task, from its push to some later state."""
    hours = sorted(draw(st.sets(st.integers(0, HOURS), min_size=1, max_size=6)))
    return [
        task_event(number, at(BEGIN) + timedelta(hours=hour), draw(clocks()))
        for number, hour in enumerate(hours, start=1)
    ]


@settings(max_examples=150, deadline=None)
@given(lives(), st.lists(st.integers(0, HOURS), max_size=12), st.data())
def test_a15_the_alerts_are_the_same_whenever_sweeps_come_by(
    life: list[CloudEvent], sweeps: list[int], data: st.DataObject
) -> None:
    town, end = Town(), at(BEGIN) + timedelta(hours=HOURS)
    due = sorted([*((one.time, one) for one in life)], key=lambda pair: pair[0])
    acts: list[tuple[datetime, CloudEvent | None]] = [
        *due,
        *((at(BEGIN) + timedelta(hours=hour, minutes=1), None) for hour in sweeps),
    ]
    for now, one in sorted(acts, key=lambda act: act[0]):
        if one is None:
            town.sweep(now)
            continue
        town.hear(one, now=now)
        if data.draw(st.booleans()):  # some event comes once more
            town.hear(life[data.draw(st.integers(0, one.sequence - 1))], now=now)
    town.sweep(end)
    raised = [(one.stage, one.due, one.rung) for one in town.watch().raised]
    assert len(raised) == len(set(raised))
    assert set(raised) == expected(life, end)

    watch, today = town.watch(), (end + timedelta(hours=8)).date()
    passed = [clock.due for clock in watch.clocks if clock.due < today]
    assert watch.late == min(passed, default=None)
    assert bool(town.late()) == bool(passed) == (light(watch.clocks, today) == "red")
    open_now = {one.rung for one in watch.raised if watch.is_open(one)}
    assert bool(town.shown()) == bool(open_now)
    assert watch.due_at is None or watch.due_at > end
    town.sweep(end + timedelta(hours=1))
    assert len(town.watch().raised) == len(set(expected(life, end + timedelta(hours=1))))
