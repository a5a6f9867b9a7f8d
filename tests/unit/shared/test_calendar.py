"""The working calendar against the notices, the moon and a day-by-day count (A13, A14)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunardate import LunarDate
from pydantic import ValidationError

from functions.shared.calendar import (
    Calendar,
    DayNotCovered,
    Deadline,
    Limit,
    Unit,
    parse_calendar,
    shanghai_day,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
PATH = Path(__file__).parents[3] / "infra/city/calendars/2026.1.toml"
TEXT = PATH.read_text("utf-8")
NOTICE = "\n[[years]]\n"
DATA = tomllib.loads(TEXT)
CALENDAR = parse_calendar(TEXT)
DAY = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, SHANGHAI)


def working(n: int) -> Limit:
    return Limit(n=n, unit=Unit.WORKING, start="task.pushed")


def calendar_days(n: int) -> Limit:
    return Limit(n=n, unit=Unit.CALENDAR, start="case.filed")


def days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def due_day(limit: Limit, day: date, calendar: Calendar = CALENDAR) -> date:
    return shanghai_day(calendar.deadline(limit, noon(day)).due)


def without_years_after(year: int) -> Calendar:
    """The same calendar as it stood when the notice of `year` was the last one."""
    head, *notices = TEXT.split(NOTICE)
    return parse_calendar(NOTICE.join([head, *notices[: year - 2018]]))


# A second reading of the file, a plain set of days off, that shares no code with the calendar.
OFF = {
    day
    for year in DATA["years"]
    for holiday in year["holidays"]
    for day in days(holiday["first"], holiday["last"])
}
MAKE_UP = {day for year in DATA["years"] for day in year["make_up"]}


def statutory(year: int) -> set[date]:
    spring = LunarDate(year, 1, 1).to_solar_date()
    moon = {
        LunarDate(year, 5, 5).to_solar_date(),
        LunarDate(year, 8, 15).to_solar_date(),
        *(spring + n * DAY for n in (-1, 0, 1, 2)),
    }
    fixed = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
    return {date(year, m, d) for m, d in fixed} | moon | {qingming(year)}


def qingming(year: int) -> date:
    """The rule of thumb for this century: 4 or 5 April."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


STATUTORY = {year: statutory(year) for year in range(2000, 2100)}


def works(day: date) -> bool:
    if day in MAKE_UP:
        return True
    if day.weekday() >= 5 or day in OFF:
        return False
    return 2019 <= day.year <= 2026 or day not in STATUTORY[day.year]


ALL_DAYS = list(days(date(2000, 1, 1), date(2099, 12, 31)))
WORKS = {day: works(day) for day in ALL_DAYS}


def brute_working(start: date, n: int) -> date:
    day = start
    while n:
        day += DAY
        n -= WORKS[day]
    return day


def brute_calendar(start: date, n: int) -> date:
    day = start + n * DAY
    while not WORKS[day]:
        day += DAY
    return day


@pytest.mark.parametrize(
    ("make", "brute"), [(working, brute_working), (calendar_days, brute_calendar)]
)
@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 10, 20, 45, 60, 90, 250])
def test_a14_every_start_of_every_published_year_ends_where_a_count_by_hand_ends(
    make: Callable[[int], Limit], brute: Callable[[date, int], date], n: int
) -> None:
    limit = make(n)
    for start in days(date(2018, 12, 31), date(2026, 12, 31)):
        expected = brute(start, n)
        made = CALENDAR.deadline(limit, noon(start))
        assert made == Deadline(
            due=end_of(expected), provisional=expected.year > 2026, calendar="2026.1"
        ), start


@pytest.mark.parametrize(
    ("make", "brute"), [(working, brute_working), (calendar_days, brute_calendar)]
)
@pytest.mark.parametrize("n", [1, 2, 10, 60])
def test_a14_every_start_of_every_other_year_is_provisional_and_counts_as_the_law_stands(
    make: Callable[[int], Limit], brute: Callable[[date, int], date], n: int
) -> None:
    """A century, before the notices and beyond them."""
    limit = make(n)
    published = range(date(2018, 12, 31).toordinal(), date(2026, 12, 31).toordinal() + 1)
    for start in days(date(2000, 1, 1), date(2099, 8, 31)):
        made = CALENDAR.deadline(limit, noon(start))
        expected = brute(start, n)
        assert made.due == end_of(expected), start
        whole = start.toordinal() in published and expected.toordinal() in published
        assert made.provisional is not whole, start


