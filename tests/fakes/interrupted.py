"""A table at whose calls something happens in between: a crash, or another process at work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from functions.shared.table import Addition, Key, Ledger, Page, Record, Table

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here; not an Exception, so that nothing catches it."""


class Interrupted:
    """`table`, but at the `nth` point (from 1) `event` happens.

    Every call has a point before it and one after it; `points` counts those that were passed, so
    that a test can go through all of them.
    """

    def __init__(self, table: Table, nth: int, event: Callable[[], object]) -> None:
        self._table = table
        self._nth = nth
        self._event = event
        self.points = 0

    def get(self, pk: str, sk: str) -> Record | None:
        return self._around(lambda: self._table.get(pk, sk))

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        return self._around(lambda: self._table.get_many(keys))

    def put(self, record: Record, *, over: int | None) -> None:
        self._around(lambda: self._table.put(record, over=over))

    def put_newer(self, record: Record) -> bool:
        return self._around(lambda: self._table.put_newer(record))

    def query(self, pk: str, **query: Any) -> Page:
        return self._around(lambda: self._table.query(pk, **query))

    def _around(self, call: Callable[[], T]) -> T:
        self._point()
        result = call()
        self._point()
        return result

    def _point(self) -> None:
        self.points += 1
        if self.points == self._nth:
            self._event()


class InterruptedLedger(Interrupted):
    """`Interrupted` for a table that counts: a transaction happens whole, or not at all."""

    def __init__(self, ledger: Ledger, nth: int, event: Callable[[], object]) -> None:
        super().__init__(ledger, nth, event)
        self._ledger = ledger

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        self._around(lambda: self._ledger.put_with(record, over=over, additions=additions))

    def add(self, addition: Addition) -> Record:
        return self._around(lambda: self._ledger.add(addition))


def crash() -> None:
    """Dies."""
    raise Crash
