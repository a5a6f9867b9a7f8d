"""What a phone is told of the next visit beforehand is what that visit is then taken with (B6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions.inspections.awaiting import CheckOffer, ResultOffer, awaited_visit, round_awaited
from functions.inspections.domain import Inspection
from functions.inspections.findings import finding_faults
from functions.inspections.reading import life_of
from functions.inspections.seen import Finding, Result, Round
from functions.shared.errors import Invalid
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.hamlet import BOOK, INSPECTOR, VILLAGE, Hamlet
from tests.unit.inspections.phone import PHOTO, Phone, codes

SIGNATURE = f"photos/{VILLAGE}/signature.png"


@pytest.fixture
def hamlet() -> Hamlet:
    return Hamlet()


@pytest.fixture
def phone(hamlet: Hamlet) -> Phone:
    hamlet.photos.sizes[SIGNATURE] = 9
    return Phone(hamlet)


@pytest.fixture
def opened(hamlet: Hamlet) -> Inspection:
    return hamlet.opened(inspector=INSPECTOR)


def said(check: CheckOffer, result: ResultOffer, hamlet: Hamlet) -> Iterator[Finding]:
    """Every finding that an offer allows, with no more than it asks for."""
    for kind in result.kinds or (None,):
        needs_note = result.note or (kind is not None and kind.note)
        yield Finding(
            check=check.key,
            result=result.result,
            kinds=(kind.code,) if kind else (),
            note="说明" if needs_note else "",
            photos=(PHOTO,) if kind and kind.photo else (),
            noted_at=hamlet.now,
        )


def test_b6_all_that_is_offered_is_taken(hamlet: Hamlet, opened: Inspection) -> None:
    awaited = awaited_visit(opened, hamlet.desk)
    assert awaited and awaited.round is Round.FIRST
    assert [one.key for one in awaited.checks] == [one.key for one in opened.checks]
    for check in awaited.checks:
        for result in check.results:
            for finding in said(check, result, hamlet):
                assert finding_faults([finding], opened, Round.FIRST, BOOK) == []


def test_b6_what_is_asked_for_is_needed_and_what_is_not_offered_is_refused(
    hamlet: Hamlet, opened: Inspection
) -> None:
    awaited = awaited_visit(opened, hamlet.desk)
    assert awaited
    for check in awaited.checks:
        offered = {one.result for one in check.results}
        for result in set(Result) - offered:
            other = Finding(
                check=check.key,
                result=result,
                kinds=("other",),
                note="说明",
                photos=(PHOTO,),
                noted_at=hamlet.now,
            )
            assert finding_faults([other], opened, Round.FIRST, BOOK)
        for result_offer in check.results:
            for finding in said(check, result_offer, hamlet):
                for bare in ({"note": ""}, {"photos": ()}, {"kinds": ()}):
                    if any(getattr(finding, name) for name in bare):
                        less = finding.model_copy(update=bare)
                        assert finding_faults([less], opened, Round.FIRST, BOOK)


def test_b7_a_kind_names_the_law_that_the_notice_will_name(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    awaited = awaited_visit(opened, hamlet.desk)
    assert awaited
    address = next(one for one in awaited.checks if one.key == "address")
    failed = next(one for one in address.results if one.result is Result.FAILED)
    law = next(one.law for one in failed.kinds if one.code == "not_found")
    after = phone.send(opened, phone.visit(opened, address="failed"))
    assert after.notice and after.notice.grounds == (law,)


def test_b7_a_recheck_is_awaited_of_exactly_what_failed(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    after = phone.send(opened, phone.visit(opened, address="failed"))
    awaited = life_of(after, hamlet.desk).awaited
    assert awaited and awaited.round is Round.RECHECK
    assert [one.key for one in awaited.checks] == ["address"]
    assert awaited.correction == ()
    done = phone.send(opened, phone.recheck("r", phone.finding("address")))
    assert done.state is InspectionState.CLOSED and awaited_visit(done, hamlet.desk) is None
    rounds = [round_awaited(one) for one in (opened, after, done)]
    assert rounds == [Round.FIRST, Round.RECHECK, None]


def test_b7_the_days_offered_to_correct_by_are_taken_and_no_others(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    awaited = awaited_visit(opened, hamlet.desk)
    assert awaited and awaited.correction[0].on.isoformat() == "2026-03-02"
    today = awaited.correction[0]
    assert today.first < today.usual < today.last
    assert len(awaited.correction) == 10
    for day in (today.first, today.last):
        taken = phone.upload("x", ends=True)
        taken = taken.model_copy(
            update={
                "finished": taken.finished and taken.finished.model_copy(update={"correct_by": day})
            }
        )
        phone.hamlet.put(opened)
        phone.send(opened, taken)
    wrong = phone.upload("y", finished={"at": hamlet.now, "correct_by": hamlet.now.date()})
    with pytest.raises(Invalid) as problem:
        phone.send(opened, wrong)
    assert codes(problem) == [("finished.correct_by", "correct_by_out_of_range")]


def ended(phone: Phone, ref: str = "s", **end: Any) -> Any:
    return phone.upload(ref, finished={"at": phone.hamlet.now, **end})


def test_b7_who_was_there_signs_by_name_or_is_said_to_have_refused(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    for end, fault in (
        ({"signature": SIGNATURE}, ("finished.present", "signature_of_nobody")),
        ({"unsigned": True}, ("finished.present", "signature_of_nobody")),
        (
            {"present": "店主", "signature": "photos/other/x.png"},
            ("finished.signature", "photo_missing"),
        ),
        (
            {"present": "店主", "signature": SIGNATURE, "unsigned": True},
            ("finished.unsigned", "signature_refused"),
        ),
    ):
        with pytest.raises(Invalid) as problem:
            phone.send(opened, ended(phone, **end))
        assert codes(problem) == [fault]
    after = phone.send(opened, ended(phone, present="店主", signature=SIGNATURE))
    assert [one.key for one in life_of(after, hamlet.desk).pictures] == [SIGNATURE]
    again = f"photos/{VILLAGE}/again.png"
    hamlet.photos.sizes[again] = 9
    assert phone.send(opened, ended(phone, present="店主", signature=again)) == after


def test_b7_what_says_nothing_of_signing_says_what_it_said_before_that_could_be_said(
    phone: Phone,
) -> None:
    plain = ended(phone, present="店主")
    assert plain.said == ended(phone, present="店主", unsigned=False).said
    others = {
        plain.said,
        ended(phone, present="店主", unsigned=True).said,
        ended(phone, present="店主", signature=SIGNATURE).said,
    }
    assert len(others) == 3
