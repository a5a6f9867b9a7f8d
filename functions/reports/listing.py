"""The tasks behind a figure: which were counted, in whose hands, on which day (A19)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Protocol

from functions.reports.domain import Cell, Counted, Counts, Entry, Measure
from functions.reports.reading import Asked
from functions.reports.scope import Scope

MOST_READ = 10_000  # entries looked through for one page, in about a second
_AT_ONCE = 100  # contributions in one read


class Books(Protocol):
    """Where the entries behind cells stand, and what counts of each task."""

    def list_entries(
        self, first: date, last: date, wanted: Callable[[str], bool], *, above: str = ""
    ) -> Iterator[Entry]: ...

    def get_many(self, tasks: Iterable[str]) -> dict[str, Counted]: ...


@dataclass(frozen=True, slots=True)
class Sought:
    """Of the days and the place that are `asked` about the tasks that count for any of `measures`:
    at most `limit`, from where `after` says."""

    asked: Asked
    measures: tuple[Measure, ...]
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """A task and what it counts for in one cell."""

    cell: Cell
    task: str
    title: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks, in the order of their entries; `after` is where to go on, and empty at the end.

    A page may hold fewer than were sought, or none, and still not be the last.
    """

    found: tuple[Behind, ...]
    after: str = ""


def list_behind(sought: Sought, scope: Scope, books: Books) -> Page:
    """The tasks behind a figure, as far as they are the caller's: a task is there once for each
    day, unit and item that it counts for.

    Raises NotFound where nothing of them is, Invalid for a period that cannot be.
    """
    asked = sought.asked
    asked.check()
    scope.require(asked.department, asked.town)

    def wanted(department: str) -> bool:
        return asked.department in (None, department) and scope.sees_some_of(department)

    entries = books.list_entries(asked.first, asked.last, wanted, above=sought.after)
    found: list[Behind] = []
    last = ""
    looked_through = islice(entries, MOST_READ)
    while batch := list(islice(looked_through, _AT_ONCE)):
        ours = [one for one in batch if _is_ours(one, asked, scope)]
        for one in _counting(ours, sought.measures, books):
            if len(found) == sought.limit:
                return Page(tuple(found), Entry(found[-1].cell, found[-1].task).mark)
            found.append(one)
        last = batch[-1].mark
    more = next(entries, None) is not None
    return Page(tuple(found), last if more else "")


def _is_ours(entry: Entry, asked: Asked, scope: Scope) -> bool:
    cell = entry.cell
    return asked.covers(cell) and scope.sees(cell.department, cell.town)


def _counting(
    entries: Sequence[Entry], measures: Iterable[Measure], books: Books
) -> Iterator[Behind]:
    """Those that count for any of `measures`; an entry may stand without a number."""
    counted = books.get_many({one.task for one in entries})
    for one in entries:
        task = counted[one.task]
        counts = task.cells.get(one.cell, {})
        if any(counts.get(name) for name in measures):
            yield Behind(one.cell, one.task, task.title, counts)
