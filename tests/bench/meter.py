"""A table that counts what the bill would: request units from item sizes, by kind of record.

Sizes and units by "DynamoDB item sizes and formats" and "Read and write request units": names and
values in UTF-8, 3 bytes per map or list and 1 per entry; a write costs 1 unit per KB, a consistent
read 1 per 4 KB, an index half of that; a write that changes what an index holds costs there too.
In a transaction every write costs twice, also one that is cancelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from functions.shared.table import Addition, Index, Key, Page, Record, Stale
from tests.fakes.table import FakeTable

_LETTERS = frozenset("ECTKDWLIVNR") | {
    *("B", "G", "H", "S", "Z"),  # of public credit
    *("task", "case", "clue", "alert", "claim", "inspection", "pending"),
}


@dataclass
class Meter:
    """Units so far, by kind of record (`registry E`, `registry E/pending` for an index)."""

    writes: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    reads: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


class MeteredTable:
    """`FakeTable` behind a meter."""

    def __init__(self, name: str, meter: Meter, *indexes: Index) -> None:
        self.changes: list[tuple[Record | None, Record]] = []
        self._name = name
        self._meter = meter
        self._indexes = indexes
        self._times = 1  # 2 in a transaction
        self._table = FakeTable(*indexes, on_write=self._written)

    def records(self) -> Iterable[Record]:
        """Every record, unmetered."""
        return iter(self._table)

    def get(self, pk: str, sk: str) -> Record | None:
        record = self._table.get(pk, sk)
        self._read(pk, sk, [record] if record else [], whole=True)
        return record

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        keys = list(keys)
        found = self._table.get_many(keys)
        for pk, sk in keys:
            self._meter.reads[self._kind(pk, sk)] += 1
        return found

    def put(self, record: Record, *, over: int | None) -> None:
        try:
            self._table.put(record, over=over)
        except Stale:
            self._refused(record)
            raise

    def put_newer(self, record: Record) -> bool:
        taken = self._table.put_newer(record)
        if not taken:
            self._refused(record)
        return taken

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        self._times = 2
        try:
            self._table.put_with(record, over=over, additions=additions)
        except Stale:
            self._refused(record)
            raise
        finally:
            self._times = 1

    def add(self, addition: Addition) -> Record:
        return self._table.add(addition)

    def scan(self, segment: int, segments: int, **how: Any) -> Page:
        page = self._table.scan(segment, segments, **how)
        self._read("", "scan", page.records, whole=True)
        return page

    def query(self, pk: str, **how: Any) -> Page:
        page = self._table.query(pk, **how)
        index = how.get("index")
        self._read("", index.name if index else "query", page.records, whole=index is None)
        return page

    def _read(self, pk: str, sk: str, records: Iterable[Record], *, whole: bool) -> None:
        total = sum(size(record) for record in records)
        cost = max(1, ceil(total / 4096)) * (1.0 if whole else 0.5)
        self._meter.reads[self._kind(pk, sk)] += cost

    def _refused(self, record: Record) -> None:
        cost = self._times * units(size(record))
        self._meter.writes[self._kind(record["pk"], record["sk"]) + " refused"] += cost

    def _written(self, old: Record | None, new: Record) -> None:
        self.changes.append((old, new))
        kind = self._kind(new["pk"], new["sk"])
        whole = max(size(new), size(old) if old else 0)
        self._meter.writes[kind] += self._times * units(whole)
        for index in self._indexes:
            before, after = projected(old, index), projected(new, index)
            moved = before and after and before[index.sort] != after[index.sort]
            count = 2 if moved else int(before != after)
            held = max(size(before or {}), size(after or {}))
            self._meter.writes[f"{kind}/{index.name}"] += self._times * count * units(held)

    def _kind(self, pk: str, sk: str) -> str:
        """The table and the letter of a record: of its sort key, or where that is a name (a day, an
        item, a unit) of its partition."""
        letter = sk.partition("#")[0]
        return f"{self._name} {letter if letter in _LETTERS else pk.partition('#')[0] or letter}"


def projected(record: Record | None, index: Index) -> Record | None:
    """What an index holds of a record; None where it is not in it."""
    if record is None or index.partition not in record or index.sort not in record:
        return None
    if index.whole:
        return record
    return {name: record[name] for name in ("pk", "sk", index.partition, index.sort)}


def units(bytes: int) -> int:
    """Write request units."""
    return max(1, ceil(bytes / 1024))


def size(value: Any) -> int:
    """The size of an item, or of a value in it, in bytes."""
    match value:
        case None | bool():
            return 1
        case str():
            return len(value.encode())
        case int():
            return len(str(abs(value))) // 2 + 2
        case dict():
            inner = sum(len(name.encode()) + size(one) + 1 for name, one in value.items())
            return inner + 3
        case list() | tuple():
            return sum(size(one) + 1 for one in value) + 3
        case _:
            return len(str(value))
