"""The rules in force: kept for a while, then read again (A4, A14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.alerts.config import StoredRules
from functions.shared.errors import NotFound
from tests.fakes.objects import MemoryObjects
from tests.unit.alerts.watching import LADDER

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CALENDAR = max((LADDER.parent / "calendars").glob("*.toml")).read_bytes()


def test_a15_another_ladder_or_calendar_holds_within_ten_minutes_without_a_deployment() -> None:
    bucket = MemoryObjects({"ladder.toml": LADDER.read_bytes(), "calendar.toml": CALENDAR})
    rules = StoredRules(bucket)
    first = rules.at(NOW)
    bucket.write("ladder.toml", LADDER.read_bytes().replace(b'"2026.3"', b'"2026.4"'))
    assert rules.at(NOW + timedelta(minutes=9)) is first
    second = rules.at(NOW + timedelta(minutes=10))
    assert (second.ladder.version, second.calendar) == ("2026.4", first.calendar)
    bucket.write("calendar.toml", CALENDAR.replace(first.calendar.version.encode(), b"9999.1"))
    assert rules.at(NOW + timedelta(minutes=25)).calendar.version == "9999.1"


def test_a15_without_a_ladder_nothing_is_guessed() -> None:
    with pytest.raises(NotFound):
        StoredRules(MemoryObjects({"calendar.toml": CALENDAR})).at(NOW)
