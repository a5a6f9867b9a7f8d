"""What a task's life counts for (A19), and that it only ever grows (A20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from functions.reports.domain import (
    CITY,
    Cell,
    Counts,
    Measure,
    bucket_of,
    contribution,
    difference,
)
from functions.shared.events.supervision import TaskTold
from tests.unit.reports.lives import CASE_DUE, EAST, WEST, due, lives, step, task, versions

ITEM = "SP01"
HERE, THERE, OFFICE = f"scjg.{EAST}", f"gaj.{WEST}", f"office.{EAST}"


def by_unit(told: TaskTold) -> dict[str, Counter[str]]:
    """The whole of a contribution, by unit."""
    found: dict[str, Counter[str]] = {}
    for cell, counts in contribution(told).items():
        found.setdefault(cell.unit, Counter()).update(counts)
    return found


def on_day(told: TaskTold, day: int) -> Mapping[str, int]:
    """What counts on the day `day` days after the push, for the unit HERE."""
    return contribution(told).get(Cell(due(day), "scjg", EAST, ITEM), {})


WHOLE_LIFE = task(
    step("receive", 2, due=due(2)),
    step("verify", 5, due=due(4)),
    step("handle", 9),
    step("close", 12, due=due(30)),
)


def test_a19_a_push_counts_on_its_day_in_shanghai_for_its_first_unit() -> None:
    late_evening = task().model_copy(update={"pushed_at": task().pushed_at.replace(hour=16)})
    cell = Cell(date(2026, 3, 3), "scjg", EAST, ITEM)  # past midnight there
    assert contribution(late_evening) == {cell: {"pushed": 1}}


def test_a19_each_stage_counts_on_the_day_and_by_the_limit_of_the_step_that_ended_it() -> None:
    assert on_day(WHOLE_LIFE, 2) == {
        "received": 1,
        "received_on_time": 1,  # the due day itself is in time
        "receive_days": 2,
        "receive_d2": 1,
    }
    assert on_day(WHOLE_LIFE, 5) == {
        "verified": 1,
        "verified_late": 1,
        "verify_days": 3,
        "verify_d3": 1,
    }
    assert not on_day(WHOLE_LIFE, 9)  # handling had begun
    assert on_day(WHOLE_LIFE, 12) == {
        "handled": 1,
        "on_time": 1,
        "handle_days": 7,
        "handle_d7": 1,
        "whole_days": 12,
        "whole_d12": 1,
    }


def test_a19_a_close_is_late_by_its_stage_or_by_the_whole_case() -> None:
    in_time: dict[str, Any] = {"due": due(30)}
    for limits, case_due, late in [
        (in_time, CASE_DUE, 0),
        ({"due": due(11)}, CASE_DUE, 1),
        (in_time, due(11), 1),
        ({}, None, 0),
    ]:
        told = task(step("receive", 1), step("handle", 2), step("close", 12, **limits))
        counts = on_day(told.model_copy(update={"case_due": case_due}), 12)
        assert (counts.get("late", 0), counts.get("on_time", 0)) == (late, 1 - late)


def test_a19_a_close_straight_after_the_receipt_ends_the_verification_and_no_handling() -> None:
    counts = on_day(task(step("receive", 1), step("close", 4, due=due(3))), 4)
    assert (counts["verified"], counts["verified_late"], counts["verify_d3"]) == (1, 1, 1)
    assert "handle_days" not in counts
    assert counts["late"] == 1


def test_a19_a_task_that_leaves_a_unit_leaves_what_was_done_there() -> None:
    told = task(
        step("receive", 1),
        step("return", 3, due=due(2)),
        step("redirect", 5, OFFICE, due=due(6)),
        step("receive", 6, THERE),
        step("reassign", 7, THERE),
        step("withdraw", 9, "gaj"),
        unit="gaj",
    )
    found = by_unit(told)
    assert found[HERE] == {
        **{"pushed": 1, "received": 1, "receive_days": 1, "receive_d1": 1},
        **{"returned": 1, "left_late": 1},
    }
    assert found[OFFICE] == {"taken_over": 1, "passed_on": 1}
    assert found[THERE] == {
        **{"taken_over": 1, "received": 1, "receive_days": 1, "receive_d1": 1},
        "passed_on": 1,
    }
    assert found["gaj"] == {"taken_over": 1, "withdrawn": 1}
    assert contribution(told)[Cell(due(9), "gaj", CITY, ITEM)] == {"withdrawn": 1}


def test_a19_a_town_office_that_closes_counts_as_who_handled_it() -> None:
    told = task(step("return", 1), step("handle", 2, OFFICE), step("close", 3, OFFICE), unit=OFFICE)
    found = by_unit(told)[OFFICE]
    assert found == {
        **{"taken_over": 1, "handled": 1, "on_time": 1, "whole_days": 3, "whole_d3": 1}
    }


def test_a13_days_of_suspension_count_in_no_stage() -> None:
    told = task(
        step("receive", 0),
        step("verify", 1),
        step("suspend", 3),
        step("resume", 8),
        step("suspend", 10),
        step("close", 13),
    )
    counts = on_day(told, 13)
    assert (counts["handle_days"], counts["whole_days"]) == (12 - 5 - 3, 13 - 5 - 3)
    assert (on_day(told, 3), on_day(told, 10)) == ({"suspended": 1}, {"suspended": 1})


def test_a13_an_extension_counts_and_a_recount_does_not() -> None:
    told = task(step("receive", 1), step("extend", 2), step("recount", 3))
    assert (on_day(told, 2), on_day(told, 3)) == ({"extended": 1}, {})


def test_a19_a_stage_done_on_the_day_it_began_took_no_days_and_still_counts() -> None:
    assert on_day(task(step("receive", 0)), 0) == {"pushed": 1, "received": 1, "receive_d0": 1}


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, 0), (60, 60), (61, 90), (90, 90), (91, 120), (180, 180), (181, 365), (366, 366)],
)
def test_a19_days_are_counted_exactly_up_to_sixty(days: int, bucket: int) -> None:
    assert bucket_of(days) == bucket
    assert bucket_of(days + 4000) == 366


@settings(max_examples=300, deadline=None)
@given(lives())
def test_a20_each_version_of_a_life_only_adds_to_the_one_before(told: TaskTold) -> None:
    lived = [contribution(one) for one in versions(told)]
    for earlier, later in zip(lived, lived[1:], strict=False):
        for counts in difference(later, earlier).values():
            assert min(counts.values()) > 0


@settings(max_examples=300, deadline=None)
@given(lives())
def test_a20_what_came_to_a_unit_left_it_again_or_is_there(told: TaskTold) -> None:
    everywhere: Counter[str] = Counter()
    for unit, counts in by_unit(told).items():
        everywhere.update(counts)
        came = counts[Measure.PUSHED] + counts[Measure.TAKEN_OVER]
        closed = counts[Measure.HANDLED] + counts[Measure.WITHDRAWN]
        left = counts[Measure.RETURNED] + counts[Measure.PASSED_ON]
        here = unit == told.unit and told.steps[-1:] != () and told.state != "closed"
        here = here or (unit == told.unit and not told.steps)
        assert came == closed + left + here
    moved = everywhere[Measure.RETURNED] + everywhere[Measure.PASSED_ON]
    assert everywhere[Measure.TAKEN_OVER] == moved
    assert everywhere[Measure.PUSHED] == 1
    assert everywhere[Measure.HANDLED] == everywhere["on_time"] + everywhere["late"]


@settings(max_examples=100, deadline=None)
@given(lives(), lives())
def test_a20_the_difference_leads_from_one_contribution_to_any_other(
    one: TaskTold, other: TaskTold
) -> None:
    old, new = contribution(one), contribution(other)
    sums: dict[Cell, Counter[str]] = {cell: Counter(counts) for cell, counts in old.items()}
    for cell, counts in difference(new, old).items():
        sums.setdefault(cell, Counter()).update(counts)
    left: dict[Cell, Counts] = {cell: +counts for cell, counts in sums.items() if +counts}
    assert left == new


def test_a19_no_stage_takes_less_than_no_days_where_two_clocks_disagree() -> None:
    early = task().pushed_at - timedelta(days=1)
    backwards = step("receive", 0).model_copy(update={"at": early})
    counts = contribution(task(backwards))[Cell(due(-1), "scjg", EAST, ITEM)]
    assert (counts["receive_d0"], counts.get("receive_days", 0)) == (1, 0)
