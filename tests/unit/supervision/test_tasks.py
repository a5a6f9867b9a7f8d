"""The life of a task: steps, grounds, evidence, repeats (A10, A11, A12, A16)."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.shared.errors import Conflict, Invalid
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Kind
from functions.supervision.domain import Feedback, Task, Verb, after
from functions.supervision.evidence import Evidence, ends_for
from functions.supervision.feedback import reported
from functions.supervision.moves import reassigned, redirected, withdrawn

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
TOWN = "441900106000"
UNIT, OFFICE = f"scjg.{TOWN}", f"office.{TOWN}"
LICENCE = {"end": "licensed", "licence_number": "JY1", "issued_on": "2026-02-27"}
EVIDENCE: dict[End, dict[str, Any]] = {
    End.LICENSED: LICENCE,
    End.ALREADY_LICENSED: {"licence_number": "JY1", "issued_on": "2020-01-06"},
    End.FILED: {"filing_number": "B1", "filed_on": "2026-02-27"},
    End.PENALISED: {"decision_number": "C1", "decided_on": "2026-02-27", "penalty": "罚款"},
    End.REFUSED: {"document_number": "D1", "decided_on": "2026-02-27", "ground": "材料不全"},
    End.NO_VIOLATION: {"checked_on": "2026-02-27", "note": "未发现"},
    End.NOT_CARRIED_ON: {"checked_on": "2026-02-27", "note": "未开展"},
    End.NOT_FOUND: {"checked_on": "2026-02-27", "note": "查无此址"},
    End.CORRECTED: {"checked_on": "2026-02-27", "note": "已整改"},
}
RETURN: dict[str, Any] = {
    "verb": "return",
    "ground": "not_our_duty",
    "responsible": "yjgl",
    "note": "属应急",
}


def task(state: State = State.PUSHED, kind: Kind = Kind.LICENCE, **change: Any) -> Task:
    fields: dict[str, Any] = {
        "id": "T1",
        "code": "91441900MA00000000",
        "edition": 1,
        "name": "试验公司",
        "item": "SJ02",
        "item_version": 1,
        "item_set": "v1",
        "kind": kind,
        "licence": "食品经营许可证",
        "law": "食品安全法第三十五条",
        "words": ("餐饮服务",),
        "clause": "餐饮服务",
        "unit": OFFICE if state is State.RETURNED else UNIT,
        "town": TOWN,
        "state": state,
        "pushed_at": NOW,
        "changed_at": NOW,
    }
    return Task(**{**fields, **change})


def report(one: Task, by: str = "li", at: datetime = NOW, **body: Any) -> Task:
    return reported(one, Feedback.model_validate(body), by=by, now=at)


def test_a11_every_step_from_every_state_is_allowed_or_clearly_refused() -> None:
    for state, verb in itertools.product(State, Verb):
        try:
            assert after(state, verb) in State
        except Conflict as refused:
            [fault] = refused.faults
            expected = "task_closed" if state is State.CLOSED else "step_not_allowed"
            assert fault.code == expected
            assert fault.params["verb"] == verb


def test_a11_a_closed_task_allows_nothing() -> None:
    for verb in Verb:
        with pytest.raises(Conflict):
            after(State.CLOSED, verb)


def test_a11_a_step_keeps_who_when_and_what() -> None:
    done = report(task(), verb="receive", ref="r-1")
    [step] = done.steps
    assert (step.by, step.at, step.verb, step.unit, step.ref) == (
        "li",
        NOW,
        Verb.RECEIVE,
        UNIT,
        "r-1",
    )
    assert done.state is State.RECEIVED


@pytest.mark.parametrize("body", [{"verb": "receive", "ref": "r-1"}, {"verb": "receive"}])
def test_a11_feedback_sent_twice_counts_once(body: dict[str, Any]) -> None:
    once = report(task(), **body)
    assert report(once, at=NOW + timedelta(days=1), **body) == once


def test_a11_the_same_ref_of_another_sender_is_another_message() -> None:
    once = report(task(), verb="receive", ref="1")
    with pytest.raises(Conflict):
        report(once, by="wang", verb="receive", ref="1")


def test_a11_a_ref_that_was_used_for_something_else_is_refused_and_not_lost_in_silence() -> None:
    once = report(task(), verb="receive", ref="msg_1")
    with pytest.raises(Conflict) as refused:
        report(once, verb="handle", note="已核查", ref="msg_1")
    assert refused.value.faults[0].code == "ref_reused"


def test_a11_a_repeat_after_the_close_still_counts_once() -> None:
    received = report(task(), verb="receive")
    closed = report(received, verb="close", evidence=LICENCE)
    assert report(closed, verb="close", evidence=LICENCE) == closed
    with pytest.raises(Conflict):
        report(closed, verb="close", evidence={**LICENCE, "licence_number": "JY2"})


@pytest.mark.parametrize("kind", list(Kind))
def test_a16_each_end_closes_with_its_evidence_and_only_where_it_fits(kind: Kind) -> None:
    for end, evidence in EVIDENCE.items():
        received = task(State.RECEIVED, kind)
        body: dict[str, Any] = {"verb": "close", "evidence": {**evidence, "end": end}}
        if end in ends_for(kind):
            closed = report(received, **body)
            assert (closed.state, closed.end) == (State.CLOSED, end)
        else:
            with pytest.raises(Invalid) as refused:
                report(received, **body)
            assert refused.value.faults[0].code == "end_not_for_kind"


def test_a16_a_licence_ends_no_filing_and_a_filing_no_licence() -> None:
    assert End.LICENSED not in ends_for(Kind.FILING)
    assert End.FILED not in ends_for(Kind.LICENCE)
    assert not {End.WITHDRAWN, End.ENTITY_CANCELLED} & {*ends_for(Kind.LICENCE)}


@pytest.mark.parametrize("end", list(EVIDENCE))
def test_a16_evidence_that_lacks_anything_is_named(end: End) -> None:
    read = TypeAdapter[Any](Evidence)
    whole = {**EVIDENCE[end], "end": end}
    assert read.validate_python(whole).end is end
    for name in EVIDENCE[end]:
        if name == "end":
            continue
        with pytest.raises(ValidationError) as error:
            read.validate_python({key: value for key, value in whole.items() if key != name})
        assert name in [found["loc"][-1] for found in error.value.errors()]


def test_a16_a_day_in_the_future_is_no_evidence() -> None:
    evidence = {**LICENCE, "issued_on": "2026-03-03"}
    with pytest.raises(Invalid) as refused:
        report(task(State.RECEIVED), verb="close", evidence=evidence)
    assert refused.value.faults[0].code == "day_in_future"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"verb": "close"}, "evidence", "evidence_missing"),
        ({"verb": "handle", "evidence": LICENCE}, "evidence", "only_with_close"),
        ({"verb": "return", "note": "x"}, "ground", "value_missing"),
        ({**RETURN, "responsible": None}, "responsible", "responsible_missing"),
        ({**RETURN, "note": ""}, "note", "value_missing"),
        ({"verb": "handle", "ground": "not_our_duty"}, "ground", "only_with_return"),
        ({"verb": "withdraw"}, "verb", "verb_not_reported"),
        ({"verb": "redirect"}, "verb", "verb_not_reported"),
    ],
)
def test_a10_feedback_that_lacks_its_grounds_names_the_field(
    body: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        report(task(State.RECEIVED), **body)
    assert (refused.value.faults[0].field, refused.value.faults[0].code) == (field, code)


def test_a10_a_returned_task_goes_to_the_town_office_with_who_is_responsible() -> None:
    returned = report(task(), **RETURN)
    assert (returned.unit, returned.state) == (OFFICE, State.RETURNED)
    assert returned.steps[-1].responsible == "yjgl"


def test_a10_without_a_town_it_goes_to_the_citys_office() -> None:
    assert report(task(town=None, unit="scjg"), **RETURN).unit == "office"


def test_a10_the_town_office_sends_it_on_and_the_new_unit_begins_anew() -> None:
    sent = redirected(task(State.RETURNED), f"yjgl.{TOWN}", "属应急", by="office", now=NOW)
    assert (sent.unit, sent.state) == (f"yjgl.{TOWN}", State.PUSHED)
    assert report(sent, verb="receive").state is State.RECEIVED


def test_a11_the_same_content_after_a_move_is_a_new_message() -> None:
    received = report(task(), verb="receive")
    back = report(received, **RETURN)
    again = redirected(back, UNIT, "仍属你局", by="office", now=NOW)
    assert report(again, verb="receive").state is State.RECEIVED


def test_a10_a_unit_reassigns_within_its_department_only() -> None:
    moved = reassigned(task(), "scjg", "市局直接办理", by="li", now=NOW)
    assert (moved.unit, moved.state) == ("scjg", State.PUSHED)
    with pytest.raises(Invalid):
        reassigned(task(), "yjgl", "x", by="li", now=NOW)
    with pytest.raises(Invalid):
        reassigned(task(), UNIT, "x", by="li", now=NOW)


def test_a12_a_town_office_reports_on_and_closes_what_was_returned_to_it() -> None:
    noted = report(task(State.RETURNED), verb="handle", note="正在核实")
    assert noted.state is State.RETURNED
    closed = report(noted, verb="close", evidence={**EVIDENCE[End.NOT_FOUND], "end": "not_found"})
    assert closed.end is End.NOT_FOUND


def test_a7_a_withdrawal_closes_an_open_task_and_leaves_a_closed_one() -> None:
    gone = withdrawn(task(), "91441900MA00000000.2", cancelled=False, now=NOW)
    assert (gone.state, gone.end) == (State.CLOSED, End.WITHDRAWN)
    closed = report(task(State.RECEIVED), verb="close", evidence=LICENCE)
    assert withdrawn(closed, "x.2", cancelled=True, now=NOW) == closed


def test_the_longest_life_still_fits_into_one_record_and_can_be_ended() -> None:
    """DynamoDB holds 400 KB a record."""
    long = task(State.HANDLING)
    with pytest.raises(Conflict) as refused:
        for number in range(1000):
            long = report(long, verb="handle", note="核" * 1000, ref=str(number))
    assert refused.value.faults[0].code == "too_many_steps"
    ended = withdrawn(long, "91441900MA00000000.2", cancelled=True, now=NOW)
    assert len(json.dumps(ended.model_dump(mode="json"), ensure_ascii=False).encode()) < 380_000


def test_a11_a_task_that_was_handed_on_too_often_can_still_be_received_and_closed() -> None:
    here = task()
    with pytest.raises(Conflict) as refused:
        for number in range(1000):
            to = ("scjg", UNIT)[number % 2]
            here = reassigned(here, to, "办理", by="zhao", now=NOW)
    assert refused.value.faults[0].code == "too_many_steps"
    closed = report(report(here, verb="receive"), verb="close", evidence=LICENCE)
    assert closed.state is State.CLOSED
