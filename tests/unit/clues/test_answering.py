"""A receiver reports on its share: every step, in order, once (A17)."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from functions.clues.answering import ClueFeedback, answered
from functions.clues.domain import MOST_SHARES, MOST_STEPS, Clue, ClueVerb
from functions.clues.evidence import End
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.clues import ClueState, ShareState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.clues.smalltown import (
    CLOSED,
    EAST,
    FIRE,
    MARKET,
    POLICE,
    RULES,
    SmallTown,
    share,
    somebody,
)
from tests.unit.clues.test_reporting import codes

NEEDS: dict[str, dict[str, Any]] = {
    "receive": {},
    "handle": {"note": "已现场检查"},
    "dispute": {"ground": "not_our_duty", "note": "不属本单位职责"},
    "close": {"evidence": CLOSED},
}
AFTER = {
    ("assigned", "receive"): "received",
    ("assigned", "dispute"): "disputed",
    ("received", "handle"): "received",
    ("received", "dispute"): "disputed",
    ("received", "close"): "closed",
}


def in_state(state: str) -> tuple[SmallTown, Clue]:
    """A town and a clue whose share of the market unit is in `state`; the police has one too."""
    town = SmallTown()
    clue = town.assign(town.report("无证旅馆，经营餐饮"), MARKET, POLICE)
    if state in ("received", "closed"):
        clue = town.answer(clue, MARKET, "receive")
    if state == "closed":
        clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    if state == "disputed":
        clue = town.dispute(clue, MARKET)
    if state == "relieved":
        clue = town.assign(clue, relieve=[MARKET], note="误派")
    assert share(clue, MARKET).state == state
    return town, clue


@pytest.mark.parametrize(("state", "verb"), list(product(ShareState, NEEDS)))
def test_a17_which_step_may_follow_which(state: str, verb: str) -> None:
    town, clue = in_state(state)
    told = {**NEEDS[verb], "ref": "new"}
    if (state, verb) in AFTER:
        assert share(town.answer(clue, MARKET, verb, **told), MARKET).state == AFTER[state, verb]
        return
    with pytest.raises(Conflict) as refused:
        town.answer(clue, MARKET, verb, **told)
    expected = "share_step" if state in ("assigned", "received") else "share_over"
    assert codes(refused) == [("verb", expected)]
    assert town.stored(clue) == clue


@pytest.mark.parametrize("verb", ["report", "assign", "climb"])
def test_a17_what_is_no_feedback_is_refused(verb: str) -> None:
    town, clue = in_state("assigned")
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, verb)
    assert codes(refused) == [("verb", "verb_not_reported")]


def test_a17_receiving_ends_one_clock_and_starts_the_next_and_handling_starts_none() -> None:
    town, clue = in_state("received")
    clocks = share(clue, MARKET).clocks
    assert [clock.stage for clock in clocks] == ["handle"]
    town.now += timedelta(days=3)
    clue = town.answer(clue, MARKET, "handle", note="已现场检查")
    assert share(clue, MARKET).clocks == clocks
    clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    assert share(clue, MARKET).clocks == ()


def test_a17_it_is_over_when_one_has_closed_and_nobody_has_it_open() -> None:
    town, clue = in_state("closed")
    assert (clue.state, share(clue, MARKET).end) == (ClueState.ASSIGNED, End.NO_VIOLATION)
    town.answer(clue, POLICE, "receive")
    clue = town.answer(clue, POLICE, "close", evidence=CLOSED)
    assert clue.state is ClueState.CLOSED


@pytest.mark.parametrize(
    "evidence",
    [
        {
            "end": "penalised",
            "decision_number": "罚1",
            "decided_on": "2026-03-02",
            "penalty": "罚款",
        },
        {"end": "corrected", "checked_on": "2026-03-02", "note": "已整改"},
        {"end": "not_found", "checked_on": "2026-03-02", "note": "查无此处"},
        {
            "end": "transferred",
            "document_number": "移1",
            "transferred_on": "2026-03-02",
            "to": "检察院",
        },
        {"end": "filed", "filing_number": "备1", "filed_on": "2026-03-02"},
    ],
)
def test_a17_each_end_shows_its_evidence_and_keeps_it(evidence: dict[str, str]) -> None:
    town, clue = in_state("received")
    clue = town.answer(clue, MARKET, "close", evidence=evidence)
    assert share(clue, MARKET).end == evidence["end"]
    assert town.stored(clue) == clue


def test_a17_closing_needs_evidence_that_is_not_from_the_future() -> None:
    town, clue = in_state("received")
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "close")
    assert codes(refused) == [("evidence", "clue_evidence_missing")]
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "close", evidence={**CLOSED, "checked_on": "2026-03-03"})
    assert codes(refused) == [("evidence.checked_on", "day_in_future")]
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "handle", note="x", evidence=CLOSED)
    assert codes(refused) == [("evidence", "only_with_close")]
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "handle")
    assert codes(refused) == [("note", "value_missing")]


@pytest.mark.parametrize("ref", ["", "m1"])
def test_a17_sent_again_it_counts_once_whatever_has_happened_since(ref: str) -> None:
    town, clue = in_state("assigned")
    town.answer(clue, MARKET, "receive", ref=ref)
    clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    assert town.answer(clue, MARKET, "receive", ref=ref) == clue


def test_a17_a_ref_used_for_something_else_is_refused_and_another_senders_is_its_own() -> None:
    town, clue = in_state("assigned")
    town.answer(clue, MARKET, "receive", ref="1")
    with pytest.raises(Conflict) as refused:
        town.answer(clue, MARKET, "handle", ref="1", note="x")
    assert codes(refused) == [("ref", "ref_reused")]
    clue = town.answer(clue, POLICE, "receive", ref="1")
    assert share(clue, POLICE).state is ShareState.RECEIVED


def test_a17_assigned_anew_the_same_words_are_new() -> None:
    town, clue = in_state("received")
    town.now += timedelta(hours=1)
    town.assign(clue, relieve=[MARKET], note="误派")
    clue = town.assign(clue, MARKET)
    assert share(town.answer(clue, MARKET, "receive"), MARKET).state is ShareState.RECEIVED


def test_d3_feedback_is_for_ones_own_share() -> None:
    town, clue = in_state("assigned")
    strangers = (somebody(FIRE), somebody("scjg"), somebody(MARKET, Role.OVERSIGHT))
    for stranger in strangers:
        with pytest.raises(NotFound):
            town.answer(clue, MARKET, "receive", by=stranger)
    with pytest.raises(NotFound):
        town.answer(clue, MARKET, "receive", unit=POLICE)
    both = Caller("both", frozenset(Grant(unit, Role.OFFICER) for unit in (MARKET, POLICE)))
    with pytest.raises(Invalid) as refused:
        town.answer(clue, MARKET, "receive", by=both)
    assert codes(refused) == [("unit", "unit_needed")]
    clue = town.answer(clue, MARKET, "receive", by=both, unit=POLICE)
    assert share(clue, POLICE).state is ShareState.RECEIVED


def test_a17_feedback_that_dies_anywhere_and_is_sent_again_is_one() -> None:
    nth = 1
    while True:
        town, clue = in_state("assigned")
        town.table = Interrupted(town.fake, nth, crash)
        try:
            town.answer(clue, MARKET, "receive")
        except Crash:
            town.table = town.fake
            town.answer(clue, MARKET, "receive")
        else:
            break
        assert [step.verb for step in town.stored(clue).steps].count(ClueVerb.RECEIVE) == 1
        nth += 1
    assert nth == 5


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a17_two_receivers_who_answer_at_once_both_count(nth: int) -> None:
    town, clue = in_state("assigned")
    other = SmallTown(town.fake)
    town.table = Interrupted(town.fake, nth, lambda: other.answer(clue, POLICE, "receive"))
    town.answer(clue, MARKET, "receive")
    assert {one.state for one in town.stored(clue).shares} == {ShareState.RECEIVED}


def test_a17_a_clue_of_endless_steps_can_still_be_closed() -> None:
    town, clue = in_state("received")
    for number in range(len(clue.steps), MOST_STEPS):
        clue = town.answer(clue, MARKET, "handle", note=f"第{number}次检查")
    with pytest.raises(Conflict) as refused:
        town.answer(clue, MARKET, "handle", note="还有一次")
    assert codes(refused) == [("clue", "clue_too_many_steps")]
    clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    assert share(clue, MARKET).state is ShareState.CLOSED


def test_a17_who_answers_endlessly_keeps_no_other_receiver_from_ending_its_share() -> None:
    town = SmallTown()
    clue = town.assign(town.report(), MARKET, POLICE, FIRE, note="联合核查")
    clue = town.answer(clue, MARKET, "receive")
    for number in range(len(clue.steps), MOST_STEPS):
        clue = town.answer(clue, MARKET, "handle", note=f"第{number}次检查")
    with pytest.raises(Conflict):
        town.dispute(clue, POLICE)
    clue = town.assign(clue, relieve=(FIRE,), note="无需参加")
    clue = town.answer(clue, MARKET, "close", evidence=CLOSED)
    clue = town.answer(town.answer(clue, POLICE, "receive"), POLICE, "close", evidence=CLOSED)
    assert clue.state is ClueState.CLOSED


def test_a17_the_longest_clue_fits_into_one_record_and_every_share_can_be_ended() -> None:
    """DynamoDB holds 400 KB a record."""
    town, note = SmallTown(), "核" * 1000
    time = town.desk.time(RULES)
    clue = town.assign(town.report("查" * 2000), MARKET, note=note)
    units = [f"u{number}.{EAST}" for number in range(MOST_SHARES)]
    given = [share(clue, MARKET).model_copy(update={"unit": unit}) for unit in units]
    clue = clue.model_copy(update={"shares": tuple(given)})

    def answer(clue: Clue, unit: str, verb: str, **more: Any) -> Clue:
        feedback = ClueFeedback.model_validate({"verb": verb, "note": note, **more})
        return answered(clue, unit, feedback, by="u" * 36, now=town.now, time=time)

    clue = answer(clue, units[0], "receive")
    with pytest.raises(Conflict) as refused:
        for number in range(1000):
            clue = answer(clue, units[0], "handle", ref=str(number))
    assert codes(refused) == [("clue", "clue_too_long")]
    for unit in units[1:]:
        clue = answer(clue, unit, "receive")
    for unit in units:
        clue = answer(clue, unit, "close", evidence=CLOSED | {"note": note})
    assert clue.state is ClueState.CLOSED
    assert len(clue.model_dump_json(exclude_defaults=True).encode()) < 400_000


@pytest.mark.parametrize(
    "body",
    [
        {"verb": "receive", "evidence": {"end": "licensed"}},
        {"verb": "fly"},
        {"verb": "receive", "x": 1},
    ],
)
def test_d4_what_breaks_the_form_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ClueFeedback"):
        ClueFeedback.model_validate(body)
