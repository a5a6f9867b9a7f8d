"""A watch follows the limits of its subject: what stops, moves or starts anew (A13-A15)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from functions.alerts.ladder import Rules
from functions.alerts.usecases import read_watches, watch
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import ClockTold
from functions.shared.errors import NotFound
from functions.shared.events import CloudEvent, event
from functions.shared.events.clues import CLUE_CHANGED, ClueState, ClueTold, ShareState, ShareTold
from functions.shared.table import Page
from functions.shared.watches import DUE as DUE_INDEX
from functions.shared.watches import LATE, Watches
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable
from tests.unit.alerts.watching import (
    EAST,
    OTHER,
    TASK,
    UNIT,
    WEST,
    Town,
    at,
    limit,
    task_event,
)

MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 4)
RECEIVE = limit("receive", MONDAY, DUE)
CLOSE = limit("close", MONDAY, date(2026, 5, 29), date(2026, 5, 22))
PUSHED = task_event(1, at(MONDAY, 10), (RECEIVE, CLOSE))
DAY = timedelta(days=1)


def test_a13_what_is_done_in_time_is_never_alerted_about() -> None:
    town = Town()
    town.hear(PUSHED, task_event(2, at(MONDAY, 16)))
    town.sweep(at(DUE + DAY * 60))
    assert (town.raised(), town.told) == ([], [])
    assert town.watch().due_at is None and town.late() == []


def test_a15_late_news_and_repeated_news_change_nothing() -> None:
    received = task_event(2, at(MONDAY, 16), (limit("verify", MONDAY, DUE + 12 * DAY), CLOSE))
    closed = task_event(3, at(MONDAY, 17))
    for order in permutations((PUSHED, received, closed)):
        town = Town()
        town.hear(*order, now=at(MONDAY, 18))
        before = list(town.table)
        town.hear(*order, now=at(MONDAY, 19))
        assert list(town.table) == before
        assert (town.watch().clocks, town.watch().sequence) == ((), 3)


def test_a10_a_task_that_moves_takes_its_limits_along_whatever_is_heard_first() -> None:
    own = limit("receive", DUE, DUE + 2 * DAY)
    moved = task_event(2, at(DUE, 9), (own, CLOSE), unit=OTHER, former=(UNIT,))
    back = task_event(3, at(DUE, 15), (own, CLOSE), former=(OTHER,))
    away = task_event(4, at(DUE, 17), (own, CLOSE), unit=OTHER, former=(UNIT,))
    for order in permutations((PUSHED, moved, back, away)):
        town = Town()
        town.hear(*order, now=at(DUE, 18))
        assert town.watch(UNIT).clocks == () and town.watch(UNIT).due_at is None
        assert town.watch(OTHER).clocks == (own, CLOSE)


def test_a15_alerts_about_a_unit_that_a_task_has_left_are_over_and_the_next_has_its_own() -> None:
    town = Town()
    town.hear(PUSHED)
    town.sweep(at(DUE + DAY))
    assert town.shown() == {UNIT: "overdue", "scjg": "overdue"}
    own = limit("receive", DUE + DAY, DUE + 5 * DAY)
    town.hear(task_event(2, at(DUE + DAY, 9), (own, CLOSE), unit=OTHER, former=(UNIT,)))
    assert (town.shown(), town.late()) == ({}, [])
    town.sweep(at(DUE + 5 * DAY, 9))
    assert town.raised(OTHER) == [("receive", "reminder"), ("receive", "warning")]
    assert town.shown() == {OTHER: "warning"}


def test_a13_an_extension_after_a_reminder_has_alerts_of_its_own() -> None:
    town = Town()
    town.hear(PUSHED)
    town.sweep(at(DUE - DAY, 9))
    longer = limit("receive", MONDAY, DUE + 5 * DAY)
    town.hear(task_event(2, at(DUE - DAY, 10), (longer, CLOSE)))
    assert town.shown() == {}
    town.sweep(at(DUE + DAY))
    assert town.raised() == [("receive", "reminder")]
    town.sweep(at(DUE + 4 * DAY, 8))
    assert [(one.due, one.rung) for one in town.watch().raised] == [
        (DUE, "reminder"),
        (DUE + 5 * DAY, "reminder"),
    ]
    assert town.shown() == {UNIT: "reminder"}


def test_a14_a_recount_to_another_day_has_its_own_alerts_and_one_to_the_same_day_none() -> None:
    guessed = CLOSE.model_copy(update={"provisional": True})
    town = Town()
    town.hear(task_event(1, at(MONDAY, 10), (guessed,)))
    town.sweep(at(CLOSE.remind, 8))
    assert town.told[-1].data["provisional"]
    town.hear(task_event(2, at(CLOSE.remind, 9), (CLOSE,)))
    assert not town.told[-1].data["provisional"]
    town.sweep(at(CLOSE.remind, 10))
    assert town.raised() == [("close", "reminder")]
    moved = limit("close", MONDAY, CLOSE.due + 3 * DAY, CLOSE.remind)
    town.hear(task_event(3, at(CLOSE.remind, 11), (moved,)))
    town.sweep(at(CLOSE.remind, 12))
    assert town.raised() == [("close", "reminder")] * 2


def test_a13_while_it_is_suspended_nothing_is_raised_and_afterwards_nothing_twice() -> None:
    town = Town()
    town.hear(PUSHED)
    town.sweep(at(DUE - DAY, 8))
    town.hear(task_event(2, at(DUE - DAY, 9)))
    assert town.shown() == {} and town.watch().due_at is None
    town.sweep(at(DUE - DAY, 18))
    town.hear(task_event(3, at(DUE - DAY, 19), (RECEIVE, CLOSE)))
    assert town.shown() == {UNIT: "reminder"}
    town.sweep(at(DUE, 8))
    assert town.raised() == [("receive", "reminder"), ("receive", "warning")]
    assert town.shown() == {UNIT: "warning"}


def test_a15_what_was_owed_when_a_limit_stopped_is_raised_though_no_sweep_came_by() -> None:
    town = Town({UNIT: "li"})
    town.hear(PUSHED)
    town.hear(task_event(2, at(DUE + DAY, 9), (CLOSE,)), now=at(DUE + DAY, 10))
    assert town.raised() == [("receive", rung) for rung in ("reminder", "warning", "overdue")]
    assert {one.at for one in town.watch().raised} == {at(DUE + DAY, 10)}
    assert {one.person for one in town.watch().raised} == {"li"}
    assert [(one.type, one.data["unit"], one.data["rung"]) for one in town.told] == [
        ("alert.ended", UNIT, "overdue"),
        ("alert.ended", "scjg", "overdue"),
    ]


def test_a19_a_unit_is_late_from_the_midnight_after_the_due_day_until_the_limit_stops() -> None:
    town = Town()
    town.hear(PUSHED)
    town.sweep(at(DUE, 23))
    assert town.late() == []
    town.sweep(at(DUE + DAY))
    assert town.late() == [(TASK, UNIT)]
    town.hear(task_event(2, at(DUE + DAY, 9), (CLOSE,)))
    assert town.late() == []
    town.sweep(at(CLOSE.due + DAY))
    assert (town.late(), town.watch().late) == ([(TASK, UNIT)], CLOSE.due)
    town.hear(task_event(3, at(CLOSE.due + DAY, 9)))
    assert town.late() == [] and town.watch().due_at is None


def test_a19_the_late_stand_by_department_the_longest_late_first() -> None:
    town = Town()
    for number, (unit, days) in enumerate([(UNIT, 2), (OTHER, 1), (f"office.{WEST}", 0)]):
        due = limit("receive", MONDAY, DUE + DAY * days)
        town.hear(task_event(1, at(MONDAY, 10), (due,), unit=unit, id=f"T{number}"))
    town.sweep(at(DUE + 5 * DAY))
    assert town.late() == [("T1", OTHER), ("T0", UNIT)]
    assert town.late("office") == [("T2", f"office.{WEST}")]
    first = town.watches.list_late("scjg", limit=1)
    rest = town.watches.list_late("scjg", limit=1, after=first.after)
    assert [one.subject for one in (*first.watches, *rest.watches)] == ["T1", "T0"]


def test_a19_what_is_late_is_found_also_where_the_ladder_has_no_rung_for_it() -> None:
    town = Town()
    ladder = town.rules.ladder
    town.rules = Rules(ladder.model_copy(update={"rungs": ladder.rungs[:1]}), town.rules.calendar)
    town.hear(PUSHED)
    town.sweep(at(DUE, 8))
    town.sweep(at(DUE + DAY))
    assert town.late() == [(TASK, UNIT)]


class Behind(FakeTable):
    """A table whose indexes stay as they were when `frozen` was set."""

    frozen: Page | None = None

    def query(self, pk: str, **query: Any) -> Page:
        return self.frozen if self.frozen and query.get("index") else super().query(pk, **query)


def test_a19_what_the_index_still_holds_but_is_over_is_not_late() -> None:
    town = Town()
    town.table = table = Behind(DUE_INDEX, LATE)
    town.watches = Watches(table)
    town.hear(PUSHED)
    town.sweep(at(DUE + DAY))
    table.frozen = table.query("scjg", index=LATE)
    assert town.late() == [(TASK, UNIT)]
    town.hear(task_event(2, at(DUE + DAY, 9)))
    assert town.late() == []


def test_a15_a_crash_between_two_units_is_mended_by_the_repeat() -> None:
    moved = task_event(2, at(DUE, 9), (CLOSE,), unit=OTHER, former=(UNIT, f"yjgl.{EAST}"))
    died, point = True, 0
    while died:
        point += 1
        town = Town()
        town.hear(PUSHED)
        table = Interrupted(town.table, point, crash)
        try:
            watch(moved, town.desk(moved.time, table))
            died = False
        except Crash:
            town.hear(moved)
        units = (UNIT, OTHER, f"yjgl.{EAST}")
        assert [town.watch(unit).clocks for unit in units] == [(), (CLOSE,), ()]
        assert [town.watch(unit).sequence for unit in units] == [2, 2, 2]


def _clue(
    sequence: int, hour: int, *shares: ShareTold, clocks: tuple[ClockTold, ...]
) -> CloudEvent:
    clue = ClueTold(
        id="L1",
        place="东城街道某路 1 号",
        town=EAST,
        seen="无证经营",
        reporter=OTHER,
        state=ClueState.ASSIGNED,
        office=f"office.{EAST}",
        offices=("office",),
        shares=shares,
        clocks=clocks,
        reported_at=at(MONDAY, 9),
        changed_at=at(MONDAY, hour),
    )
    return event(CLUE_CHANGED, "L1", sequence, clue, at(MONDAY, hour))


def _share(unit: str, *clocks: ClockTold) -> ShareTold:
    return ShareTold(
        unit=unit, state=ShareState.ASSIGNED, by="x", clocks=clocks, assigned_at=at(MONDAY, 9)
    )


def test_a17_a_clue_runs_for_its_office_and_for_each_receiver() -> None:
    town = Town()
    assign = limit("assign", MONDAY, MONDAY + DAY, MONDAY)
    town.hear(_clue(2, 10, _share(UNIT, RECEIVE), _share(OTHER), clocks=(assign,)))
    office = f"office.{EAST}"
    clocks = {one.unit: one.clocks for one in town.watches.list_of("L1")}
    assert clocks == {office: (assign,), "office": (), UNIT: (RECEIVE,), OTHER: ()}
    town.sweep(at(DUE + DAY))
    assert town.shown() == {
        office: "overdue",
        "office": "overdue",
        UNIT: "overdue",
        "scjg": "overdue",
    }
    town.hear(_clue(3, 23, _share(UNIT), _share(OTHER), clocks=()))
    assert town.shown() == {} and town.late() == town.late("office") == []


def test_a17_a_department_that_is_office_and_receiver_at_once_has_all_its_limits() -> None:
    town = Town()
    assign = limit("assign", MONDAY, MONDAY + DAY, MONDAY)
    office = f"office.{EAST}"
    town.hear(_clue(2, 10, _share(office, RECEIVE), _share(office, RECEIVE), clocks=(assign,)))
    town.sweep(at(DUE, 8))
    found = town.watches.get("L1", office)
    assert found is not None and {one.stage for one in found.clocks} == {"assign", "receive"}
    told = [(one.stage, one.rung) for one in found.raised]
    assert len(told) == len(set(told)) == 5


def test_d3_alerts_are_seen_by_whom_they_concern_and_by_nobody_else() -> None:
    town = Town()
    town.hear(PUSHED)
    town.hear(task_event(2, at(DUE, 9), (CLOSE,), unit="yjgl", former=(UNIT,)))

    def seen(unit: str, role: Role) -> list[str]:
        caller = Caller("x", frozenset({Grant(unit, role)}))
        return [one.unit for one in read_watches(TASK, caller, town.watches)]

    assert seen(UNIT, Role.OFFICER) == seen("scjg", Role.LEAD) == [UNIT]
    assert seen("yjgl", Role.OFFICER) == ["yjgl"]
    assert seen(f"office.{EAST}", Role.TOWN_OFFICE) == [UNIT, "yjgl"]
    assert seen("oversight", Role.OVERSIGHT) == [UNIT, "yjgl"]
    for unit, role in (
        (OTHER, Role.OFFICER),
        (f"office.{WEST}", Role.TOWN_OFFICE),
        ("operators", Role.OPERATOR),
    ):
        with pytest.raises(NotFound):
            seen(unit, role)
    with pytest.raises(NotFound):
        read_watches("T0", Caller("x", frozenset({Grant("scjg", Role.LEAD)})), town.watches)
