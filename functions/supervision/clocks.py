"""A limit as it runs for a task: since when, until when, and what lengthens it (A13, A14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from functions.shared.calendar import Calendar
from functions.shared.matching.items import Limit, Milestone, Stage, SupervisionItem

_DAY = timedelta(days=1)


class Clock(BaseModel):
    """One limit of one task: it began on the day `since`, which is not counted; `due` is the last
    day in time, and from `remind` on that is near.

    `extra` are the days by which it was extended, `start` the milestone that it counts from, where
    it is one. `calendar` is the version that made it; `provisional`: no notice covers all of its
    days yet, so that it is counted again when one does (A14).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date
    due: date
    remind: date
    calendar: str
    provisional: bool = False
    extra: int = 0
    start: Milestone | None = None


Clocks = dict[Stage, Clock]


class Pause(NamedTuple):
    """A suspension: the days after `since` up to and including `until` do not count (A13)."""

    since: date
    until: date

    def covers(self, day: date) -> bool:
        """Whether `day` does not count."""
        return self.since < day <= self.until

    def cuts(self, day: date) -> bool:
        """Whether a limit cannot end on `day`: that does not count, or was not over yet."""
        return self.since <= day <= self.until and self.since < self.until


def due_of(
    limit: Limit, since: date, calendar: Calendar, *, extra: int = 0, pauses: Sequence[Pause] = ()
) -> date:
    """The last day of `limit` and its `extra` days, counted from the day after `since`.

    Days within `pauses` (in order, apart from each other) are passed over. A limit that ends on a
    day off, on one that it pauses, or on one on which it began to pause, moves to the next working
    day that counts: who had that day left has a day left when it goes on. The whole is the same as
    a count day by day, and takes no longer for a long limit than for a short one.
    """
    working = limit.unit == "working"
    day, left = since, limit.n + extra
    for pause in pauses:
        if pause.until <= day:
            continue
        before = max(pause.since, day)
        counted = calendar.working_days_between(day, before) if working else (before - day).days
        if counted >= left:
            break
        day, left = pause.until, left - counted
    day = calendar.nth_working_day(day, left) if working else day + left * _DAY
    while not calendar.is_working(day) or any(pause.cuts(day) for pause in pauses):
        day += _DAY
    return day


def clock_of(
    limit: Limit, since: date, calendar: Calendar, *, extra: int = 0, pauses: Sequence[Pause] = ()
) -> Clock:
    """The clock of `limit` from `since` on; see `due_of`."""
    due = due_of(limit, since, calendar, extra=extra, pauses=pauses)
    provisional = not (calendar.is_published(since + _DAY) and calendar.is_published(due))
    return Clock(
        since=since,
        due=due,
        remind=max(since, calendar.nth_working_day(due, -limit.days_before)),
        provisional=provisional,
        extra=extra,
        start=limit.start if isinstance(limit.start, Milestone) else None,
        calendar=calendar.version,
    )


def recounted(
    clocks: Clocks,
    item: SupervisionItem,
    calendar: Calendar,
    pauses: Sequence[Pause],
    *,
    stages: Sequence[Stage],
) -> Clocks:
    """`clocks` with those of `stages` counted again by `calendar`, from where they began."""
    again = dict(clocks)
    for stage in stages:
        clock = clocks[stage]
        if limit := limit_of(item, stage, clock.start):
            again[stage] = clock_of(limit, clock.since, calendar, extra=clock.extra, pauses=pauses)
    return again


def limit_of(item: SupervisionItem, stage: Stage, start: Milestone | None) -> Limit | None:
    """The limit of a stage: the one that counts from the milestone `start`, else the one that
    counts from a step of the task."""
    return next(
        (
            limit
            for limit in item.limits
            if limit.stage is stage
            and (limit.start is start if start else not isinstance(limit.start, Milestone))
        ),
        None,
    )
