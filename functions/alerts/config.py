"""The ladder and the calendar in force, from the configuration bucket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from functions.alerts.ladder import Rules, parse_ladder
from functions.shared import ports
from functions.shared.calendar import parse_calendar
from functions.shared.objects import Objects

_KEPT = timedelta(minutes=10)
T = TypeVar("T")


class StoredRules:
    """The rules as they stand in the bucket, read again after ten minutes."""

    def __init__(self, bucket: Objects) -> None:
        self._bucket = bucket
        self._parsed: dict[str, tuple[bytes, object]] = {}
        self._rules: tuple[datetime, Rules] | None = None

    def at(self, now: datetime) -> Rules:
        """The rules that hold at `now`; raises NotFound and ValueError."""
        if self._rules is None or not timedelta() <= now - self._rules[0] < _KEPT:
            ladder = self._read("ladder.toml", parse_ladder)
            calendar = self._read("calendar.toml", parse_calendar)
            self._rules = now, Rules(ladder, calendar)
        return self._rules[1]

    def _read(self, key: str, parse: Callable[[str], T]) -> T:
        """What stands under `key`; parsed only where it has changed, for a calendar takes a while
        to work out its years."""
        body = self._bucket.read(key)
        kept = self._parsed.get(key)
        if kept is None or kept[0] != body:
            kept = self._parsed[key] = body, parse(body.decode())
        return kept[1]  # type: ignore[return-value]


@cache
def stored_rules() -> StoredRules:
    """The rules of this process."""
    return StoredRules(ports.objects("config"))
