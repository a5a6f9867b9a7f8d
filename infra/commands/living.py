"""A city whose time runs: it lives a fortnight at its speed, tells of it, then goes on calmly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from functions.shared.calendar import shanghai_day
from infra import localcity
from infra.commands.bulletins import show_bulletin
from infra.commands.inspection import show
from infra.life import fortnight
from infra.localcity import City, Time
from infra.showing import Screen

TOWNS = frozenset(fortnight.TOWNS)  # whose villages it needs; more would only take time
_LIVES = "lives.json"
_STILL_SECONDS = 40.0
_MOST_SHOWN = 8


def time_of(state: Path, speed: float) -> Time:
    """A time for the city over `state` in which a fortnight begins: its clock stands on a Monday
    morning until the city is prepared and warm."""
    return Time(speed, fortnight.monday(localcity.left_at(state)), _STILL_SECONDS)


def live(screen: Screen, city: City, companies: int) -> tuple[City, dict[str, Any]]:
    """Lets `city`, which is up and prepared, live a fortnight.

    Returns the city as it goes on afterwards, at the pace of a clock, and what the fortnight came
    to. It is started anew for that: functions are told the time when they start.
    """
    state, note = Path(city.state), Path(city.state) / _LIVES
    had: list[dict[str, Any]] = json.loads(note.read_text("utf-8")) if note.exists() else []
    start = datetime.fromisoformat(city.virtual)
    screen.say(
        f"a fortnight from {shanghai_day(start):%A %d %B %Y} on, at a speed of {city.speed:g}"
    )
    told = fortnight.live(city, start, companies, len(had) + 1, screen.say)
    screen.say("the fortnight is over; the city goes on at the pace of a clock")
    had.append({"start": start.isoformat(), "companies": told["companies"]})
    note.write_text(json.dumps(had, indent=2), encoding="utf-8")
    localcity.down(state)
    return localcity.up(state, api_port=city.api_port), told


def show_life(screen: Screen, told: dict[str, Any]) -> None:
    """What the fortnight came to: what went wrong, and the head and rankings of its bulletin."""
    for refused in told["refused"]:
        screen.say(f"the city did not take: {refused}")
    for missed in told["missed"]:
        screen.say(f"late only because the machine was too slow: {missed}")
    if case := told["case"]:
        screen.say(f"\na case from the door to the department: {case['name']}")
        show(screen, case)
    states = sorted(told["inspections"]["states"].items())
    ends = ", ".join(f"{count} {state}" for state, count in states)
    screen.say(f"{told['inspections']['opened']} inspections: {ends}")
    screen.say("")
    show_bulletin(screen, told["bulletin"], _MOST_SHOWN)


def where(told: dict[str, Any], command: str) -> Iterator[str]:
    """Where to look after a fortnight, by the city's command line."""
    bulletin = told["bulletin"]
    yield f"  what is overdue  {command} reports overdue  (and: reports figures --by unit)"
    yield f"  the bulletin     {command} reports bulletin {bulletin['year']}/{bulletin['number']}"
    yield f"  oversight's list {command} worklist --unit oversight"
    if case := told["case"]:
        yield f"  to the door      {command} inspection {case['id']}"
    yield f"  a disputed clue  {command} clues show {told['clues'].get('shop', 'CLUE')}"


def has_lived(state: Path) -> bool:
    """Whether the city over `state` has had a fortnight."""
    return (state / _LIVES).exists()
