"""What departments answer comes back to the inspection, in any order, twice or late (B10)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from functions.inspections.answering import answer
from functions.inspections.domain import Inspection, InspectionStep, InspectionVerb, stepped
from functions.inspections.reading import read_inspection
from functions.shared.authorization import Role
from functions.shared.errors import NotFound
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.events.supervision import End, State, TaskTold
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.disposing import decide, unsolved
from tests.unit.inspections.hamlet import CODE, OFFICE, OTHER_TOWN, TOWN, Hamlet, somebody

WRONG = {"licence.GA01": "unlicensed", "address": "moved"}


def task(of: Inspection, key: str, end: End | None = End.PENALISED, **more: Any) -> TaskTold:
    """The task that serves a referral, closed where nothing else is said."""
    at = of.changed_at + timedelta(days=1)
    given: dict[str, Any] = {
        "id": f"T-{key}",
        "code": CODE,
        "name": "示例",
        "item": key.partition("@")[0],
        "item_version": 1,
        "licence": "x",
        "unit": key.partition("@")[2],
        "words": (),
        "clause": "",
        "law": "",
        "state": State.CLOSED if end else State.HANDLING,
        "end": end,
        "pushed_at": at,
        "changed_at": at,
        "inspection": of.id,
        "referral": key,
    }
    return TaskTold(**{**given, **more})


def answers(inspection: Inspection, end: End = End.PENALISED) -> list[TaskTold]:
    return [task(inspection, one.key, end) for one in inspection.referrals]


def test_b10_the_last_answer_closes_the_inspection() -> None:
    hamlet = Hamlet()
    given = answers(unsolved(hamlet, WRONG))
    for one in given[:-1]:
        answer(one, hamlet.desk)
        assert hamlet.get(one.inspection or "").state is InspectionState.REFERRED
    answer(given[-1], hamlet.desk)
    done = hamlet.get(given[0].inspection or "")
    assert (done.state, done.outcome) == (InspectionState.CLOSED, InspectionOutcome.HANDLED)
    assert {one.end for one in done.answers.values()} == {End.PENALISED}
    last = done.steps[-1]
    assert (last.verb, last.ref, last.note, last.unit) == (
        InspectionVerb.ANSWER,
        given[-1].id,
        "penalised",
        given[-1].unit,
    )


def test_b10_answers_in_any_order_and_twice_end_in_one_state() -> None:
    ends = set()
    for order in permutations(range(3)):
        hamlet = Hamlet()
        given = answers(unsolved(hamlet, WRONG))
        for number in (*order, *order):
            answer(given[number], hamlet.desk)
        done = hamlet.get(given[0].inspection or "")
        assert len([one for one in done.steps if one.verb is InspectionVerb.ANSWER]) == 3
        ends.add((done.state, done.outcome, tuple(sorted(done.answers.items(), key=str))))
    assert len(ends) == 1


def test_b10_a_task_that_is_not_over_or_not_of_an_inspection_answers_nothing() -> None:
    hamlet = Hamlet()
    before = unsolved(hamlet, WRONG)
    key = before.referrals[0].key
    answer(task(before, key, None), hamlet.desk)
    answer(task(before, key, inspection=None, referral=None), hamlet.desk)
    answer(task(before, "SJ01@nobody"), hamlet.desk)
    assert hamlet.get(before.id) == before
    with pytest.raises(NotFound):
        answer(task(before, key, inspection="I0"), hamlet.desk)


def test_b10_a_task_that_another_unit_has_by_now_answers_the_same_referral() -> None:
    hamlet = Hamlet()
    (referral,) = unsolved(hamlet, {"address": "moved"}).referrals
    id = next(iter(hamlet.table))["pk"].removeprefix("I#")
    answer(task(hamlet.get(id), referral.key, unit=f"gaj.{TOWN}"), hamlet.desk)
    done = hamlet.get(id)
    assert done.outcome is InspectionOutcome.HANDLED and done.steps[-1].unit == f"gaj.{TOWN}"


def test_b10_whoever_a_task_is_handed_on_to_sees_the_inspection_too() -> None:
    """The task has only a short trail; the photos stand in the inspection (A10, D3)."""
    hamlet = Hamlet()
    before = unsolved(hamlet, {"address": "moved"})
    police = somebody("p", f"gaj.{TOWN}", Role.OFFICER)
    with pytest.raises(NotFound):
        read_inspection(before.id, police, hamlet.desk)
    handed = task(before, before.referrals[0].key, None, unit=f"gaj.{TOWN}")
    answer(handed, hamlet.desk)
    shown = read_inspection(before.id, police, hamlet.desk)
    assert (shown.state, shown.referrals, shown.steps) == (
        before.state,
        before.referrals,
        before.steps,
    )
    answer(handed, hamlet.desk)
    answer(task(before, before.referrals[0].key, None, unit=OFFICE), hamlet.desk)
    assert hamlet.get(before.id) == shown
    elsewhere = somebody("q", f"gaj.{OTHER_TOWN}", Role.OFFICER)
    with pytest.raises(NotFound):
        read_inspection(before.id, elsewhere, hamlet.desk)


def test_b10_answers_that_come_before_the_town_has_classified_the_rest_are_kept() -> None:
    hamlet = Hamlet()
    before = unsolved(hamlet, {"licence.SJ01": "unlicensed", "display": "other"})
    for one in answers(before, End.LICENSED):
        answer(one, hamlet.desk)
    waiting = hamlet.get(before.id)
    assert waiting.state is InspectionState.CLASSIFYING and waiting.clocks == before.clocks
    done = decide(hamlet, before.id, display={"route": "nobody", "note": "不属违法"})
    assert (done.state, done.outcome) == (InspectionState.CLOSED, InspectionOutcome.HANDLED)

    hamlet = Hamlet()
    before = unsolved(hamlet, {"licence.SJ01": "unlicensed", "display": "other"})
    for one in answers(before, End.LICENSED):
        answer(one, hamlet.desk)
    further = decide(hamlet, before.id, display={"route": "general"})
    assert further.state is InspectionState.REFERRED
    answer(task(further, further.referrals[-1].key), hamlet.desk)
    assert hamlet.get(before.id).outcome is InspectionOutcome.HANDLED


def test_a7_the_end_of_the_entity_ends_it_whichever_is_heard_of_first() -> None:
    def cancelled(hamlet: Hamlet, id: str) -> None:
        one = hamlet.get(id)
        if one.open:
            step = InspectionStep(
                verb=InspectionVerb.CANCEL, at=hamlet.now, by="system", unit=one.unit
            )
            over: dict[str, Any] = {
                "state": InspectionState.CLOSED,
                "outcome": InspectionOutcome.ENTITY_CANCELLED,
            }
            hamlet.put(stepped(one, step, time=hamlet.time, **over))

    found = set()
    for first in (True, False):
        hamlet = Hamlet()
        before = unsolved(hamlet, WRONG)
        if first:
            cancelled(hamlet, before.id)
        handled, *rest = answers(before)
        for one in (handled, *(task(before, r.referral or "", End.ENTITY_CANCELLED) for r in rest)):
            answer(one, hamlet.desk)
        cancelled(hamlet, before.id)
        done = hamlet.get(before.id)
        assert set(done.answers) == {one.key for one in before.referrals}
        found.add((done.state, done.outcome))
    assert found == {(InspectionState.CLOSED, InspectionOutcome.ENTITY_CANCELLED)}


def test_b10_an_answer_counts_however_many_steps_there_were() -> None:
    hamlet = Hamlet()
    before = unsolved(hamlet, WRONG)
    many = (*before.steps, *(before.steps[-1],) * 100)
    hamlet.put(before.model_copy(update={"steps": many}))
    for one in answers(before):
        answer(one, hamlet.desk)
    assert hamlet.get(before.id).outcome is InspectionOutcome.HANDLED


def test_b10_an_answer_survives_a_crash_at_any_point() -> None:
    nth = 0
    while True:
        nth += 1
        hamlet = Hamlet()
        given = answers(unsolved(hamlet, WRONG))
        whole = hamlet.table
        hamlet.table = Interrupted(whole, nth, crash)  # type: ignore[assignment]
        died = False
        try:
            for one in given:
                answer(one, hamlet.desk)
        except Crash:
            died = True
        hamlet.table = whole
        for one in given:
            answer(one, hamlet.desk)
        assert hamlet.get(given[0].inspection or "").outcome is InspectionOutcome.HANDLED
        if not died:
            break
    assert nth > 6
