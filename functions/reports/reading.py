"""What happens when figures are read: cells of the period, what is overdue now, into rows (A19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from functions.reports.domain import CITY, Cell, Counted, Counts, Kept
from functions.reports.figures import By, Figures, Key, Row, figures_of, key_of, sums
from functions.reports.scope import Scope
from functions.shared.directory import body_of, town_of
from functions.shared.errors import Invalid, TooLarge
from functions.shared.names import Names
from functions.shared.watches import Passed, Place, Watch

MOST_DAYS = 366
MOST_ROWS = 4000  # of one answer, which ends at 6 MB
MOST_CELLS = 200_000  # of one question: half of the API's 29 seconds on a whole processor


class Cells(Protocol):
    """Where figures stand."""

    def list_between(
        self, first: date, last: date, wanted: Callable[[str], bool]
    ) -> Iterator[Kept]: ...

    def get_many(self, tasks: Iterable[str]) -> dict[str, Counted]: ...

    def list_tasks(self, cell: Cell) -> Iterator[str]: ...


class Late(Protocol):
    """Where it stands what is past its limit (`shared/watches.py`)."""

    def list_passed(self, department: str) -> Iterator[Passed]: ...

    def get_many(self, places: Iterable[Place]) -> dict[Place, Watch]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures: of the days from `first` to `last`, in rows `by` one or two things, of all or
    of one department, town and item."""

    first: date
    last: date
    by: tuple[By, ...]
    department: str | None = None
    town: str | None = None
    item: str | None = None

    def check(self) -> None:
        """Raises Invalid for a period that ends before it begins, or is too long."""
        if self.last < self.first:
            raise Invalid.of("period_reversed", "to")
        if (self.last - self.first) >= timedelta(days=MOST_DAYS):
            raise Invalid.of("period_too_long", "to", most=MOST_DAYS)

    def covers(self, cell: Cell) -> bool:
        """Whether a cell is what was asked for."""
        wanted = ((self.town, cell.town), (self.item, cell.item))
        return all(one in (None, found) for one, found in wanted)


@dataclass(frozen=True, slots=True)
class Told:
    """The rows in the city's order, and their sum."""

    rows: tuple[Row, ...]
    total: Figures


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading figures needs; `today` is Shanghai's."""

    cells: Cells
    late: Late
    names: Names
    today: date


