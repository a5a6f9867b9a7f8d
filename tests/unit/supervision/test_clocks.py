"""When a limit ends that was extended or stood still: against a count by hand (A13)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.shared.calendar import Calendar
from functions.shared.matching.items import Event, Limit, Milestone, Stage
from functions.supervision.clocks import Pause, clock_of, due_of
from tests.fakes.rules import calendar

DAY = timedelta(days=1)
FIRST, LAST = date(2018, 12, 31), date(2027, 6, 30)
FIRST_OF_JUNE = date(2026, 6, 1)


def limit(n: int, unit: str = "working", remind: int | None = None) -> Limit:
    return Limit.model_validate(
        {"stage": "verify", "n": n, "unit": unit, "from": "received", "remind": remind}
    )


def by_hand(given: Limit, since: date, extra: int, pauses: list[Pause]) -> date:
    """Day after day: cross off each that counts until none is left, then the next that can end."""
    day, left = since, given.n + extra
    while left:
        day += DAY
        if not any(pause.covers(day) for pause in pauses):
            left -= given.unit == "calendar" or works(day)
    while not works(day) or any(a <= day <= b and a < b for a, b in pauses):
        day += DAY
    return day


@cache
def works(day: date) -> bool:
    return calendar().is_working(day)


@st.composite
def suspensions(draw: st.DrawFn, since: date) -> list[Pause]:
    """Some, in order and apart, the first perhaps from before `since`; of no days as well."""
    gaps = draw(st.lists(st.integers(0, 25), max_size=6))
    days = list(accumulate(gaps, initial=draw(st.integers(-20, 10))))
    starts = [since + day * DAY for day in days]
    return [Pause(a, b) for a, b in zip(starts[::2], starts[1::2], strict=False)]


@given(
    st.data(),
    st.dates(FIRST, LAST),
    st.integers(1, 60),
    st.sampled_from(["working", "calendar"]),
    st.integers(0, 30),
)
def test_a13_a_limit_ends_where_a_count_by_hand_ends(
    data: st.DataObject, since: date, n: int, unit: str, extra: int
) -> None:
    pauses = data.draw(suspensions(since))
    given_ = limit(n, unit)
    assert due_of(given_, since, calendar(), extra=extra, pauses=pauses) == by_hand(
        given_, since, extra, pauses
    )


@given(st.dates(FIRST, LAST), st.integers(1, 60), st.sampled_from(["working", "calendar"]))
def test_a13_without_extension_or_suspension_it_is_what_the_calendar_says(
    since: date, n: int, unit: str
) -> None:
    assert due_of(limit(n, unit), since, calendar()) == by_hand(limit(n, unit), since, 0, [])


@given(st.data(), st.dates(FIRST, LAST), st.integers(1, 60), st.integers(0, 30))
def test_a13_no_suspension_and_no_extension_ends_a_limit_sooner(
    data: st.DataObject, since: date, n: int, extra: int
) -> None:
    pauses = data.draw(suspensions(since))
    plain = due_of(limit(n), since, calendar())
    assert due_of(limit(n), since, calendar(), extra=extra, pauses=pauses) >= plain


def test_a13_suspended_on_thursday_and_resumed_on_monday_it_ends_two_working_days_later() -> None:
    thursday, monday = date(2026, 3, 5), date(2026, 3, 9)
    assert due_of(limit(5), date(2026, 3, 2), calendar()) == monday
    pauses = [Pause(thursday, monday)]  # Friday and Monday do not count
    assert due_of(limit(5), date(2026, 3, 2), calendar(), pauses=pauses) == date(2026, 3, 11)


@pytest.mark.parametrize("unit", ["working", "calendar"])
@pytest.mark.parametrize(
    ("suspended", "resumed", "ends"),
    [
        (date(2026, 3, 9), date(2026, 6, 1), date(2026, 6, 2)),  # on its last day: that is left
        (date(2026, 3, 9), date(2026, 3, 13), date(2026, 3, 16)),  # a Friday, then a Monday
        (date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 9)),  # on the same day: nothing
        (date(2026, 3, 10), date(2026, 6, 1), date(2026, 3, 9)),  # the day after: it was late
    ],
)
def test_a13_suspended_on_its_last_day_a_limit_is_not_late_by_the_time_it_stood_still(
    unit: str, suspended: date, resumed: date, ends: date
) -> None:
    given_ = limit(5 if unit == "working" else 7, unit)
    pauses = [Pause(suspended, resumed)]
    assert due_of(given_, date(2026, 3, 2), calendar(), pauses=pauses) == ends


def test_a13_suspended_on_its_last_day_twice_a_limit_waits_for_both() -> None:
    pauses = [Pause(date(2026, 3, 9), date(2026, 3, 12)), Pause(date(2026, 3, 13), FIRST_OF_JUNE)]
    assert due_of(limit(5), date(2026, 3, 2), calendar(), pauses=pauses) == date(2026, 6, 2)


@pytest.mark.parametrize(("n", "days"), [(1, 1), (5, 1), (6, 2), (20, 2), (21, 5), (90, 5)])
@pytest.mark.parametrize("unit", ["working", "calendar"])
def test_a13_a_limit_is_near_by_its_length(n: int, days: int, unit: str) -> None:
    clock = clock_of(limit(n, unit), date(2026, 3, 2), calendar())
    assert calendar().working_days_between(clock.remind, clock.due) == days
    assert calendar().is_working(clock.remind)


def test_a13_a_limit_that_says_when_it_is_near_is_near_then() -> None:
    clock = clock_of(limit(10, remind=4), date(2026, 3, 2), calendar())
    assert (clock.due, clock.remind) == (date(2026, 3, 16), date(2026, 3, 10))


def test_a13_no_limit_is_near_before_it_begins() -> None:
    clock = clock_of(limit(3, remind=10), date(2026, 3, 7), calendar())  # a Saturday
    assert clock.remind == clock.since


def test_a14_beyond_the_published_years_a_clock_is_provisional() -> None:
    within = clock_of(limit(2), date(2026, 12, 29), calendar())
    beyond = clock_of(limit(3), date(2026, 12, 29), calendar())
    assert (within.provisional, within.calendar) == (False, "2026.1")
    assert (beyond.provisional, beyond.calendar) == (True, "2026.1")


def test_a13_a_clock_knows_its_milestone_and_no_step() -> None:
    given_ = limit(20)
    accepted = given_.model_copy(update={"start": Milestone.ACCEPTED, "stage": Stage.HANDLE})
    verified = given_.model_copy(update={"start": Event.VERIFIED, "stage": Stage.HANDLE})
    starts = [clock_of(one, FIRST, calendar()).start for one in (accepted, verified)]
    assert starts == [Milestone.ACCEPTED, None]


def test_a14_the_nth_working_day_is_found_in_both_directions() -> None:
    year: Calendar = calendar()
    days = [date(2025, 12, 1) + n * DAY for n in range(70)]
    working = [day for day in days if works(day)]
    for day in days[30:45]:
        later = [one for one in working if one > day]
        earlier = [one for one in working if one < day]
        assert [year.nth_working_day(day, n) for n in (1, 2, 9)] == [later[0], later[1], later[8]]
        assert [year.nth_working_day(day, -n) for n in (1, 2, 9)] == [
            earlier[-1],
            earlier[-2],
            earlier[-9],
        ]
        assert year.nth_working_day(day, 0) == day
