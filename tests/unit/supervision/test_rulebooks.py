"""Rules are read once, and again only when others have been asked for since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from functions.supervision.rulebooks import StoredRulebooks, items_key
from functions.supervision.store import Store
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable

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


def test_a_process_that_lives_for_days_reads_each_days_rules_once() -> None:
    bucket = Counting()
    bucket.write(items_key("v1"), ITEMS.encode())
    for name in ("divisions.csv", "departments.csv"):
        bucket.write(name, (CITY / name).read_bytes())
    bucket.write("calendar.toml", max((CITY / "calendars").glob("*.toml")).read_bytes())
    rules = StoredRulebooks(Store(FakeTable()), bucket)
    day = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for later in range(30):
        for _ in range(3):  # of today and of yesterday by turns, as after midnight
            rules.of("v1", day + timedelta(days=later))
            rules.of("v1", day + timedelta(days=later + 1))
    assert bucket.reads == 31
