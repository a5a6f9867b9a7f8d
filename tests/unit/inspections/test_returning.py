"""A village sends back what is not its own, and its town's office places it anew (B4, B5)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from functions.inspections.dispatch import follow_ruling
from functions.inspections.domain import InspectionVerb
from functions.inspections.orders import Return
from functions.inspections.reading import sees
from functions.inspections.seen import Round, Visit
from functions.shared.authorization import Caller
from functions.shared.errors import Conflict, NotFound
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.dispatchers import (
    OTHERS,
    call_back,
    faults,
    give,
    put,
    send_back,
    waiting,
)
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    OFFICE,
    TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
)
from tests.unit.inspections.phone import Phone
from tests.unit.inspections.registrations import registration


@pytest.mark.parametrize("caller", [VILLAGE_DISPATCHER, TOWN_OFFICE, CITY], ids=lambda one: one.id)
@pytest.mark.parametrize("assigned", [True, False])
def test_b4_what_is_not_its_own_a_village_sends_back_to_the_office(
    caller: Caller, assigned: bool
) -> None:
    hamlet, one = waiting()
    if assigned:
        give(hamlet, one)
    back = send_back(hamlet, one, caller)
    assert (back.state, back.unit, back.town, back.village) == ("waiting", OFFICE, TOWN, None)
    assert (back.place_problem, back.grid, back.inspector) == ("returned", None, None)
    step = back.steps[-1]
    assert (step.verb, step.by, step.unit, step.to, step.note) == (
        *(InspectionVerb.RETURN, caller.id, VILLAGE, OFFICE),
        "地址不在本村",
    )
    assert [row.id for row in hamlet.store.list_open(OFFICE)] == [one.id]
    assert not hamlet.store.list_open(VILLAGE)
    assert sees(VILLAGE_DISPATCHER, back)


def test_b4_the_office_places_it_anew_and_the_visit_is_not_put_off() -> None:
    hamlet, one = waiting()
    owed = {clock.stage: clock.due for clock in one.clocks}
    hamlet.later(days=4)
    back = send_back(hamlet, one)
    hamlet.later(days=1)
    placed = put(hamlet, one, NEXT_VILLAGE)
    assert (placed.village, placed.unit, placed.place_problem) == (NEXT_VILLAGE, NEXT_VILLAGE, None)
    for standing in (back, placed):
        due = {clock.stage: clock.due for clock in standing.clocks}
        assert due["assign"] > owed["assign"], "who has it now has the time to give it out"
        assert due["visit"] == owed["visit"]
    again = put(hamlet, one, VILLAGE)
    assert give(hamlet, again).inspector == INSPECTOR


def test_b11_sent_back_twice_it_goes_back_once() -> None:
    hamlet, one = waiting()
    back = send_back(hamlet, one, ref="1")
    assert send_back(hamlet, one, ref="1") == back
    with pytest.raises(Conflict) as refused:
        send_back(hamlet, one, ref="1", note="另一理由")
    assert faults(refused) == [("ref", "ref_reused")]
    assert send_back(hamlet, one, TOWN_OFFICE) == back, "it is there already"
    put(hamlet, one, VILLAGE)
    assert send_back(hamlet, one, ref="1").village == VILLAGE, "a late repeat is no news"
    assert send_back(hamlet, one, ref="2").village is None


@pytest.mark.parametrize("caller", OTHERS, ids=lambda one: one.id)
def test_d3_to_a_stranger_it_is_not_there(caller: Caller) -> None:
    hamlet, one = waiting()
    with pytest.raises(NotFound):
        send_back(hamlet, one, caller)
    assert hamlet.get(one.id) == one


def test_b4_once_somebody_stood_at_the_door_it_stays() -> None:
    hamlet, one = waiting()
    begun = Visit(id="v", round=Round.FIRST, by=INSPECTOR, started_at=NOW)
    given = hamlet.put(give(hamlet, one).model_copy(update={"visits": (begun,)}))
    with pytest.raises(Conflict) as refused:
        send_back(hamlet, given)
    assert faults(refused) == [("inspection", "inspection_visited")]
    assert call_back(hamlet, given).visits
    hamlet, one = waiting()
    phone = Phone(hamlet)
    failed = phone.send(give(hamlet, one), phone.visit(one, address="failed"))
    assert failed.state is InspectionState.CORRECTING
    with pytest.raises(Conflict) as refused:
        send_back(hamlet, failed)
    assert faults(refused) == [("inspection", "inspection_step")]


def test_b11_the_ruling_that_it_was_registered_by_does_not_give_it_back_to_the_village() -> None:
    hamlet, one = waiting()
    back = send_back(hamlet, one)
    follow_ruling(registration(place_problem="village_unknown"), hamlet.desk)
    assert hamlet.get(one.id) == back
    follow_ruling(registration(village=NEXT_VILLAGE, place_problem="village_unknown"), hamlet.desk)
    assert hamlet.get(one.id).village == NEXT_VILLAGE


def test_d4_a_return_says_why() -> None:
    with pytest.raises(ValidationError):
        Return(note=" ")
