"""A rehearsal checks like the real thing, sees what it has done, and leaves no trace (A21)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from functions.shared import rehearsal
from functions.shared.errors import Conflict
from functions.shared.objects import Bucket
from functions.shared.rehearsal import Curtain, DryObjects, DryTable
from functions.shared.table import Addition, Index, Record, Stale, Table
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BY = Index("by", "of", "on")


def record(sk: str, version: int = 1, **more: Any) -> Record:
    return {"pk": "a", "sk": sk, "version": version, **more}


@pytest.fixture
def real() -> FakeTable:
    table = FakeTable(BY)
    table.put(record("1", of="x", on="1"), over=None)
    return table


def behind(real: FakeTable) -> Any:
    return cast(Any, Curtain(cast(Table, real), DryTable))


def test_a21_outside_of_a_rehearsal_the_curtain_is_open(real: FakeTable) -> None:
    behind(real).put(record("2"), over=None)
    assert real.get("a", "2")


def test_a21_a_rehearsal_reads_what_it_wrote_and_the_table_has_none_of_it(real: FakeTable) -> None:
    table = behind(real)
    before = list(real)
    with rehearsal.scope():
        rehearsal.begin()
        table.put(record("1", 2, of="x", on="1", name="new"), over=1)
        table.put(record("2"), over=None)
        assert table.get("a", "1")["name"] == "new"
        assert set(table.get_many([("a", "1"), ("a", "2"), ("a", "3")])) == {("a", "1"), ("a", "2")}
        assert [one.get("name") for one in table.query("a").records] == ["new"]
        [found] = table.query("x", index=BY).records
        assert found == {"pk": "a", "sk": "1", "of": "x", "on": "1"}
        assert table.add(Addition("a", "n", {"calls": 2}))["calls"] == 2
        assert table.add(Addition("a", "n", {"calls": 1}))["calls"] == 3
        table.put_with(record("3"), over=None, additions=[Addition("a", "n", {"calls": 1})])
        assert table.get("a", "n")["calls"] == 4
    assert list(real) == before
    assert table.get("a", "2") is None


def test_a21_a_rehearsal_is_as_strict_as_the_table(real: FakeTable) -> None:
    table = behind(real)
    with rehearsal.scope():
        rehearsal.begin()
        for over in (None, 7):
            with pytest.raises(Stale):
                table.put(record("1", 8), over=over)
        with pytest.raises(Stale):
            table.put(record("2"), over=1)
        assert not table.put_newer(record("1", 1))
        assert table.put_newer(record("1", 2))
        assert not table.put_newer(record("1", 2))


def test_a21_one_rehearsal_knows_nothing_of_another(real: FakeTable) -> None:
    table = behind(real)
    for _ in range(2):
        with rehearsal.scope():
            rehearsal.begin()
            table.put(record("2"), over=None)


def test_a21_objects_are_kept_for_the_call_and_no_address_for_uploads_is_given() -> None:
    real = MemoryObjects()
    real.write("old", b"1")
    bucket = cast(Any, Curtain(cast(Bucket, real), DryObjects))
    with rehearsal.scope():
        rehearsal.begin()
        bucket.write("new", b"2")
        assert (bucket.read("old"), bucket.read("new"), bucket.open("new").read()) == (
            b"1",
            b"2",
            b"2",
        )
        assert list(bucket.list_keys("")) == ["old"]
        with pytest.raises(Conflict):
            bucket.upload("new", seconds=60)
    assert list(real.list_keys("")) == ["old"]
