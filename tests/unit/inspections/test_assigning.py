"""Who is sent, called back and placed, by whom, and that it counts once (B1, B4)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest

from functions.inspections.assigning import assign, assign_all
from functions.inspections.domain import InspectionVerb
from functions.inspections.orders import Assignment
from functions.inspections.store import Store
from functions.shared.authorization import Caller
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.dispatchers import OTHERS, call_back, faults, give, put, waiting
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    PLATFORM,
    SECOND,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    Hamlet,
)
from tests.unit.inspections.registrations import opened, registration
from tests.unit.inspections.rosters import FIRST_GRID, SECOND_GRID, THIRD, with_roster


def test_b4_the_proposal_is_accepted_and_the_inspector_has_it() -> None:
    hamlet, one = waiting()
    given = give(hamlet, one)
    assert (given.state, given.grid, given.inspector) == (
        InspectionState.ASSIGNED,
        FIRST_GRID,
        INSPECTOR,
    )
    assert [clock.stage for clock in given.clocks] == ["visit"]
    (row,) = hamlet.store.list_open(VILLAGE)
    assert (row.grid, row.inspector) == (FIRST_GRID, INSPECTOR)
    step = given.steps[-1]
    assert (step.verb, step.by, step.to, step.grid) == (
        InspectionVerb.ASSIGN,
        VILLAGE_DISPATCHER.id,
        INSPECTOR,
        FIRST_GRID,
    )


@pytest.mark.parametrize(
    ("said", "grid", "inspector"),
    [
        ({"grid": SECOND_GRID}, SECOND_GRID, SECOND),
        ({"inspector": THIRD}, SECOND_GRID, THIRD),
        ({"inspector": SECOND}, FIRST_GRID, SECOND),
        ({"grid": FIRST_GRID, "inspector": THIRD}, FIRST_GRID, THIRD),
    ],
)
def test_b4_the_dispatcher_decides_and_the_system_adds_what_is_left_out(
    said: dict[str, Any], grid: str, inspector: str
) -> None:
    hamlet, one = waiting()
    given = give(hamlet, one, **said)
    assert (given.grid, given.inspector) == (grid, inspector)


def test_b4_said_twice_it_counts_once() -> None:
    hamlet, one = waiting()
    orders: list[dict[str, Any]] = [
        {},
        {"inspector": INSPECTOR},
        {"grid": FIRST_GRID, "inspector": INSPECTOR},
    ]
    for said in orders:
        first = give(hamlet, one, **said)
        assert give(hamlet, one, **said) == first
    assert len(hamlet.get(one.id).steps) == 2


def test_b4_a_message_with_its_ref_counts_once_whatever_came_between() -> None:
    hamlet, one = waiting()
    first: dict[str, Any] = {"inspector": SECOND, "ref": "m1"}
    give(hamlet, one, **first)
    call_back(hamlet, one, ref="m2")
    again = give(hamlet, one, **first)
    assert again.state is InspectionState.WAITING
    assert call_back(hamlet, one, ref="m2") == again
    others: list[dict[str, Any]] = [{"inspector": THIRD, "ref": "m1"}, {"ref": "m2"}]
    for said in others:
        with pytest.raises(Conflict) as refused:
            give(hamlet, one, **said)
        assert faults(refused) == [("ref", "ref_reused")]


def test_b4_a_ref_is_its_senders_own() -> None:
    hamlet, one = waiting()
    give(hamlet, one, inspector=SECOND, ref="m1")
    assert give(hamlet, one, PLATFORM, inspector=THIRD, ref="m1").inspector == THIRD


@pytest.mark.parametrize(
    "state",
    [InspectionState.ASSIGNED, InspectionState.CORRECTING, InspectionState.RECHECKING],
)
def test_b4_another_inspector_gets_it_in_the_state_that_it_has(state: InspectionState) -> None:
    hamlet = with_roster(Hamlet())
    one = hamlet.opened(state=state)
    given = give(hamlet, one, inspector=SECOND)
    assert (given.state, given.inspector, given.inspectors) == (state, SECOND, (INSPECTOR, SECOND))
    back = give(hamlet, one, inspector=INSPECTOR)
    assert back.inspectors == (SECOND, INSPECTOR)


@pytest.mark.parametrize(
    "state", [InspectionState.DISPOSING, InspectionState.REFERRED, InspectionState.CLOSED]
)
def test_b4_after_the_visits_nobody_is_sent_any_more(state: InspectionState) -> None:
    hamlet = with_roster(Hamlet())
    one = hamlet.opened(state=state, unit="", inspector=None)
    for act in (give, call_back):
        with pytest.raises(Conflict) as refused:
            act(hamlet, one)
        assert faults(refused) == [("inspection", "inspection_step")]


def test_b4_a_recall_lets_it_wait_with_a_new_time_to_assign_and_the_old_one_to_visit() -> None:
    hamlet, one = waiting()
    given = give(hamlet, one)
    hamlet.later(days=4)
    back = call_back(hamlet, one)
    assert (back.state, back.inspector, back.grid) == (InspectionState.WAITING, None, None)
    assert {clock.stage: str(clock.due) for clock in back.clocks} == {
        "assign": "2026-03-09",
        "visit": "2026-03-16",
    }
    assert back.inspectors == given.inspectors, "his phone may still be on its way"
    assert call_back(hamlet, one) == back


def test_b4_what_nobody_has_and_what_has_a_notice_cannot_be_recalled() -> None:
    hamlet, one = waiting()
    with pytest.raises(Conflict):
        call_back(hamlet, one)
    hamlet.put(hamlet.get(one.id).model_copy(update={"state": InspectionState.CORRECTING}))
    with pytest.raises(Conflict) as refused:
        call_back(hamlet, one)
    assert faults(refused) == [("inspection", "inspection_step")]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"grid": "nowhere"}, ("grid", "grid_unknown")),
        ({"inspector": "nobody"}, ("inspector", "inspector_unknown")),
    ],
)
@pytest.mark.parametrize("caller", [VILLAGE_DISPATCHER, PLATFORM], ids=lambda one: one.id)
def test_b4_only_who_is_on_the_roster_can_be_sent(
    caller: Caller, said: dict[str, Any], fault: tuple[str, str]
) -> None:
    hamlet, one = waiting()
    with pytest.raises(Invalid) as refused:
        give(hamlet, one, caller, **said)
    assert faults(refused) == [fault]


def test_b4_without_a_roster_or_a_village_the_answer_says_so() -> None:
    hamlet = Hamlet()
    one = opened(hamlet, registration())
    with pytest.raises(Conflict) as refused:
        give(hamlet, one)
    assert faults(refused) == [("village", "roster_missing")]
    nowhere = opened(hamlet, registration(code="X", village=None))
    with pytest.raises(Conflict) as refused:
        give(hamlet, nowhere, TOWN_OFFICE)
    assert faults(refused) == [("inspection", "inspection_not_placed")]


@pytest.mark.parametrize("caller", OTHERS, ids=lambda caller: caller.id)
def test_d3_to_whom_it_is_not_given_to_dispatch_it_is_not_there(caller: Caller) -> None:
    hamlet, one = waiting()
    for act in (give, call_back):
        with pytest.raises(NotFound):
            act(hamlet, one, caller)
    for village in (VILLAGE, NEXT_VILLAGE):
        with pytest.raises(NotFound):
            put(hamlet, one, village, caller)
    with pytest.raises(NotFound):
        assign_all(VILLAGE, caller, hamlet.desk)


@pytest.mark.parametrize("caller", [TOWN_OFFICE, CITY, PLATFORM], ids=lambda one: one.id)
def test_b1_the_levels_above_dispatch_too(caller: Caller) -> None:
    hamlet, one = waiting()
    assert give(hamlet, one, caller).inspector == INSPECTOR


def test_b4_all_proposals_are_accepted_at_once_and_the_load_is_shared() -> None:
    hamlet = with_roster(Hamlet())
    for number in range(6):
        opened(hamlet, registration(code=f"C{number}", address="无名路1号"))
    told = assign_all(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk)
    assert (len(told.given), told.left) == (6, 0)
    grids = [one.grid for one in told.given]
    assert (grids.count(FIRST_GRID), grids.count(SECOND_GRID)) == (3, 3)
    people = [one.inspector for one in told.given]
    assert {people.count(one) for one in (INSPECTOR, SECOND, THIRD)} == {2}
    assert assign_all(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk).given == ()


def test_b4_more_than_a_call_can_do_is_left_to_the_next() -> None:
    hamlet = with_roster(Hamlet())
    for number in range(130):
        opened(hamlet, registration(code=f"C{number}"))
    told = [assign_all(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk) for _ in range(2)]
    assert [(len(one.given), one.left) for one in told] == [(100, 30), (30, 0)]


def test_b4_what_was_assigned_meanwhile_is_left_as_it_is() -> None:
    hamlet, one = waiting()
    given = give(hamlet, one, inspector=THIRD)
    assert assign_all(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk).given == ()
    assert hamlet.get(one.id) == given


def test_b4_two_dispatchers_at_once_both_count_and_the_later_stands() -> None:
    for nth in count(1):
        hamlet, one = waiting()
        other = partial(give, hamlet, one, CITY, inspector=THIRD)
        table = Interrupted(hamlet.table, nth, other)
        order = Assignment(inspector=SECOND)
        desk = replace(hamlet.desk, cabinet=Store(table))
        assign(one.id, order, VILLAGE_DISPATCHER, desk)
        if table.points < nth:
            break
        steps = [step.to for step in hamlet.get(one.id).steps[1:]]
        assert sorted(steps) == sorted((SECOND, THIRD)), nth
        assert hamlet.get(one.id).inspector == steps[-1]
    assert nth > 6


def test_b4_whoever_dies_over_it_has_assigned_it_once_or_not_at_all() -> None:
    for nth in count(1):
        hamlet, one = waiting()
        desk = replace(hamlet.desk, cabinet=Store(Interrupted(hamlet.table, nth, crash)))
        try:
            assign(one.id, Assignment(), VILLAGE_DISPATCHER, desk)
        except Crash:
            assert len(give(hamlet, one).steps) == 2
        else:
            break
    assert nth > 6
