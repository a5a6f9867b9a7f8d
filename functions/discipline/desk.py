"""What the use cases of joint discipline work with, as tiny ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from functions.discipline.domain import Duty, Ground, Sanction, Standing
from functions.discipline.instruments import ConstraintList, Instruments
from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.records import Collection
from functions.shared.rules_in_force import Rules
from functions.shared.table import Record
from functions.shared.timekeeping import Limit, Timekeeper

B = TypeVar("B", covariant=True)


class Cabinet(Protocol):
    """Everything that the room keeps (`store.Store`)."""

    @property
    def sanctions(self) -> Collection[Sanction]: ...

    @property
    def duties(self) -> Collection[Duty]: ...

    @property
    def grounds(self) -> Collection[Ground]: ...

    @property
    def standings(self) -> Collection[Standing]: ...

    def list_grounds(self, subject: str) -> list[Ground]: ...

    def list_duties(
        self, unit: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[Duty], Record | None]: ...

    def list_due(
        self, shard: int, until: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...


class Book(Protocol[B]):
    """A book of rules: what holds on a day, and what a version says (`shared.handbooks`)."""

    def on(self, day: date) -> B: ...

    def of(self, version: str) -> B: ...


class RuleSource(Protocol):
    """The rules of the city that hold now: calendar, directory, items."""

    def on(self, now: datetime) -> Rules: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: the cabinet, the constraint list, the instruments, the city's
    rules, now."""

    cabinet: Cabinet
    constraints: Book[ConstraintList]
    instruments: Book[Instruments]
    rules: RuleSource
    now: datetime

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai_day(self.now)

    def time(self, limits: tuple[Limit, ...]) -> Timekeeper:
        """The clocks by a sanction's limits and the calendar that holds."""
        return Timekeeper(limits, self._calendar)

    @property
    def _calendar(self) -> Calendar:
        return self.rules.on(self.now).calendar
