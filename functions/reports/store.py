"""Which key contributions and cells stand under in the table of reports (A20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from functions.reports.bulletins import Bulletin
from functions.reports.domain import About, Cell, Counted, Counts, Kept, cell_named, name_of
from functions.reports.runs import Run
from functions.shared.records import Shelf
from functions.shared.table import Addition, Key, Ledger, Record, Stale, Table, pages

_PAGE = 2000  # records; DynamoDB ends a page at 1 MB
_KEYS = frozenset({"pk", "sk", "version"})
_PARTITIONS, _ITEMS = "P", "I"


@dataclass(frozen=True)
class Store:
    """The table of reports: contributions, cells, the tasks behind each cell, and lists of the
    cells' partitions and items."""

    table: Ledger
    _listed: set[tuple[str, str]] = field(default_factory=set)

    def get(self, task: str) -> Counted:
        """What of a task is counted; nothing, at sequence 0, where it never was."""
        return _counted(task, self.table.get(*_key(task)))

    def get_many(self, tasks: Iterable[str]) -> dict[str, Counted]:
        """What of each of `tasks` is counted."""
        wanted = list(tasks)
        found = self.table.get_many(_key(task) for task in wanted)
        return {task: _counted(task, found.get(_key(task))) for task in wanted}

    def save(self, counted: Counted, *, added: Mapping[Cell, Counts]) -> None:
        """Write the contribution over the version that it was read at, and add to the cells, in
        one transaction; raises Stale.

        A partition is listed before anything stands in it, and a task entered before it counts: a
        crash in between leaves an empty partition, and an entry without a number.
        """
        for cell in added:
            self._list(_PARTITIONS, f"{cell.month}#{cell.department}")
        known = [cell for cell, counts in added.items() if counted.cells.get(cell) != counts]
        self._enter(entries_of(counted.task, added.keys() - known))
        record: Record = {
            **dict(zip(("pk", "sk"), _key(counted.task), strict=True)),
            "version": (counted.version or 0) + 1,
            "sequence": counted.sequence,
            **({"about": counted.about._asdict()} if counted.about else {}),
            "cells": {name_of(cell): dict(counts) for cell, counts in counted.cells.items()},
        }
        additions = [Addition(*cell_key(cell), counts=counts) for cell, counts in added.items()]
        self.table.put_with(record, over=counted.version, additions=additions)

    def missing(self, counted: Iterable[Counted]) -> dict[str, list[Key]]:
        """The entries that tasks should have and have not, by task; none of those that have all."""
        owed = {one.task: entries_of(one.task, one.cells) for one in counted}
        found = self.table.get_many(key for keys in owed.values() for key in keys)
        missed = {task: [key for key in keys if key not in found] for task, keys in owed.items()}
        return {task: keys for task, keys in missed.items() if keys}

    def relist(self, counted: Counted, missing: Iterable[Key]) -> None:
        """Enter a task where it is `missing`, and keep what it is about; raises Stale."""
        self._enter(missing)
        self.save(counted, added={})

    def put_cell(self, cell: Cell, counts: Counts, *, over: int | None) -> None:
        """Write a cell's numbers over a version, for the rebuild; raises Stale."""
        self._list(_PARTITIONS, f"{cell.month}#{cell.department}")
        pk, sk = cell_key(cell)
        self.table.put({**counts, "pk": pk, "sk": sk, "version": (over or 0) + 1}, over=over)

    def list_partitions(self, first: str = "", last: str = "9999-99") -> list[tuple[str, str]]:
        """Each month and department that has cells, from the month `first` to `last`, in order."""
        before = {"above": first} if first else {}
        names = (record["sk"] for record in pages(self.table, _PARTITIONS, limit=_PAGE, **before))
        found = (tuple(name.split("#")) for name in names)
        return [(month, department) for month, department in found if month <= last]

    def list_cells(self, month: str, department: str) -> Iterator[Kept]:
        """The cells of a partition, in the order of their keys."""
        for record in pages(self.table, _partition(month, department), limit=_PAGE):
            yield _kept(record)

    def list_between(
        self, first: date, last: date, wanted: Callable[[str], bool]
    ) -> Iterator[Kept]:
        """The cells of all `wanted` departments on the days from `first` to `last`."""
        for month, department in self.list_partitions(f"{first:%Y-%m}", f"{last:%Y-%m}"):
            if not wanted(department):
                continue
            bound = {"above": f"{first:%d}"} if month == f"{first:%Y-%m}" else {}
            for record in pages(self.table, _partition(month, department), limit=_PAGE, **bound):
                kept = _kept(record)
                if kept.cell.day > last:
                    break
                yield kept

    def list_tasks(self, cell: Cell) -> Iterator[str]:
        """The tasks that are entered behind a cell, by id; one may count for nothing yet."""
        pk, begins = _entry_key(cell, "")
        for record in pages(self.table, pk, begins=begins, limit=_PAGE):
            yield record["sk"].removeprefix(begins)

    def name_item(self, item: str, licence: str) -> None:
        """Remember by which licence an item goes, as it was first told."""
        self._list(_ITEMS, item, name=licence)

    def list_items(self) -> dict[str, str]:
        """The licence of each item that was ever counted."""
        found = pages(self.table, _ITEMS, limit=_PAGE)
        return {record["sk"]: record["name"] for record in found}

    def _enter(self, keys: Iterable[Key]) -> None:
        for pk, sk in keys:
            with suppress(Stale):
                self.table.put({"pk": pk, "sk": sk, "version": 1}, over=None)

    def _list(self, pk: str, sk: str, **more: str) -> None:
        """Put a record that never changes, once; each process asks once whether it stands."""
        if (pk, sk) in self._listed:
            return
        if self.table.get(pk, sk) is None:
            with suppress(Stale):
                self.table.put({"pk": pk, "sk": sk, "version": 1, **more}, over=None)
        self._listed.add((pk, sk))


