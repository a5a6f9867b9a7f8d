"""The ladder of alerts as data: which rungs there are, when each strikes, whom it reaches (A15)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared.calendar import Calendar, Limit, Unit, shanghai_day
from functions.shared.clocks import ClockTold, strikes
from functions.shared.directory import OVERSIGHT, body_of, office
from functions.shared.events.alerts import Watched

_DAY = timedelta(days=1)


class Receiver(StrEnum):
    """Who stands on a rung, seen from the unit that should act."""

    OFFICER = "officer"
    DEPARTMENT = "department"
    TOWN_OFFICE = "town_office"
    OVERSIGHT = "oversight"
    CITY = "city"


class On(StrEnum):
    """The days of a limit on which a rung may strike."""

    REMIND = "remind"
    DUE = "due"


class Rung(BaseModel):
    """One rung: it strikes in the morning of a day of the limit, or once so many working days have
    `passed` since its last day. `of`: only for limits of these kinds (none named: of all)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,30}$")]
    on: On | None = None
    passed: Annotated[int, Field(ge=0, le=250)] | None = None
    of: frozenset[Watched] = frozenset()
    to: tuple[Receiver, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _strikes_once(self) -> Self:
        if (self.on is None) == (self.passed is None):
            raise ValueError(f"{self.name} needs either on or passed")
        return self

    def units(self, unit: str, town: str | None) -> tuple[str, ...]:
        """Whom it reaches about what `unit` has to do in `town`, each once."""
        reached = {
            Receiver.OFFICER: unit,
            Receiver.DEPARTMENT: body_of(unit),
            Receiver.TOWN_OFFICE: office(town),
            Receiver.OVERSIGHT: OVERSIGHT,
            Receiver.CITY: office(None),
        }
        return tuple(dict.fromkeys(reached[one] for one in self.to))


class Ladder(BaseModel):
    """All rungs from the lowest; `morning` is the hour in Shanghai at which a day begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(min_length=1)
    morning: int = Field(ge=0, le=23)
    rungs: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [rung.name for rung in self.rungs]
        if len(set(names)) != len(names):
            raise ValueError("two rungs have the same name")
        return self

    def rungs_for(self, kind: Watched) -> tuple[Rung, ...]:
        """The rungs that limits of this kind climb."""
        return tuple(rung for rung in self.rungs if not rung.of or kind in rung.of)


@dataclass(frozen=True, slots=True)
class Strike:
    """When a rung strikes for a limit: at `at`; never before `earliest`, which is sooner where no
    published calendar covers the days between, so that a later one may move them (A14)."""

    rung: Rung
    at: datetime
    earliest: datetime


@dataclass(frozen=True, slots=True)
class Rules:
    """The ladder and the calendar that hold."""

    ladder: Ladder
    calendar: Calendar

    def strikes_of(self, clock: ClockTold, kind: Watched) -> Iterator[Strike]:
        """When each rung strikes for a limit that runs on, from the lowest."""
        for rung in self.ladder.rungs_for(kind):
            if rung.passed:
                yield self._after(clock.due, rung.passed, rung)
                continue
            if rung.on:
                day = clock.remind if rung.on is On.REMIND else clock.due
                at = strikes(day, self.ladder.morning)
            else:
                at = strikes(clock.due + _DAY)
            yield Strike(rung, at, at)

    def _after(self, due: date, days: int, rung: Rung) -> Strike:
        limit = Limit(n=days, unit=Unit.WORKING, start=rung.name)
        end = self.calendar.deadline(limit, strikes(due))
        at = strikes(shanghai_day(end.due) + _DAY)
        earliest = strikes(due + _DAY * (days + 1)) if end.provisional else at
        return Strike(rung, at, earliest)


def parse_ladder(text: str) -> Ladder:
    """The ladder of a TOML file (`infra/city/ladder.toml`).

    Raises ValueError: pydantic's `ValidationError`, whose locations name the fields
    (`rungs.2.to`), or `TOMLDecodeError`, which names the line.
    """
    return Ladder.model_validate(tomllib.loads(text))
