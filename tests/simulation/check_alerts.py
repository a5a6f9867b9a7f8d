"""What must hold of watches and alerts: each that a life owes, once, and none that it does not.

Worked out from the events that the watcher is known to have had, day by day, and from the ladder's
own file; nothing here asks the rules that the alerts were raised by.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.events import CloudEvent
from functions.shared.inbox import RowKind
from functions.shared.inbox_rows import Row
from functions.shared.stream import Change
from functions.shared.watches import Watch, watch_in
from tests.fakes.rules import calendar
from tests.simulation.endings import Ending

_LADDER = Path(__file__).parents[2] / "infra" / "city" / "ladder.toml"
_SHANGHAI = timezone(timedelta(hours=8))
_DAY = timedelta(days=1)
_WATCHED = ("task.", "clue.", "inspection.opened", "inspection.changed")

Alert = tuple[str, str, str]  # stage, due, rung


class Seen(NamedTuple):
    """A version of a subject that the watcher took in: told as of, and taken in at."""

    sequence: int
    as_of: datetime
    at: datetime


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    events = {
        (event.subject, event.sequence): event
        for event in ending.city.topic.told.values()
        if event.type.startswith(_WATCHED)
    }
    watches = _final(ending)
    for place, seen in _histories(ending).items():
        yield from _raised(watches[place], seen, events, ending)
    yield from _watches(watches, events, ending)
    yield from _late(watches, ending)
    yield from _too_early(ending)
    yield from _rows(watches, ending)


def _final(ending: Ending) -> dict[tuple[str, str], Watch]:
    found = (watch_in(record) for record in ending.city.tables["alerts"].inner)
    return {(watch.subject, watch.unit): watch for watch in found if watch}


def _histories(ending: Ending) -> dict[tuple[str, str], list[Seen]]:
    """Which versions each watch was brought to, in order."""
    histories: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for change in ending.city.tables["alerts"].changes:
        watch = watch_in(change.new)
        assert watch, change.new
        history = histories[watch.subject, watch.unit]
        if not history or history[-1].sequence != watch.sequence:
            event = ending.city.told(watch.subject, watch.sequence)
            history.append(Seen(watch.sequence, event.time, _written(change)))
    return histories


def _too_early(ending: Ending) -> Iterator[str]:
    """Nothing ever counts as late while its last day is not over."""
    for change in ending.city.tables["alerts"].changes:
        watch = watch_in(change.new)
        if watch and watch.late and watch.late >= shanghai_day(_written(change)):
            yield f"{watch.subject}@{watch.unit} was late since {watch.late} at {_written(change)}"


def _written(change: Change) -> datetime:
    return datetime.fromisoformat(change.new["at"])


def _raised(
    watch: Watch,
    seen: list[Seen],
    events: dict[tuple[str, int], CloudEvent],
    ending: Ending,
) -> Iterator[str]:
    """Owed is what struck while a limit ran; allowed also what struck before the watcher heard that
    it had stopped."""
    owed: set[Alert] = set()
    allowed: set[Alert] = set()
    last = Seen(0, ending.swept, ending.swept)
    for one, following in pairwise((*seen, last)):
        for clock in _clocks(events[watch.subject, one.sequence], watch.unit):
            for rung, at in strikes(clock["due"], clock["remind"], watch.kind):
                alert = clock["stage"], clock["due"], rung
                owed |= {alert} if at <= following.as_of else set()
                allowed |= {alert} if at <= max(following.as_of, following.at) else set()
    raised = Counter((one.stage, one.due.isoformat(), one.rung) for one in watch.raised)
    name = f"{watch.subject}@{watch.unit}"
    yield from (f"{name}: {one} was raised {n} times" for one, n in raised.items() if n > 1)
    yield from (f"{name}: {one} was never raised: {seen}" for one in owed - raised.keys())
    yield from (f"{name}: {one} was raised for nothing: {seen}" for one in raised.keys() - allowed)


def _clocks(event: CloudEvent, unit: str) -> list[dict[str, Any]]:
    """The limits that run for a unit by an event."""
    data = event.data
    if not event.type.startswith("clue."):
        return list(data.get("clocks", ())) if data.get("unit") == unit else []
    own = list(data.get("clocks", ())) if data["office"] == unit else []
    shares = (share for share in data.get("shares", ()) if share["unit"] == unit)
    return own + [clock for share in shares for clock in share.get("clocks", ())]


@cache
def strikes(due: str, remind: str, kind: str) -> tuple[tuple[str, datetime], ...]:
    """When each rung strikes for a limit of a kind of subject, counted day by day."""
    ladder = tomllib.loads(_LADDER.read_text(encoding="utf-8"))
    found = []
    for rung in ladder["rungs"]:
        if kind not in rung.get("of", [kind]):
            continue
        if "on" in rung:
            day = date.fromisoformat({"remind": remind, "due": due}[rung["on"]])
            at = datetime.combine(day, time(ladder["morning"]), _SHANGHAI)
        else:
            day = _working_days_on(date.fromisoformat(due), rung["passed"], calendar()) + _DAY
            at = datetime.combine(day, time(0), _SHANGHAI)
        found.append((rung["name"], at))
    return tuple(found)


def _working_days_on(day: date, count: int, by: Calendar) -> date:
    while count:
        day += _DAY
        count -= by.is_working(day)
    return day


def _watches(
    watches: dict[tuple[str, str], Watch],
    events: dict[tuple[str, int], CloudEvent],
    ending: Ending,
) -> Iterator[str]:
    """Every unit that has or had a subject is watched, by the newest that was told of it."""
    newest: dict[str, CloudEvent] = {}
    for (subject, sequence), event in events.items():
        if subject not in newest or newest[subject].sequence < sequence:
            newest[subject] = event
    today = shanghai_day(ending.swept).isoformat()
    for subject, event in newest.items():
        for unit in _units(event):
            watch = watches.get((subject, unit))
            if watch is None or watch.sequence != event.sequence:
                yield f"{subject} at {unit} is not watched as of {event.sequence}: {watch}"
                continue
            told = _clocks(event, unit)
            if [one.model_dump(mode="json") for one in watch.clocks] != [
                {"provisional": False, **one} for one in told
            ]:
                yield f"{subject} at {unit} runs {told}, is watched as {watch.clocks}"
            passed = min((one["due"] for one in told if one["due"] < today), default=None)
            if (watch.late.isoformat() if watch.late else None) != passed:
                yield f"{subject} at {unit} is late since {passed}, is shown {watch.late}"
            if watch.due_at and watch.due_at <= ending.swept:
                yield f"{subject} at {unit} is still due at {watch.due_at}"


def _units(event: CloudEvent) -> set[str]:
    data = event.data
    if not event.type.startswith("clue."):
        return {data.get("unit", ""), *data.get("former", ())} - {""}
    shares = {share["unit"] for share in data.get("shares", ())}
    return {data["office"], *data.get("offices", ()), *shares}


def _late(watches: dict[tuple[str, str], Watch], ending: Ending) -> Iterator[str]:
    """The list of the overdue is what tasks themselves say, department by department (A19)."""
    today = shanghai_day(ending.swept)
    right: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for id, task in ending.tasks.items():
        if task.unit and any(task.clocks[stage].due < today for stage in task.running):
            right[task.unit.partition(".")[0]].add((id, task.unit))
    departments = right.keys() | {unit.partition(".")[0] for _, unit in watches}
    for department in departments:
        listed = {
            (one.subject, one.unit)
            for one in ending.city.alerts.watches.all_late(department)
            if one.kind == "task"
        }
        if listed != right[department]:
            yield f"{department} has late {right[department]}, is listed with {listed}"


def _rows(watches: dict[tuple[str, str], Watch], ending: Ending) -> Iterator[str]:
    """Who was alerted about a limit that still runs sees it, and nobody else sees anything."""
    right = {
        _shown_as(watch, unit)
        for watch in watches.values()
        for alert in watch.raised
        for unit in alert.to
        if any((one.stage, one.due) == (alert.stage, alert.due) for one in watch.clocks)
    }
    rows = [row for row in ending.rows if row.kind is RowKind.ALERT]
    shown = {(row.unit, row.subject) for row in rows if row.open}
    yield from (f"{one} should be shown to its receiver" for one in right - shown)
    yield from (f"{one} is shown, but nothing stands behind it" for one in shown - right)
    reached = {
        _shown_as(watch, unit)
        for watch in watches.values()
        for alert in watch.raised
        for unit in alert.to
    }
    yield from (f"{_place(row)} was never for it" for row in rows if _place(row) not in reached)


def _shown_as(watch: Watch, unit: str) -> tuple[str, str]:
    """Who sees an alert, and under which name: each receiver of each watch has a row of its own."""
    about = "" if unit == watch.unit else f"@{watch.unit}"
    return unit, f"{watch.subject}@{unit}{about}"


def _place(row: Row) -> tuple[str, str]:
    return row.unit, row.subject
