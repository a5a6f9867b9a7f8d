"""Who disputes a clue sends it back to its office; twice, to the common superior (A17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.clues.domain import Clue, ClueVerb
from functions.shared.authorization import Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.clues import ClueState, ShareState
from tests.unit.clues.smalltown import (
    CLOSED,
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
from tests.unit.clues.test_reporting import codes

LEAD = somebody("scjg", Role.LEAD)
CITY = somebody("office", Role.DISPATCHER)
AGAIN: dict[str, Any] = {"note": "经核实仍属你单位职责"}


def given(*units: str, seen: str = "无证经营餐饮") -> tuple[SmallTown, Clue]:
    town = SmallTown()
    return town, town.assign(town.report(seen), *units, note="请核查")


def test_a17_a_dispute_brings_it_back_to_the_office_with_a_clock() -> None:
    town, clue = given(MARKET)
    town.now += timedelta(days=1)
    clue = town.dispute(clue, MARKET)
    assert (clue.state, clue.office) == (ClueState.REPORTED, f"office.{EAST}")
    assert (share(clue, MARKET).state, share(clue, MARKET).clocks) == (ShareState.DISPUTED, ())
    assert [clock.since.day for clock in clue.clocks] == [3]


def test_a17_a_second_dispute_does_not_start_the_offices_clock_anew() -> None:
    town, clue = given(MARKET, POLICE)
    clue = town.dispute(clue, MARKET)
    running = clue.clocks
    town.now += timedelta(days=1)
    clue = town.dispute(clue, POLICE)
    assert clue.clocks == running
    assert clue.office == f"office.{EAST}"


def test_a17_the_next_assignment_answers_every_dispute() -> None:
    town, clue = given(MARKET, POLICE)
    town.dispute(clue, MARKET)
    town.dispute(clue, POLICE)
    clue = town.assign(clue, FIRE, note="由消防核查")
    assert {one.unit: one.state for one in clue.shares} == {
        MARKET: ShareState.RELIEVED,
        POLICE: ShareState.RELIEVED,
        FIRE: ShareState.ASSIGNED,
    }
    assert (clue.clocks, clue.climbed) == ((), False)


def test_a17_an_office_may_agree_without_assigning_anybody() -> None:
    town, clue = given(MARKET, POLICE)
    town.dispute(clue, MARKET)
    clue = town.assign(clue, relieve=[MARKET], note="同意")
    assert (clue.state, share(clue, MARKET).state) == (ClueState.ASSIGNED, ShareState.RELIEVED)


def test_a17_while_a_dispute_waits_the_clue_is_not_over() -> None:
    town, clue = given(MARKET, POLICE)
    town.answer(clue, POLICE, "receive")
    town.dispute(clue, MARKET)
    clue = town.answer(clue, POLICE, "close", evidence=CLOSED)
    assert clue.state is ClueState.REPORTED
    assert town.assign(clue, relieve=[MARKET], note="同意").state is ClueState.CLOSED


def test_a17_given_to_the_same_unit_again_it_climbs_to_its_department() -> None:
    town, clue = given(MARKET)
    clue = town.dispute(clue, MARKET)
    town.now += timedelta(days=2)
    clue = town.assign(clue, MARKET, **AGAIN)
    assert (clue.office, clue.offices) == ("scjg", (f"office.{EAST}", "scjg"))
    assert share(clue, MARKET).state is ShareState.DISPUTED
    assert [step.verb for step in clue.steps][-2:] == [ClueVerb.ASSIGN, ClueVerb.CLIMB]
    assert [clock.since.day for clock in clue.clocks] == [4]


def test_a17_who_insists_in_the_words_of_before_is_heard_all_the_same() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证经营餐饮"), POLICE, note="请核查")
    assert town.assign(clue, POLICE, note="请核查") == clue
    clue = town.assign(town.dispute(clue, POLICE), POLICE, note="请核查")
    assert clue.office == "gaj"


def test_a17_giving_it_again_needs_a_reason() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET)
    with pytest.raises(Invalid) as refused:
        town.assign(clue, MARKET)
    assert codes(refused) == [("note", "assign_note_missing")]


def test_a17_the_others_named_beside_a_disputing_unit_get_it_at_once() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET)
    clue = town.assign(clue, MARKET, POLICE, **AGAIN)
    assert clue.office == "scjg"
    assert share(clue, POLICE).state is ShareState.ASSIGNED


def test_a17_if_the_next_receiver_disputes_too_it_climbs() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET, responsible=POLICE)
    clue = town.assign(clue, POLICE, note="请公安核查")
    clue = town.dispute(clue, POLICE)
    assert (clue.office, clue.climbed) == ("office", True)
    assert clue.disputed() == (POLICE,)


def test_a17_units_of_one_department_climb_to_it_whatever_their_towns() -> None:
    town, clue = given(MARKET)
    west = f"scjg.{WEST}"
    town.dispute(clue, MARKET, ground="not_our_area", responsible=west)
    clue = town.assign(clue, west, note="在大朗")
    assert town.dispute(clue, west, ground="not_our_area").office == "scjg"


def test_a17_a_department_of_the_city_that_disputes_itself_climbs_to_the_city() -> None:
    town, clue = given("ycj", seen="无证卖卷烟")
    town.dispute(clue, "ycj")
    assert town.assign(clue, "ycj", **AGAIN).office == "office"


def test_a17_those_who_got_it_beside_each_other_are_not_next_to_each_other() -> None:
    town, clue = given(MARKET, POLICE)
    town.dispute(clue, MARKET)
    clue = town.dispute(clue, POLICE)
    assert not clue.climbed


def test_a17_the_superiors_decision_is_final() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET)
    town.assign(clue, MARKET, **AGAIN)
    clue = town.assign(clue, MARKET, by=LEAD, note="属本局职责，请办理")
    assert (clue.state, share(clue, MARKET).final) == (ClueState.ASSIGNED, True)
    with pytest.raises(Conflict) as refused:
        town.dispute(clue, MARKET, note="仍不属")
    assert codes(refused) == [("verb", "decision_final")]
    town.answer(clue, MARKET, "receive")
    clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    assert clue.state is ClueState.CLOSED


def test_a17_who_had_it_before_it_climbed_may_still_dispute_to_the_superior() -> None:
    town, clue = given(MARKET, POLICE)
    town.dispute(clue, MARKET)
    town.assign(clue, MARKET, **AGAIN)
    clue = town.dispute(clue, POLICE)
    assert clue.office == "scjg"
    assert clue.disputed() == (MARKET, POLICE)


def test_d3_once_it_has_climbed_the_town_office_decides_no_more_but_its_repeat_is_its_own() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET)
    clue = town.assign(clue, MARKET, **AGAIN)
    assert town.assign(clue, MARKET, **AGAIN) == clue
    with pytest.raises(NotFound):
        town.assign(clue, POLICE, note="x")
    with pytest.raises(NotFound):
        town.assign(clue, POLICE, note="x", by=CITY)
    assert town.assign(clue, POLICE, note="x", by=LEAD).office == "scjg"


def test_a17_a_dispute_names_its_ground_and_says_why() -> None:
    town, clue = given(MARKET)
    gone: dict[str, Any]
    for missing, gone in (("ground", {"ground": None}), ("note", {"note": ""})):
        with pytest.raises(Invalid) as refused:
            town.dispute(clue, MARKET, **gone)
        assert codes(refused) == [(missing, "value_missing")]
    with pytest.raises(Invalid) as refused:
        town.dispute(clue, MARKET, responsible="nobody")
    assert codes(refused) == [("responsible", "unit_unknown")]
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "receive", ground="not_our_duty")
    assert codes(refused) == [("ground", "only_with_dispute")]


def test_a17_a_dispute_sent_again_counts_once_also_after_the_offices_answer() -> None:
    town, clue = given(MARKET)
    town.dispute(clue, MARKET, ref="9")
    clue = town.assign(clue, MARKET, **AGAIN)
    assert town.dispute(clue, MARKET, ref="9") == clue
    assert town.assign(clue, MARKET, by=OFFICE, **AGAIN) == clue
