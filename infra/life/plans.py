"""What becomes of a task, by the people who get it: prompt, late, or never at their desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zlib import crc32

from functions.shared.calendar import SHANGHAI, Calendar


class Way(StrEnum):
    """How a task goes."""

    PROMPT = "prompt"
    LATE = "late"
    NEVER = "never"
    RETURNED = "returned"  # not theirs: the town office sends it on
    EXTENDED = "extended"
    SUSPENDED = "suspended"


class Deed(StrEnum):
    """One thing that somebody does about a task."""

    CLAIM = "claim"
    RECEIVE = "receive"
    VERIFY = "verify"
    CLOSE = "close"
    RETURN = "return"
    REDIRECT = "redirect"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Job:
    """A task as the people of this city deal with it; `on` is the day of its push."""

    id: str
    unit: str
    town: str | None
    filing: bool
    on: date
    way: Way


# Working days after the push, the hour, and what is done then. The limit of receiving is two.
_PLANS: Mapping[Way, tuple[tuple[int, int, Deed], ...]] = {
    Way.PROMPT: (
        (1, 9, Deed.CLAIM),
        (1, 10, Deed.RECEIVE),
        (2, 14, Deed.VERIFY),
        (4, 15, Deed.CLOSE),
    ),
    Way.LATE: ((4, 10, Deed.RECEIVE), (5, 11, Deed.VERIFY), (7, 10, Deed.CLOSE)),
    Way.NEVER: (),
    Way.RETURNED: (
        (1, 10, Deed.RETURN),
        (2, 9, Deed.REDIRECT),
        (3, 10, Deed.RECEIVE),
        (4, 14, Deed.VERIFY),
        (5, 15, Deed.CLOSE),
    ),
    Way.EXTENDED: ((1, 10, Deed.RECEIVE), (2, 11, Deed.EXTEND), (7, 10, Deed.VERIFY)),
    Way.SUSPENDED: (
        (1, 10, Deed.RECEIVE),
        (2, 11, Deed.SUSPEND),
        (5, 9, Deed.RESUME),
        (6, 10, Deed.VERIFY),
        (7, 15, Deed.CLOSE),
    ),
}
_FIRST = (Way.RETURNED, Way.EXTENDED, Way.SUSPENDED)  # one each, as soon as there is a task for it
_LATE, _NEVER = range(6, 8), range(8, 10)  # of ten units


def next_way(unit: str, town: str | None, told: set[Way]) -> Way:
    """How the next task of `unit` goes; `told` are the ways that this life has shown."""
    if town and unit.endswith(town):
        for way in _FIRST:
            if way not in told:
                return way
    return temper(unit)


def temper(unit: str) -> Way:
    """How the people of a unit are, always the same."""
    number = crc32(unit.encode()) % 10
    return Way.LATE if number in _LATE else Way.NEVER if number in _NEVER else Way.PROMPT


def deeds(job: Job, calendar: Calendar) -> Iterator[tuple[datetime, Deed]]:
    """When what is done about a task, in order; tasks differ by some minutes."""
    minute = crc32(job.id.encode()) % 50
    for days, hour, deed in _PLANS[job.way]:
        day = calendar.nth_working_day(job.on, days)
        yield at(day, hour, minute), deed


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An hour of a day in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def evidence(job: Job, today: date) -> dict[str, Any]:
    """What proves the end of a task: filings are filed, most licences issued, some penalised."""
    number = f"{crc32(job.id.encode()):010d}"
    if job.filing:
        return {"end": "filed", "filing_number": f"备{number}", "filed_on": today.isoformat()}
    if int(number) % 4 == 0:
        return {
            "end": "penalised",
            "decision_number": f"罚{number}",
            "decided_on": today.isoformat(),
            "penalty": "责令停止无证经营，罚款",
            "fine": "5000.00",
        }
    return {"end": "licensed", "licence_number": f"粤{number}", "issued_on": today.isoformat()}
