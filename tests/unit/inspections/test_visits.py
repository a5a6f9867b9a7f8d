"""A visit arrives in parts, late, twice, in any order, and is one visit (B5, B6, B11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from functions.inspections.checks import checks_for
from functions.inspections.deciding import missing, waiting_for
from functions.inspections.domain import Inspection, InspectionStep, InspectionVerb
from functions.inspections.seen import Result, Round
from functions.inspections.visits import MOST_VISITS, Upload, visit_of
from functions.shared.errors import Conflict, Invalid, TooLarge
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.events.registry import Happening, Registration
from tests.unit.inspections.hamlet import BOOK, CODE, INSPECTOR, SECOND, VILLAGE, Hamlet, checks
from tests.unit.inspections.phone import PHOTO, Phone, codes


@pytest.fixture
def hamlet() -> Hamlet:
    return Hamlet()


@pytest.fixture
def phone(hamlet: Hamlet) -> Phone:
    return Phone(hamlet)


@pytest.fixture
def opened(hamlet: Hamlet) -> Inspection:
    return hamlet.opened()


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


def test_b5_a_late_visit_still_counts(hamlet: Hamlet, phone: Phone, opened: Inspection) -> None:
    hamlet.later(days=40)
    assert phone.send(opened, phone.visit(opened)).outcome is InspectionOutcome.PASSED


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


def test_b11_an_upload_whose_instants_were_noted_anew_is_the_same(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    def whole() -> Upload:
        here = {"lat": 22.9, "lon": 113.0, "at": hamlet.now}
        sent = phone.visit(opened, address="failed").model_dump() | {"position": here}
        return Upload.model_validate(sent)

    first = phone.send(opened, whole())
    hamlet.later(minutes=3)
    assert phone.send(opened, whole()) == first
    moved = whole().model_dump() | {"position": {"lat": 22.8, "lon": 113.0}}
    with pytest.raises(Conflict):
        phone.send(opened, Upload.model_validate(moved))


def test_b11_a_ref_with_other_content_is_refused(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.visit(opened, display="settled"))
    assert codes(problem) == [("ref", "upload_ref_taken")]


def test_b7_an_unknown_part_of_a_decided_visit_is_refused_too(
    hamlet: Hamlet, phone: Phone, opened: Inspection
) -> None:
    phone.send(opened, phone.visit(opened))
    with pytest.raises(Conflict) as problem:
        phone.send(opened, phone.upload("2", phone.finding("display")))
    assert codes(problem) == [("visit", "visit_decided")]


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


def test_b6_a_visit_longer_than_a_record_holds_is_refused_and_the_recheck_is_not(
    hamlet: Hamlet, phone: Phone
) -> None:
    many = tuple(
        checks()[0].model_copy(update={"key": f"address.{number}"}) for number in range(11)
    )
    words = {"note": "注" * 1000, "guidance": "导" * 1000}
    found = [phone.finding(check.key, "failed", **words) for check in many]
    opened = hamlet.opened(checks=many[:9])
    failed = phone.send(opened, phone.upload("1", *found[:9], ends=True))
    hamlet.later(days=8)
    twice = phone.send(failed, phone.recheck("2", *found[:9]))
    assert twice.state is InspectionState.DISPOSING
    opened = hamlet.opened(edition=2, checks=many)
    phone.send(opened, phone.upload("1", *found[:5]))
    with pytest.raises(TooLarge) as problem:
        phone.send(opened, phone.upload("2", *found[5:], ends=True))
    assert codes(problem) == [("findings", "visit_too_long")]
    shorter = [phone.finding(check.key, "failed", note="短") for check in many[5:]]
    inspection = phone.send(opened, phone.upload("3", *shorter, ends=True))
    assert inspection.state is InspectionState.CORRECTING


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
