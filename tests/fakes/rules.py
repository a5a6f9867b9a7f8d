"""`Rulebooks` in memory, over hand-made items and departments."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.directory import Directory
from functions.shared.matching.items import ItemSet
from functions.shared.matching.matcher import Matcher
from functions.supervision.cases import Rulebook

_CALENDARS = Path(__file__).parents[2] / "infra" / "city" / "calendars"


@cache
def calendar() -> Calendar:
    """The shipped calendar."""
    return parse_calendar(max(_CALENDARS.glob("*.toml")).read_text(encoding="utf-8"))


class Rules:
    """Versions of the item set; the one that was `put` last is in force. So is `calendar`."""

    def __init__(self, items: ItemSet, directory: Directory) -> None:
        self._directory = directory
        self.calendar = calendar()
        self._sets: dict[str, ItemSet] = {}
        self.put(items)

    def put(self, items: ItemSet) -> None:
        """Put another version in force."""
        self._sets[items.version] = items
        self._newest = items.version

    def in_force(self, now: datetime) -> Rulebook:
        return self.of(self._newest, now)

    def of(self, version: str, on: datetime | None = None) -> Rulebook:
        items = self._sets[version]
        held = items.in_force(shanghai_day(on)) if on else items
        return Rulebook(held, Matcher(held), self._directory, self.calendar)
