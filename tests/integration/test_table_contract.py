"""What every table does: the one suite over the double and over DynamoDB."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

import pytest

from functions.shared.table import Addition, Index, Record, Stale, Table, pages
from tests.fakes.table import FakeTable
from tests.integration.tables import MakeTable, make_table

__all__ = ["make_table"]  # a fixture is found by its name

BY_TOWN = Index("by_town", "town", "at")
CHANGED = Index("changed", "pk", "changed", whole=True)
T = TypeVar("T", bound=Table)


def record(pk: str = "A", sk: str = "1", version: int = 1, **more: Any) -> Record:
    return {"pk": pk, "sk": sk, "version": version, **more}


def filled(table: T, *records: Record) -> T:
    for one in records:
        table.put(one, over=None)
    return table


def sort_keys(table: Table, pk: str, **query: Any) -> list[str]:
    return [one["sk"] for one in pages(table, pk, **query)]


def test_a_record_comes_back_as_it_was_put(make_table: MakeTable) -> None:
    table = make_table()
    whole = record(
        text="𠮷野家 ０",
        none=None,
        flag=True,
        number=7,
        money=Decimal("12.50"),
        nested={"list": ("a", {"deep": None}), "empty": []},
    )
    table.put(whole, over=None)

    found = table.get("A", "1")

    assert found == record(
        text="𠮷野家 ０",
        flag=True,
        number=7,
        money=Decimal("12.50"),
        nested={"list": ["a", {"deep": None}], "empty": []},
    )
    assert type(found["number"]) is int


def test_what_is_not_there_is_none(make_table: MakeTable) -> None:
    table = filled(make_table(), record())
    assert table.get("A", "2") is None
    assert table.get("B", "1") is None


def test_a_reader_cannot_change_what_is_stored(make_table: MakeTable) -> None:
    mine = record(words=["a"])
    table = filled(make_table(), mine)
    mine["words"].append("b")
    found = table.get("A", "1")
    assert found
    found["sk"] = "2"
    assert table.get("A", "1") == record(words=["a"])


def test_the_first_version_is_put_only_where_nothing_stands(make_table: MakeTable) -> None:
    table = filled(make_table(), record(who="first"))
    with pytest.raises(Stale):
        table.put(record(who="second"), over=None)
    assert table.get("A", "1") == record(who="first")


def test_a_version_is_put_only_over_the_one_that_was_read(make_table: MakeTable) -> None:
    table = filled(make_table(), record())
    table.put(record(version=2), over=1)
    with pytest.raises(Stale):
        table.put(record(version=2, who="late"), over=1)
    with pytest.raises(Stale):
        table.put(record(version=4), over=3)
    assert table.get("A", "1") == record(version=2)


def test_a_later_version_cannot_be_put_where_nothing_stands(make_table: MakeTable) -> None:
    table = make_table()
    with pytest.raises(Stale):
        table.put(record(version=2), over=1)
    assert table.get("A", "1") is None


def test_a_put_replaces_the_whole_record(make_table: MakeTable) -> None:
    table = filled(make_table(), record(old="yes"))
    table.put(record(version=2, new="yes"), over=1)
    assert table.get("A", "1") == record(version=2, new="yes")


def test_only_a_newer_version_replaces_a_projection(make_table: MakeTable) -> None:
    table = make_table()
    assert table.put_newer(record(version=3, who="first"))
    assert not table.put_newer(record(version=3, who="same"))
    assert not table.put_newer(record(version=2, who="older"))
    assert table.get("A", "1") == record(version=3, who="first")
    assert table.put_newer(record(version=7, who="newer"))
    assert table.get("A", "1") == record(version=7, who="newer")


def test_many_are_read_at_once_and_named_twice_only_once(make_table: MakeTable) -> None:
    table = filled(make_table(), *(record(sk=f"{n:03}") for n in range(130)))
    keys = [("A", f"{n:03}") for n in range(140)]
    found = table.get_many([*keys, *keys[:5]])
    assert set(found) == set(keys[:130])
    assert found["A", "129"] == record(sk="129")
    assert table.get_many([]) == {}


def test_a_query_gives_one_partition_in_order(make_table: MakeTable) -> None:
    table = filled(make_table(), *(record(sk=sk) for sk in "cab"), record(pk="B", sk="x"))
    assert sort_keys(table, "A") == ["a", "b", "c"]
    assert sort_keys(table, "B") == ["x"]
    assert sort_keys(table, "C") == []


def test_a_query_keeps_to_its_bounds(make_table: MakeTable) -> None:
    table = filled(make_table(), *(record(sk=sk) for sk in ("a", "a#1", "a#2", "a#中", "b", "c")))
    assert sort_keys(table, "A", begins="a#") == ["a#1", "a#2", "a#中"]
    assert sort_keys(table, "A", above="a#2") == ["a#中", "b", "c"]
    assert sort_keys(table, "A", until="a#1") == ["a", "a#1"]
    assert sort_keys(table, "A", begins="x") == []


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7])
def test_pages_give_everything_once_and_in_order(make_table: MakeTable, limit: int) -> None:
    table = filled(make_table(), *(record(sk=sk) for sk in "abcdef"))
    assert sort_keys(table, "A", limit=limit) == list("abcdef")
    assert sort_keys(table, "A", above="b", limit=limit) == list("cdef")
    first = table.query("A", limit=limit)
    assert len(first.records) == min(limit, 6)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_an_index_holds_those_that_have_its_keys(make_table: MakeTable, limit: int) -> None:
    table = filled(
        make_table(BY_TOWN),
        record("A", town="t1", at="3", text="long"),
        record("B", town="t1", at="1"),
        record("C", town="t2", at="2"),
        record("D", text="not in the index"),
        record("E", town="t1"),
    )
    found = list(pages(table, "t1", index=BY_TOWN, limit=limit))
    assert found == [
        {"pk": "B", "sk": "1", "town": "t1", "at": "1"},
        {"pk": "A", "sk": "1", "town": "t1", "at": "3"},
    ]
    until = pages(table, "t1", index=BY_TOWN, until="2", limit=limit)
    assert [one["pk"] for one in until] == ["B"]


def test_an_index_follows_its_records(make_table: MakeTable) -> None:
    table = filled(make_table(BY_TOWN), record(town="t1", at="1"))
    table.put(record(version=2, town="t2", at="1"), over=1)
    assert table.query("t1", index=BY_TOWN).records == ()
    assert len(table.query("t2", index=BY_TOWN).records) == 1
    table.put(record(version=3), over=2)
    assert table.query("t2", index=BY_TOWN).records == ()


def test_records_with_the_same_index_key_are_all_found(make_table: MakeTable) -> None:
    table = filled(make_table(BY_TOWN), *(record(pk, town="t", at="1") for pk in "ABCDE"))
    found = [one["pk"] for one in pages(table, "t", index=BY_TOWN, limit=2)]
    assert sorted(found) == list("ABCDE")


def test_a_whole_index_holds_all_attributes(make_table: MakeTable) -> None:
    table = filled(
        make_table(CHANGED),
        record(sk="a", changed="2", text="second"),
        record(sk="b", changed="1", text="first"),
        record(sk="c"),
        record("B", "d", changed="0"),
    )
    found = list(pages(table, "A", index=CHANGED))
    assert found == [
        record(sk="b", changed="1", text="first"),
        record(sk="a", changed="2", text="second"),
    ]
    above = pages(table, "A", index=CHANGED, above="1", limit=1)
    assert [one["sk"] for one in above] == ["a"]


def test_two_indexes_do_not_disturb_each_other(make_table: MakeTable) -> None:
    table = filled(make_table(BY_TOWN, CHANGED), record(town="t", at="1", changed="9"))
    assert len(table.query("t", index=BY_TOWN).records) == 1
    assert len(table.query("A", index=CHANGED).records) == 1


@pytest.mark.parametrize(
    "bad",
    [
        record(weight=1.5),
        record(day={"a", "b"}, at=object()),
        record(pk=""),
        record(sk=""),
        record(town="", at="1"),
        record(text="x" * 500_000),
    ],
    ids=["float", "object", "empty pk", "empty sk", "empty index key", "too large"],
)
def test_what_a_table_cannot_hold_is_refused_and_changes_nothing(
    make_table: MakeTable, bad: Record
) -> None:
    table = filled(make_table(BY_TOWN), record("B"))
    with pytest.raises(Exception) as refused:
        table.put(bad, over=None)
    assert not isinstance(refused.value, Stale)
    assert table.get("B", "1") == record("B")
    assert table.get("A", "1") is None
    assert table.query("A").records == ()


def test_the_double_refuses_two_conditions_at_once_as_dynamodb_does() -> None:
    with pytest.raises(ValueError):  # moto is more lenient than both
        FakeTable().query("A", above="a", until="b")


def test_versions_of_a_busy_record_are_never_skipped(make_table: MakeTable) -> None:
    table = filled(make_table(), record())
    for version, after in pairwise(range(1, 30)):
        table.put(record(version=after), over=version)
    found = table.get("A", "1")
    assert found and found["version"] == 29


def test_a_record_and_what_it_adds_stand_together_or_not_at_all(make_table: MakeTable) -> None:
    table = make_table()
    day = Addition("DAY", "1", {"pushed": 1, "h3": 2})
    table.put_with(record(), over=None, additions=[day, Addition("TOWN", "1", {"pushed": 1})])
    with pytest.raises(Stale):
        table.put_with(record(), over=None, additions=[day])
    with pytest.raises(Stale):
        table.put_with(record(version=9), over=8, additions=[day])
    table.put_with(record(version=2), over=1, additions=[Addition("DAY", "1", {"pushed": -3})])

    assert table.get("A", "1") == record(version=2)
    assert table.get("DAY", "1") == record("DAY", version=2, pushed=-2, h3=2)
    assert table.get("TOWN", "1") == record("TOWN", version=1, pushed=1)


def test_what_is_added_twice_counts_twice(make_table: MakeTable) -> None:
    table = make_table()
    table.add(Addition("Q", "1", {"calls": 1}))
    assert table.add(Addition("Q", "1", {"calls": 2, "refused": 1})) == record(
        "Q", version=2, calls=3, refused=1
    )


def test_a_scan_in_segments_meets_every_record_once(make_table: MakeTable) -> None:
    table = filled(make_table(), *(record(f"K{n}", str(n % 3)) for n in range(40)))
    found = []
    for segment in range(4):
        after = None
        while True:
            page = table.scan(segment, 4, limit=7, after=after)
            found += [one["pk"] for one in page.records]
            if page.after is None:
                break
            after = page.after
    assert sorted(found) == sorted(f"K{n}" for n in range(40))
