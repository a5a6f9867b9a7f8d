"""The grids and inspectors of a village are data, and only what can hold is taken (B4)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from functions.inspections.desk import Grid, Inspector, Roster
from functions.inspections.rosters import load_roster, read_roster
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Invalid, NotFound
from tests.unit.inspections.dispatchers import faults
from tests.unit.inspections.hamlet import (
    CITY,
    NEXT_VILLAGE,
    OTHER_TOWN,
    PLATFORM,
    TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
    somebody,
)
from tests.unit.inspections.rosters import FIRST_GRID, ROSTER

OPERATOR = somebody("operator", "city", Role.OPERATOR)


def test_b4_a_roster_is_put_in_the_place_of_the_one_before() -> None:
    hamlet = Hamlet()
    smaller = ROSTER.model_copy(update={"inspectors": ROSTER.inspectors[:1]})
    for roster in (ROSTER, ROSTER, smaller):
        load_roster(roster, CITY, hamlet.desk)
        assert read_roster(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk) == roster
    (record,) = hamlet.table
    assert record["version"] == 2, "the same again is no new version"


def test_b4_a_village_without_a_roster_has_an_empty_one() -> None:
    assert read_roster(VILLAGE, TOWN_OFFICE, Hamlet().desk) == Roster(village=VILLAGE)


def test_b4_every_fault_of_a_roster_is_named_with_its_field() -> None:
    wrong = Roster(
        village="999999999001",
        grids=(*ROSTER.grids, ROSTER.grids[0]),
        inspectors=(*ROSTER.inspectors, Inspector(id="x", name="丁", grids=(FIRST_GRID, "g9"))),
    )
    wrong = wrong.model_copy(update={"inspectors": (*wrong.inspectors, wrong.inspectors[0])})
    with pytest.raises(Invalid) as refused:
        load_roster(wrong, CITY, Hamlet().desk)
    assert faults(refused) == [
        ("village", "village_not_ours"),
        ("grids.2.id", "grid_twice"),
        ("inspectors.3.grids.1", "grid_unknown"),
        ("inspectors.4.id", "inspector_twice"),
    ]


@pytest.mark.parametrize("left_out", ["grids", "inspectors"])
def test_b4_a_roster_without_grids_or_inspectors_wipes_no_village(left_out: str) -> None:
    hamlet = Hamlet()
    load_roster(ROSTER, CITY, hamlet.desk)
    rest = [one.model_copy(update={"grids": ()}) for one in ROSTER.inspectors]
    empty = ROSTER.model_copy(update={"inspectors": rest, left_out: ()})
    with pytest.raises(Invalid) as refused:
        load_roster(empty, CITY, hamlet.desk)
    assert faults(refused) == [(left_out, f"roster_without_{left_out}")]
    assert read_roster(VILLAGE, CITY, hamlet.desk) == ROSTER


@pytest.mark.parametrize("id", ["", "a|b", "a b", "x" * 65])
def test_b4_an_id_must_fit_into_the_index(id: str) -> None:
    with pytest.raises(ValidationError):
        Grid(id=id, name="网格")
    with pytest.raises(ValidationError):
        Inspector(id=id, name="甲")


@pytest.mark.parametrize("place", ["", " ", "路"])
def test_b4_a_place_says_something(place: str) -> None:
    with pytest.raises(ValidationError):
        Grid(id="g", name="网格", places=(place,))


@pytest.mark.parametrize(
    "caller",
    [
        VILLAGE_DISPATCHER,
        TOWN_OFFICE,
        PLATFORM,
        somebody("o", "oversight", Role.OVERSIGHT),
        Caller("nobody"),
    ],
    ids=lambda one: one.id,
)
def test_d3_only_the_city_loads_rosters(caller: Caller) -> None:
    hamlet = Hamlet()
    with pytest.raises(NotFound):
        load_roster(ROSTER, caller, hamlet.desk)
    assert not list(hamlet.table)
    load_roster(ROSTER, OPERATOR, hamlet.desk)


@pytest.mark.parametrize(
    "caller",
    [
        somebody("v", NEXT_VILLAGE, Role.VILLAGE),
        somebody("t", f"office.{OTHER_TOWN}", Role.TOWN_OFFICE),
        somebody("d", f"scjg.{TOWN}", Role.OFFICER),
        WALKER,
    ],
    ids=lambda one: one.id,
)
def test_d3_a_roster_of_others_is_not_there(caller: Caller) -> None:
    hamlet = Hamlet()
    load_roster(ROSTER, CITY, hamlet.desk)
    with pytest.raises(NotFound):
        read_roster(VILLAGE, caller, hamlet.desk)


@pytest.mark.parametrize("village", ["nothing", "999999999001", TOWN[:9]])
def test_b4_what_is_no_village_of_the_city_has_no_roster(village: str) -> None:
    with pytest.raises(NotFound):
        read_roster(village, CITY, Hamlet().desk)


def test_b4_a_roster_of_the_largest_size_fits_into_a_record() -> None:
    ids = [f"{number:064d}" for number in range(100)]
    places = tuple(f"{number:02d}" + "长" * 18 for number in range(30))
    largest = Roster(
        village=VILLAGE,
        grids=tuple(Grid(id=id, name="名" * 40, places=places) for id in ids),
        inspectors=tuple(Inspector(id=id, name="名" * 40, grids=tuple(ids[:20])) for id in ids),
    )
    hamlet = Hamlet()
    load_roster(largest, CITY, hamlet.desk)
    assert read_roster(VILLAGE, CITY, hamlet.desk) == largest