@dataclass(frozen=True, slots=True)
class Overdue:
    """A task or clue that is past a limit now: whose, since when. Clues are no part of figures."""

    passed: Passed
    days_late: int

    @property
    def mark(self) -> str:
        """Its place in the list, which goes by this."""
        return "|".join((self.passed.due.isoformat(), self.passed.subject, self.passed.unit))

    @property
    def department(self) -> str:
        """Whose it is."""
        return body_of(self.passed.unit)

    @property
    def town(self) -> str:
        """Where that unit lies."""
        return town_of(self.passed.unit) or CITY


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that figures are made of, read once: the cells, what is overdue now, and the items of
    the tasks among that, where they matter."""

    asked: Asked
    cells: tuple[tuple[Cell, Counts], ...]
    late: tuple[Overdue, ...]
    items: Mapping[str, str]


def read_figures(asked: Asked, scope: Scope, desk: Desk) -> Told:
    """The figures asked for, as far as they are the caller's.

    Raises NotFound where nothing of them is, Invalid for a period that cannot be, TooLarge.
    """
    return tabulate(gather(asked, scope, desk), asked.by, desk)


def gather(asked: Asked, scope: Scope, desk: Desk) -> Gathered:
    """What the figures asked for are made of; raises as `read_figures` does."""
    asked.check()
    scope.require(asked.department, asked.town)
    late = tuple(list_overdue(asked.department, asked.town, scope, desk))
    items = _items(late, desk) if asked.item or By.ITEM in asked.by else {}
    return Gathered(asked, tuple(list_cells(asked, scope, desk)), late, items)


def tabulate(gathered: Gathered, by: tuple[By, ...], desk: Desk) -> Told:
    """What was gathered, in rows by one thing or another; raises TooLarge for too many."""
    counts = sums(gathered.cells, by)
    late = [key_of(cell, by) for cell in _late_cells(gathered, desk.today)]
    by_day = By.DAY in by  # what is late is late today
    overdue = Counter[Key]() if by_day else Counter(late)
    keys = sorted({*counts, *overdue}, key=lambda key: _place(key, by, desk.names))
    if len(keys) > MOST_ROWS:
        raise TooLarge.of("figures_too_many_rows", "by", most=MOST_ROWS, rows=len(keys))
    whole: Counter[str] = Counter()
    for row in counts.values():
        whole.update(row)
    rows = (
        _row(key, by, counts.get(key, {}), None if by_day else overdue[key], desk.names)
        for key in keys
    )
    return Told(tuple(rows), figures_of(whole, len(late)))


def list_overdue(
    department: str | None, town: str | None, scope: Scope, desk: Desk
) -> list[Overdue]:
    """All that is past a limit now and the caller's to see, the longest passed first.

    Raises NotFound where nothing of what is asked for could be the caller's.
    """
    scope.require(department, town)
    found = [one for one in _late(department, scope, desk) if town in (None, one.town)]
    return sorted(found, key=lambda one: one.mark)


def narrowed(found: list[Overdue], item: str | None, desk: Desk, *, tasks: bool) -> list[Overdue]:
    """Of what was listed the tasks alone, as figures count them, or those of an item."""
    if not (tasks or item):
        return found
    found = [one for one in found if one.passed.is_task]
    items = _items(found, desk) if item else {}
    return [one for one in found if item in (None, items.get(one.passed.subject))]


def watched(found: Sequence[Overdue], desk: Desk) -> Iterator[tuple[Overdue, Watch]]:
    """The watches of what was listed, in its order; what has ended meanwhile is left out."""
    watches = desk.late.get_many((one.passed.subject, one.passed.unit) for one in found)
    for one in found:
        watch = watches.get((one.passed.subject, one.passed.unit))
        if watch and watch.late:
            yield one, watch


def _items(late: Iterable[Overdue], desk: Desk) -> dict[str, str]:
    """The items of the tasks among what is late, by what they count for."""
    counted = desk.cells.get_many(one.passed.subject for one in late if one.passed.is_task)
    return {task: cell.item for task, one in counted.items() for cell in one.cells}


def list_cells(asked: Asked, scope: Scope, desk: Desk) -> Iterator[tuple[Cell, Counts]]:
    """The cells that are asked for and the caller's, in the order of the table; raises TooLarge."""

    def wanted(department: str) -> bool:
        return asked.department in (None, department) and scope.sees_some_of(department)

    for number, kept in enumerate(desk.cells.list_between(asked.first, asked.last, wanted)):
        if number == MOST_CELLS:
            raise TooLarge.of("figures_too_many_cells", "to")
        if asked.covers(kept.cell) and scope.sees(kept.cell.department, kept.cell.town):
            yield kept.cell, kept.counts


def _late_cells(gathered: Gathered, today: date) -> Iterator[Cell]:
    """Where each task belongs that is past a limit; its item is known by what it counts for."""
    for one in gathered.late:
        item = gathered.items.get(one.passed.subject, "")
        cell = Cell(today, one.department, one.town, item)
        if one.passed.is_task and gathered.asked.covers(cell):
            yield cell


def _late(department: str | None, scope: Scope, desk: Desk) -> Iterator[Overdue]:
    """What is past a limit of tasks and clues; inspections are the grid's, and have its ladder, and
    what a department does about credit is no work of supervision, and not everybody's to see."""
    for body in (department,) if department else desk.names.departments:
        if not scope.sees_some_of(body):
            continue
        for passed in desk.late.list_passed(body):
            others = passed.is_inspection or passed.is_credit
            ours = passed.due < desk.today and not others
            if ours and scope.sees_unit(passed.unit):
                yield Overdue(passed, (desk.today - passed.due).days)


def _place(key: Key, by: tuple[By, ...], names: Names) -> tuple[tuple[int, str], ...]:
    """A row's place: departments and towns as the city lists them, all else by itself."""
    return tuple(_order(one, value, names) for one, value in zip(by, key, strict=True))


def _order(by: By, value: str, names: Names) -> tuple[int, str]:
    match by:
        case By.DEPARTMENT:
            return names.place_of_department(value), value
        case By.TOWN:
            return names.place_of_town(value), value
        case By.UNIT:
            return names.place_of_department(body_of(value)), value
    return 0, value


def _row(key: Key, by: tuple[By, ...], counts: Counts, overdue: int | None, names: Names) -> Row:
    about: dict[str, Any] = {}
    for one, value in zip(by, key, strict=True):
        about[one.value] = value
        if one in _CALLED:
            about[f"{one.value}_name"] = _CALLED[one](names, value)
    return Row(**figures_of(counts, overdue).model_dump(), **about)


_CALLED: dict[By, Callable[[Names, str], str]] = {
    By.DEPARTMENT: Names.department,
    By.TOWN: Names.town,
    By.ITEM: Names.item,
    By.UNIT: Names.unit,
}
