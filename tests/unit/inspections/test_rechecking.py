"""A violation brings a notice and a recheck of just that; what fails twice goes on (B7, B9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from functions.inspections.deciding import missing
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.progress import progress_of
from functions.inspections.rechecks import RecheckOutcome, send_recheck
from functions.inspections.seen import Round
from functions.inspections.visits import Upload
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.unit.inspections.hamlet import INSPECTOR, VILLAGE, Hamlet
from tests.unit.inspections.phone import Phone, codes


@pytest.fixture
def hamlet() -> Hamlet:
    return Hamlet()


@pytest.fixture
def phone(hamlet: Hamlet) -> Phone:
    return Phone(hamlet)


@pytest.fixture
def opened(hamlet: Hamlet) -> Inspection:
    return hamlet.opened()


def failed_once(hamlet: Hamlet, phone: Phone) -> Inspection:
    """An inspection whose address and food licence failed at the first visit."""
    opened = hamlet.opened()
    upload = phone.visit(opened, address="failed", licence_SJ01="failed", display="settled")
    return phone.send(opened, upload)


def test_b7_a_violation_brings_a_notice_of_exactly_what_failed(
    hamlet: Hamlet, phone: Phone
) -> None:
    inspection = failed_once(hamlet, phone)
    notice = inspection.notice
    assert notice
    assert inspection.state is InspectionState.CORRECTING
    assert notice.checks == ("address", "licence.SJ01")
    assert (notice.by, notice.issued_at) == (INSPECTOR, hamlet.now)
    assert notice.correct_by == date(2026, 3, 9)  # 5 working days after Monday
    verbs = [step.verb for step in inspection.steps]
    assert verbs == [InspectionVerb.OPEN, InspectionVerb.VISIT, InspectionVerb.NOTICE]
    (clock,) = inspection.clocks
    assert (clock.stage, clock.since, clock.due) == (
        "recheck",
        date(2026, 3, 2),
        date(2026, 3, 16),
    )
    assert (inspection.unit, inspection.inspector) == (VILLAGE, INSPECTOR)
    assert hamlet.get(inspection.id) == inspection


def test_b7_the_day_to_correct_is_the_inspectors_within_the_books_bounds(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    def send(day: date) -> Inspection:
        finished = {"at": hamlet.now, "correct_by": day}
        upload = phone.visit(opened, "1", address="failed")
        said = upload.model_dump() | {"finished": finished}
        return phone.send(opened, Upload.model_validate(said))

    for day in (date(2026, 3, 2), date(2026, 3, 14)):  # today; the tenth working day's eve
        with pytest.raises(Invalid) as problem:
            send(day)
        assert codes(problem) == [("finished.correct_by", "correct_by_out_of_range")]
    notice = send(date(2026, 3, 13)).notice
    assert notice and notice.correct_by == date(2026, 3, 13)


def test_b7_a_day_given_at_the_door_that_arrives_late_leaves_time_to_correct(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    upload = phone.visit(opened, "1", address="failed")
    given = upload.model_dump() | {"finished": {"at": hamlet.now, "correct_by": date(2026, 3, 4)}}
    hamlet.later(days=7)
    notice = phone.send(opened, Upload.model_validate(given)).notice
    assert notice and notice.correct_by == date(2026, 3, 10)


def test_b7_a_recheck_that_finds_everything_corrected_ends_the_inspection(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = failed_once(hamlet, phone)
    hamlet.later(days=3)
    found = (
        phone.finding("address"),
        phone.finding("licence.SJ01", "not_applicable", note="已停业"),
    )
    inspection = phone.send(opened, phone.recheck("r", *found))
    assert (inspection.state, inspection.outcome) == (
        InspectionState.CLOSED,
        InspectionOutcome.CORRECTED,
    )
    assert inspection.failed() == ()
    assert inspection.steps[-1].verb is InspectionVerb.RECHECK


def test_b9_only_what_failed_twice_goes_to_joint_disposal(hamlet: Hamlet, phone: Phone) -> None:
    opened = failed_once(hamlet, phone)
    assert opened.state is not InspectionState.DISPOSING
    hamlet.later(days=9)
    found = (phone.finding("address"), phone.finding("licence.SJ01", "failed"))
    inspection = phone.send(opened, phone.recheck("r", *found))
    assert inspection.state is InspectionState.DISPOSING
    assert [one.check for one in inspection.failed()] == ["licence.SJ01"]
    (clock,) = inspection.clocks
    assert (clock.stage, clock.since) == ("dispose", date(2026, 3, 11))


def test_b7_a_recheck_is_of_exactly_what_failed(hamlet: Hamlet, phone: Phone) -> None:
    opened = failed_once(hamlet, phone)
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.recheck("r", phone.finding("address"), phone.finding("open")))
    assert codes(problem) == [("findings.1.check", "check_not_rechecked")]
    waits = phone.send(opened, phone.recheck("r", phone.finding("address")))
    assert waits.state is InspectionState.CORRECTING
    assert missing(waits.visits[-1], waits) == ("licence.SJ01",)


def test_b11_a_recheck_that_arrives_before_its_first_visit_waits_and_then_counts(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    early = phone.recheck("r", phone.finding("address"), phone.finding("display", "failed"))
    inspection = phone.send(opened, early)
    assert inspection.state is InspectionState.ASSIGNED
    inspection = phone.send(opened, phone.visit(opened, address="failed"))
    assert inspection.outcome is InspectionOutcome.CORRECTED
    assert inspection.notice and inspection.notice.checks == ("address",)
    assert inspection.failed() == ()  # what the notice does not name was not asked again
    verbs = [step.verb for step in inspection.steps[1:]]
    assert verbs == [InspectionVerb.VISIT, InspectionVerb.NOTICE, InspectionVerb.RECHECK]


def test_b11_a_recheck_of_what_never_failed_is_refused_when_the_first_visit_passed(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.recheck("r", phone.finding("address")))
    assert codes(problem) == [("inspection", "inspection_over")]


def still_wrong(hamlet: Hamlet, phone: Phone, ref: str, **finished: Any) -> Upload:
    """A whole recheck that finds nothing corrected."""
    found = (phone.finding("address", "failed"), phone.finding("licence.SJ01", "failed"))
    upload = phone.recheck(ref, *found)
    assert upload.finished
    return upload.model_copy(update={"finished": upload.finished.model_copy(update=finished)})


def test_b7_an_early_look_that_finds_it_as_it_was_counts_when_the_time_is_over(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = failed_once(hamlet, phone)
    early = phone.send(opened, still_wrong(hamlet, phone, "r"))
    assert (early.state, early.visit(Round.RECHECK)) == (InspectionState.CORRECTING, None)
    assert early.notice
    hamlet.now = early.notice.ends - timedelta(microseconds=1)
    assert send_recheck(opened.id, hamlet.desk).outcome is RecheckOutcome.WAITING
    hamlet.now = early.notice.ends
    assert send_recheck(opened.id, hamlet.desk).outcome is RecheckOutcome.FAILED
    after = hamlet.get(opened.id)
    assert after.state is InspectionState.DISPOSING
    assert InspectionVerb.SEND not in {step.verb for step in after.steps}
    with pytest.raises(Conflict) as problem:
        phone.send(opened, still_wrong(hamlet, phone, "again").model_copy(update={"visit": "v3"}))
    assert codes(problem) == [("visit", "visit_decided")]


def test_b7_who_finds_it_corrected_in_time_stands_over_who_came_earlier(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = failed_once(hamlet, phone)
    phone.send(opened, still_wrong(hamlet, phone, "r"))
    hamlet.later(days=1)
    found = (phone.finding("address"), phone.finding("licence.SJ01"))
    well = phone.recheck("again", *found).model_copy(update={"visit": "v3"})
    assert phone.send(opened, well).outcome is InspectionOutcome.CORRECTED


def test_b7_who_refuses_to_correct_it_need_not_be_waited_for(hamlet: Hamlet, phone: Phone) -> None:
    opened = failed_once(hamlet, phone)
    with pytest.raises(Invalid) as problem:
        phone.send(opened, still_wrong(hamlet, phone, "r", refused=True))
    assert codes(problem) == [("finished.present", "refusal_of_nobody")]
    after = phone.send(opened, still_wrong(hamlet, phone, "r", refused=True, present="店主"))
    assert after.state is InspectionState.DISPOSING


def test_b7_a_recheck_that_began_before_the_first_visit_was_over_never_counts(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    early = phone.recheck("r", phone.finding("address"))
    hamlet.later(minutes=1)
    phone.send(opened, early)
    inspection = phone.send(opened, phone.visit(opened, address="failed"))
    assert (inspection.state, inspection.visit(Round.RECHECK)) == (InspectionState.CORRECTING, None)
    told = progress_of(inspection, inspection.visits[-1])
    assert (told.visit_complete, told.counts_from, told.began_too_early) == (True, None, True)
    hamlet.later(days=9)
    assert send_recheck(opened.id, hamlet.desk).outcome is RecheckOutcome.SENT
    assert len(hamlet.get(opened.id).visits) == 2, "it stays in the record"
    again = phone.recheck("s", phone.finding("address")).model_copy(update={"visit": "v3"})
    assert phone.send(opened, again).outcome is InspectionOutcome.CORRECTED


def test_b7_a_refusal_before_anything_was_found_wrong_is_none(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    early = still_wrong(hamlet, phone, "r", refused=True, present="店主")
    hamlet.later(minutes=1)
    phone.send(opened, early)
    first = phone.visit(opened, address="failed", licence_SJ01="failed")
    assert phone.send(opened, first).state is InspectionState.CORRECTING
