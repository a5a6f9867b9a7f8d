"""Which limits run over a task's life: what starts, ends, extends and suspends them (A13)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.supervision import State
from functions.shared.matching.items import Milestone, Stage
from tests.unit.supervision.life import CLOSED, OFFICE, OTHER, RETURN, UNIT, Life
from tests.unit.supervision.smalltown import registration


@pytest.fixture
def life() -> Life:
    return Life()


def test_a13_the_stage_and_the_whole_case_run_side_by_side(life: Life) -> None:
    assert life.runs == {"receive": "03-04", "close": "05-06"}  # 1 to 5 May are off
    assert life.on(3, 3).report(verb="receive").runs == {"verify": "03-17", "close": "05-06"}
    assert life.on(3, 5).report(verb="verify").runs == {"handle": "04-02", "close": "05-06"}
    assert (life.told.due, life.told.case_due) == (date(2026, 4, 2), date(2026, 5, 6))
    closed = life.on(3, 6).report(verb="close", evidence=CLOSED)
    assert (closed.runs, closed.told.due, closed.told.case_due) == ({}, None, date(2026, 5, 6))


def test_a13_who_handles_at_once_has_verified(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).report(verb="handle", note="已上门")
    assert life.runs == {"handle": "04-02", "close": "05-06"}
    assert life.task.steps[-1].due == date(2026, 3, 17)


def test_a13_each_step_keeps_the_limit_that_it_met_or_missed(life: Life) -> None:
    life.on(3, 9).report(verb="receive").on(3, 10).report(verb="verify")
    life.on(3, 11).report(verb="verify", note="又").report(verb="handle", note="整改中")
    life.on(6, 1).report(verb="close", evidence=CLOSED)
    assert [(step.verb, f"{step.due:%m-%d}" if step.due else None) for step in life.told.steps] == [
        ("receive", "03-04"),
        ("verify", "03-23"),
        ("verify", None),
        ("handle", None),
        ("close", "04-08"),
    ]


def test_a13_a_step_that_comes_again_and_an_edit_reset_nothing(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).report(verb="verify")
    before = life.runs
    for day in (6, 9, 16):
        life.on(3, day).report(verb="verify", note=f"第{day}次").report(verb="handle", ref=f"{day}")
        life.town.decide(registration(life.town.case.edition + 1, name=f"改名{day}"))
    assert (life.runs, life.task.name) == (before, "改名16")


def test_a13_another_unit_has_its_own_time_but_the_case_runs_on(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 10).reassign(OTHER)
    assert life.task.steps[-1].due == date(2026, 3, 17)
    assert life.runs == {"receive": "03-12", "close": "05-06"}
    assert life.on(3, 11).report(verb="receive").runs == {"verify": "03-25", "close": "05-06"}


def test_a10_the_office_that_a_task_is_returned_to_has_a_limit_too(life: Life) -> None:
    life.on(3, 3).report(**RETURN)
    assert (life.task.unit, life.runs) == (OFFICE, {"receive": "03-05", "close": "05-06"})
    assert life.task.steps[-1].due == date(2026, 3, 4)
    life.report(verb="handle", note="正在核实")
    assert life.runs["receive"] == "03-05"
    assert life.told.steps[-1].due is None
    life.on(3, 6).redirect(OTHER)
    assert life.task.steps[-1].due == date(2026, 3, 5)
    assert life.runs == {"receive": "03-10", "close": "05-06"}


def test_a13_an_acceptance_starts_the_statutory_period(life: Life) -> None:
    life.on(3, 3).report(verb="receive").on(3, 5).report(verb="verify")
    life.on(3, 20).report(verb="handle", milestone="accepted", on="2026-03-18")
    assert life.runs == {"handle": "04-16", "close": "05-06"}  # Qingming, 6 April, is off
    step = life.task.steps[-1]
    assert (step.milestone, step.on) == (Milestone.ACCEPTED, date(2026, 3, 18))


def test_a13_a_filing_starts_the_ninety_days_of_a_penalty(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.on(4, 10).report(verb="handle", milestone="filed", on="2026-04-10")
    assert life.runs["close"] == "07-09"
    assert life.told.case_due == date(2026, 7, 9)


def test_a13_what_an_acceptance_started_runs_on_in_other_hands(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-03-03").on(3, 10).reassign(OTHER)
    assert life.runs == {"receive": "03-12", "handle": "03-31", "close": "05-06"}
    life.on(3, 11).report(verb="receive").on(3, 12).report(verb="verify")
    assert life.runs["handle"] == "03-31"


def test_a13_another_department_accepts_for_itself(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-03-03").report(**RETURN)
    life.on(3, 10).redirect("rsj").on(3, 11).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-03-11")
    assert life.runs == {"handle": "04-09", "close": "05-06"}


def test_a13_nobody_is_late_with_what_another_department_had_accepted(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-03-03").on(4, 3).report(**RETURN)
    assert life.task.steps[-1].due == date(2026, 3, 31)  # which the unit that left had missed
    assert life.runs == {"receive": "04-08", "close": "05-06"}
    life.on(4, 7).redirect("rsj")
    assert life.runs == {"receive": "04-09", "close": "05-06"}
    life.on(4, 8).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-04-08")
    assert life.runs == {"handle": "05-09", "close": "05-06"}  # a Saturday that is worked


def test_a13_who_returns_what_it_accepted_and_gets_it_back_has_its_limit_again(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.report(verb="handle", milestone="accepted", on="2026-03-03").on(3, 5).report(**RETURN)
    life.on(3, 10).redirect(UNIT)
    assert life.runs == {"receive": "03-12", "handle": "03-31", "close": "05-06"}


_ORDINARY = st.sampled_from(
    [
        *({"verb": verb} for verb in ("receive", "verify", "handle")),
        {"verb": "handle", "milestone": "accepted", "on": "2026-03-03"},
        RETURN,
        *({"to": unit} for unit in (UNIT, OTHER, "rsj")),
    ]
)


@given(st.lists(st.tuples(st.integers(0, 9), _ORDINARY), max_size=12))
@settings(max_examples=40)
def test_a13_whatever_is_done_the_case_runs_on_and_a_stage_begins_on_the_day_of_its_step(
    deeds: list[tuple[int, dict[str, Any]]],
) -> None:
    life = Life()
    case, day = life.task.clocks[Stage.CLOSE], life.task.pushed_at + timedelta(days=1)
    for days, deed in deeds:
        day += timedelta(days=days)
        life.town.now = day
        before = life.task
        move = life.redirect if before.state is State.RETURNED else life.reassign
        with suppress(Conflict, Invalid, NotFound):
            move(deed["to"]) if "to" in deed else life.report(ref=f"{day}", **deed)
        after = life.task
        assert after.clocks[Stage.CLOSE] == case
        for stage in {*after.clocks} & {*before.clocks}:
            old, new = before.clocks[stage], after.clocks[stage]
            assert new == old or new.start or after.unit != before.unit
        if after.unit != before.unit:
            assert after.clocks[Stage.RECEIVE].since == shanghai_day(day)


def test_a13_a_limit_that_was_passed_is_not_healed_by_a_milestone(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    life.on(5, 11).report(verb="handle", milestone="filed", on="2026-05-08")
    assert life.runs["close"] == "05-06"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"verb": "handle", "milestone": "accepted"}, "value_missing"),
        ({"verb": "handle", "milestone": "accepted", "on": "2026-03-11"}, "day_in_future"),
        ({"verb": "handle", "milestone": "accepted", "on": "2026-03-01"}, "day_before_push"),
        ({"verb": "handle", "on": "2026-03-10"}, "only_with_milestone"),
        ({"verb": "verify", "milestone": "filed", "on": "2026-03-10"}, "only_with_handle"),
        ({"verb": "handle", "milestone": "filed", "on": "2026-03-09"}, "milestone_recorded"),
    ],
)
def test_a13_a_milestone_needs_its_day_and_happens_once(
    life: Life, body: dict[str, Any], code: str
) -> None:
    life.on(3, 3).report(verb="receive")
    life.on(3, 10).report(verb="handle", milestone="filed", on="2026-03-10", ref="1")
    assert life.refused("report", **body) == code


def test_a11_a_milestone_that_is_sent_twice_counts_once(life: Life) -> None:
    life.on(3, 3).report(verb="receive")
    body = {"verb": "handle", "milestone": "filed", "on": "2026-03-03"}
    life.report(**body)
    once = life.task
    assert life.on(3, 9).report(**body).task == once


def test_a13_the_event_of_a_step_tells_from_when_on_each_limit_is_near(life: Life) -> None:
    near = {clock.stage: clock.remind for clock in life.told.clocks}
    assert near == {"receive": date(2026, 3, 3), "close": date(2026, 4, 24)}


def test_a_task_stays_narrow_enough_to_be_written_for_one_unit(life: Life) -> None:
    """A write of up to 1 KB costs one."""
    stored = life.town.store.tasks.get(life.task.id)
    assert stored
    assert len(stored.value.model_dump_json(exclude_defaults=True).encode()) < 1000


def test_a13_time_passes_by_the_days_of_shanghai(life: Life) -> None:
    life.on(3, 3)
    life.town.now += timedelta(hours=16)  # 01:00 of the 4th
    assert life.report(verb="receive").runs["verify"] == "03-18"
