"""The grid platform's words: at least once, late and in any order, they end in one state (B11)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from functions.inspections.assigning import assign, place
from functions.inspections.desk import Dossier
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.orders import Assignment, Placement, Return
from functions.inspections.platform import Said, standing, take_message
from functions.inspections.returning import give_back
from functions.inspections.store import Store
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionState
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.hamlet import (
    CODE,
    INSPECTOR,
    NEXT_VILLAGE,
    NOW,
    PLATFORM,
    SECOND,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    Hamlet,
)
from tests.unit.inspections.phone import Phone
from tests.unit.inspections.rosters import FIRST_GRID, with_roster

Message = dict[str, Any]
_VISIT = {
    "kind": "visit",
    "ref": "1",
    "visit": "v",
    "round": "first",
    "started_at": NOW.isoformat(),
}


@pytest.fixture
def hamlet() -> Hamlet:
    return with_roster(Hamlet())


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def sent(minutes: float, inspector: str = INSPECTOR, **more: Any) -> Message:
    given = {"kind": "assignment", "inspector": inspector, "grid": FIRST_GRID}
    return {**given, "at": after(minutes).isoformat(), "ref": f"a{minutes}", **more}


def called_back(minutes: float, **more: Any) -> Message:
    given = {"kind": "recall", "note": "请假", "ref": f"r{minutes}"}
    return {**given, "at": after(minutes).isoformat(), **more}


def visited(hamlet: Hamlet, minutes: float, by: str = INSPECTOR, **results: str) -> Message:
    """A whole first visit; the hamlet's clock stands at its end."""
    hamlet.now = after(minutes)
    upload = Phone(hamlet).visit(hamlet.opened(), **results)
    return {"kind": "visit", **upload.model_dump(mode="json"), "by": by}


def say(hamlet: Hamlet, message: Message, id: str = "", name: str = "msg_1") -> Inspection:
    about = {} if "code" in message else {"inspection": id or hamlet.opened().id}
    said = Said.model_validate({**about, **message})
    return take_message(said, name, PLATFORM, hamlet.desk)


def waiting(hamlet: Hamlet) -> Inspection:
    return hamlet.opened(assigned=False)


def said_all(hamlet: Hamlet, messages: Iterable[Message]) -> Inspection:
    """What becomes of a waiting inspection; what its state does not allow is refused."""
    opened = waiting(hamlet)
    for message in messages:
        with suppress(Conflict):
            say(hamlet, message, opened.id)
    return hamlet.get(opened.id)


def who(inspection: Inspection) -> tuple[InspectionState, str | None]:
    return inspection.state, inspection.inspector


def test_b11_an_assignment_and_a_recall_do_what_a_dispatcher_does(hamlet: Hamlet) -> None:
    opened = waiting(hamlet)
    given = say(hamlet, sent(1, note="就近"), opened.id)
    assert who(given) == (InspectionState.ASSIGNED, INSPECTOR)
    step = given.steps[-1]
    assert (step.verb, step.by, step.to, step.ref) == ("assign", PLATFORM.id, INSPECTOR, "a1")
    back = say(hamlet, called_back(2), opened.id)
    assert who(back) == (InspectionState.WAITING, None)
    told = standing(back, Said.model_validate({"inspection": opened.id, **called_back(2)}))
    assert (told.inspection, told.code, told.state, told.inspector) == (
        opened.id,
        CODE,
        "waiting",
        None,
    )


def test_b11_words_end_alike_in_every_order_and_however_often_they_come(hamlet: Hamlet) -> None:
    words = (sent(1), called_back(2), sent(3, SECOND), sent(4))
    for some in (words, words[:3], words[:2]):
        ends = {who(said_all(hamlet, (*order, *order[:2]))) for order in permutations(some)}
        assert len(ends) == 1
    assert ends == {(InspectionState.WAITING, None)}
    assert who(said_all(hamlet, words)) == (InspectionState.ASSIGNED, INSPECTOR)


