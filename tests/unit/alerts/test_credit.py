"""Limits of disputes, sanctions and participants climb the ladder of those who must act, and reach
nobody whom they do not concern (A13, A15, C13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from functions.alerts.usecases import read_watches
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import NotFound
from functions.shared.events.credit import DisputeState
from functions.shared.events.discipline import ConstraintState, SanctionState
from tests.unit.alerts.watching import Town, at, limit
from tests.unit.worklist.test_credit import ID, constraint, dispute, sanction

MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 9)
DAY = timedelta(days=1)
RUNGS = ["reminder", "warning", "overdue", "oversight"]


@pytest.fixture
def town() -> Town:
    return Town()


def rungs(town: Town, unit: str, subject: str) -> list[str]:
    return [one.rung for one in town.watch(unit, subject).raised]


def test_c13_an_office_that_does_not_decide_is_alerted_up_to_oversight(town: Town) -> None:
    town.hear(sanction(1, SanctionState.PROPOSED, limit("approve", MONDAY, DUE)))
    town.sweep(at(DUE + DAY * 30))
    assert rungs(town, "credit", "J1") == RUNGS
    assert town.shown() == {"credit": "overdue", "oversight": "oversight"}


def test_c13_a_sanction_that_was_decided_alerts_nobody_and_its_initiator_never(
    town: Town,
) -> None:
    town.hear(
        sanction(1, SanctionState.PROPOSED, limit("approve", MONDAY, DUE)),
        sanction(2, SanctionState.ACTIVE),
    )
    town.sweep(at(DUE + DAY * 30))
    assert town.told == []


def test_c13_a_late_participant_alone_is_alerted_then_oversight(town: Town) -> None:
    town.hear(constraint(2, ConstraintState.PUSHED, limit("receive", MONDAY, DUE)))
    town.sweep(at(DUE + DAY * 30))
    assert rungs(town, "czj", ID) == RUNGS
    assert {one.data["unit"] for one in town.told} == {"czj", "oversight"}
    assert all(one.data["about_unit"] == "czj" for one in town.told)


def test_c11_a_dispute_alerts_whom_it_is_with_and_not_whom_it_has_left(town: Town) -> None:
    clocks = (limit("check", MONDAY, DUE),)
    town.hear(
        dispute(1, DisputeState.FILED, "credit", clocks=clocks),
        dispute(2, DisputeState.ASKED, "scjg", "credit", clocks=clocks),
    )
    town.sweep(at(DUE + DAY))
    assert rungs(town, "scjg", "Y1") == RUNGS[:3]
    assert town.watch("credit", "Y1").clocks == ()
    town.hear(dispute(3, DisputeState.REFUSED, "", "credit", "scjg"), now=at(DUE + DAY, 1))
    assert town.shown() == {}


def test_d3_alerts_of_joint_discipline_are_read_by_those_whom_they_concern_alone(
    town: Town,
) -> None:
    town.hear(constraint(2, ConstraintState.PUSHED, limit("receive", MONDAY, DUE)))

    def reads(unit: str, role: Role) -> bool:
        caller = Caller("x", frozenset({Grant(unit, role)}))
        try:
            return bool(read_watches(ID, caller, town.watches))
        except NotFound:
            return False

    assert reads("czj", Role.OFFICER)
    assert reads("oversight", Role.OVERSIGHT)
    others = [("scjg", Role.LEAD), ("credit", Role.CREDIT), ("office", Role.DISPATCHER)]
    assert not any(reads(*one) for one in others)


def test_a19_what_is_late_in_joint_discipline_stands_in_no_figures_of_supervision(
    town: Town,
) -> None:
    town.hear(
        constraint(2, ConstraintState.PUSHED, limit("receive", MONDAY, DUE)),
        dispute(1, DisputeState.FILED, "czj", clocks=(limit("check", MONDAY, DUE),)),
    )
    town.sweep(at(DUE + DAY * 2))
    passed = list(town.watches.list_passed("czj"))
    assert {one.subject for one in passed} == {ID, "Y1"}
    assert all(one.is_credit and not one.is_task for one in passed)
