"""A task that was stored before it had clocks is read with its limits (A13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from functions.shared.matching.items import Stage
from functions.shared.table import Record
from functions.supervision.clocks import Clock
from functions.supervision.store import task_in
from tests.unit.supervision.life import OTHER, RETURN, Life


def as_before(life: Life) -> Record:
    """The record of the task as it would have been written then: with the last days alone."""
    stored = life.town.store.tasks.get(life.task.id)
    assert stored
    clocks = stored.record["clocks"]
    record = {name: value for name, value in stored.record.items() if name != "clocks"}
    record["steps"] = [{**one, "due": None} for one in record.get("steps", ())]
    return record | {"deadlines": {stage: clock["due"] for stage, clock in clocks.items()}}


def read(life: Life) -> dict[Stage, Clock]:
    found = task_in(as_before(life))
    assert found
    return found.clocks


@pytest.mark.parametrize(
    "lived",
    [
        lambda life: life,
        lambda life: life.on(3, 3).report(verb="receive"),
        lambda life: life.on(3, 3).report(verb="receive").on(3, 5).report(verb="verify"),
        lambda life: life.on(3, 3).report(verb="receive").on(3, 6).reassign(OTHER),
    ],
)
def test_a13_what_was_stored_with_its_last_days_alone_keeps_every_limit(
    lived: Callable[[Life], Life],
) -> None:
    life = lived(Life())
    limits = {stage: (one.since, one.due) for stage, one in life.task.clocks.items()}
    assert {stage: (one.since, one.due) for stage, one in read(life).items()} == limits
    assert all(one.remind == one.due for one in read(life).values())


def test_a13_what_another_unit_had_begun_does_not_run_on_at_the_next() -> None:
    life = Life().on(3, 3).report(verb="receive").on(3, 6).reassign(OTHER)
    before = as_before(life)
    before["deadlines"] |= {"verify": "2026-03-17"}  # it stayed when a task was handed on
    found = task_in(before)
    assert found and set(found.clocks) == {Stage.RECEIVE, Stage.CLOSE}


def test_a13_an_office_is_not_late_with_a_limit_that_was_the_units() -> None:
    assert set(read(Life().on(3, 3).report(**RETURN))) == {Stage.CLOSE}


def test_a13_the_next_step_writes_its_clocks_and_judges_the_stage_that_it_ends() -> None:
    life = Life()
    before = as_before(life)
    table = life.town.table
    table.put(before | {"version": 2}, over=1)
    life.on(3, 3).report(verb="receive")
    assert life.task.steps[-1].due == date(2026, 3, 4)
    assert life.runs == {"verify": "03-17", "close": "05-06"}
    stored = table.get(f"T#{life.task.id}", "T")
    assert stored and "deadlines" not in stored
    assert life.extend("close", 10).runs["close"] == "05-11"
