"""What has no village is placed, and what becomes of its limits (B4, B5)."""

from __future__ import annotations

import pytest

from functions.inspections.domain import Round, Visit
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.dispatchers import faults, give, put, waiting
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    OTHER_TOWN,
    TOWN,
    VILLAGE,
)


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


def test_b4_what_somebody_has_stood_before_goes_nowhere_else() -> None:
    hamlet, one = waiting()
    begun = Visit(id="v", round=Round.FIRST, by=INSPECTOR, started_at=NOW)
    hamlet.put(give(hamlet, one).model_copy(update={"visits": (begun,)}))
    with pytest.raises(Conflict) as refused:
        put(hamlet, one, NEXT_VILLAGE)
    assert faults(refused) == [("inspection", "inspection_visited")]