def test_a14_each_day_is_what_the_notices_and_the_law_say() -> None:
    wrong = [day for day in ALL_DAYS if CALENDAR.is_working(day) != WORKS[day]]
    assert wrong == []


@pytest.mark.parametrize(
    ("year", "working_days"),
    [
        (2019, 250),
        (2020, 249),
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 248),
        (2026, 248),
    ],
)
def test_a14_a_year_has_as_many_working_days_as_the_law_leaves(
    year: int, working_days: int
) -> None:
    assert sum(map(CALENDAR.is_working, days(date(year, 1, 1), date(year, 12, 31)))) == working_days


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2018-12-29", True),  # made up for New Year 2019
        ("2018-12-31", False),
        ("2019-05-01", False),
        ("2019-05-05", True),  # the notice of March 2019 lengthened Labour Day
        ("2020-01-31", False),  # Spring Festival prolonged in January 2020
        ("2020-02-01", False),
        ("2020-02-03", True),
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
    ],
)
def test_a14_days_that_a_plain_week_gets_wrong(day: str, open_: bool) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is open_


def test_a14_ten_working_days_over_spring_festival_2026() -> None:
    # 9 to 14 February are six working days, the 24th to the 27th four more.
    assert due_day(working(10), date(2026, 2, 8)) == date(2026, 2, 27)


def test_a13_a_calendar_limit_that_ends_in_the_national_holiday_moves_behind_it() -> None:
    assert due_day(calendar_days(90), date(2026, 7, 5)) == date(2026, 10, 8)


def test_a13_a_calendar_limit_that_ends_on_a_made_up_sunday_stays() -> None:
    assert due_day(calendar_days(1), date(2026, 9, 19)) == date(2026, 9, 20)


def test_a13_the_first_day_is_the_day_in_shanghai() -> None:
    before = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    after = before + timedelta(seconds=1)
    assert shanghai_day(before) == date(2026, 3, 2)
    assert shanghai_day(after) == date(2026, 3, 3)
    assert CALENDAR.deadline(working(1), before).due == end_of(date(2026, 3, 3))
    assert CALENDAR.deadline(working(1), after).due == end_of(date(2026, 3, 4))


def test_a13_a_deadline_is_utc_and_lasts_to_the_end_of_its_day() -> None:
    due = CALENDAR.deadline(working(1), noon(date(2026, 3, 2))).due
    assert due.tzinfo is UTC
    assert shanghai_day(due) == date(2026, 3, 3)
    assert shanghai_day(due + timedelta(microseconds=1)) == date(2026, 3, 4)


@given(st.integers(946_684_800, 4_102_358_400))
def test_a13_the_day_in_shanghai_is_that_of_the_zone_files(seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    assert shanghai_day(instant) == instant.astimezone(SHANGHAI).date()


def test_a14_beyond_the_last_notice_a_deadline_is_provisional() -> None:
    assert CALENDAR.is_published(date(2026, 12, 31))
    assert not CALENDAR.is_published(date(2027, 1, 1))
    assert not CALENDAR.deadline(working(1), noon(date(2026, 12, 30))).provisional
    assert CALENDAR.deadline(working(1), noon(date(2026, 12, 31))).provisional
    # Thursday 31 December is published, the days that it is moved over are not.
    assert CALENDAR.deadline(calendar_days(1), noon(date(2026, 12, 31))).provisional


def test_a14_a_limit_that_begins_before_the_first_notice_is_provisional() -> None:
    assert CALENDAR.deadline(working(9), noon(date(2018, 12, 30))).provisional
    assert not CALENDAR.deadline(working(9), noon(date(2018, 12, 31))).provisional


def test_a14_the_next_notice_settles_a_provisional_deadline() -> None:
    started, limit = noon(date(2024, 12, 20)), working(30)
    earlier = without_years_after(2024).deadline(limit, started)
    later = without_years_after(2025).deadline(limit, started)
    assert (earlier.provisional, later.provisional) == (True, False)
    # The law alone has four days off; the notice moved 3 February off and Sunday 26 January on.
    assert shanghai_day(earlier.due) == date(2025, 2, 7)
    assert shanghai_day(later.due) == date(2025, 2, 8)


@pytest.mark.parametrize("year", range(2027, 2100))
def test_a14_beyond_the_notices_the_weekends_and_the_law_count(year: int) -> None:
    off = {d for d in days(date(year, 1, 1), date(year, 12, 31)) if not CALENDAR.is_working(d)}
    weekends = {d for d in days(date(year, 1, 1), date(year, 12, 31)) if d.weekday() >= 5}
    assert off == weekends | STATUTORY[year]


@pytest.mark.parametrize("year", range(2000, 2100))
def test_a14_the_movable_dates_are_those_of_the_moon_and_the_sun(year: int) -> None:
    assert DATA["statutory"]["movable"][str(year)] == [
        LunarDate(year, 1, 1).to_solar_date(),
        qingming(year),
        LunarDate(year, 5, 5).to_solar_date(),
        LunarDate(year, 8, 15).to_solar_date(),
    ]


@given(
    st.dates(date(2000, 1, 1), date(2080, 1, 1)),
    st.dates(date(2000, 1, 1), date(2080, 1, 1)),
)
def test_a14_working_days_between_can_be_split_and_turned_round(a: date, b: date) -> None:
    middle = a + (b - a) / 2
    between = CALENDAR.working_days_between
    assert between(a, b) == between(a, middle) + between(middle, b) == -between(b, a)


@given(st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.integers(1, 600))
def test_a14_a_limit_of_n_working_days_has_n_of_them_before_it_ends(start: date, n: int) -> None:
    due = due_day(working(n), start)
    assert CALENDAR.is_working(due)
    assert CALENDAR.working_days_between(start, due) == n


def test_a14_an_instant_is_no_day_and_a_naive_one_no_start() -> None:
    with pytest.raises(TypeError, match="shanghai_day"):
        CALENDAR.is_working(noon(date(2026, 3, 2)))
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.deadline(working(1), datetime(2026, 3, 2, 12))  # noqa: DTZ001


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(2100, 1, 1)])
def test_a14_a_day_that_no_table_covers_is_refused(day: date) -> None:
    with pytest.raises(DayNotCovered) as refused:
        CALENDAR.is_working(day)
    assert refused.value.faults[0].params == {"year": day.year, "first": 2000, "last": 2099}


