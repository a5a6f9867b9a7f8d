"""The calendar as data: what the notices of the State Council and the holiday law say (A14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationInfo, field_validator

Day = Annotated[date, Strict()]


class Holiday(BaseModel):
    """Days off in a row, as a notice gives them; both ends are off, weekends between them too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    first: Day
    last: Day

    @field_validator("last")
    @classmethod
    def _not_before_first(cls, last: date, info: ValidationInfo) -> date:
        first = info.data.get("first")
        if first and not first <= last <= first + timedelta(days=31):
            raise ValueError(f"{last} does not end a holiday that begins on {first}")
        return last

    def days(self) -> Iterator[date]:
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))


class Notice(BaseModel):
    """What the State Council published for one year (国务院办公厅关于部分节假日安排的通知)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int
    notice: str
    holidays: tuple[Holiday, ...]
    make_up: tuple[Day, ...]

    @field_validator("holidays")
    @classmethod
    def _holidays_in_year(
        cls, holidays: tuple[Holiday, ...], info: ValidationInfo
    ) -> tuple[Holiday, ...]:
        _check_order([day for holiday in holidays for day in holiday.days()], info.data.get("year"))
        return holidays

    @field_validator("make_up")
    @classmethod
    def _make_up_days_are_weekends(
        cls, make_up: tuple[date, ...], info: ValidationInfo
    ) -> tuple[date, ...]:
        _check_order(make_up, info.data.get("year"))
        off = {day for holiday in info.data.get("holidays", ()) for day in holiday.days()}
        for day in make_up:
            if day.weekday() < 5 or day in off:
                raise ValueError(f"{day} is not a weekend day outside the holidays")
        return make_up

    def days_off(self) -> set[date]:
        return {day for holiday in self.holidays for day in holiday.days()}


def _check_order(days: Iterable[date], year: int | None) -> None:
    """In order, each once, and of the notice's year; New Year may begin in the December before."""
    for earlier, later in pairwise(days):
        if later <= earlier:
            raise ValueError(f"{later} comes after {earlier}")
    for day in days:
        if year and day.year != year and (day.year, day.month) != (year - 1, 12):
            raise ValueError(f"{day} does not belong to {year}")


def _check_years(years: Iterable[int]) -> None:
    for earlier, later in pairwise(years):
        if later != earlier + 1:
            raise ValueError(f"{later} comes after {earlier}")


class Movable(NamedTuple):
    """The statutory dates of one year that the moon and the sun set."""

    spring_festival: Day
    qingming: Day
    dragon_boat: Day
    mid_autumn: Day


class Statutory(BaseModel):
    """The holidays that the law itself grants, without the days moved around them.

    `solar` are MM-DD; `spring_festival` counts days from the first day of the lunar year; `since`
    is the first year of this list, and every notice from that year on has to contain it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: int
    solar: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d$")], ...]
    spring_festival: tuple[Annotated[int, Field(ge=-7, le=14)], ...]
    movable: dict[int, Movable] = Field(min_length=1)

    @field_validator("solar")
    @classmethod
    def _days_of_any_year(cls, solar: tuple[str, ...]) -> tuple[str, ...]:
        for day in solar:
            date.fromisoformat(f"2001-{day}")
        return solar

    @field_validator("movable")
    @classmethod
    def _year_after_year(cls, movable: dict[int, Movable]) -> dict[int, Movable]:
        _check_years(movable)
        for year, days in movable.items():
            if any(day.year != year for day in days) or sorted(days) != list(days):
                raise ValueError(f"{year} needs four days of its own, in order")
        return movable

    def days(self, year: int) -> set[date]:
        movable = self.movable[year]
        solar = (date.fromisoformat(f"{year}-{day}") for day in self.solar)
        spring = (movable.spring_festival + timedelta(days=n) for n in self.spring_festival)
        return {*solar, *spring, movable.qingming, movable.dragon_boat, movable.mid_autumn}


class CalendarData(BaseModel):
    """A calendar as its file gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    statutory: Statutory
    years: tuple[Notice, ...] = Field(min_length=1)

    @field_validator("years")
    @classmethod
    def _notices(cls, years: tuple[Notice, ...], info: ValidationInfo) -> tuple[Notice, ...]:
        _check_years([notice.year for notice in years])
        statutory: Statutory | None = info.data.get("statutory")
        if statutory is None:
            return years
        for notice in years:
            if notice.year not in statutory.movable:
                raise ValueError(f"{notice.year} has no statutory dates")
            forgotten = statutory.days(notice.year) - notice.days_off()
            if forgotten and notice.year >= statutory.since:
                raise ValueError(f"{notice.year} lacks the statutory holiday {min(forgotten)}")
        return years
