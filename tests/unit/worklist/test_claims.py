"""One person at a time takes something on, and everybody in the unit can tell who (D2, A15)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from functions.shared.authorization import Caller
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, event
from functions.shared.events.supervision import CASE_DECIDED, CaseDecided, Outcome, State
from functions.shared.inbox import Inbox, RowKind
from functions.worklist.claiming import Work, claim_work, hand_over, may_now, release_work
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable
from tests.unit.worklist.office import (
    NEIGHBOUR,
    OFFICE,
    TOWN,
    UNIT,
    at,
    inbox,
    person,
    pushed,
    show,
    step,
    task,
)

ANN, BOB = person("ann"), person("bob")
LEAD = person("eve", f"{UNIT}:lead")
WORK = Work(UNIT, RowKind.TASK, "T1")


@pytest.fixture
def box() -> Inbox:
    box = inbox()
    show(box, pushed(1, task()))
    return box


def holder(box: Inbox, unit: str = UNIT) -> str | None:
    claim = box.claim(unit, RowKind.TASK, "T1")
    return claim.person if claim else None


def code_of(problem: pytest.ExceptionInfo[Any]) -> tuple[str, dict[str, Any]]:
    (fault,) = problem.value.faults
    return fault.code, fault.params


def test_d2_who_claims_has_it_and_a_repeat_changes_nothing(box: Inbox) -> None:
    first = claim_work(WORK, ANN, box, at(1))
    again = claim_work(WORK, ANN, box, at(5))
    assert (first.person, first.at) == ("ann", at(1)) and again == first
    assert holder(box) == "ann"


def test_d2_a_colleague_is_told_who_has_it_and_since_when(box: Inbox) -> None:
    claim_work(WORK, ANN, box, at(1))
    with pytest.raises(Conflict) as refused:
        claim_work(WORK, BOB, box, at(2))
    assert code_of(refused) == (
        "claimed_already",
        {"person": "ann", "since": at(1).isoformat()},
    )
    assert holder(box) == "ann"


@pytest.mark.parametrize(
    "who",
    [
        person("mallory", f"{NEIGHBOUR}:officer"),
        person("mallory", f"{OFFICE}:town_office"),
        person("mallory", f"yjgl.{TOWN}:lead"),
        person("mallory", "oversight:oversight"),
    ],
)
def test_d3_whoever_is_not_of_the_unit_finds_nothing_to_claim(box: Inbox, who: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: claim_work(WORK, who, box, at(1)),
        lambda: hand_over(WORK, "ann", "", who, box, at(1)),
        lambda: release_work(WORK, who, box, at(1)),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert holder(box) is None


def test_d2_what_is_not_there_or_has_left_cannot_be_claimed(box: Inbox) -> None:
    with pytest.raises(NotFound):
        claim_work(Work(UNIT, RowKind.TASK, "T2"), ANN, box, at(1))
    moved = (step("reassign", 1, UNIT),)
    show(box, pushed(2, task(unit=NEIGHBOUR, former=(UNIT,), steps=moved), 1))
    with pytest.raises(NotFound):
        claim_work(WORK, ANN, box, at(2))


def test_d2_what_is_over_cannot_be_claimed(box: Inbox) -> None:
    show(box, pushed(2, task(state=State.CLOSED), 1))
    with pytest.raises(Conflict) as refused:
        claim_work(WORK, ANN, box, at(2))
    assert code_of(refused)[0] == "work_over"


def test_d2_who_has_it_hands_it_over_with_a_note_and_a_repeat_counts_once(box: Inbox) -> None:
    claim_work(WORK, ANN, box, at(1))
    given = hand_over(WORK, "bob", "休假", ANN, box, at(2))
    assert (given.person, given.at, given.note) == ("bob", at(2), "休假")
    assert hand_over(WORK, "bob", "休假", ANN, box, at(3)) == given
    assert holder(box) == "bob"


def test_d2_a_lead_takes_from_one_and_gives_to_another_also_what_nobody_has(box: Inbox) -> None:
    assert hand_over(WORK, "ann", "", LEAD, box, at(1)).person == "ann"
    assert hand_over(WORK, "bob", "", LEAD, box, at(2)).person == "bob"
    assert release_work(WORK, LEAD, box, at(3)).person is None
    assert holder(box) is None


def test_d2_an_officer_neither_hands_over_nor_releases_what_a_colleague_has(box: Inbox) -> None:
    with pytest.raises(Conflict) as nobodys:
        hand_over(WORK, "ann", "", BOB, box, at(1))
    assert code_of(nobodys)[0] == "not_claimed"
    claim_work(WORK, ANN, box, at(1))
    with pytest.raises(Conflict) as handed:
        hand_over(WORK, "bob", "", BOB, box, at(2))
    with pytest.raises(Conflict) as released:
        release_work(WORK, BOB, box, at(2))
    assert code_of(handed)[0] == code_of(released)[0] == "claimed_already"
    assert holder(box) == "ann"


def test_d2_what_was_released_is_free_for_the_next_and_releasing_again_is_nothing(
    box: Inbox,
) -> None:
    claim_work(WORK, ANN, box, at(1))
    release_work(WORK, ANN, box, at(2))
    assert release_work(WORK, ANN, box, at(3)).person is None
    assert claim_work(WORK, BOB, box, at(4)).person == "bob"


def may(box: Inbox, who: Caller) -> tuple[str, ...]:
    row = box.get(UNIT, RowKind.TASK, "T1")
    assert row
    return may_now(row, box.claim(UNIT, RowKind.TASK, "T1"), who)


def test_d2_everybody_is_told_what_they_may_do_about_who_has_a_row(box: Inbox) -> None:
    reader = person("max", "oversight:oversight")
    assert [may(box, who) for who in (ANN, LEAD, reader)] == [
        ("claim",),
        ("claim", "handover"),
        (),
    ]
    claim_work(WORK, ANN, box, at(1))
    assert [may(box, who) for who in (ANN, BOB, LEAD, reader)] == [
        ("handover", "release"),
        (),
        ("handover", "release"),
        (),
    ]
    show(box, pushed(2, task(state=State.CLOSED)))
    assert may(box, ANN) == may(box, LEAD) == ()


def test_d2_a_claim_ends_when_the_task_leaves_and_is_not_there_when_it_comes_back(
    box: Inbox,
) -> None:
    claim_work(WORK, ANN, box, at(1))
    left = (step("reassign", 2, UNIT),)
    gone = pushed(2, task(unit=NEIGHBOUR, former=(UNIT,), steps=left), 2)
    back = pushed(3, task(former=(NEIGHBOUR,), steps=(*left, step("reassign", 3, NEIGHBOUR))), 3)
    for news in ((gone, back), (back, gone), (back,)):
        show(box, *news, hours=3)
        assert holder(box) is None
    assert claim_work(WORK, BOB, box, at(4)).person == "bob"
    show(box, gone, back, hours=5)  # late, and told again: the newer claim stays
    assert holder(box) == "bob"


def test_d2_a_case_that_is_decided_again_and_still_waits_stays_with_who_claimed_it() -> None:
    box, ann = inbox(), person("ann", f"{OFFICE}:town_office")
    show(box, decided(1, 0))
    claim_work(Work(OFFICE, RowKind.CASE, "C1"), ann, box, at(1))
    show(box, decided(2, 2), hours=2)
    claim = box.claim(OFFICE, RowKind.CASE, "C1")
    assert claim and claim.person == "ann"
    show(box, decided(3, 3, Outcome.PUSHED), decided(4, 4), hours=4)
    assert box.claim(OFFICE, RowKind.CASE, "C1") is None


def decided(version: int, hours: float, outcome: Outcome = Outcome.MANUAL) -> CloudEvent:
    case = CaseDecided(
        code="C1",
        edition=version,
        name="试验公司",
        town=TOWN,
        outcome=outcome,
        item_set="1",
        reasons=("scope_cut_off",),
        decided_at=at(hours),
    )
    return event(CASE_DECIDED, case.code, version, case, at(hours))


def test_d2_a_claim_ends_with_the_task_and_leaves_the_persons_list(box: Inbox) -> None:
    claim_work(WORK, ANN, box, at(1))
    closed = pushed(2, task(state=State.CLOSED), 2)
    show(box, closed, hours=2)
    assert holder(box) is None
    assert box.list_claimed("ann", limit=10) == ([], False)


def test_d2_a_crash_anywhere_while_a_task_closes_is_made_up_for_when_it_is_told_again() -> None:
    closed = pushed(2, task(state=State.CLOSED), 2)
    for nth in range(1, 100):
        box = inbox()
        show(box, pushed(1, task()))
        claim_work(WORK, ANN, box, at(1))
        table = Interrupted(box.table, nth, crash)
        try:
            show(Inbox(table), closed, hours=2)
        except Crash:
            show(box, closed, hours=2)
        row = box.get(UNIT, RowKind.TASK, "T1")
        assert row and not row.open and box.list_claimed("ann", limit=10) == ([], False)
        if table.points < nth:
            break
    assert 5 < nth < 99


def test_d1_every_claim_is_a_sealed_record_that_says_by_whom(box: Inbox) -> None:
    hand_over(WORK, "ann", "", LEAD, box, at(1))
    hand_over(WORK, "bob", "", ANN, box, at(2))
    table = box.table
    assert isinstance(table, FakeTable)
    (record,) = [one for one in table if one["sk"].startswith("claim#")]
    assert (record["version"], record["by"], record["person"]) == (2, "ann", "bob")
    assert record["sk"] == "claim#task#T1" and record["prev_hash"]


def test_d2_of_two_who_claim_at_once_one_has_it_and_the_other_is_told() -> None:
    for nth in range(1, 100):
        box = inbox()
        show(box, pushed(1, task()))
        took: list[str] = []

        def claim(who: Caller, box: Inbox, took: list[str] = took) -> None:
            with suppress(Conflict):
                took.append(claim_work(WORK, who, box, at(1)).person or "")

        table = Interrupted(box.table, nth, partial(claim, BOB, box))
        claim(ANN, Inbox(table))
        if table.points < nth:
            break
        assert [holder(box)] == took
    assert 5 < nth < 99
