"""The one way to a table: whole records in and out, every write conditional on a version.

A record is a dict with `pk`, `sk` and an integer `version`. Writers read, decide, and put the next
version; whoever comes second gets `Stale` and decides again. That is all the conditions there are,
which is why the test double (`tests/fakes/table.py`) can be complete. Figures alone are added to
rather than put, in one transaction with what they count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Record = dict[str, Any]
Key = tuple[str, str]


class Stale(Exception):
    """The record is no longer at the version that the writer read."""


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: its name, its two keys, and whether it holds the `whole` record."""

    name: str
    partition: str
    sort: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in key order and where to go on (None: that was all)."""

    records: tuple[Record, ...]
    after: Record | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """`counts` to add to the numbers of the record at a key, which begins where there is none; its
    version counts what was added."""

    pk: str
    sk: str
    counts: Mapping[str, int]


class Table(Protocol):
    """What a store needs of a table."""

    def get(self, pk: str, sk: str) -> Record | None:
        """The record as last written (a consistent read), or None."""
        ...

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        """The records that exist among `keys` (consistent reads)."""
        ...

    def put(self, record: Record, *, over: int | None) -> None:
        """Write `record` if the stored one is at version `over` (None: if there is none).

        Raises Stale otherwise.
        """
        ...

    def put_newer(self, record: Record) -> bool:
        """Write `record` unless the stored one has its version or a later one; whether it did.

        For projections, whose versions are those of what they show.
        """
        ...

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
        """Records of one partition by sort key, ascending: beginning with `begins`, or greater than
        `above`, or at most `until`; at most `limit`."""
        ...


class Ledger(Table, Protocol):
    """A table that also counts."""

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        """`put`, and every one of `additions` (at most 50, each to another key), or nothing.

        Raises Stale; OSError where others kept changing the same records, or the table was too busy
        for long.
        """
        ...

    def add(self, addition: Addition) -> Record:
        """Add to one record's numbers; what it reads afterwards. Sent twice, it counts twice."""
        ...


class Whole(Protocol):
    """A table that can be read from end to end."""

    def scan(
        self, segment: int, segments: int, *, limit: int = 100, after: Record | None = None
    ) -> Page:
        """Some records of the whole table, which several may share out in `segments`: for jobs
        that recompute from everything, and for nothing else."""
        ...


def pages(table: Table, pk: str, **query: Any) -> Iterator[Record]:
    """Every record of a query, page after page."""
    after: Record | None = None
    while True:
        page = table.query(pk, after=after, **query)
        yield from page.records
        if page.after is None:
            return
        after = page.after