@dataclass(frozen=True)
class Register:
    """The bulletins that were published: sealed records that nothing changes afterwards."""

    table: Table

    @cached_property
    def _shelf(self) -> Shelf[Bulletin]:
        return Shelf(
            self.table, Bulletin, _bulletin_key, lambda one: f"{one.year}/{one.number:04d}"
        )

    def add(self, bulletin: Bulletin, *, by: str, now: datetime) -> None:
        """Enter a bulletin; raises Stale where its number is taken."""
        self._shelf.save(bulletin, before=None, by=by, now=now)

    def get(self, year: int, number: int) -> Bulletin | None:
        """The bulletin with this number."""
        found = self._shelf.get(f"{year}/{number:04d}")
        return found.value if found else None

    def list_by_year(self, year: int) -> list[Bulletin]:
        """The bulletins of a year, in the order of their numbers."""
        return [self._shelf.read(record).value for record in pages(self.table, f"B#{year}")]


@dataclass(frozen=True)
class Runs:
    """The rebuilds that were asked for."""

    table: Table

    @cached_property
    def _shelf(self) -> Shelf[Run]:
        return Shelf(self.table, Run, lambda id: (f"R#{id}", "R"), lambda run: run.id)

    def get(self, id: str) -> Run | None:
        """The run with this id."""
        found = self._shelf.get(id)
        return found.value if found else None

    def change(
        self, id: str, how: Callable[[Run | None], Run | None], *, by: str, now: datetime
    ) -> Run | None:
        """Write what `how` makes of the run; see `Shelf.change`."""
        return self._shelf.change(id, how, by=by, now=now)


def _bulletin_key(id: str) -> Key:
    year, _, number = id.partition("/")
    return f"B#{year}", number


def cell_key(cell: Cell) -> tuple[str, str]:
    """Where a cell stands."""
    return _partition(cell.month, cell.department), f"{cell.day:%d}#{cell.town}#{cell.item}"


def entries_of(task: str, cells: Iterable[Cell]) -> list[Key]:
    """Where a task stands in the lists behind `cells`."""
    return [_entry_key(cell, task) for cell in sorted(cells)]


def _entry_key(cell: Cell, task: str) -> Key:
    _, place = cell_key(cell)
    return f"L#{cell.month}#{cell.department}", f"{place}#{task}"


def _partition(month: str, department: str) -> str:
    return f"M#{month}#{department}"


def _key(task: str) -> tuple[str, str]:
    return f"K#{task}", "K"


def _counted(task: str, record: Record | None) -> Counted:
    if record is None:
        return Counted(task, 0, {})
    cells = {cell_named(name): Counter(counts) for name, counts in record["cells"].items()}
    about = About(**record["about"]) if "about" in record else None  # as before there were lists
    return Counted(task, record["sequence"], cells, record["version"], about)


def _kept(record: Record) -> Kept:
    _, month, department = record["pk"].split("#")
    day, town, item = record["sk"].split("#")
    cell = Cell(date.fromisoformat(f"{month}-{day}"), department, town, item)
    counts = {name: value for name, value in record.items() if name not in _KEYS and value}
    return Kept(cell, counts, record["version"])
