"""Overdue visits climb the grid's own ladder, and the case goes on (B12)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from functions.alerts.usecases import Desk, read_watches
from functions.inspections.domain import Begins
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import ClockTold, Light, light
from functions.shared.events import CloudEvent, event
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    InspectionState,
    InspectionTold,
    Reason,
)
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox
from functions.shared.table import Table
from functions.shared.watches import Watches
from functions.worklist.usecases import project
from tests.fakes.table import FakeTable
from tests.unit.alerts.watching import EAST, WEST, Town, at, limit
from tests.unit.inspections.hamlet import Hamlet

VILLAGE, NEXT = "441900119001", "441900119002"
OFFICE, WALKER = f"office.{EAST}", f"inspector:{VILLAGE}"
MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 16)
DAY = timedelta(days=1)
VISIT = limit("visit", MONDAY, DUE, date(2026, 3, 12))


def told(
    sequence: int,
    when: datetime,
    *clocks: ClockTold,
    state: InspectionState = InspectionState.ASSIGNED,
    **more: Any,
) -> CloudEvent:
    body = InspectionTold(
        **{
            "id": "I1",
            "code": "91441900YX00000109",
            "edition": 1,
            "reason": Reason.ESTABLISHMENT,
            "name": "试验店",
            "address": "一路1号",
            "town": EAST,
            "village": VILLAGE,
            "state": state,
            "unit": VILLAGE,
            "inspector": WALKER,
            "assigned_at": when,
            "clocks": clocks,
            "registered_at": when,
            "received_at": when,
            "changed_at": when,
            **more,
        }
    )
    kind = INSPECTION_OPENED if sequence == 1 else INSPECTION_CHANGED
    return event(kind, "I1", sequence, body, when)


def raised(town: Town, unit: str = VILLAGE) -> list[tuple[str, str]]:
    return [(one.stage, one.rung) for one in town.watch(unit, "I1").raised]


class Grid(Town):
    """A town whose worklist shows what is told: there the alerts look for who has it."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Inbox(FakeTable(CHANGED, CLAIMED, OPEN))

    def desk(self, now: datetime, table: Table | None = None) -> Desk:
        return Desk(Watches(table or self.table), self.box, self.rules, now)

    def hear(self, *events: CloudEvent, now: datetime | None = None) -> None:
        for one in events:
            project(one, self.box, now or one.time)
        super().hear(*events, now=now)


@pytest.fixture
def town() -> Grid:
    return Grid()


def test_b12_a_visit_that_is_late_climbs_from_the_inspector_over_village_and_town_to_the_city(
    town: Grid,
) -> None:
    town.hear(told(2, at(MONDAY, 10), VISIT))
    town.sweep(at(DUE - DAY * 3))
    alert = town.told[-1].data
    assert (alert["kind"], alert["title"], alert["person"]) == ("inspection", "试验店", WALKER)
    assert not alert.get("unassigned")
    town.sweep(at(DUE + DAY * 30))
    assert raised(town) == [
        ("visit", rung) for rung in ("reminder", "warning", "overdue", "town_office", "city")
    ]
    assert town.shown() == {VILLAGE: "overdue", OFFICE: "town_office", "office": "city"}
    assert town.late(VILLAGE) == [("I1", VILLAGE)]


def test_b12_what_nobody_has_been_assigned_to_alerts_its_village_as_unassigned(town: Grid) -> None:
    assign = limit("assign", MONDAY, MONDAY + DAY)
    waits: dict[str, Any] = {
        "state": InspectionState.WAITING,
        "inspector": None,
        "assigned_at": None,
    }
    town.hear(told(1, at(MONDAY, 10), assign, VISIT, **waits))
    town.sweep(at(MONDAY + DAY, 9))
    alert = town.told[-1].data
    assert (alert["unit"], alert["unassigned"], alert.get("person")) == (VILLAGE, True, None)


def test_b12_what_has_only_just_come_alerts_nobody_on_its_first_day(town: Grid) -> None:
    """Else each registration would fill its village's list twice, half an hour after it came."""
    clocks = Hamlet().time.started(Begins.RECEIVED, at(MONDAY, 10))
    waits: dict[str, Any] = {
        "state": InspectionState.WAITING,
        "inspector": None,
        "assigned_at": None,
    }
    town.hear(told(1, at(MONDAY, 10), *clocks, **waits))
    town.sweep(at(MONDAY, 23))
    assert (raised(town), light(clocks, MONDAY)) == ([], Light.GREEN)
    town.sweep(at(MONDAY + DAY, 9))
    assert raised(town) == [("assign", "reminder"), ("assign", "warning")]
    assert town.shown() == {VILLAGE: "warning"}


def test_b12_the_late_visit_ends_the_alerts_and_the_recheck_has_its_own(town: Grid) -> None:
    town.hear(told(2, at(MONDAY, 10), VISIT))
    town.sweep(at(DUE + DAY))
    recheck = limit("recheck", DUE + DAY, DUE + DAY * 15)
    town.hear(told(3, at(DUE + DAY, 9), recheck, state=InspectionState.CORRECTING))
    assert (town.shown(), town.late(VILLAGE)) == ({}, [])
    town.sweep(at(recheck.due + DAY))
    assert raised(town)[-3:] == [
        ("recheck", "reminder"),
        ("recheck", "warning"),
        ("recheck", "overdue"),
    ]


def test_b10_once_departments_have_it_nothing_of_the_grid_is_late_any_more(town: Grid) -> None:
    classify = limit("classify", MONDAY, MONDAY + DAY)
    at_office = told(
        6,
        at(MONDAY, 9),
        classify,
        state=InspectionState.CLASSIFYING,
        unit=OFFICE,
        former=(VILLAGE,),
    )
    referred = told(
        7,
        at(MONDAY, 10),
        state=InspectionState.REFERRED,
        unit="",
        former=(VILLAGE, OFFICE),
    )
    for order in permutations((told(2, at(MONDAY), VISIT), at_office, referred)):
        other = Grid()
        other.hear(*order, now=at(MONDAY, 11))
        other.sweep(at(DUE + DAY * 30))
        assert other.shown() == {}
        assert other.watch(OFFICE, "I1").due_at is None
    town.hear(at_office)
    town.sweep(at(MONDAY + DAY * 2))
    assert town.shown() == {OFFICE: "overdue", "office": "overdue"}


def test_d3_each_town_sees_what_was_late_with_its_own_villages(town: Grid) -> None:
    town.hear(told(2, at(MONDAY, 10), VISIT))
    town.sweep(at(DUE + DAY))
    beyond = f"{WEST[:9]}001"
    moved: dict[str, Any] = {"town": WEST, "village": beyond, "unit": beyond, "former": (VILLAGE,)}
    town.hear(told(3, at(DUE + DAY, 9), VISIT, **moved))

    def seen(unit: str) -> list[str]:
        caller = Caller("x", frozenset({Grant(unit, Role.TOWN_OFFICE)}))
        return [one.unit for one in read_watches("I1", caller, Watches(town.table))]

    assert seen(OFFICE) == [VILLAGE]
    assert seen(f"office.{WEST}") == [beyond]
