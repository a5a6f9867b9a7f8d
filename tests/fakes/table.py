"""`Table` in memory, as strict as DynamoDB (`tests/integration/test_table_contract.py`)."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from zlib import crc32

from functions.shared.table import Addition, Index, Key, Page, Record, Stale

_BASE = Index("", "pk", "sk", whole=True)
_MOST_BYTES = 400_000
_MOST_ADDITIONS = 50
_LAST = chr(0x10FFFF)  # sorts after every other character
_Place = tuple[str, str, str]  # sort key, pk, sk


class FakeTable:
    """A table with the given secondary indexes.

    `on_write` hears of every write what a stream would: the record before (None: it is new) and
    after.
    """

    def __init__(
        self,
        *indexes: Index,
        on_write: Callable[[Record | None, Record], object] = lambda old, new: None,
    ) -> None:
        self._indexes = {"": _BASE, **{index.name: index for index in indexes}}
        self._on_write = on_write
        self._records: dict[Key, Record] = {}
        self._places: dict[tuple[str, str], list[_Place]] = {}

    def __iter__(self) -> Iterator[Record]:
        """Every record; for tests, which a real table has no equal of."""
        return iter([dict(record) for record in self._records.values()])

    def get(self, pk: str, sk: str) -> Record | None:
        found = self._records.get((_key(pk), _key(sk)))
        return dict(found) if found else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        found = {key: self.get(*key) for key in keys}
        return {key: record for key, record in found.items() if record}

    def put(self, record: Record, *, over: int | None) -> None:
        before = self._records.get((record["pk"], record["sk"]))
        if (before["version"] if before else None) != over:
            raise Stale(f"{record['pk']}/{record['sk']}")
        self._write(before, record)

    def put_newer(self, record: Record) -> bool:
        before = self._records.get((record["pk"], record["sk"]))
        if before and before["version"] >= record["version"]:
            return False
        self._write(before, record)
        return True

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        keys = {(record["pk"], record["sk"]), *((one.pk, one.sk) for one in additions)}
        if len(additions) > _MOST_ADDITIONS or len(keys) != len(additions) + 1:
            raise ValueError("at most 50 additions, each to a key of its own")
        self.put(record, over=over)
        for one in additions:
            self.add(one)

    def add(self, addition: Addition) -> Record:
        before = self._records.get((addition.pk, addition.sk))
        counts = {**addition.counts, "version": 1}
        added = {name: (before or {}).get(name, 0) + count for name, count in counts.items()}
        self._write(before, {**(before or {"pk": addition.pk, "sk": addition.sk}), **added})
        return dict(self._records[addition.pk, addition.sk])

    def scan(
        self, segment: int, segments: int, *, limit: int = 100, after: Record | None = None
    ) -> Page:
        keys = [key for key in self._records if crc32(key[0].encode()) % segments == segment]
        first = keys.index((after["pk"], after["sk"])) + 1 if after else 0
        chosen = keys[first : first + limit]
        last = {"pk": chosen[-1][0], "sk": chosen[-1][1]} if len(chosen) == limit else None
        return Page(tuple(dict(self._records[key]) for key in chosen), last)

    def query(
        self,
        pk: str,
        *,
        index: Index | None = None,
        begins: str = "",
        above: str = "",
        until: str = "",
        limit: int = 100,
        after: Record | None = None,
    ) -> Page:
        if sum(map(bool, (begins, above, until))) > 1 or limit < 1:
            raise ValueError("one condition on the sort key, and a limit of at least 1")
        by = self._known(index)
        places = self._places.get((by.name, _key(pk)), [])
        first, last = 0, len(places)
        if begins:
            first = bisect_left(places, begins, key=_sort)
            last = bisect_left(places, begins + _LAST, key=_sort)
        elif above:
            first = bisect_right(places, above, key=_sort)
        elif until:
            last = bisect_right(places, until, key=_sort)
        if after:
            first = max(first, bisect_right(places, (after[by.sort], after["pk"], after["sk"])))
        chosen = places[first : min(last, first + limit)]
        records = tuple(self._shown(place, by) for place in chosen)
        # Like DynamoDB: a full page says where to go on, even where nothing follows.
        full = len(chosen) == limit
        return Page(records, _keys_of(self._at(chosen[-1]), by) if full else None)

    def _known(self, index: Index | None) -> Index:
        by = self._indexes[index.name if index else ""]
        if index and index != by:
            raise ValueError(f"the table's index {index.name} is another one")
        return by

    def _write(self, before: Record | None, record: Record) -> None:
        new = _stored(record)
        if len(json.dumps(new, ensure_ascii=False, default=str).encode()) > _MOST_BYTES:
            raise ValueError("a record must be smaller than 400 KB")
        wanted = {
            by.name: _place(new, by) for by in self._indexes.values()
        }  # refused before anything is written
        for by in self._indexes.values():
            if before:
                self._move(by, before, remove=True)
            if wanted[by.name]:
                self._move(by, new, remove=False)
        self._records[new["pk"], new["sk"]] = new
        self._on_write(dict(before) if before else None, dict(new))

    def _move(self, by: Index, record: Record, *, remove: bool) -> None:
        place = _place(record, by)
        if place is None:
            return
        places = self._places.setdefault((by.name, record[by.partition]), [])
        if remove:
            places.pop(bisect_left(places, place))
        else:
            insort(places, place)

    def _at(self, place: _Place) -> Record:
        return self._records[place[1], place[2]]

    def _shown(self, place: _Place, by: Index) -> Record:
        record = self._at(place)
        return dict(record) if by.whole else _keys_of(record, by)


def _key(value: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a key is a text, and not empty")
    return value


def _place(record: Record, by: Index) -> _Place | None:
    """Where a record stands in an index; None where it lacks one of the keys (sparse)."""
    if by.partition not in record or by.sort not in record:
        return None
    _key(record[by.partition])
    return _key(record[by.sort]), record["pk"], record["sk"]


def _sort(place: _Place) -> str:
    return place[0]


def _keys_of(record: Record, by: Index) -> Record:
    return {name: record[name] for name in ("pk", "sk", by.partition, by.sort)}


def _stored(record: Record) -> Record:
    """A copy as it comes back from DynamoDB; raises TypeError for what that could not hold."""
    _key(record["pk"]), _key(record["sk"])
    return {name: _value(value) for name, value in record.items() if value is not None}


def _value(value: Any) -> Any:
    if value is None or isinstance(value, str | int | Decimal):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {name: _value(one) for name, one in value.items()}
    raise TypeError(f"a table holds no {type(value).__name__}: {value!r}")
