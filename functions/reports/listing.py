"""The tasks behind a figure: which were counted, in whose hands, on which day (A19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from functions.reports.domain import Cell, Counted, Measure, Stage, number_of
from functions.reports.reading import Asked, Desk, list_cells
from functions.reports.scope import Scope

_AT_ONCE = 100  # contributions in one read


@dataclass(frozen=True, slots=True)
class Sought:
    """Of the days and the place that are `asked` about the tasks that count for any of `measures`,
    or ended any of these stages: at most `limit`, from where `after` says."""

    asked: Asked
    measures: tuple[Measure | Stage, ...]
    limit: int = 50
    after: str = ""


class Behind(NamedTuple):
    """A task and what stands of it in one cell, among other things."""

    cell: Cell
    counted: Counted

    @property
    def mark(self) -> str:
        """Its place in the list."""
        return mark_of(self.cell) + self.counted.task


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks, by department and day within each month; `after` is where to go on, and empty at
    the end."""

    found: tuple[Behind, ...]
    after: str = ""


def mark_of(cell: Cell) -> str:
    """A cell's place in the order of the table, by which lists go."""
    return f"{cell.month}#{cell.department}#{cell.day:%d}#{cell.town}#{cell.item}#"


def list_behind(sought: Sought, scope: Scope, desk: Desk) -> Page:
    """The tasks behind a figure, as far as they are the caller's: a task is there once for each
    day, unit and item that it counts for.

    The cells of the figure are read as for the figure itself; of the tasks only those behind cells
    in which it is more than nothing. Raises NotFound where nothing of it is the caller's, Invalid
    for a period that cannot be, TooLarge.
    """
    sought.asked.check()
    scope.require(sought.asked.department, sought.asked.town)
    cells = (
        cell
        for cell, counts in list_cells(sought.asked, scope, desk)
        if any(number_of(counts, one) > 0 for one in sought.measures)
    )
    found = list(islice(_counting(cells, sought, desk), sought.limit + 1))
    page = tuple(found[: sought.limit])
    return Page(page, page[-1].mark if len(found) > len(page) else "")


def _counting(cells: Iterable[Cell], sought: Sought, desk: Desk) -> Iterator[Behind]:
    """Those that do count: an entry may stand without a number, or with others."""
    entered = _entered(cells, sought.after, desk)
    while some := list(islice(entered, _AT_ONCE)):
        counted = desk.cells.get_many({task for _, task in some})
        for cell, task in some:
            counts = counted[task].cells.get(cell, {})
            if any(number_of(counts, one) > 0 for one in sought.measures):
                yield Behind(cell, counted[task])


def _entered(cells: Iterable[Cell], after: str, desk: Desk) -> Iterator[tuple[Cell, str]]:
    """The tasks behind `cells`, from the one on that comes next `after` a mark."""
    for cell in cells:
        mark = mark_of(cell)
        if mark < after and not after.startswith(mark):
            continue
        for task in desk.cells.list_tasks(cell):
            if mark + task > after:
                yield cell, task
