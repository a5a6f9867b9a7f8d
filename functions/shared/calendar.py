"""The working calendar: which days are working days, and when a limit ends (A13, A14)."""

from __future__ import annotations

import tomllib
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.shared.errors import Fault, Invalid
from functions.shared.holidays import CalendarData

# Asia/Shanghai has kept this offset since 1991; a fixed one needs no zone files and no look-up.
SHANGHAI = timezone(timedelta(hours=8))
_END_OF_DAY = time(15, 59, 59, 999_999, tzinfo=UTC)
_SATURDAY = 5


class Unit(StrEnum):
    """What a limit counts."""

    WORKING = "working"
    CALENDAR = "calendar"


class Limit(BaseModel):
    """`n` working or calendar days from the event named `start`; the first day is not counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(ge=1, le=3660)
    unit: Unit
    start: str = Field(min_length=1)


class Deadline(BaseModel):
    """The last instant that is in time: the end of the due day in Shanghai, so late is `now > due`.

    `provisional`: no notice covers all of its days yet; compute it again when one does (A14).
    `calendar`: the version of the calendar that made it.
    """

    model_config = ConfigDict(frozen=True)

    due: AwareDatetime
    provisional: bool
    calendar: str


class DayNotCovered(Invalid):
    """A day outside the years for which the calendar knows the statutory holidays."""

    def __init__(self, year: int, first: int, last: int) -> None:
        params = {"year": year, "first": first, "last": last}
        super().__init__(Fault("day_not_covered", "date", params=params))


def shanghai_day(instant: datetime) -> date:
    """The day in Asia/Shanghai of an aware instant; ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SHANGHAI).date()


class Calendar:
    """Answers for one version of the calendar; the same question always has the same answer.

    Inside the published years the notices decide. Outside them weekends and statutory holidays are
    off, and nothing is made up for: which days a later notice will move, nobody knows (A14).
    Days are `date`s; all raise `DayNotCovered` beyond the statutory dates (2000 to 2099).
    """

    def __init__(self, data: CalendarData) -> None:
        self.version = data.version
        self.years = tuple(notice.year for notice in data.years)
        self._first = date(self.years[0], 1, 1).toordinal()
        self._last = date(self.years[-1], 12, 31).toordinal()
        self._off = frozenset(day for notice in data.years for day in notice.days_off())
        self._make_up = frozenset(day for notice in data.years for day in notice.make_up)
        self._statutory = data.statutory
        self._working: dict[int, tuple[int, ...]] = {}

    def is_working(self, day: date) -> bool:
        """Whether departments work on this day, made-up weekends (调休) included."""
        ordinal = _ordinal(day)
        days = self._working_days(day.year)
        return days[bisect_right(days, ordinal) - 1] == ordinal

    def is_published(self, day: date) -> bool:
        """Whether a notice covers this day, so that its answer is final."""
        return self._first <= _ordinal(day) <= self._last

    def deadline(self, limit: Limit, started: datetime) -> Deadline:
        """When a limit ends whose starting event happened at the aware instant `started` (A13).

        The day of the event, in Shanghai, is not counted; a calendar limit that ends on a day off
        moves to the next working day.
        """
        start = shanghai_day(started).toordinal()
        if limit.unit is Unit.WORKING:
            due = self._nth_working_day(start, limit.n)
        else:
            due = self._nth_working_day(start + limit.n - 1, 1)
        return Deadline(
            due=datetime.combine(date.fromordinal(due), _END_OF_DAY),
            provisional=start + 1 < self._first or due > self._last,
            calendar=self.version,
        )

    def nth_working_day(self, day: date, n: int) -> date:
        """The `n`th working day after `day`, or before it where `n` is negative; `day` for 0."""
        ordinal = _ordinal(day)
        if n > 0:
            return date.fromordinal(self._nth_working_day(ordinal, n))
        year, days = day.year, self._working_days(day.year)
        index = bisect_left(days, ordinal) + n
        while n and index < 0:
            year -= 1
            days = self._working_days(year)
            index += len(days)
        return date.fromordinal(days[index]) if n else day

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`, negative if `b` comes first.

        So it counts as a limit does: from the day of the event to the due day of a limit of n
        working days there are n.
        """
        if b < a:
            return -self.working_days_between(b, a)
        until_a = bisect_right(self._working_days(a.year), _ordinal(a))
        until_b = bisect_right(self._working_days(b.year), _ordinal(b))
        return until_b - until_a + sum(len(self._working_days(y)) for y in range(a.year, b.year))

    def _nth_working_day(self, after: int, n: int) -> int:
        year = date.fromordinal(after).year
        days = self._working_days(year)
        index = bisect_right(days, after) + n - 1
        while index >= len(days):
            index -= len(days)
            year += 1
            days = self._working_days(year)
        return days[index]

    def _working_days(self, year: int) -> tuple[int, ...]:
        """The ordinals of a year's working days, worked out once and only for years asked for."""
        days = self._working.get(year)
        if days is None:
            days = self._working[year] = tuple(self._work_out(year))
        return days

    def _work_out(self, year: int) -> list[int]:
        known = self._statutory.movable
        if year not in known:
            raise DayNotCovered(year, min(known), max(known))
        off = self._off if year in self.years else self._off | self._statutory.days(year)
        days = map(date.fromordinal, range(_new_year(year), _new_year(year + 1)))
        return [
            day.toordinal()
            for day in days
            if day in self._make_up or (day.weekday() < _SATURDAY and day not in off)
        ]


def read_calendar(text: str) -> CalendarData:
    """What a TOML file (`infra/city/calendars`) says.

    Raises ValueError: pydantic's `ValidationError`, whose locations name the fields
    (`years.7.make_up`), or `TOMLDecodeError`, which names the line.
    """
    return CalendarData.model_validate(tomllib.loads(text))


def parse_calendar(text: str) -> Calendar:
    """The calendar of a TOML file; raises as `read_calendar` does."""
    return Calendar(read_calendar(text))


def _new_year(year: int) -> int:
    return date(year, 1, 1).toordinal()


def _ordinal(day: date) -> int:
    """An instant is a date to Python, but its UTC day is not the day in Shanghai: refuse it."""
    if isinstance(day, datetime):
        raise TypeError("a day is wanted, not an instant: see shanghai_day")
    return day.toordinal()