@pytest.mark.parametrize("n", [0, -1, 3661])
def test_a13_a_limit_counts_at_least_a_day_and_at_most_ten_years(n: int) -> None:
    with pytest.raises(ValidationError, match="n\n"):
        working(n)


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ('version = "2026.1"', 'version = ""', "version", "at least 1"),
        ("since = 2025", 'since = "soon"', "statutory.since", "integer"),
        ('"01-01"', '"02-30"', "statutory.solar", "day is out of range"),
        ("2027-04-05", "2028-04-05", "statutory.movable", "2027 needs four days"),
        ("2027-04-05", '"2027-04-05"', "statutory.movable.2027.1", "valid date"),
        ("2050 = [", "2150 = [", "statutory.movable", "2150 comes after 2049"),
        ("year = 2025", "year = 2024", "years.6.holidays", "does not belong to 2024"),
        ("last = 2026-10-07", "last = 2026-09-07", "years.7.holidays.6.last", "does not end"),
        ("first = 2026-05-01", "first = 2026-04-05", "years.7.holidays", "2026-04-05 comes after"),
        ("2026-05-09]", "2026-05-08]", "years.7.make_up", "2026-05-08 is not a weekend"),
        ("2026-05-09]", "2026-05-03]", "years.7.make_up", "2026-05-03 is not a weekend"),
        ("2026-05-09]", "2026-02-28]", "years.7.make_up", "2026-02-28 comes after 2026-02-28"),
        ("first = 2026-06-19", "first = 2026-06-20", "years", "lacks the statutory holiday"),
        ("make_up = [", "makeup = [", "years.0.make_up", "required"),
    ],
)
def test_a14_a_broken_calendar_is_refused_by_the_name_of_its_field(
    old: str, new: str, field: str, reason: str
) -> None:
    text = TEXT.replace(", 2026-09-20, 2026-10-10]", "]")
    assert old in text
    with pytest.raises(ValidationError, match=reason) as refused:
        parse_calendar(text.replace(old, new, 1))
    assert field in {".".join(map(str, error["loc"])) for error in refused.value.errors()}


def test_a14_a_year_left_out_between_two_notices_is_refused() -> None:
    head, *notices = TEXT.split(NOTICE)
    with pytest.raises(ValidationError, match="2025 comes after 2023"):
        parse_calendar(NOTICE.join([head, *notices[:5], *notices[6:]]))


def test_a14_a_file_is_named_after_its_version() -> None:
    assert [parse_calendar(path.read_text("utf-8")).version for path in PATH.parent.iterdir()] == [
        path.stem for path in PATH.parent.iterdir()
    ]
