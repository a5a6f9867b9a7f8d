"""Rules are read once, and again only when others have been asked for since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.supervision.calendars import load_calendar
from functions.supervision.rulebooks import StoredRulebooks, items_key
from functions.supervision.store import Store
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.supervision.nextyear import SHIPPED, calendar_text

CITY = Path(__file__).parents[3] / "infra" / "city"
ITEMS = '{"version": "v1", "items": []}'


class Counting(MemoryObjects):
    """Counts how often an item set is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def read(self, key: str) -> bytes:
        self.reads += key.startswith("items/")
        return super().read(key)


@pytest.fixture
def bucket() -> Counting:
    """The configuration of a deployment."""
    bucket = Counting()
    bucket.write(items_key("v1"), ITEMS.encode())
    for name in ("divisions.csv", "departments.csv"):
        bucket.write(name, (CITY / name).read_bytes())
    bucket.write("calendar.toml", SHIPPED.encode())
    return bucket


def test_a14_every_process_counts_by_the_next_calendar_as_soon_as_it_is_loaded(
    bucket: Counting,
) -> None:
    store, caller = Store(FakeTable()), Caller("wu", frozenset({Grant("city", Role.RULES)}))
    processes = [StoredRulebooks(store, bucket) for _ in range(2)]
    assert {one.of("v1").calendar.version for one in processes} == {"2026.1"}
    load_calendar(calendar_text(), caller, store, bucket, datetime(2026, 11, 2, tzinfo=UTC))
    bucket.write("calendar.toml", b"not yet copied")
    assert {one.of("v1").calendar.version for one in processes} == {"2027.1"}
    calendars = {id(one.of("v1").calendar) for one in processes for _ in range(3)}
    assert len(calendars) == len(processes)  # each has read it once


def test_a_process_that_lives_for_days_reads_each_days_rules_once(bucket: Counting) -> None:
    rules = StoredRulebooks(Store(FakeTable()), bucket)
    day = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for later in range(30):
        for _ in range(3):  # of today and of yesterday by turns, as after midnight
            rules.of("v1", day + timedelta(days=later))
            rules.of("v1", day + timedelta(days=later + 1))
    assert bucket.reads == 31
