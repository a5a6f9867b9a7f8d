"""Whom the system proposes, and why: the same for the same load (B4)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from functions.inspections.assigning import proposal_for
from functions.inspections.desk import Grid, Inspector, Roster
from functions.inspections.proposing import Load, Proposal, proposed
from tests.unit.inspections.hamlet import INSPECTOR, SECOND, VILLAGE, Hamlet
from tests.unit.inspections.registrations import opened, registration
from tests.unit.inspections.rosters import FIRST_GRID, ROSTER, SECOND_GRID, THIRD, with_roster

NOBODY_BUSY = Load(Counter(), Counter())


def propose(address: str, load: Load = NOBODY_BUSY, **more: Any) -> Proposal:
    found = proposed(address, ROSTER, load, **more)
    assert found
    return found


def test_b4_the_grid_is_where_the_address_lies_and_the_inspector_who_has_least() -> None:
    load = Load(Counter({SECOND_GRID: 9}), Counter({SECOND: 3, THIRD: 1}))
    assert propose("东莞市某镇某村 二路 2号", load) == Proposal(
        grid=SECOND_GRID, grid_reason="place: 二路", inspector=THIRD, inspector_reason="fewest: 1"
    )


def test_b4_the_longest_word_of_the_address_wins() -> None:
    assert propose("某村工业区一路1号与二路交汇处").grid_reason == "place: 工业区一路"


def test_b4_an_address_that_says_nothing_goes_to_the_grid_with_the_fewest() -> None:
    load = Load(Counter({FIRST_GRID: 2, SECOND_GRID: 1}), Counter())
    found = propose("无名路1号", load)
    assert (found.grid, found.grid_reason) == (SECOND_GRID, "fewest: 1")


def test_b4_ties_go_by_id_however_the_roster_is_written() -> None:
    turned = Roster(village=VILLAGE, grids=ROSTER.grids[::-1], inspectors=ROSTER.inspectors[::-1])
    found = proposed("无名路1号", turned, NOBODY_BUSY)
    assert found == propose("无名路1号")
    assert (found.grid, found.inspector) == (FIRST_GRID, INSPECTOR)


def test_b4_a_grid_that_nobody_walks_gets_whoever_of_the_village_has_least() -> None:
    grids = (*ROSTER.grids, Grid(id="g3", name="第三网格", places=("三路",)))
    load = Load(Counter(), Counter({INSPECTOR: 1, SECOND: 1}))
    found = proposed("三路1号", ROSTER.model_copy(update={"grids": grids}), load)
    assert found
    assert (found.grid, found.inspector) == ("g3", THIRD)


def test_b4_a_named_inspector_stays_in_the_own_grids() -> None:
    found = propose("一路1号", inspector=THIRD)
    assert (found.grid, found.inspector_reason) == (SECOND_GRID, "named")


def test_b4_an_empty_roster_proposes_nobody() -> None:
    for roster in (
        None,
        Roster(village=VILLAGE, grids=ROSTER.grids),
        Roster(village=VILLAGE, inspectors=(Inspector(id="x", name="x"),)),
    ):
        assert proposed("一路1号", roster, NOBODY_BUSY) is None


def test_b4_what_is_already_out_counts_and_the_inspection_itself_does_not() -> None:
    hamlet = with_roster(Hamlet())
    for number, who in enumerate((INSPECTOR, INSPECTOR, SECOND)):
        hamlet.opened(edition=number + 1, inspector=who)
    one = opened(hamlet, registration(code="X"))
    found = proposal_for(one, hamlet.desk)
    assert found
    assert (found.inspector, found.inspector_reason) == (SECOND, "fewest: 1")
    assert proposal_for(hamlet.opened(edition=9), hamlet.desk) is None, "somebody has it"
    assert proposal_for(one, Hamlet().desk) is None, "no roster"
