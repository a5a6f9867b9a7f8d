"""Finds a returned sheet's columns by their headers; refuses what is out of joint (A9)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.shared.errors import Fault, Invalid, TooLarge
from functions.supervision.sheet_cells import Cell, blank, folded, shown
from functions.supervision.sheet_columns import ADDED, CHOICES, FILLED, READ, Column, Layout
from functions.supervision.sheet_opening import MOST_ABOVE, MOST_ROWS

_TASK_ID = re.compile(r"T[0-9A-Za-z]{20}")
_HEADERS = {folded(column): column for column in Column}
_LABELS = {
    column: {folded(label) for label in labels.values()} for column, labels in CHOICES.items()
}
_FEWEST_KNOWN = 3  # headers that make a row the header
_SHOWN_HEADERS = 5


def layout_of(rows: Sequence[Sequence[Cell]]) -> Layout:
    """Where the header and each column stand, in whatever order; unknown columns are left alone.

    Raises Invalid, naming the column, for one that is missing, renamed or there twice.
    """
    used = [index for index, row in enumerate(rows) if any(not blank(cell) for cell in row)]
    if not used:
        raise Invalid.of("sheet_empty")
    header = max(range(min(len(rows), MOST_ABOVE)), key=lambda index: len(_known(rows[index])))
    known = _known(rows[header])
    if len(known) < _FEWEST_KNOWN:
        raise Invalid.of("sheet_header_missing", column=Column.TASK)
    tasks = sum(index > header for index in used)
    if tasks > MOST_ROWS:
        raise TooLarge.of("sheet_too_many_rows", most=MOST_ROWS)
    count = Counter(column for _, column in known)
    for column, times in count.items():
        if times > 1:
            raise Invalid.of("sheet_column_twice", column, column=column)
    missing = [one for one in (*READ, *FILLED) if one not in count and one not in ADDED]
    if missing:
        raise Invalid.of(
            "sheet_column_missing",
            missing[0],
            columns="、".join(missing),
            unknown="、".join(_unknown(rows[header])) or "无",
        )
    if not tasks:
        raise Invalid.of("sheet_empty")
    return Layout(header, {column: place for place, column in known})


def check_unshifted(rows: Sequence[Sequence[Cell]], layout: Layout) -> None:
    """Raises Invalid where cells stand under another column's header, as after 插入单元格：
    a task's id or a label in a wrong column, or anything beside the headed columns."""
    headed = {place for place, cell in enumerate(rows[layout.header]) if not blank(cell)}
    for index in range(layout.header + 1, len(rows)):
        column = _out_of_joint(rows[index], layout, headed)
        if column:
            params = {"column": column, "row": index + 1}
            raise Invalid(Fault("sheet_columns_shifted", column, index + 1, params))


def _out_of_joint(row: Sequence[Cell], layout: Layout, headed: set[int]) -> str | None:
    columns = {place: column for column, place in layout.places.items()}
    task = row[layout.places[Column.TASK]] if layout.places[Column.TASK] < len(row) else ""
    for place, cell in enumerate(row):
        if blank(cell):
            continue
        if place not in headed:
            return _letters(place)
        column = columns.get(place)
        if column is not Column.TASK and _is_task(cell) and not _is_task(task):
            return Column.TASK
        if column in CHOICES and (owner := _owner(column, cell)):
            return owner
    return None


def _owner(column: Column, cell: Cell) -> Column | None:
    label = folded(str(cell))
    if label in _LABELS[column]:
        return None
    return next((other for other, labels in _LABELS.items() if label in labels), None)


def _is_task(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_TASK_ID.fullmatch(cell.strip()))


def _known(row: Sequence[Cell]) -> list[tuple[int, Column]]:
    found = ((place, _HEADERS.get(folded(str(cell)))) for place, cell in enumerate(row))
    return [(place, column) for place, column in found if column]


def _unknown(row: Sequence[Cell]) -> list[str]:
    cells = [cell for cell in row if not blank(cell) and folded(str(cell)) not in _HEADERS]
    return [shown(cell) for cell in cells[:_SHOWN_HEADERS]]


def _letters(place: int) -> str:
    """The column's name in Excel: A, B, … Z, AA."""
    name, left = "", place + 1
    while left:
        left, letter = divmod(left - 1, 26)
        name = chr(65 + letter) + name
    return name
