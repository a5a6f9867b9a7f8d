"""What must hold of the limits of clues, counted day by day from each clue's steps (A13, A14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, partial

from functions.clues.domain import Clue, ClueVerb, Share
from functions.clues.limits import Limit
from functions.clues.store import clue_in
from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.clocks import ClockTold
from tests.fakes.rules import calendar
from tests.simulation.city import NEXT_CALENDAR
from tests.simulation.endings import Ending

_DAY = timedelta(days=1)
_Whose = tuple[str, str, date]


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    loaded = ending.city.supervision.get_calendars() is not None
    limits = {limit.stage.value: limit for limit in ending.city.clues.limits}
    versions: dict[str, list[Clue]] = {}
    for change in ending.city.tables["clues"].changes:
        if clue := clue_in(change.new):
            versions.setdefault(clue.id, []).append(clue)
    for life in versions.values():
        waiting = _waiting_since(life)
        check = partial(_clocks, limits=limits)
        yield from check(life[-1], waiting[-1], by=[_next() if loaded else calendar()])
        for clue, since in zip(life, waiting, strict=True):
            yield from check(clue, since, by=[calendar(), _next()] if loaded else [calendar()])
        yield from _trace(life)


@cache
def _next() -> Calendar:
    return parse_calendar(NEXT_CALENDAR)


def _waiting_since(life: list[Clue]) -> list[date]:
    """For each version, the day from which its office has had something to assign, if it has."""
    found: list[date] = []
    for number, clue in enumerate(life):
        before = life[number - 1] if number else None
        goes_on = before and before.waits and before.office == clue.office
        found.append(found[-1] if goes_on else shanghai_day(clue.changed_at))
    return found


def _clocks(
    clue: Clue, waiting: date, *, limits: dict[str, Limit], by: list[Calendar]
) -> Iterator[str]:
    """Each limit that runs is the right one and ends on the day to which one comes by counting, by
    one of the calendars; none that it covers is provisional."""
    due = {"office": clue.clocks, **{share.unit: share.clocks for share in clue.shares}}
    right = {share.unit: _owes(clue, share) for share in clue.shares}
    right["office"] = ("assign", waiting) if clue.waits else None
    for whose, clocks in due.items():
        stage = right[whose]
        if [(one.stage, one.since) for one in clocks] != ([stage] if stage else []):
            yield f"{clue.id}: {whose} has {clocks}, should have {stage}"
        for clock in clocks:
            counted = [_counted(limits[clock.stage], clock.since, one) for one in by]
            if clock not in counted:
                yield f"{clue.id}: {whose} has {clock}, should have {counted}"


def _owes(clue: Clue, share: Share) -> tuple[str, date] | None:
    if not share.open:
        return None
    received = [
        step.at
        for step in clue.steps
        if (step.verb, step.unit) == (ClueVerb.RECEIVE, share.unit) and step.at >= share.assigned_at
    ]
    if received:
        return "handle", shanghai_day(received[0])
    return "receive", shanghai_day(share.assigned_at)


@cache
def _counted(limit: Limit, since: date, by: Calendar) -> ClockTold:
    """A limit, one day after the other: forward to its end, back to when it is near."""
    due, left = since, limit.n
    while left or not by.is_working(due):
        due += _DAY
        left -= bool(left) and (limit.unit == "calendar" or by.is_working(due))
    near, left = due, limit.days_before
    while left:
        near -= _DAY
        left -= by.is_working(near)
    return ClockTold(
        stage=limit.stage,
        since=since,
        due=due,
        remind=max(since, near),
        provisional=due.year > by.years[-1],
    )


def _trace(life: list[Clue]) -> Iterator[str]:
    """No day moves without a step that tells old and new, and each is told once."""
    for before, after in zip(life, life[1:], strict=False):
        old, new = _by_whose(before), _by_whose(after)
        moved = [whose for whose in old.keys() & new.keys() if old[whose] != new[whose]]
        if bool(moved) != (len(_notes(after)) > len(_notes(before))):
            yield f"{after.id} counted {moved} again, says {_notes(after)}"
    notes = _notes(life[-1])
    if len(notes) != len(set(notes)):
        yield f"{life[-1].id} was counted again twice: {notes}"
    for note in notes:
        if "→" not in note or "2027.1" not in note:
            yield f"{life[-1].id} does not say what was counted again: {note}"


def _by_whose(clue: Clue) -> dict[_Whose, ClockTold]:
    shares = {(one.unit, c.stage, c.since): c for one in clue.shares for c in one.clocks}
    return {("office", c.stage, c.since): c for c in clue.clocks} | shares


def _notes(clue: Clue) -> list[str]:
    return [step.note for step in clue.steps if step.verb is ClueVerb.RECOUNT]
