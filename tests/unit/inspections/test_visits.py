"""A visit arrives in parts, late, twice, in any order, and is one visit (B5, B6, B7, B9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from functions.inspections.checks import checks_for
from functions.inspections.deciding import missing, waiting_for
from functions.inspections.domain import Inspection, InspectionStep, InspectionVerb, Result, Round
from functions.inspections.visits import MOST_VISITS, Upload, take_upload, visit_of
from functions.shared.authorization import Role
from functions.shared.errors import Conflict, Invalid, NotFound, Problem, TooLarge
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.events.registry import Happening, Registration
from tests.unit.inspections.hamlet import (
    BOOK,
    CODE,
    INSPECTOR,
    NEXT_VILLAGE,
    PLATFORM,
    SECOND,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    WALKER_2,
    Hamlet,
    checks,
    somebody,
)
from tests.unit.inspections.phone import PHOTO, Phone


def codes(problem: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in problem.value.faults]


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


def test_b6_a_visit_that_finds_nothing_ends_the_inspection(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    inspection = phone.send(opened, phone.visit(opened))
    assert (inspection.state, inspection.outcome) == (
        InspectionState.CLOSED,
        InspectionOutcome.PASSED,
    )
    assert (inspection.unit, inspection.clocks, inspection.notice) == ("", (), None)
    last = inspection.steps[-1]
    assert (last.verb, last.by, last.unit, last.ref) == ("visit", INSPECTOR, VILLAGE, "v1")
    assert hamlet.get(opened.id) == inspection


def test_b6_what_is_settled_on_the_spot_is_recorded_as_such_with_guidance(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    found = [phone.finding(check.key) for check in checks()]
    found[3] = phone.finding("display", "settled", guidance="执照挂到门口")
    inspection = phone.send(opened, phone.upload("1", *found, ends=True))
    assert inspection.outcome is InspectionOutcome.SETTLED
    (visit,) = hamlet.get(opened.id).visits
    assert visit.findings[3].guidance == "执照挂到门口"


def test_b6_what_is_only_urged_does_not_count_against_anybody(
    phone: Phone, opened: Inspection
) -> None:
    inspection = phone.send(opened, phone.visit(opened, annual_report="urged"))
    assert inspection.outcome is InspectionOutcome.PASSED


def test_b6_the_position_is_kept_to_a_decimetre_from_when_it_was_first_known(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    later = hamlet.now
    here = {"lat": 22.9512345678, "lon": 113.0, "at": later}
    first = phone.upload("1", position={"lat": 23.5, "lon": 113.9})
    phone.send(opened, phone.upload("2", position=here))
    inspection = phone.send(opened, first)
    position = inspection.visits[0].position
    assert position and (str(position.lat), position.at) == ("23.500000", first.started_at)
    assert hamlet.get(opened.id) == inspection


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


def test_b5_a_late_visit_still_counts(hamlet: Hamlet, phone: Phone, opened: Inspection) -> None:
    hamlet.later(days=40)
    assert phone.send(opened, phone.visit(opened)).outcome is InspectionOutcome.PASSED


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


def test_b6_a_visit_in_parts_counts_when_the_last_part_is_there(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    keys = [check.key for check in opened.checks]
    end = {"at": hamlet.now, "parts": ["a", "b", "c"]}
    last = phone.upload("c", finished=end)
    inspection = phone.send(opened, last)
    assert (inspection.state, inspection.clocks) == (opened.state, opened.clocks)
    assert waiting_for(inspection.visits[0]) == ("a", "b")
    inspection = phone.send(opened, phone.upload("b", *map(phone.finding, keys[3:])))
    assert waiting_for(inspection.visits[0]) == ("a",)
    assert missing(inspection.visits[0], inspection) == tuple(keys[:3])
    inspection = phone.send(opened, phone.upload("a", *map(phone.finding, keys[:3])))
    assert inspection.outcome is InspectionOutcome.PASSED
    assert [one.check for one in inspection.visits[0].findings] == keys
    assert len(inspection.visits) == 1


def test_b6_a_finished_visit_that_says_nothing_of_a_check_waits_for_it(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    keys = [check.key for check in opened.checks]
    inspection = phone.send(opened, phone.upload("1", *map(phone.finding, keys[1:]), ends=True))
    assert inspection.state is InspectionState.ASSIGNED
    assert missing(inspection.visits[0], inspection) == ("address",)
    inspection = phone.send(opened, phone.upload("2", phone.finding("address")))
    assert inspection.outcome is InspectionOutcome.PASSED


def test_b6_a_later_end_replaces_one_that_named_a_part_which_was_never_sent(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    found = phone.visit(opened).findings
    lost = {"at": hamlet.now, "parts": ["1", "lost"]}
    waits = phone.send(
        opened, phone.upload("1", finished=lost).model_copy(update={"findings": found})
    )
    assert waits.state is InspectionState.ASSIGNED
    hamlet.later(minutes=1)
    assert phone.send(opened, phone.upload("2", ends=True)).outcome is InspectionOutcome.PASSED


def test_b6_of_two_findings_of_a_check_the_later_counts_whichever_comes_first(
    hamlet: Hamlet, phone: Phone
) -> None:
    early = phone.finding("address", "failed")
    late = phone.finding("address", noted_at=hamlet.now + timedelta(minutes=1))
    for edition, order in enumerate(((early, late), (late, early)), start=1):
        opened = hamlet.opened(edition=edition)
        for ref, finding in zip("ab", order, strict=True):
            inspection = phone.send(opened, phone.upload(ref, finding))
        (found,) = inspection.visits[0].findings
        assert found.result is Result.PASSED


def test_b11_an_upload_sent_again_is_answered_again_and_writes_nothing(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    upload = phone.visit(opened, address="failed")
    first = phone.send(opened, upload)
    hamlet.later(days=70)  # its instants could not be sent anew
    del hamlet.photos.sizes[PHOTO]
    record = hamlet.table.get(f"I#{opened.id}", "I")
    assert phone.send(opened, upload) == first
    recheck = phone.recheck("9", phone.finding("address"))
    over = phone.send(opened, recheck)
    assert phone.send(opened, upload) == over
    hamlet.put(over.model_copy(update={"inspector": SECOND, "inspectors": (INSPECTOR, SECOND)}))
    assert phone.send(opened, upload).outcome is InspectionOutcome.CORRECTED
    assert record and record["version"] == 2


def test_b11_photos_that_were_announced_again_do_not_make_another_upload(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    first = phone.send(opened, phone.visit(opened, address="failed"))
    again = phone.visit(opened, address="failed")
    (finding, *others) = again.findings
    renamed = finding.model_copy(update={"photos": (f"photos/{VILLAGE}/again.jpg",)})
    resent = again.model_copy(update={"findings": (renamed, *others)})
    assert phone.send(opened, resent) == first


def test_b11_a_ref_with_other_content_is_refused(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.visit(opened, display="settled"))
    assert codes(problem) == [("ref", "upload_ref_taken")]


def test_b7_a_second_answer_says_when_and_by_whom_the_round_was_decided(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = hamlet.opened(inspectors=(SECOND, INSPECTOR))
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        Phone(hamlet, WALKER_2).send(opened, phone.visit(opened, "x", address="failed"))
    assert codes(problem) == [("visit", "visit_decided")]
    params = problem.value.faults[0].params
    assert (params["at"], params["by"]) == ("2026-03-02 09:00", INSPECTOR)


def test_b7_an_unknown_part_of_a_decided_visit_is_refused_too(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.upload("2", phone.finding("display")))
    assert codes(problem) == [("visit", "visit_decided")]


def test_b4_of_two_inspectors_the_first_complete_visit_counts(hamlet: Hamlet, phone: Phone) -> None:
    opened = hamlet.opened(inspectors=(INSPECTOR, SECOND), inspector=SECOND)
    begun = Phone(hamlet, WALKER_2).upload("1", phone.finding("address", "failed"))
    Phone(hamlet, WALKER_2).send(opened, begun)
    inspection = phone.send(opened, phone.visit(opened))
    assert inspection.outcome is InspectionOutcome.PASSED
    decided = inspection.visit(Round.FIRST)
    assert decided and decided.by == INSPECTOR
    assert len(inspection.visits) == 2
    assert Phone(hamlet, WALKER_2).send(opened, begun) == inspection  # known, and harmless


def test_b7_a_recheck_that_finds_everything_corrected_ends_the_inspection(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = failed_once(hamlet, phone)
    hamlet.later(days=3)
    found = (phone.finding("address"), phone.finding("licence.SJ01", "not_applicable"))
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
    verbs = [step.verb for step in inspection.steps[1:]]
    assert verbs == [InspectionVerb.VISIT, InspectionVerb.NOTICE, InspectionVerb.RECHECK]


def test_b11_a_recheck_of_what_never_failed_is_refused_when_the_first_visit_passed(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.recheck("r", phone.finding("address")))
    assert codes(problem) == [("inspection", "inspection_over")]


def test_b3_what_arrives_for_an_inspection_that_was_superseded_names_the_next(
    hamlet: Hamlet, phone: Phone
) -> None:
    over: dict[str, Any] = {
        "state": InspectionState.CLOSED,
        "outcome": InspectionOutcome.SUPERSEDED,
        "unit": "",
        "clocks": (),
    }
    opened = hamlet.opened(**over, next="I2")
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.visit(opened))
    assert problem.value.faults[0].params["next"] == "I2"


def test_b4_a_visit_counts_though_the_inspector_was_called_back(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = hamlet.opened(assigned=False, inspectors=(INSPECTOR,))
    inspection = phone.send(opened, phone.visit(opened, open="failed"))
    assert inspection.state is InspectionState.CORRECTING
    assert (inspection.inspector, inspection.inspectors) == (INSPECTOR, (INSPECTOR,))


def test_b4_who_has_an_inspection_keeps_it_when_another_visited_first(
    hamlet: Hamlet, phone: Phone
) -> None:
    opened = hamlet.opened(inspectors=(INSPECTOR, SECOND), inspector=SECOND)
    inspection = phone.send(opened, phone.visit(opened, open="failed"))
    assert (inspection.inspector, inspection.inspectors) == (SECOND, (INSPECTOR, SECOND))


def test_b11_the_platform_sends_for_anybody_also_before_the_assignment(hamlet: Hamlet) -> None:
    opened = hamlet.opened(assigned=False)
    phone = Phone(hamlet, PLATFORM)
    hamlet.photos.sizes["photos/grid/door.jpg"] = 9
    failed = phone.finding("address", "failed", photos=["photos/grid/door.jpg"])
    passed = [phone.finding(check.key) for check in opened.checks[1:]]
    inspection = phone.send(opened, phone.upload("1", failed, *passed, ends=True, by=SECOND))
    assert inspection.state is InspectionState.CORRECTING
    assert (inspection.visits[0].by, inspection.inspector) == (SECOND, SECOND)
    assert (
        Phone(hamlet, WALKER_2).send(  # the phone's own copy of the same upload
            opened, phone.upload("1", failed, *passed, ends=True)
        )
        == inspection
    )


def test_b11_a_visit_of_which_the_platform_names_nobody_assigns_nobody(hamlet: Hamlet) -> None:
    opened = hamlet.opened(assigned=False)
    phone = Phone(hamlet, PLATFORM)
    inspection = phone.send(opened, phone.visit(opened, address="failed"))
    assert (inspection.visits[0].by, inspection.inspector) == ("system:grid", None)


def test_d3_only_those_to_whom_it_was_assigned_visit(hamlet: Hamlet) -> None:
    opened = hamlet.opened()
    foreign = somebody(INSPECTOR, NEXT_VILLAGE, Role.INSPECTOR)
    for caller in (WALKER_2, VILLAGE_DISPATCHER, TOWN_OFFICE, foreign):
        with pytest.raises(NotFound) as problem:
            Phone(hamlet, caller).send(opened, Phone(hamlet).visit(opened))
        assert codes(problem) == [("inspection", "not_found")]
    with pytest.raises(NotFound):
        take_upload("none", Phone(hamlet).visit(opened), WALKER, hamlet.desk)


def test_d3_nobody_speaks_for_another_but_the_platform(phone: Phone, opened: Inspection) -> None:
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.upload("1", by=SECOND))
    assert codes(problem) == [("by", "visit_of_another")]


def test_b6_a_phone_that_begins_visits_and_ends_none_does_not_fill_the_record(
    phone: Phone, opened: Inspection
) -> None:
    for number in range(MOST_VISITS):
        phone.send(opened, phone.upload(f"{number}", visit=f"v{number}"))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.upload("x", visit="x"))
    assert codes(problem) == [("visit", "too_many_visits")]
    whole = phone.visit(opened).model_copy(update={"ref": "y"})
    assert phone.send(opened, whole).outcome is InspectionOutcome.PASSED  # one of those begun


def test_b6_a_visit_longer_than_a_record_holds_is_refused(hamlet: Hamlet, phone: Phone) -> None:
    many = tuple(
        checks()[0].model_copy(update={"key": f"address.{number}"}) for number in range(60)
    )
    opened = hamlet.opened(checks=many)
    words = {"note": "注" * 1000, "guidance": "导" * 1000}
    found = [phone.finding(check.key, **words) for check in many]
    with pytest.raises(TooLarge) as problem:
        phone.send(opened, phone.upload("1", *found, ends=True))
    assert codes(problem) == [("findings", "visit_too_long")]


def test_b5_a_visit_counts_after_however_many_steps(hamlet: Hamlet, phone: Phone) -> None:
    step = InspectionStep(verb=InspectionVerb.ASSIGN, at=hamlet.now, by="village", unit=VILLAGE)
    opened = hamlet.opened(steps=(step,) * 90)
    inspection = phone.send(opened, phone.visit(opened, address="failed"))
    assert inspection.state is InspectionState.CORRECTING
    visit = visit_of(inspection, "v1", Round.FIRST, INSPECTOR)
    assert visit and visit.decided_at == hamlet.now


def test_b11_an_instant_is_the_same_in_whichever_zone_it_is_written(
    phone: Phone, opened: Inspection
) -> None:
    upload = phone.visit(opened)
    first = phone.send(opened, upload)
    said = upload.model_dump(mode="json")
    shanghai = {**said, "started_at": "2026-03-02T08:55:00+08:00"}
    assert said["started_at"] == "2026-03-02T00:55:00Z"
    assert phone.send(opened, Upload.model_validate(shanghai)) == first
    with pytest.raises(ValidationError):
        Upload.model_validate({**said, "started_at": "0001-01-01T00:00:00+08:00"})


def test_b2_a_cluster_is_asked_of_its_host_and_nobody_at_the_door_is_no_violation(
    hamlet: Hamlet, phone: Phone
) -> None:
    shared = Registration(
        code=CODE,
        edition=1,
        happening=Happening.ESTABLISHMENT,
        name="东莞市晴禾食品有限公司",
        scope="食品销售",
        cluster=True,
        received_at=hamlet.now,
    )
    found = checks_for(shared, BOOK, hamlet.rules)
    keys = [check.key for check in found]
    assert keys[0] == "host"
    assert not {"address", "open", "display"} & set(keys)
    opened = hamlet.opened(edition=2, checks=found, cluster=True)
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.upload("1", phone.finding("address", "failed")))
    assert codes(problem) == [("findings.0.check", "check_unknown")]
    assert phone.send(opened, phone.visit(opened)).outcome is InspectionOutcome.PASSED
    lost = hamlet.opened(edition=3, checks=found, cluster=True)
    notice = phone.send(lost, phone.visit(lost, host="failed")).notice
    assert notice and notice.checks == ("host",)
