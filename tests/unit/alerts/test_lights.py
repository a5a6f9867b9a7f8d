"""Green, yellow and red follow from the limits that run and from the day, nothing else (A13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from functions.shared.clocks import Light, days_late, light, next_due, strikes
from tests.unit.alerts.watching import limit

SINCE, DUE = date(2026, 3, 2), date(2026, 3, 6)
STAGE = limit("verify", SINCE, DUE, DUE - timedelta(days=1))
CASE = limit("close", SINCE, date(2026, 3, 20), date(2026, 3, 18))


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (SINCE, Light.GREEN),
        (date(2026, 3, 4), Light.GREEN),
        (date(2026, 3, 5), Light.YELLOW),
        (DUE, Light.YELLOW),  # the last day itself is in time
        (date(2026, 3, 7), Light.RED),
    ],
)
def test_a13_the_stage_clock_turns_the_light(day: date, shown: Light) -> None:
    assert light((STAGE, CASE), day) is shown


def test_a13_the_clock_of_the_whole_case_turns_it_as_well() -> None:
    late_stage = limit("handle", SINCE, date(2026, 4, 20))
    days = (date(2026, 3, 17), date(2026, 3, 18), CASE.due, CASE.due + timedelta(days=1))
    shown = [light((late_stage, CASE), day) for day in days]
    assert shown == [Light.GREEN, Light.YELLOW, Light.YELLOW, Light.RED]


def test_a13_where_nothing_runs_nothing_is_late() -> None:
    far = date(2030, 1, 1)
    assert (light((), far), days_late((), far), next_due(())) == (Light.GREEN, 0, None)


def test_a13_days_late_count_from_the_limit_that_was_passed_first() -> None:
    assert days_late((CASE, STAGE), DUE) == 0
    assert days_late((CASE, STAGE), DUE + timedelta(days=3)) == 3
    assert next_due((CASE, STAGE)) == DUE


def test_a13_a_day_begins_in_shanghai() -> None:
    assert strikes(DUE) == datetime(2026, 3, 5, 16, tzinfo=UTC)
    assert strikes(DUE, 8) == datetime(2026, 3, 6, 0, tzinfo=UTC)
