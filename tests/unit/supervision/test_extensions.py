"""Limits are extended and stand still by recorded acts of a lead (A13)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import NotFound
from functions.shared.events.supervision import State
from functions.supervision import usecases
from functions.supervision.extensions import Resumption
from tests.unit.supervision.life import CLOSED, OFFICE, OTHER, RETURN, UNIT, Life
from tests.unit.supervision.smalltown import registration


@pytest.fixture
def life() -> Life:
    return Life()


def test_a13_an_extension_is_a_recorded_act_of_who_approved_it(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).extend("verify", 3)
    step = life.task.steps[-1]
    assert (step.verb, step.by, step.stage, step.days) == ("extend", "zhao", "verify", 3)
    assert (step.ground, step.document, step.due) == ("complex_case", "延1号", date(2026, 3, 17))
    assert life.runs == {"verify": "03-20", "close": "05-06"}
    assert life.extend("close", 30, "延2号").runs == {"verify": "03-20", "close": "06-01"}
    assert life.on(3, 20).report(verb="verify").task.steps[-1].due == date(2026, 3, 20)


def test_a13_extensions_at_most_double_a_limit(life: Life) -> None:
    life.on(3, 3).report(verb="receive").extend("verify", 6)
    assert life.refused("extend", "verify", 5, "延2号") == "extension_too_long"
    assert life.extend("verify", 4, "延2号").runs["verify"] == "03-31"


def test_a13_what_is_late_is_not_extended_and_what_does_not_run_neither(life: Life) -> None:
    life.on(3, 5)
    assert life.refused("extend", "receive", 1) == "limit_passed"
    assert life.refused("extend", "handle", 1) == "limit_not_running"
    life.report(verb="receive")
    assert life.refused("extend", "receive", 1) == "limit_not_running"


def test_a11_an_extension_that_is_sent_again_counts_once_also_after_other_steps(
    life: Life,
) -> None:
    life.on(3, 3).report(verb="receive").extend("close", 10)
    life.report(verb="verify")
    once = life.task
    assert life.on(3, 9).extend("close", 10).task == once


def test_a13_while_it_is_suspended_no_limit_runs(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).suspend()
    told = life.told
    assert (told.suspended, told.clocks, told.due, told.case_due) == (True, (), None, None)
    life.on(3, 19).resume()
    # Two of the ten days were over; 6 to 19 March do not count.
    assert life.runs == {"verify": "03-31", "close": "05-15"}
    assert not life.told.suspended


def test_a13_suspended_twice_both_times_are_taken_out(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).suspend().on(3, 9).resume()
    assert life.runs["verify"] == "03-19"
    assert life.on(3, 10).suspend("中2号").on(3, 12).resume().runs["verify"] == "03-23"


def test_a13_who_closes_what_stood_still_since_its_last_day_is_in_time(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 17).suspend()
    life.on(6, 1).report(verb="close", evidence=CLOSED)
    assert life.task.steps[-1].due == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("what", "arguments", "body"),
    [
        ("report", (), {"verb": "verify"}),
        ("report", (), {"verb": "handle"}),
        ("report", (), RETURN),
        ("reassign", (OTHER,), {}),
        ("extend", ("verify", 1), {}),
        ("suspend", ("中2号",), {}),
    ],
)
def test_a13_a_suspended_task_takes_only_its_end_and_its_resumption(
    life: Life, what: str, arguments: tuple[Any, ...], body: dict[str, Any]
) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).suspend()
    assert life.refused(what, *arguments, **body) == "task_suspended"


def test_a13_who_closes_a_suspended_task_is_judged_without_the_time_it_stood_still(
    life: Life,
) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).suspend()
    life.on(5, 15).report(verb="close", evidence=CLOSED)
    assert (life.task.state, life.task.suspended) == (State.CLOSED, False)
    assert life.task.steps[-1].due == date(2026, 5, 27)
    assert life.told.case_due == date(2026, 7, 13)


def test_a7_a_suspended_task_is_withdrawn_like_any_other(life: Life) -> None:
    life.on(3, 3).report(verb="receive").suspend()
    life.town.decide(registration(2, scope="软件开发"))
    assert (life.task.state, life.task.suspended) == (State.CLOSED, False)


def test_a13_only_what_is_in_work_is_suspended_and_only_what_is_suspended_resumes(
    life: Life,
) -> None:
    assert life.refused("suspend") == "step_not_allowed"
    life.report(verb="receive")
    assert life.refused("resume") == "task_not_suspended"


def test_a11_a_suspension_and_a_resumption_count_once(life: Life) -> None:
    life.on(3, 3).report(verb="receive").suspend().suspend().on(3, 5).resume()
    once = life.task
    assert life.on(3, 9).resume().task == once
    assert life.suspend().task == once  # the late repeat of the first


def test_d3_only_a_lead_of_the_department_extends_and_suspends(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    act = Resumption(note="x")
    for unit, role in ((UNIT, Role.OFFICER), ("gaj", Role.LEAD), (OFFICE, Role.TOWN_OFFICE)):
        who = Caller("x", frozenset({Grant(unit, role)}))
        with pytest.raises(NotFound):
            usecases.resume_task(life.task.id, act, who, life.town.desk())
