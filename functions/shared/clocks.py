"""Limits that run, as everybody is told of them: how near their end is, and the lights (A13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from functions.shared.events import Body

_AHEAD_OF_UTC = timedelta(hours=8)  # Asia/Shanghai, without daylight saving since 1991


class ClockTold(Body):
    """A limit that runs: of which stage (`close` is that of the whole case), since which day, and
    the last day that is in time. From the day `remind` on it is near. `provisional`: no published
    calendar covers it yet (A14)."""

    stage: str
    since: date
    due: date
    remind: date
    provisional: bool = False


class Light(StrEnum):
    """How things stand: in time, near a limit, past one."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def light(clocks: Iterable[ClockTold], today: date) -> Light:
    """The worst light of all clocks that run; green where none does."""
    found = Light.GREEN
    for clock in clocks:
        if clock.due < today:
            return Light.RED
        if clock.remind <= today:
            found = Light.YELLOW
    return found


def days_late(clocks: Iterable[ClockTold], today: date) -> int:
    """Calendar days since the earliest limit that was passed; 0 where none was."""
    return max((0, *((today - clock.due).days for clock in clocks)))


def next_due(clocks: Iterable[ClockTold]) -> date | None:
    """The first limit that will be, or was, passed."""
    return min((clock.due for clock in clocks), default=None)


def strikes(day: date, hour: int = 0) -> datetime:
    """The instant at which that hour strikes in Shanghai on `day`, in UTC; 0 is the day's begin."""
    return datetime.combine(day, time(hour), tzinfo=UTC) - _AHEAD_OF_UTC
