"""The sweep raises what is owed: once, in order, and at the cost of what is due (A15)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta

import pytest

from functions.alerts.ladder import Rules
from functions.alerts.usecases import Looked, raise_due
from functions.shared.calendar import Calendar
from functions.shared.holidays import CalendarData
from functions.shared.watches import SHARDS
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.rules import calendar
from tests.unit.alerts.watching import (
    EAST,
    LADDER,
    OTHER,
    TASK,
    UNIT,
    Town,
    at,
    limit,
    messages,
    task_event,
)

MONDAY = date(2026, 3, 2)
DUE = date(2026, 3, 4)
RECEIVE = limit("receive", MONDAY, DUE)
CLOSE = limit("close", MONDAY, date(2026, 5, 29), date(2026, 5, 22))
PUSHED = task_event(1, at(MONDAY, 10), (RECEIVE, CLOSE))
ALL = ["reminder", "warning", "overdue", "town_office", "oversight"]
DAY = timedelta(days=1)


def one_page(town: Town, shard: int, now: datetime) -> Looked:
    turns = iter((True, False))
    return raise_due(shard, now, town.watches, town.desk(now), lambda: next(turns))


def test_a15_each_rung_is_raised_when_it_strikes_and_goes_up_the_ladder() -> None:
    town = Town({UNIT: "li"})
    town.hear(PUSHED)
    seen = []
    for hours in range(0, 24 * 12, 12):
        town.sweep(at(MONDAY, 12) + timedelta(hours=hours))
        seen.append(len(town.watch().raised))
    raised = town.watch().raised
    assert [(one.rung, one.to) for one in raised] == [
        ("reminder", (UNIT,)),
        ("warning", (UNIT,)),
        ("overdue", (UNIT, "scjg")),
        ("town_office", (f"office.{EAST}",)),
        ("oversight", ("oversight",)),
    ]
    assert [one.at for one in raised] == [
        at(date(2026, 3, 3), 12),
        at(date(2026, 3, 4), 12),
        at(date(2026, 3, 5)),
        at(date(2026, 3, 10)),
        at(date(2026, 3, 12)),
    ]
    assert seen == sorted(seen)
    assert {one.person for one in raised} == {"li"}


def test_a15_nothing_is_raised_before_its_hour() -> None:
    town = Town()
    town.hear(PUSHED)
    town.sweep(at(date(2026, 3, 3), 8) - timedelta(microseconds=1))
    assert town.raised() == []
    town.sweep(at(date(2026, 3, 3), 8))
    assert town.raised() == [("receive", "reminder")]


def test_a15_a_sweep_that_was_missed_for_days_raises_all_that_is_owed_once_and_in_order() -> None:
    town, late = Town(), at(date(2026, 3, 12), 9)
    town.hear(PUSHED)
    for _ in range(3):
        town.sweep(late)
    assert town.raised() == [("receive", rung) for rung in ALL]
    assert {one.at for one in town.watch().raised} == {late}
    assert town.watch().due_at == at(CLOSE.remind, 8)


def test_a15_an_unassigned_task_alerts_its_unit_and_an_assigned_one_its_officer() -> None:
    town = Town({OTHER: "wang"})
    town.hear(PUSHED, task_event(1, at(MONDAY, 10), (RECEIVE,), unit=OTHER, id="T2"))
    town.sweep(at(DUE + DAY))
    newest = {(one.data["subject"], one.data["unit"]): one.data for one in town.told}
    assert newest[TASK, UNIT]["unassigned"] and "person" not in newest[TASK, UNIT]
    assert newest[TASK, "scjg"]["unassigned"]
    assert not newest["T2", OTHER]["unassigned"] and newest["T2", OTHER]["person"] == "wang"
    assert not newest["T2", "scjg"]["unassigned"] and "person" not in newest["T2", "scjg"]


def test_a15_two_sweeps_at_once_raise_each_alert_once() -> None:
    now, point = at(DUE + DAY), 0
    while True:
        point += 1
        town = Town()
        town.hear(PUSHED)
        table = Interrupted(town.table, point, lambda town=town: town.sweep(now))  # type: ignore[misc]
        town.sweep(now, table=table)
        assert town.raised() == [("receive", rung) for rung in ALL[:3]]
        if point > table.points:
            break


def test_a15_a_sweep_that_dies_anywhere_loses_nothing_and_the_next_doubles_nothing() -> None:
    now, point = at(DUE + DAY), 0
    died = True
    while died:
        point += 1
        town = Town()
        town.hear(PUSHED)
        try:
            town.sweep(now, table=Interrupted(town.table, point, crash))
            died = False
        except Crash:
            town.sweep(now)
        assert town.raised() == [("receive", rung) for rung in ALL[:3]]
        assert town.shown() == {UNIT: "overdue", "scjg": "overdue"}


def test_a15_an_event_in_the_middle_of_a_sweep_wins_or_comes_after() -> None:
    now, point = at(DUE + DAY, 1), 0
    handling = limit("handle", date(2026, 3, 5), date(2026, 4, 2))
    received = task_event(2, at(DUE + DAY, 0) + timedelta(minutes=50), (handling, CLOSE))
    while True:
        point += 1
        town = Town()
        town.hear(PUSHED)
        table = Interrupted(town.table, point, lambda town=town: town.hear(received))  # type: ignore[misc]
        town.sweep(now, table=table)
        if point > table.points:
            town.hear(received)
        assert town.raised() == [("receive", rung) for rung in ALL[:3]]
        assert (town.watch().clocks, town.shown(), town.late()) == ((handling, CLOSE), {}, [])
        if point > table.points:
            break


def test_a15_a_sweep_reads_what_is_due_and_nothing_else() -> None:
    town = Town()
    town.hear(PUSHED)
    for number in range(300):
        later = (CLOSE,) if number % 2 else ()
        town.hear(task_event(1, at(MONDAY, 10), later, id=f"N{number}"))
    table = Interrupted(town.table, 0, crash)
    looked = town.sweep(at(DUE, 9), table=table)
    assert sum(one.watches for one in looked) == 1
    calls = table.points / 2
    assert calls == len(SHARDS) + 2  # a query per shard; one get, one put


def test_a15_one_unreadable_watch_holds_up_nobody_and_is_seen() -> None:
    town = Town()
    for number in range(60):
        town.hear(task_event(1, at(MONDAY, 10), (RECEIVE,), id=f"T{number}"))
    whole = town.table.get("W#T7", f"W#{UNIT}")
    assert whole
    town.table.put({**whole, "clocks": "?", "version": 2}, over=1)
    looked = town.sweep(at(DUE, 9))
    assert [place for one in looked for place, _ in one.failed] == [("T7", UNIT)]
    assert all(one.done for one in looked)
    assert town.parked == ["W#T7"]
    others = (town.watch(subject=f"T{number}") for number in range(60) if number != 7)
    assert all([one.rung for one in watch.raised] == ALL[:2] for watch in others)


def test_a15_what_time_leaves_of_a_shard_is_raised_when_it_goes_on() -> None:
    town = Town()
    for number in range(1000):
        town.hear(task_event(1, at(MONDAY, 10), (RECEIVE,), id=f"T{number}"))
    now = at(DUE, 9)
    left: set[int] = set(SHARDS)
    rounds = 0
    while left:
        rounds += 1
        left = {shard for shard in left if not one_page(town, shard, now).done}
    assert rounds > 1
    watches = (town.watch(subject=f"T{number}") for number in range(1000))
    assert all([one.rung for one in watch.raised] == ALL[:2] for watch in watches)


def test_a15_a_sweep_is_one_message_per_shard() -> None:
    now = at(MONDAY, 9)
    sent = messages(now)
    assert [one["shard"] for one in sent] == list(SHARDS)
    assert {one["until"] for one in sent} == {now.isoformat()}


def test_a15_what_two_limits_owe_is_raised_in_the_order_in_which_it_struck() -> None:
    town = Town()
    soon = limit("handle", MONDAY, DUE + DAY)
    town.hear(task_event(1, at(MONDAY, 10), (soon, RECEIVE)))
    town.sweep(at(DUE + DAY * 2))
    assert town.raised() == [
        ("receive", "reminder"),
        ("handle", "reminder"),
        ("receive", "warning"),
        ("receive", "overdue"),
        ("handle", "warning"),
        ("handle", "overdue"),
    ]


def test_a14_a_calendar_that_comes_late_moves_what_is_still_owed() -> None:
    """The last day lies in the last published year, the days behind it in the next one."""
    last = date(calendar().years[-1], 12, 31)
    town = Town()
    town.hear(task_event(1, at(last - DAY, 10), (limit("receive", last - DAY, last),)))
    days = [last + DAY * n for n in range(1, 12)]
    for day in days[:2]:
        town.sweep(at(day))
    town.rules = Rules(town.rules.ladder, next_calendar(make_up=days[1]))
    assert days[1].weekday() == 5
    working = [day for day in days if town.rules.calendar.is_working(day)]
    town.sweep(at(working[2]))
    assert town.raised()[-1] == ("receive", "overdue")
    town.sweep(at(working[2] + DAY))
    assert town.raised()[-1] == ("receive", "town_office")


def next_calendar(make_up: date) -> Calendar:
    """The shipped calendar with a made-up notice for the year behind it: the statutory holidays,
    and one Saturday at work."""
    text = max((LADDER.parent / "calendars").glob("*.toml")).read_text(encoding="utf-8")
    data = tomllib.loads(text)
    off = sorted(CalendarData.model_validate(data).statutory.days(make_up.year))
    notice = {
        "year": make_up.year,
        "notice": "x",
        "holidays": [{"name": "x", "first": day, "last": day} for day in off],
        "make_up": [make_up],
    }
    data["years"].append(notice)
    return Calendar(CalendarData.model_validate({**data, "version": "next"}))


@pytest.mark.parametrize("days", [0, 1, 5])
def test_a15_what_was_already_late_when_it_was_first_heard_of_is_raised_at_once(days: int) -> None:
    town = Town()
    town.hear(PUSHED, now=at(DUE + DAY * (days + 1), 9))
    assert town.raised() == []
    town.sweep(at(DUE + DAY * (days + 1), 9))
    assert town.raised()[:3] == [("receive", rung) for rung in ALL[:3]]
