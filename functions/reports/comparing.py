"""Compares, while the city goes on, what is counted of tasks with them, and cells with sums (A20).

A cell's version counts what was added to it. One that has the same version after the tasks were
compared as was noted before is exactly the sum of what is counted of them; a cell that moved
meanwhile is left to the next run.
"""

from __future__ import annotations

import gzip
import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol

from pydantic import BaseModel

from functions.reports import usecases
from functions.reports.domain import (
    Cell,
    Contribution,
    Counted,
    Counts,
    Kept,
    about,
    cell_named,
    difference,
    name_of,
)
from functions.reports.rebuild import (
    Difference,
    Verdict,
    contribution_of,
    difference_in,
    digest_of,
    verdict,
)
from functions.reports.runs import MOST_NAMED
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import TaskTold
from functions.shared.objects import Objects
from functions.shared.table import Key, Stale

Line = list[Any]


class Books(usecases.Books, Protocol):
    """Where contributions and cells stand, to be compared."""

    def get_many(self, tasks: Iterable[str]) -> dict[str, Counted]: ...

    def list_partitions(self) -> list[tuple[str, str]]: ...

    def list_cells(self, month: str, department: str) -> Iterator[Kept]: ...

    def put_cell(self, cell: Cell, counts: Counts, *, over: int | None) -> None: ...

    def missing(self, counted: Iterable[Counted]) -> dict[str, list[Key]]: ...

    def relist(self, counted: Counted, missing: Iterable[Key]) -> None: ...


class Behind(BaseModel):
    """A task that was told at a version that is not counted yet, and the digest of what that counts
    for: an older version with the same numbers will do, for what adds nothing is not counted."""

    task: str
    sequence: int
    digest: str

    def is_left_by(self, counted: Counted) -> bool:
        """Whether what is counted by now is still behind."""
        return counted.sequence < self.sequence and digest_of(counted.cells) != self.digest


class Found(BaseModel):
    """What was found about a segment's tasks."""

    tasks: int = 0
    ahead: int = 0
    unlisted: int = 0
    behind: list[Behind] = []
    differing: list[str] = []


class TaskCheck:
    """Some tasks as they are compared, and the sum of what is counted of them; with `repair`, what
    differs is put right, and what is missing in a list is entered. `_own` counts what that added to
    each cell."""

    def __init__(self, books: Books, *, repair: bool) -> None:
        self.found = Found()
        self._books = books
        self._repair = repair
        self._sums: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
        self._own: Counter[Cell] = Counter()
        self._seen: set[str] = set()

    def take(self, event: CloudEvent, counted: Counted, missing: Iterable[Key] = ()) -> None:
        """Compare one task, and the lists in which it is `missing`; one that was told twice is
        compared once."""
        if event.subject in self._seen:
            return
        self._seen.add(event.subject)
        self.found.tasks += 1
        cells = counted.cells
        match verdict(event, counted):
            case Verdict.EQUAL:
                self._list(event, counted, missing)
            case Verdict.AHEAD:
                self.found.ahead += 1
            case Verdict.DIFFERS:
                self.found.differing.append(event.subject)
                cells = self._put_right(event, counted)
            case Verdict.BEHIND:
                digest = digest_of(contribution_of(event))
                one = Behind(task=event.subject, sequence=event.sequence, digest=digest)
                self.found.behind.append(one)
                cells = self._put_right(event, counted)
        for cell, counts in cells.items():
            self._sums[cell].update(counts)

    def lines(self) -> Iterator[list[Any]]:
        """The sums in the order of the table."""
        for cell in sorted(self._sums, key=_order):
            yield [name_of(cell), self._sums[cell], self._own[cell]]

    def _list(self, event: CloudEvent, counted: Counted, missing: Iterable[Key]) -> None:
        """See to the lists of a task that is counted rightly; what moves meanwhile enters itself
        where it comes to, and the next run sees the rest."""
        if not counted.cells or (counted.about and not missing):
            return
        self.found.unlisted += 1
        if self._repair:
            known = about(body_of(event, TaskTold))
            with suppress(Stale):
                self._books.relist(replace(counted, about=known), missing)

    def _put_right(self, event: CloudEvent, counted: Counted) -> Contribution:
        """What is counted of the task afterwards; who counts it meanwhile is left to it."""
        if not self._repair:
            return counted.cells
        new, known = contribution_of(event), about(body_of(event, TaskTold))
        try:
            usecases.put(replace(counted, about=known), new, event.sequence, self._books)
        except Stale:
            return counted.cells
        self._own.update(difference(new, counted.cells).keys())
        return new


@dataclass
class CellCheck:
    """All cells, compared with sums; with `repair`, those that differ are put right."""

    books: Books
    repair: bool
    compared: int = 0
    moving: int = 0
    differing: int = 0
    named: list[Difference] = field(default_factory=list)

    def compare(self, before: Iterable[Line], sums: Sequence[Iterable[Line]]) -> None:
        """Go through the versions noted `before`, the cells and their sums, side by side: all are
        in the order of the table."""
        known = (_Side(cell_named(name), known=version) for name, version in before)
        present = (_Side(kept.cell, kept=kept) for kept in _present(self.books))
        sides = heapq.merge(known, present, *map(_sums, sums), key=lambda side: _order(side.cell))
        for cell, group in groupby(sides, key=lambda side: side.cell):
            self._one(cell, list(group))

    def _one(self, cell: Cell, sides: list[_Side]) -> None:
        expected: Counter[str] = Counter()
        for side in sides:
            expected.update(side.counts)
        kept = next((side.kept for side in sides if side.kept), None)
        version = sum(side.known for side in sides)  # as noted, and what this run added
        if version != (kept.version if kept else 0):
            self.moving += 1
            return
        self.compared += 1
        found = difference_in(cell, expected, kept.counts if kept else {})
        if found is None:
            return
        self.differing += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(found)
        if self.repair:
            self._put_right(cell, expected, kept)

    def _put_right(self, cell: Cell, expected: Counts, kept: Kept | None) -> None:
        try:
            self.books.put_cell(cell, expected, over=kept.version if kept else None)
        except Stale:  # it moves now: the next run sees it
            self.moving += 1


@dataclass(frozen=True, slots=True)
class _Side:
    """One thing that is known of a cell: a part of its sum, itself, or versions of it."""

    cell: Cell
    counts: Counts = field(default_factory=dict)
    kept: Kept | None = None
    known: int = 0


def noted(books: Books) -> Iterator[Line]:
    """At which version each cell is."""
    return ([name_of(kept.cell), kept.version] for kept in _present(books))


def packed(lines: Iterable[Line]) -> bytes:
    """Lines as one object."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return gzip.compress(text.encode(), mtime=0)


def unpacked(bucket: Objects, key: str) -> Iterator[Line]:
    """The lines of an object."""
    with gzip.open(bucket.open(key), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sums(lines: Iterable[Line]) -> Iterator[_Side]:
    return (_Side(cell_named(name), counts=counts, known=own) for name, counts, own in lines)


def _present(books: Books) -> Iterator[Kept]:
    for month, department in books.list_partitions():
        yield from books.list_cells(month, department)


def _order(cell: Cell) -> tuple[Any, ...]:
    """The order of the table: by month and department, then by day, town and item."""
    return cell.month, cell.department, cell.day, cell.town, cell.item
