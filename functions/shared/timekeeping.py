"""Limits of a room's stages as data, and the clocks that they start (A13, A14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from pydantic import BaseModel, ConfigDict, Field

from functions.shared.calendar import Calendar, Unit, shanghai_day
from functions.shared.calendar import Limit as Span
from functions.shared.clocks import ClockTold

_NOON = time(4, tzinfo=UTC)  # in Shanghai: an instant that surely lies in its day


class Limit(BaseModel):
    """`n` working or calendar days for one stage, counted from a named event (A13)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    stage: str = Field(min_length=1)
    n: int = Field(ge=1, le=3660)
    unit: Unit
    start: str = Field(alias="from", min_length=1)
    remind: int | None = Field(default=None, ge=0, le=60)

    @property
    def days_before(self) -> int:
        """How many working days before its end the limit is near, where it does not say."""
        if self.remind is not None:
            return self.remind
        return 1 if self.n <= 5 else 2 if self.n <= 20 else 5


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Starts clocks by a room's limits and the working calendar."""

    limits: Sequence[Limit]
    calendar: Calendar

    def started(self, event: str, now: datetime) -> tuple[ClockTold, ...]:
        """The clocks of all limits that count from `event`, which happens now."""
        day = shanghai_day(now)
        return tuple(self._clock(limit, day) for limit in self.limits if limit.start == event)

    def recounted(self, clocks: Iterable[ClockTold]) -> tuple[ClockTold, ...]:
        """`clocks`, the provisional ones counted again by the present calendar (A14)."""
        return tuple(self._again(clock) if clock.provisional else clock for clock in clocks)

    def _again(self, clock: ClockTold) -> ClockTold:
        limit = next((one for one in self.limits if one.stage == clock.stage), None)
        return self._clock(limit, clock.since) if limit else clock

    def _clock(self, limit: Limit, since: date) -> ClockTold:
        span = Span(n=limit.n, unit=limit.unit, start=limit.start)
        end = self.calendar.deadline(span, datetime.combine(since, _NOON))
        due = shanghai_day(end.due)
        return ClockTold(
            stage=limit.stage,
            since=since,
            due=due,
            remind=max(since, self.calendar.nth_working_day(due, -limit.days_before)),
            provisional=end.provisional,
        )
