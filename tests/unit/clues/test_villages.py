"""Villages, their inspectors and the grid platform report what they see on patrol (B8)."""

from __future__ import annotations

import pytest

from functions.clues.usecases import read_clue
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Invalid, NotFound
from tests.unit.clues.smalltown import EAST, MARKET, OFFICE, WEST, SmallTown, somebody

VILLAGE, NEXT = "441900119001", "441900119002"
DISPATCHER = somebody(VILLAGE, Role.VILLAGE)
WALKER = somebody(VILLAGE, Role.INSPECTOR)
PLATFORM = somebody("grid", Role.PLATFORM)


@pytest.mark.parametrize("who", [DISPATCHER, WALKER])
def test_b8_who_patrols_a_village_reports_at_once_to_its_town(who: Caller) -> None:
    clue = SmallTown().report(by=who)
    assert (clue.reporter, clue.town, clue.village) == (VILLAGE, EAST, VILLAGE)
    assert (clue.office, clue.proposals[0].unit) == (OFFICE.id.partition("@")[2], MARKET)


def test_b8_a_village_may_see_something_next_door_in_its_town_but_not_in_another() -> None:
    town = SmallTown()
    assert town.report(by=WALKER, village=NEXT).village == NEXT
    with pytest.raises(Invalid) as refused:
        town.report(by=WALKER, town=WEST)
    assert refused.value.faults[0].code == "village_not_in_town"


def test_b8_the_grid_platform_speaks_for_villages_and_for_itself_and_for_nobody_else() -> None:
    town = SmallTown()
    clue = town.report(by=PLATFORM, unit=VILLAGE, ref="p1")
    assert (clue.reporter, clue.village, clue.steps[0].by) == (VILLAGE, VILLAGE, PLATFORM.id)
    assert town.report(by=PLATFORM, unit=VILLAGE, ref="p1") == clue
    own = town.report(by=PLATFORM, town=EAST, village=NEXT)
    assert (own.reporter, own.village) == ("grid", NEXT)
    for unit in (MARKET, f"office.{EAST}", "office"):
        with pytest.raises(NotFound):
            town.report(by=PLATFORM, unit=unit)
    for said, code in (({}, "town_needed"), ({"unit": EAST}, "village_not_in_town")):
        with pytest.raises(Invalid) as refused:
            town.report(by=PLATFORM, **said)
        assert refused.value.faults[0].code == code
    with pytest.raises(Invalid) as foreign:
        town.report(by=PLATFORM, unit="441900999001")
    assert foreign.value.faults[0].code == "town_not_ours"


def test_d3_a_village_reads_its_clues_and_an_inspector_only_what_he_reported() -> None:
    town = SmallTown()
    own, anothers = town.report(by=WALKER), town.report(by=DISPATCHER, place="别处")
    for clue in (own, anothers):
        assert read_clue(clue.id, DISPATCHER, town.desk).id == clue.id
    assert read_clue(own.id, WALKER, town.desk).id == own.id
    for id, caller in (
        (anothers.id, WALKER),
        (own.id, somebody(NEXT, Role.VILLAGE)),
        (own.id, PLATFORM),
    ):
        with pytest.raises(NotFound):
            read_clue(id, caller, town.desk)
