"""What is wrong with a finding is named at its field (B2, B6, D4)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inspections.findings import finding_faults
from functions.inspections.seen import Finding, Result, Round
from functions.shared import messages
from functions.shared.calendar import SHANGHAI, shanghai_day
from functions.shared.errors import Invalid
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.unit.inspections.hamlet import BOOK, VILLAGE, Hamlet
from tests.unit.inspections.phone import PHOTO, Phone, codes

WORDS = {"note": "门口挂着别家招牌"}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"check": "scope"}, "check", "check_unknown"),
    ({"check": "licence"}, "check", "check_unknown"),
    ({"check": "annual_report", "result": "failed"}, "result", "result_only_urged"),
    ({"check": "address", "result": "urged"}, "result", "result_not_urged"),
    ({"check": "address", "result": "failed", "kinds": []}, "kinds", "kinds_needed"),
    ({"check": "display", "result": "settled", "kinds": []}, "kinds", "kinds_needed"),
    ({"check": "annual_report", "result": "urged", "kinds": []}, "kinds", "kinds_needed"),
    ({"check": "address", "kinds": ["not_found"]}, "kinds", "kinds_without_violation"),
    (
        {"check": "address", "result": "not_applicable", "kinds": ["moved"], **WORDS},
        "kinds",
        "kinds_without_violation",
    ),
    ({"check": "open", "result": "not_applicable"}, "note", "note_needed_not_applicable"),
    ({"check": "address", "result": "failed", "kinds": ["nonsense"]}, "kinds.0", "kind_unknown"),
    (
        {"check": "address", "result": "failed", "kinds": ["moved", "unlicensed"]},
        "kinds.1",
        "kind_unknown",  # of another item
    ),
    (
        {"check": "address", "result": "settled", "kinds": ["moved"]},
        "kinds.0",
        "kind_not_on_the_spot",
    ),
    ({"check": "display", "result": "failed", "kinds": ["other"]}, "note", "note_needed_for_other"),
    (
        {"check": "display", "result": "settled", "kinds": ["other"], **WORDS},
        "kinds.0",
        "kind_not_on_the_spot",
    ),
    ({"check": "address", "result": "failed", "photos": []}, "photos", "photo_needed"),
    (
        {"check": "licence.SJ01", "result": "failed", "kinds": ["other"], "photos": [], **WORDS},
        "photos",
        "photo_needed",
    ),
    (
        {"check": "address", "result": "failed", "photos": [PHOTO, f"photos/{VILLAGE}/no.jpg"]},
        "photos.1",
        "photo_missing",
    ),
    ({"check": "address", "photos": ["photos/other/a.jpg"]}, "photos.0", "photo_missing"),
]


@pytest.mark.parametrize(("change", "field", "code"), WRONG)
def test_d4_a_finding_that_cannot_be_changes_nothing_and_names_its_field(
    change: dict[str, Any], field: str, code: str
) -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    hamlet.photos.sizes["photos/other/a.jpg"] = 9
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.upload("1", phone.finding("open"), phone.finding(**change)))
    assert [(one.field, one.code) for one in problem.value.faults] == [
        (f"findings.1.{field}", code)
    ]
    assert hamlet.get(opened.id) == opened
    for language in (messages.ZH, messages.EN):
        (fault,) = problem.value.faults
        assert "{" not in messages.text(fault.code, language, **fault.params)


def test_d4_all_that_is_wrong_is_told_at_once() -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    early = hamlet.now - timedelta(days=61)
    wrong = phone.upload(
        "1",
        phone.finding("nothing", noted_at=hamlet.now + timedelta(minutes=11)),
        started_at=early,
        position={"lat": 0, "lon": 0, "at": early},
        finished={"at": hamlet.now + timedelta(hours=1)},
    )
    with pytest.raises(Invalid) as problem:
        phone.send(opened, wrong)
    assert {(one.field, one.code) for one in problem.value.faults} == {
        ("findings.0.check", "check_unknown"),
        ("findings.0.noted_at", "instant_in_future"),
        ("started_at", "instant_too_old"),
        ("position.at", "instant_too_old"),
        ("finished.at", "instant_in_future"),
    }


def test_d4_a_visit_is_not_before_its_registration_and_ends_after_it_began() -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    midnight = shanghai_day(hamlet.now), time.min
    began = datetime.combine(*midnight, SHANGHAI)
    just_before = began - timedelta(microseconds=1)
    wrong = phone.upload("1", started_at=just_before, finished={"at": just_before})
    with pytest.raises(Invalid) as problem:
        phone.send(opened, wrong)
    assert codes(problem) == [("started_at", "visit_before_registration")]
    end = {"at": began - timedelta(hours=2)}
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.upload("1", started_at=began, finished=end))
    assert codes(problem) == [("finished.at", "visit_ends_before_it_begins")]
    for fault in problem.value.faults:
        assert "{" not in messages.text(fault.code, messages.ZH, **fault.params)
    phone.send(opened, phone.upload("1", started_at=began, finished={"at": began}))


def test_b6_a_phone_whose_clock_is_some_minutes_ahead_is_believed() -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    ahead = hamlet.now + timedelta(minutes=10)
    phone.send(opened, phone.upload("1", phone.finding("open", noted_at=ahead)))


def test_b6_the_list_of_kinds_is_open() -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    inspection = phone.send(opened, phone.visit(opened))
    assert inspection.outcome is InspectionOutcome.PASSED
    other = hamlet.opened(edition=2)
    found = [phone.finding(check.key) for check in other.checks]
    found[0] = phone.finding("address", "failed", kinds=["other", "other"], **WORDS)
    inspection = phone.send(other, phone.upload("1", *found, ends=True))
    assert inspection.state is InspectionState.CORRECTING
    assert inspection.visits[0].findings[0].kinds == ("other",)


def test_b2_an_inspection_comes_to_its_end_though_the_book_has_its_item_no_longer() -> None:
    hamlet = Hamlet()
    phone = Phone(hamlet)
    gone = hamlet.opened().checks[0].model_copy(update={"key": "gone", "item": "gone"})
    opened = hamlet.opened(edition=2, checks=(gone,))
    failed = phone.finding("gone", "failed", kinds=["other"], **WORDS)
    inspection = phone.send(opened, phone.upload("1", failed, ends=True))
    assert inspection.notice and inspection.notice.checks == ("gone",)


CHECKS = {check.key: check for check in Hamlet().opened().checks}
_KINDS = st.sampled_from([one.code for one in BOOK.kinds] + ["other", "nonsense"])
FINDINGS = st.builds(
    Finding,
    check=st.sampled_from([*CHECKS, "nothing"]),
    result=st.sampled_from(Result),
    kinds=st.lists(_KINDS, max_size=3).map(tuple),
    note=st.sampled_from(["", "x"]),
    photos=st.sampled_from([(), (PHOTO,)]),
    noted_at=st.just(Hamlet().now),
)


@given(FINDINGS)
def test_b6_what_is_taken_fits_its_item(finding: Finding) -> None:
    taken = not finding_faults([finding], Hamlet().opened(), Round.FIRST, BOOK)
    check = CHECKS.get(finding.check)
    if check is None:
        assert not taken
        return
    item = BOOK.item(check.item)
    kinds = [BOOK.kind(check.item, code) for code in finding.kinds]
    wrong = finding.result not in (Result.PASSED, Result.NOT_APPLICABLE)
    explained = finding.result is not Result.NOT_APPLICABLE or bool(finding.note)
    shown = finding.result is not Result.FAILED or bool(finding.photos)
    assert item
    assert taken == (
        wrong == bool(kinds)
        and explained
        and all(kinds)
        and ("other" not in finding.kinds or bool(finding.note))
        and not (item.urged and finding.result is Result.FAILED)
        and not (not item.urged and finding.result is Result.URGED)
        and (shown or not any(kind and kind.photo for kind in kinds))
        and (
            finding.result is not Result.SETTLED or all(kind and kind.on_the_spot for kind in kinds)
        )
    )
