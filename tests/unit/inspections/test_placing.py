"""What has no village is placed, and what becomes of its limits (B4, B5)."""

from __future__ import annotations

from typing import Any

import pytest

from functions.inspections.dispatch import follow_ruling
from functions.inspections.domain import Inspection
from functions.inspections.seen import Round, Visit
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.dispatchers import faults, give, put, waiting
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    OFFICE,
    OTHER_TOWN,
    PLATFORM,
    SECOND,
    TOWN,
    VILLAGE,
    Hamlet,
)
from tests.unit.inspections.phone import Phone
from tests.unit.inspections.registrations import registration


def test_b4_the_town_places_what_has_no_village_and_its_time_begins_then() -> None:
    hamlet, one = waiting(village=None)
    hamlet.later(days=4)
    placed = put(hamlet, one, VILLAGE)
    assert (placed.unit, placed.units) == (VILLAGE, (f"office.{TOWN}", VILLAGE))
    assert {clock.stage: str(clock.due) for clock in placed.clocks} == {
        "assign": "2026-03-09",
        "visit": "2026-03-20",
    }
    assert put(hamlet, one, VILLAGE) == placed
    assert give(hamlet, one).inspector == INSPECTOR


def test_b4_the_city_places_what_has_no_town() -> None:
    hamlet, one = waiting(town=None, village=None, place_problem="town_unknown")
    with pytest.raises(NotFound):
        put(hamlet, one, VILLAGE)
    placed = put(hamlet, one, VILLAGE, CITY)
    assert (placed.town, placed.units) == (TOWN, ("office", VILLAGE))


def test_b5_the_visit_is_not_put_off_by_going_from_village_to_village() -> None:
    hamlet, one = waiting()
    give(hamlet, one)
    hamlet.later(days=4)
    moved = put(hamlet, one, NEXT_VILLAGE)
    assert (moved.state, moved.inspector, moved.unit) == (
        InspectionState.WAITING,
        None,
        NEXT_VILLAGE,
    )
    assert {clock.stage: str(clock.due) for clock in moved.clocks} == {
        "assign": "2026-03-09",
        "visit": "2026-03-16",
    }
    with pytest.raises(NotFound):
        give(hamlet, one)
    assert not hamlet.store.list_open(VILLAGE)


@pytest.mark.parametrize(
    ("village", "fault"),
    [
        (f"{OTHER_TOWN[:9]}001", "village_not_in_town"),
        ("999999999001", "village_not_ours"),
    ],
)
def test_b4_a_village_lies_in_its_town(village: str, fault: str) -> None:
    hamlet, one = waiting(village=None)
    with pytest.raises(Invalid) as refused:
        put(hamlet, one, village)
    assert faults(refused) == [("village", fault)]


def test_b1_only_the_city_takes_it_from_one_town_to_another() -> None:
    hamlet, one = waiting(village=None)
    there = f"{OTHER_TOWN[:9]}001"
    put(hamlet, one, VILLAGE, ref="1")
    with pytest.raises(Invalid):
        put(hamlet, one, there)
    moved = put(hamlet, one, there, CITY)
    assert (moved.town, moved.unit, moved.units) == (OTHER_TOWN, there, (OFFICE, VILLAGE, there))
    assert put(hamlet, one, VILLAGE, ref="1") == moved
    with pytest.raises(NotFound):
        put(hamlet, one, VILLAGE)


def unplaced_and_visited() -> tuple[Hamlet, Inspection]:
    """One that has no village, and that the grid platform visited all the same: not found."""
    hamlet, one = waiting(village=None)
    phone = Phone(hamlet, PLATFORM)
    found = [phone.finding(check.key) for check in one.checks if check.key != "address"]
    return hamlet, phone.send(
        one, phone.upload("1", not_found(phone), *found, by=INSPECTOR, ends=True)
    )


def not_found(phone: Phone) -> dict[str, Any]:
    """What the grid platform tells of an address, with its own photo."""
    phone.hamlet.photos.sizes["photos/grid/door.jpg"] = 9
    return phone.finding("address", "failed", photos=["photos/grid/door.jpg"])


def test_b7_what_the_platform_visited_unplaced_gets_a_village_that_can_recheck_it() -> None:
    hamlet, one = unplaced_and_visited()
    assert (one.state, one.unit) == (InspectionState.CORRECTING, OFFICE)
    placed = put(hamlet, one, VILLAGE)
    assert (placed.state, placed.unit, placed.inspector) == (one.state, VILLAGE, INSPECTOR)
    assert (placed.notice, placed.clocks) == (one.notice, one.clocks)
    assert put(hamlet, one, VILLAGE) == placed
    assert give(hamlet, one, inspector=SECOND).inspector == SECOND
    with pytest.raises(Conflict):
        put(hamlet, one, NEXT_VILLAGE)


def test_b9_and_its_joint_disposal_is_the_villages() -> None:
    hamlet, one = unplaced_and_visited()
    platform = Phone(hamlet, PLATFORM)
    hamlet.later(days=8)
    again = platform.recheck("2", not_found(platform))
    platform.send(one, again.model_copy(update={"by": INSPECTOR}))
    placed = put(hamlet, one, VILLAGE)
    assert (placed.state, placed.unit) == (InspectionState.DISPOSING, VILLAGE)
    assert [clock.stage for clock in placed.clocks] == ["dispose"]


def test_b4_a_visit_that_the_platform_only_began_does_not_keep_it_from_its_village() -> None:
    hamlet, one = waiting(village=None)
    phone = Phone(hamlet, PLATFORM)
    phone.send(one, phone.upload("1", phone.finding("address"), by=INSPECTOR))
    assert put(hamlet, one, VILLAGE).unit == VILLAGE
    assert give(hamlet, one).state is InspectionState.ASSIGNED


def test_b4_a_ruling_places_it_too() -> None:
    hamlet, one = unplaced_and_visited()
    follow_ruling(registration(place_problem="village_unknown"), hamlet.desk)
    placed = hamlet.get(one.id)
    assert (placed.state, placed.unit) == (InspectionState.CORRECTING, VILLAGE)


def test_b4_what_somebody_has_stood_before_goes_nowhere_else() -> None:
    hamlet, one = waiting()
    begun = Visit(id="v", round=Round.FIRST, by=INSPECTOR, started_at=NOW)
    hamlet.put(give(hamlet, one).model_copy(update={"visits": (begun,)}))
    with pytest.raises(Conflict) as refused:
        put(hamlet, one, NEXT_VILLAGE)
    assert faults(refused) == [("inspection", "inspection_visited")]
