"""The system assigns what is clear, where the town has switched that on; same trace (A18)."""

from __future__ import annotations

import pytest

from functions.clues.domain import SYSTEM, Clue
from functions.clues.usecases import change_switch, read_switch
from functions.shared.authorization import Role
from functions.shared.errors import NotFound
from functions.shared.events.clues import ClueState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.clues.smalltown import (
    EAST,
    FIRE,
    MARKET,
    OFFICE,
    POLICE,
    WEST,
    SmallTown,
    share,
    somebody,
)


def switched_on() -> SmallTown:
    town = SmallTown()
    change_switch(EAST, True, OFFICE, town.desk)
    return town


def test_a18_without_the_switch_a_clear_clue_waits_for_its_office() -> None:
    assert SmallTown().report("无证旅馆").state is ClueState.REPORTED


def test_a18_one_certain_item_is_assigned_at_once_to_all_its_departments() -> None:
    town = switched_on()
    clue = town.report("无证旅馆")
    assert clue.state is ClueState.ASSIGNED
    assert {one.unit for one in clue.shares} == {POLICE, FIRE}
    assert all(one.automatic and one.by == SYSTEM for one in clue.shares)
    assert town.stored(clue) == clue


@pytest.mark.parametrize(
    "seen",
    [
        "无证旅馆，经营餐饮",  # two items
        "无证网吧",  # a department that nobody knows
        "门口有人吵架",  # none
    ],
)
def test_a18_what_is_not_clear_waits_for_the_office(seen: str) -> None:
    clue = switched_on().report(seen)
    assert (clue.state, clue.shares, len(clue.clocks)) == (ClueState.REPORTED, (), 1)


def test_a18_a_switch_holds_for_its_own_town() -> None:
    town = switched_on()
    assert town.report(by=somebody(f"cgzf.{WEST}")).state is ClueState.REPORTED


def trace(clue: Clue) -> object:
    """What was recorded, but for who did it."""
    who = {"by", "automatic", "ref"}
    return clue.model_dump(
        exclude={"id": True, "shares": {"__all__": who}, "steps": {"__all__": who}}
    )


def test_a18_both_ways_leave_the_same_trace() -> None:
    by_hand = SmallTown()
    assigned = by_hand.assign(by_hand.report("无证旅馆"), POLICE, FIRE)
    itself = switched_on().report("无证旅馆")
    assert trace(itself) == trace(assigned)
    assert [step.by for step in assigned.steps][1] == OFFICE.id
    assert [step.by for step in itself.steps][1] == SYSTEM
    assert share(itself, POLICE).words == share(assigned, POLICE).words == ("旅馆",)


def test_a18_what_the_system_assigned_is_disputed_and_taken_back_like_any_other() -> None:
    town = switched_on()
    clue = town.report("无证经营餐饮")
    clue = town.dispute(clue, MARKET)
    assert (clue.state, clue.office) == (ClueState.REPORTED, f"office.{EAST}")
    assert town.assign(clue, MARKET, note="仍请办理").office == "scjg"


def test_a18_a_repeat_after_the_switch_was_turned_changes_nothing() -> None:
    town = SmallTown()
    clue = town.report("无证旅馆")
    change_switch(EAST, True, OFFICE, town.desk)
    assert town.report("无证旅馆") == clue


def test_a18_a_report_that_dies_anywhere_is_assigned_once_all_the_same() -> None:
    nth = 1
    while True:
        town = switched_on()
        town.table = Interrupted(town.fake, nth, crash)
        try:
            clue = town.report("无证旅馆")
        except Crash:
            town.table = town.fake
            clue = town.report("无证旅馆")
        else:
            break
        assert [step.verb for step in town.stored(clue).steps] == ["report", "assign"]
        nth += 1
    assert nth > 4


def test_a18_the_towns_office_alone_turns_its_switch() -> None:
    town = SmallTown()
    assert not read_switch(EAST, town.desk).automatic
    assert change_switch(EAST, True, OFFICE, town.desk).automatic
    assert read_switch(EAST, town.desk).automatic
    assert not change_switch(EAST, False, OFFICE, town.desk).automatic
    strangers = (somebody(f"office.{WEST}", Role.TOWN_OFFICE), somebody(MARKET, Role.LEAD))
    for stranger in strangers:
        with pytest.raises(NotFound):
            change_switch(EAST, True, stranger, town.desk)
    assert not read_switch(EAST, town.desk).automatic


def test_d1_a_switch_says_who_turned_it_and_a_repeat_writes_nothing() -> None:
    town = switched_on()
    change_switch(EAST, True, OFFICE, town.desk)
    (record,) = town.fake
    assert (record["by"], record["version"]) == (OFFICE.id, 1)