def test_b11_a_word_that_says_what_stands_already_still_makes_older_ones_old(
    hamlet: Hamlet,
) -> None:
    last = said_all(hamlet, (sent(1), sent(3), sent(2, SECOND)))
    assert who(last) == (InspectionState.ASSIGNED, INSPECTOR)


def test_b11_two_words_of_one_instant_end_alike_too(hamlet: Hamlet) -> None:
    both = (sent(1, ref="x"), sent(1, SECOND, ref="y"))
    assert {said_all(hamlet, order).inspector for order in permutations(both)} == {SECOND}


@pytest.mark.parametrize("results", [{}, {"address": "failed"}])
def test_b11_a_visit_before_its_assignment_is_taken_and_the_late_assignment_is_no_news(
    hamlet: Hamlet, results: dict[str, str]
) -> None:
    visit = visited(hamlet, 60, **results)
    for last, goes in (
        (sent(2), INSPECTOR),
        (sent(2, SECOND), SECOND),
        (called_back(2), INSPECTOR),
    ):
        ends = [said_all(hamlet, order) for order in permutations((sent(1, SECOND), last, visit))]
        if not results:
            assert {one.state for one in ends} == {InspectionState.CLOSED}
            continue
        assert {who(one) for one in ends} == {(InspectionState.CORRECTING, goes)}
        assert {one.notice.checks for one in ends if one.notice} == {("address",)}


def test_b11_a_word_that_is_older_than_the_end_changes_nothing_and_a_newer_one_is_refused(
    hamlet: Hamlet,
) -> None:
    visit = visited(hamlet, 60)
    opened = waiting(hamlet)
    closed = say(hamlet, visit, opened.id)
    for late in (sent(30, SECOND), called_back(40)):
        assert say(hamlet, late, opened.id) == closed
    for newer in (sent(61), called_back(61)):
        with pytest.raises(Conflict) as refused:
            say(hamlet, newer, opened.id)
        assert refused.value.faults[0].code == "inspection_step"


def test_b11_the_platform_says_who_goes_to_the_recheck(hamlet: Hamlet) -> None:
    visit = visited(hamlet, 60, address="failed")
    opened = waiting(hamlet)
    assert who(say(hamlet, visit, opened.id)) == (InspectionState.CORRECTING, INSPECTOR)
    newer = say(hamlet, sent(61, SECOND), opened.id)
    assert who(newer) == (InspectionState.CORRECTING, SECOND)
    with pytest.raises(Conflict):
        say(hamlet, called_back(62), opened.id)  # somebody must go: another is named


def test_b11_a_recall_that_comes_after_the_visit_may_be_told_again(hamlet: Hamlet) -> None:
    visit = visited(hamlet, 60, by=SECOND, address="failed")
    opened = waiting(hamlet)
    for message in (sent(1), visit):
        before = say(hamlet, message, opened.id)
    assert who(before) == (InspectionState.CORRECTING, INSPECTOR)
    after_recall = say(hamlet, called_back(2), opened.id)
    assert who(after_recall) == (InspectionState.CORRECTING, SECOND)  # who was there has it
    assert say(hamlet, called_back(2), opened.id) == after_recall


def test_b11_a_dispatcher_here_and_the_platform_overrule_each_other_by_the_clock(
    hamlet: Hamlet,
) -> None:
    opened = waiting(hamlet)
    hamlet.now = after(10)
    here = Assignment(inspector=SECOND, grid=FIRST_GRID)
    ours = assign(opened.id, here, VILLAGE_DISPATCHER, hamlet.desk)
    hamlet.now = after(20)
    assert say(hamlet, sent(9), opened.id) == ours
    assert say(hamlet, sent(11), opened.id).inspector == INSPECTOR


