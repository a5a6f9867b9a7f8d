"""Who may visit, and whose visit counts where there are several (B4, B11, D3)."""

from __future__ import annotations

import pytest

from functions.inspections.domain import Inspection
from functions.inspections.seen import Round
from functions.inspections.visits import take_upload
from functions.shared.authorization import Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.unit.inspections.hamlet import (
    INSPECTOR,
    NEXT_VILLAGE,
    PLATFORM,
    SECOND,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    WALKER,
    WALKER_2,
    Hamlet,
    somebody,
)
from tests.unit.inspections.phone import Phone, codes
from tests.unit.inspections.rosters import THIRD, with_roster


@pytest.fixture
def hamlet() -> Hamlet:
    return Hamlet()


@pytest.fixture
def phone(hamlet: Hamlet) -> Phone:
    return Phone(hamlet)


@pytest.fixture
def opened(hamlet: Hamlet) -> Inspection:
    return hamlet.opened()


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


def test_b11_the_platform_names_somebody_whom_the_village_knows(hamlet: Hamlet) -> None:
    opened = with_roster(hamlet).opened(inspectors=("left",), inspector="left")
    phone = Phone(hamlet, PLATFORM)
    with pytest.raises(Invalid) as problem:
        phone.send(opened, phone.upload("1", by="ghost"))
    assert codes(problem) == [("by", "inspector_unknown")]
    for number, known in enumerate(("left", THIRD)):
        visits = phone.send(opened, phone.upload(f"{number}", by=known)).visits
        assert known in {one.by for one in visits}


def test_b11_what_the_platform_sent_is_known_again_though_the_roster_changed(
    hamlet: Hamlet,
) -> None:
    opened, phone = hamlet.opened(), Phone(hamlet, PLATFORM)
    upload = phone.upload("1", by="ghost")
    first = phone.send(opened, upload)
    with_roster(hamlet)
    assert phone.send(opened, upload) == first


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
