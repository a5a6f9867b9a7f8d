"""The sample city's grids and inspectors: all of them, each somewhere, every time the same."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from functions.inspections.desk import Roster
from functions.inspections.rosters import load_roster
from functions.shared.authorization import Caller, Grant, Role
from infra.city import roster, whoswho
from infra.city.sample_addresses import AddressBook
from infra.posts import account, grants_of
from tests.unit.inspections.hamlet import Hamlet

ROSTERS = [Roster.model_validate(one) for one in roster.rosters()]


def test_b4_the_city_has_as_many_grids_and_inspectors_as_the_source_tells() -> None:
    assert sum(len(one.grids) for one in ROSTERS) == 2_952
    assert sum(len(one.inspectors) for one in ROSTERS) == 9_550


def test_b4_all_of_them_load_and_the_same_again_changes_nothing() -> None:
    hamlet = Hamlet()
    hamlet.rules = replace(hamlet.rules, directory=whoswho.directory())
    dispatcher = Caller("city", frozenset({Grant("office", Role.DISPATCHER)}))
    for _ in range(2):
        loaded = [load_roster(one, dispatcher, hamlet.desk) for one in ROSTERS]
    assert sum(len(one.grids) for one in loaded) == roster.GRIDS
    assert sum(len(one.inspectors) for one in loaded) == roster.INSPECTORS
    kept = [hamlet.store.rosters.get(one.village) for one in ROSTERS]
    assert {one.record["version"] for one in kept if one} == {1} and None not in kept


def test_b4_every_village_has_a_grid_and_every_grid_an_inspector() -> None:
    assert {one.village for one in ROSTERS} == set(roster.villages())
    for one in ROSTERS:
        grids = [grid.id for grid in one.grids]
        assert len(set(grids)) == len(grids) > 0
        assert {grid for inspector in one.inspectors for grid in inspector.grids} == set(grids)


def test_b4_an_inspector_has_the_name_by_which_the_issuer_knows_him() -> None:
    for one in ROSTERS[::50]:
        for inspector in one.inspectors:
            assert account(inspector.id) == inspector.id
            assert grants_of(inspector.id) == (Grant(one.village, Role.INSPECTOR),)


def test_b4_the_roads_of_sample_addresses_lie_in_one_grid_each() -> None:
    book = AddressBook.load(whoswho.HOME / "divisions.csv")
    chance = Random(1)
    addresses = [book.choose(chance).address for _ in range(500)]
    there = [one for one in addresses if sum(_lies_in(ROSTERS[0], one).values()) == 1]
    assert len(there) > 0.85 * len(addresses)
    assert all(sum(_lies_in(ROSTERS[0], one).values()) <= 1 for one in addresses)


def test_b4_the_rosters_are_the_same_every_time_and_of_some_towns_if_asked() -> None:
    assert list(roster.rosters()) == list(roster.rosters())
    [town] = {"441900119000"}
    some = roster.rosters_of(frozenset({town}))
    assert some and all(one["village"].startswith(town[:9]) for one in some)


def _lies_in(one: Roster, address: str) -> dict[str, bool]:
    return {grid.id: any(place in address for place in grid.places) for grid in one.grids}