def test_b11_what_was_placed_elsewhere_meanwhile_is_not_taken_back_by_an_old_word(
    hamlet: Hamlet,
) -> None:
    opened = waiting(hamlet)
    hamlet.now = after(10)
    where = Placement(village=NEXT_VILLAGE, note="住所在邻村")
    place(opened.id, where, TOWN_OFFICE, hamlet.desk)
    late = say(hamlet, sent(9), opened.id)
    assert (late.village, who(late)) == (NEXT_VILLAGE, (InspectionState.WAITING, None))


def test_b11_an_old_word_sends_nobody_to_what_its_village_sent_back_meanwhile(
    hamlet: Hamlet,
) -> None:
    opened = waiting(hamlet)
    hamlet.now = after(10)
    back = give_back(opened.id, Return(note="不在本村"), VILLAGE_DISPATCHER, hamlet.desk)
    assert say(hamlet, sent(9), opened.id) == back


def test_b11_the_message_stands_for_a_ref_that_is_left_out(hamlet: Hamlet) -> None:
    opened = waiting(hamlet)
    hamlet.now = after(5)
    unnamed = {name: value for name, value in sent(1).items() if name != "ref"}
    first = say(hamlet, unnamed, opened.id, "msg_9")
    assert first.steps[-1].ref == "msg_9"
    assert say(hamlet, unnamed, opened.id, "msg_9") == first
    with pytest.raises(Conflict) as refused:
        say(hamlet, sent(2, SECOND, ref="msg_9"), opened.id)
    assert refused.value.faults[0].code == "ref_reused"


def test_b11_the_platform_is_told_how_far_its_visit_has_come(hamlet: Hamlet) -> None:
    opened = hamlet.opened()
    end = {"at": NOW.isoformat(), "parts": ["0"]}
    message = Said.model_validate(
        {"inspection": opened.id, **_VISIT, "by": INSPECTOR, "finished": end}
    )
    taken = take_message(message, "m", PLATFORM, hamlet.desk)
    told = standing(taken, message)
    assert (told.visit_complete, told.waiting_for, told.counts_from) == (False, ("0",), None)
    assert told.missing == tuple(check.key for check in opened.checks)
    sent_out = Said.model_validate({"inspection": opened.id, **sent(1)})
    assert standing(taken, sent_out).visit_complete is None


def test_b11_a_ref_of_another_word_is_refused_also_where_the_word_is_old(hamlet: Hamlet) -> None:
    opened = waiting(hamlet)
    say(hamlet, sent(1, ref="x"), opened.id)
    last = say(hamlet, sent(3, SECOND, ref="y"), opened.id)
    for old in (sent(2, SECOND, ref="x"), called_back(2, ref="x"), called_back(2, ref="y")):
        with pytest.raises(Conflict) as refused:
            say(hamlet, old, opened.id)
        assert refused.value.faults[0].code == "ref_reused"
    for ref, inspector in (("x", INSPECTOR), ("y", SECOND)):
        assert say(hamlet, sent(2, inspector, ref=ref), opened.id) == last


def test_b11_a_visit_told_again_counts_once_and_says_who_was_there(hamlet: Hamlet) -> None:
    visit = visited(hamlet, 60)
    opened = hamlet.opened()
    first = say(hamlet, visit, opened.id)
    assert (first.state, first.visits[0].by) == (InspectionState.CLOSED, INSPECTOR)
    assert say(hamlet, visit, opened.id) == first
    assert [one.verb for one in first.steps].count(InspectionVerb.VISIT) == 1
    with pytest.raises(ValidationError):
        Said.model_validate({"inspection": opened.id, **visit, "by": None})


