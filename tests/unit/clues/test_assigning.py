"""An office gives a clue to one or several, adds, takes back; said twice, it counts once (A17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.clues.assigning import Decision
from functions.clues.domain import MOST_SHARES, Clue, ClueVerb, with_share
from functions.clues.usecases import assign_clue
from functions.shared.authorization import Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.clues import ClueState, ShareState
from functions.shared.table import Stale
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.clues.smalltown import (
    CLOSED,
    EAST,
    FIRE,
    MARKET,
    NOW,
    OFFICE,
    POLICE,
    SmallTown,
    share,
    somebody,
)
from tests.unit.clues.test_reporting import codes


def states(clue: Clue) -> dict[str, ShareState]:
    return {one.unit: one.state for one in clue.shares}


def test_a17_several_get_it_at_once_each_with_its_own_reason() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆，经营餐饮"), MARKET, POLICE, FIRE)
    assert clue.state is ClueState.ASSIGNED
    assert states(clue) == dict.fromkeys((MARKET, POLICE, FIRE), ShareState.ASSIGNED)
    market = share(clue, MARKET)
    assert (market.item, market.licence, market.words) == ("SJ02", "餐饮许可证", ("餐饮",))
    assert (market.law, market.by, market.automatic) == ("示例条例第一条", OFFICE.id, False)
    assert share(clue, FIRE).words == ("旅馆",)


def test_a17_a_unit_with_two_reasons_gets_both() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证经营餐饮，加工食品"), MARKET)
    assert share(clue, MARKET).item == "SJ01、SJ02"
    assert share(clue, MARKET).words == ("食品", "餐饮")


def test_a17_another_than_the_proposed_needs_a_note() -> None:
    town = SmallTown()
    clue = town.report("无证经营餐饮")
    with pytest.raises(Invalid) as refused:
        town.assign(clue, MARKET, POLICE)
    assert codes(refused) == [("note", "assign_note_missing")]
    clue = town.assign(clue, MARKET, POLICE, note="当事人阻挠检查")
    assert (share(clue, POLICE).note, share(clue, POLICE).law) == ("当事人阻挠检查", "")


def test_a17_units_must_exist() -> None:
    town = SmallTown()
    with pytest.raises(Invalid) as refused:
        town.assign(town.report(), MARKET, f"ycj.{EAST}", "nobody", note="x")
    assert codes(refused) == [("units.1", "unit_unknown"), ("units.2", "unit_unknown")]


@pytest.mark.parametrize("body", [{}, {"units": []}, {"units": ["scjg"] * 11}])
def test_d4_a_decision_names_one_to_ten_units(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="units"):
        Decision.model_validate(body)


def test_a17_the_offices_clock_stops_and_the_receivers_clocks_run() -> None:
    town = SmallTown()
    clue = town.report()
    assert [clock.stage for clock in clue.clocks] == ["assign"]
    clue = town.assign(clue, MARKET)
    assert clue.clocks == ()
    assert [clock.stage for clock in share(clue, MARKET).clocks] == ["receive"]


def test_a17_assigning_again_adds_and_starts_nobodys_time_anew() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE)
    before = share(clue, POLICE)
    town.now += timedelta(days=1)
    clue = town.assign(clue, POLICE, FIRE)
    assert share(clue, POLICE) == before
    assert share(clue, FIRE).assigned_at == town.now


def test_a17_what_changes_nothing_leaves_no_step() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE, FIRE)
    assert town.assign(clue, POLICE) == clue
    assert town.stored(clue) == clue


def test_a17_taking_back_needs_a_note_and_brings_it_back_to_the_office() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE, FIRE)
    with pytest.raises(Invalid) as refused:
        town.assign(clue, relieve=[FIRE])
    assert codes(refused) == [("note", "value_missing")]
    clue = town.assign(clue, relieve=[FIRE], note="面积不足")
    assert states(clue) == {POLICE: ShareState.ASSIGNED, FIRE: ShareState.RELIEVED}
    assert (share(clue, FIRE).clocks, share(clue, FIRE).ended_at) == ((), NOW)
    assert clue.clocks == ()
    clue = town.assign(clue, relieve=[POLICE], note="误派")
    assert clue.state is ClueState.REPORTED
    assert [clock.stage for clock in clue.clocks] == ["assign"]
    clue = town.assign(clue, POLICE)
    assert states(clue)[POLICE] is ShareState.ASSIGNED


def test_a17_taking_back_the_last_open_share_leaves_what_is_closed_closed() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE, FIRE)
    town.answer(clue, POLICE, "receive")
    clue = town.answer(clue, POLICE, "close", evidence=CLOSED)
    assert clue.state is ClueState.ASSIGNED
    clue = town.assign(clue, relieve=[FIRE], note="已由公安办结")
    assert (clue.state, clue.clocks) == (ClueState.CLOSED, ())


def test_a17_what_cannot_be_decided_is_said() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE, FIRE)
    with pytest.raises(Invalid) as refused:
        town.assign(clue, relieve=[MARKET], note="x")
    assert codes(refused) == [("relieve", "unit_not_assigned")]
    with pytest.raises(Invalid) as refused:
        town.assign(clue, POLICE, relieve=[POLICE], note="x")
    assert codes(refused) == [("relieve", "unit_given_and_relieved")]
    town.answer(clue, POLICE, "receive")
    town.answer(clue, POLICE, "close", evidence=CLOSED)
    with pytest.raises(Conflict) as conflict:
        town.assign(clue, POLICE, note="x")
    assert codes(conflict) == [("units", "share_closed")]
    with pytest.raises(Conflict) as conflict:
        town.assign(clue, relieve=[POLICE], note="x")
    assert codes(conflict) == [("relieve", "share_closed")]
    town.answer(clue, FIRE, "receive")
    town.answer(clue, FIRE, "close", evidence=CLOSED)
    with pytest.raises(Conflict) as conflict:
        town.assign(clue, MARKET, note="x")
    assert codes(conflict) == [("clue", "clue_closed")]


def test_a17_said_again_it_counts_once_also_after_the_receiver_has_acted() -> None:
    town = SmallTown()
    clue = town.assign(town.report(), MARKET)
    clue = town.answer(clue, MARKET, "receive")
    assert town.assign(clue, MARKET) == clue


def test_a17_an_old_decision_with_its_ref_counts_once_after_newer_ones() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE, ref="1")
    clue = town.assign(clue, FIRE, relieve=[POLICE], note="分工调整", ref="2")
    assert town.assign(clue, POLICE, ref="1") == clue
    with pytest.raises(Conflict) as refused:
        town.assign(clue, FIRE, ref="1")
    assert codes(refused) == [("ref", "ref_reused")]


def test_a17_the_same_words_after_another_decision_are_a_new_decision() -> None:
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆"), POLICE)
    clue = town.assign(clue, relieve=[POLICE], note="误派")
    clue = town.assign(clue, POLICE)
    assert states(clue) == {POLICE: ShareState.ASSIGNED}


def test_d3_only_the_office_that_has_it_assigns() -> None:
    town = SmallTown()
    clue = town.report()
    for caller in (
        somebody("office.441900121000", Role.TOWN_OFFICE),
        somebody("office", Role.DISPATCHER),
        somebody(MARKET, Role.LEAD),
        somebody(f"office.{EAST}", Role.OFFICER),
    ):
        with pytest.raises(NotFound):
            town.assign(clue, MARKET, by=caller)
    with pytest.raises(NotFound):
        assign_clue("L0", Decision(units=(MARKET,)), OFFICE, town.desk)


def test_a17_an_assignment_that_dies_anywhere_and_is_sent_again_is_one() -> None:
    nth = 1
    while True:
        town = SmallTown()
        clue = town.report()
        town.table = Interrupted(town.fake, nth, crash)
        try:
            town.assign(clue, MARKET)
        except Crash:
            town.table = town.fake
            clue = town.assign(clue, MARKET)
        else:
            break
        assert [step.verb for step in town.stored(clue).steps] == [ClueVerb.REPORT, ClueVerb.ASSIGN]
        nth += 1
    assert nth == 5


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a17_two_who_decide_at_once_decide_one_after_the_other(nth: int) -> None:
    town = SmallTown()
    clue = town.report("无证旅馆")
    other = SmallTown(town.fake)
    town.table = Interrupted(town.fake, nth, lambda: other.assign(clue, FIRE))
    town.assign(clue, POLICE)
    assert set(states(town.stored(clue))) == {POLICE, FIRE}
    assert len(town.stored(clue).steps) == 3


def test_a17_who_is_always_overtaken_gives_up() -> None:
    town = SmallTown()
    clue = town.report("无证旅馆")

    class Overtaken(Interrupted):
        def put(self, record: Any, *, over: int | None) -> None:
            raise Stale("overtaken")

    town.table = Overtaken(town.fake, 0, crash)
    with pytest.raises(Stale):
        town.assign(clue, POLICE)


def test_a17_a_clue_has_at_most_so_many_shares() -> None:
    town = SmallTown()
    clue = town.assign(town.report(), MARKET)
    one = share(clue, MARKET)
    for number in range(1, MOST_SHARES):
        clue = with_share(clue, one.model_copy(update={"unit": f"unit{number}"}))
    assert with_share(clue, one) == clue
    with pytest.raises(Conflict) as refused:
        with_share(clue, one.model_copy(update={"unit": "another"}))
    assert codes(refused) == [("units", "too_many_shares")]
