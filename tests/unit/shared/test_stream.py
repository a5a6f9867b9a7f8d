"""Changes become events: what the topic does not take is parked, and holds nobody back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from functions.shared.events import CloudEvent, event
from functions.shared.events.registry import Happening, Registration
from functions.shared.stream import Change, tell
from functions.shared.table import Record

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Topic:
    """Takes what is not `away`; a call with one of those fails as a whole, as SNS's does."""

    def __init__(self, *away: str) -> None:
        self.away = away
        self.told: list[str] = []

    def publish(self, events: list[CloudEvent]) -> set[str]:
        if any(one.subject in self.away for one in events):
            raise OSError("BatchRequestTooLong")
        self.told += [one.subject for one in events]
        return set()


class Parking:
    def __init__(self) -> None:
        self.parked: list[tuple[str, str]] = []

    def park(self, key: Mapping[str, Any], reason: str) -> None:
        self.parked.append((key["pk"], reason))


def _events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    body = Registration(
        code=new["pk"],
        edition=1,
        happening=Happening.ESTABLISHMENT,
        name="试验",
        received_at=NOW,
    )
    yield event("registration.released", new["pk"], 1, body, NOW)


def _changes(count: int) -> list[Change]:
    return [Change(None, {"pk": f"E{n:02d}", "sk": "E", "version": 1}) for n in range(count)]


def test_a_topic_that_fails_gets_its_events_parked_and_the_others_told() -> None:
    topic, parking = Topic("E03"), Parking()
    assert tell(_changes(25), _events_of, topic, parking) == 15
    assert topic.told == [f"E{n:02d}" for n in range(10, 25)]
    assert parking.parked == [(f"E{n:02d}", "OSError: BatchRequestTooLong") for n in range(10)]