def test_b11_the_platform_may_name_the_entity_in_place_of_the_inspection(hamlet: Hamlet) -> None:
    old = hamlet.opened(edition=1, assigned=False)
    new = hamlet.opened(edition=2, assigned=False, registered_at=after(30))
    dossier = Dossier(
        code=CODE, edition=2, address="a", scope="s", since=1, inspections=(old.id, new.id)
    )
    hamlet.store.dossiers.change(CODE, lambda _: dossier, by="test", now=NOW)
    hamlet.now = after(60)
    assert say(hamlet, sent(40, code=CODE)).id == new.id
    assert say(hamlet, sent(10, code=CODE)).id == old.id  # said before the newer was called for
    hamlet.put(hamlet.get(new.id).model_copy(update={"state": InspectionState.CLOSED}))
    assert say(hamlet, sent(41, SECOND, code=CODE)).id == old.id
    for about in ({"code": CODE, "at": after(-99).isoformat()}, {"code": "91441900YX0000000X"}):
        with pytest.raises(NotFound):
            say(hamlet, {**sent(50), **about})


def test_b11_a_word_from_the_future_must_not_silence_those_that_are_true(hamlet: Hamlet) -> None:
    for at in (after(11).isoformat(), "9999-12-31T23:59:59Z"):
        with pytest.raises(Invalid) as refused:
            say(hamlet, sent(1, at=at))
        (fault,) = refused.value.faults
        assert (fault.code, fault.field) == ("instant_in_future", "at")
    assert say(hamlet, sent(9, SECOND)).inspector == SECOND


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"kind": "visited"}, "()"),
        ({"kind": "recall", "at": NOW.isoformat(), "note": " "}, "note"),
        ({"kind": "assignment", "at": "2026-03-02T09:00:00", "inspector": "x"}, "at"),
        ({"kind": "assignment", "at": NOW.isoformat()}, "inspector"),
        ({**_VISIT, "by": "auth0|7"}, "by"),  # it would stand in a key between bars
    ],
)
def test_d4_a_message_that_makes_no_sense_is_refused_at_its_field(
    message: Message, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Said.model_validate({"inspection": "I1", **message})
    (found,) = refused.value.errors()
    assert str(found["loc"][-1] if found["loc"] else ()) == field


@pytest.mark.parametrize("about", [{}, {"inspection": "I1", "code": CODE}])
def test_d4_exactly_one_of_inspection_and_code_is_named(about: Message) -> None:
    with pytest.raises(ValidationError, match="give either inspection or code"):
        Said.model_validate({**sent(1), **about})


def test_d3_what_is_not_there_is_not_found(hamlet: Hamlet) -> None:
    with pytest.raises(NotFound):
        say(hamlet, sent(1), "I0")


def heed(hamlet: Hamlet, id: str, message: Message, table: Table | None = None) -> Inspection:
    desk = replace(hamlet.desk, cabinet=Store(table or hamlet.table))
    return take_message(Said.model_validate({"inspection": id, **message}), "m", PLATFORM, desk)


def test_b11_of_two_words_at_once_the_newer_stands_wherever_the_other_comes_in() -> None:
    """Between any two calls on the table, while one word is followed, the other is."""
    older, newer = sent(1), sent(2, SECOND)
    for first, second in ((older, newer), (newer, older)):
        for nth in range(1, 50):
            hamlet = with_roster(Hamlet(after(5)))
            id = waiting(hamlet).id
            table = Interrupted(hamlet.table, nth, partial(heed, hamlet, id, second))
            heed(hamlet, id, first, table)
            if table.points < nth:
                break
            assert hamlet.get(id).inspector == SECOND, (first, nth)
        assert 1 < nth < 49


def test_b11_a_crash_anywhere_is_made_up_for_by_the_repeat() -> None:
    for nth in range(1, 50):
        hamlet = with_roster(Hamlet())
        id = waiting(hamlet).id
        table = Interrupted(hamlet.table, nth, crash)
        with suppress(Crash):
            heed(hamlet, id, sent(1), table)
        assert heed(hamlet, id, sent(1)).inspector == INSPECTOR
        verbs = [one.verb for one in hamlet.get(id).steps]
        assert verbs.count(InspectionVerb.ASSIGN) == 1
        if table.points < nth:
            break
    assert 1 < nth < 49
