"""Rooms read which items hold now, as supervision's register says, and keep what they read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.matching.items import ItemSet
from functions.shared.rules_in_force import RulesInForce
from functions.supervision.calendars import load_calendar
from functions.supervision.itemsets import Edition, InForce, put_in_force, with_edition
from functions.supervision.rulebooks import items_key
from functions.supervision.store import Store
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.clues.smalltown import RULES
from tests.unit.supervision.nextyear import calendar_text

CITY = Path(__file__).parents[3] / "infra" / "city"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Counted(MemoryObjects):
    """A bucket that remembers what was read."""

    def __init__(self) -> None:
        super().__init__(
            {
                "divisions.csv": (CITY / "divisions.csv").read_bytes(),
                "departments.csv": (CITY / "departments.csv").read_bytes(),
                "calendar.toml": max((CITY / "calendars").glob("*.toml")).read_bytes(),
            }
        )
        self.asked: list[str] = []

    def read(self, key: str) -> bytes:
        self.asked.append(key)
        return super().read(key)


def put(table: FakeTable, bucket: Counted, version: str, since: date) -> None:
    """Adds a version as supervision does, and puts it in force."""
    items = RULES.items.model_copy(update={"version": version})
    bucket.write(items_key(version), ItemSet.model_dump_json(items).encode())
    edition = Edition(version=version, digest=version, items=1, added_by="x", added_at=NOW)
    entry = InForce(version=version, since=since, put_by="x", put_at=NOW)
    Store(table).change_register(
        lambda before: put_in_force(with_edition(before, edition), entry, NOW.date()), "x", NOW
    )


def test_a4_the_version_holds_that_the_register_names_from_its_day_on() -> None:
    table, bucket = FakeTable(), Counted()
    rules = RulesInForce(table, bucket)
    put(table, bucket, "1", date(2026, 3, 2))
    put(table, bucket, "2", date(2026, 3, 4))
    days = [rules.on(NOW + timedelta(days=n)).items.version for n in (-1, 0, 1, 2)]
    assert days == ["none", "1", "1", "2"]
    assert rules.on(NOW).matcher.match("旅馆").items[0].code == "GA01"


def test_a4_without_any_version_nothing_matches_and_the_rest_is_there() -> None:
    found = RulesInForce(FakeTable(), Counted()).on(NOW)
    assert found.matcher.match("旅馆").items == ()
    assert found.directory.knows("scjg.441900106000")
    assert found.calendar.is_working(date(2026, 3, 2))


def test_a4_an_item_that_does_not_hold_on_the_day_does_not_match() -> None:
    table, bucket = FakeTable(), Counted()
    put(table, bucket, "1", date(2026, 3, 2))
    ended = [
        item.model_copy(update={"holds_until": date(2026, 3, 2)}) for item in RULES.items.items
    ]
    items = RULES.items.model_copy(update={"items": tuple(ended)})
    bucket.write(items_key("1"), items.model_dump_json().encode())
    rules = RulesInForce(table, bucket)
    assert rules.on(NOW).matcher.match("旅馆").items
    assert not rules.on(NOW + timedelta(days=1)).matcher.match("旅馆").items


def test_what_was_read_is_kept_for_the_day_and_read_again_on_the_next() -> None:
    table, bucket = FakeTable(), Counted()
    put(table, bucket, "1", date(2026, 3, 2))
    rules = RulesInForce(table, bucket)
    for _ in range(3):
        rules.on(NOW)
    once = ["items/1.json", "divisions.csv", "departments.csv", "calendar.toml"]
    assert bucket.asked == once
    rules.on(NOW + timedelta(days=1))
    assert bucket.asked == once * 2


def test_a14_the_next_calendar_holds_everywhere_as_soon_as_it_is_loaded() -> None:
    table, bucket = FakeTable(), Counted()
    processes = [RulesInForce(table, bucket) for _ in range(2)]
    assert {one.on(NOW).calendar.version for one in processes} == {"2026.1"}
    keeper = Caller("wu", frozenset({Grant("city", Role.RULES)}))
    load_calendar(calendar_text(), keeper, Store(table), bucket, NOW)
    bucket.write("calendar.toml", b"not yet copied")
    assert {one.on(NOW).calendar.version for one in processes} == {"2027.1"}
    later = [one.on(NOW + timedelta(days=n)).calendar for one in processes for n in range(3)]
    assert len({id(calendar) for calendar in later}) == len(processes)  # each has read it once
