"""Feedback by spreadsheet: a unit's tasks out, what was filled in back, errors in a column (A9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from functions.shared import messages
from functions.shared.errors import Fault, Invalid, TooLarge
from functions.shared.events.supervision import State
from functions.shared.workbooks import XLSX
from functions.supervision.sheet_cells import Cell, blank
from functions.supervision.sheet_columns import (
    DONE,
    FILLED,
    LABELS,
    READ,
    SHEET,
    STATES,
    Column,
    Layout,
    column_of,
)
from functions.supervision.sheet_layout import check_unshifted, layout_of
from functions.supervision.sheet_opening import MOST_ROWS, cells_of
from functions.supervision.sheet_rows import FilledRow, read_row
from functions.supervision.sheet_writing import write_sheet

__all__ = [
    "MOST_ROWS",
    "XLSX",
    "FilledRow",
    "by_columns",
    "error_sheet",
    "mixed_up",
    "read_feedback",
    "sentence",
    "worklist_sheet",
]


class Listed(Protocol):
    """What a row shows of a task; both Task and TaskTold have it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def clause(self) -> str: ...
    @property
    def law(self) -> str: ...
    @property
    def due(self) -> date | None: ...
    @property
    def state(self) -> State: ...


def worklist_sheet(tasks: Sequence[Listed]) -> bytes:
    """An .xlsx of `tasks` to be filled in and sent back.

    Raises TooLarge for more than MOST_ROWS, which could not be sent back in one piece.
    """
    if len(tasks) > MOST_ROWS:
        raise TooLarge.of("sheet_too_many_rows", most=MOST_ROWS)
    columns = (*READ, *FILLED)
    layout = Layout(0, {column: place for place, column in enumerate(columns)})
    return write_sheet(_lines(tasks, columns), layout)


def _lines(tasks: Iterable[Listed], columns: Sequence[Column]) -> Iterator[list[Cell]]:
    yield [str(column) for column in columns]
    for task in tasks:
        shown: dict[Column, Cell] = {
            Column.TASK: task.id,
            Column.NAME: task.name,
            Column.CODE: task.code,
            Column.ADDRESS: task.address,
            Column.ITEM: task.item,
            Column.LICENCE: task.licence,
            Column.WORDS: "、".join(task.words),
            Column.CLAUSE: task.clause,
            Column.LAW: task.law,
            Column.DUE: task.due or "",
            Column.STATE: STATES[task.state],
        }
        yield [shown.get(column, "") for column in columns]


def read_feedback(data: bytes) -> list[FilledRow]:
    """The rows of a returned sheet in which something was filled in, in its order.

    Each row stands for itself: a bad one carries its faults and spoils no other. `ref` stays empty
    where the unit gave none, so that the same content counts once (A11). Nothing is taken where
    Invalid is raised, for a file that is no .xlsx, in which nothing is filled in, or whose columns
    are not the layout's, or TooLarge, for more than 5 MB or 5,000 rows.
    """
    rows = cells_of(data, SHEET)
    layout = layout_of(rows)
    check_unshifted(rows, layout)
    filled = [read_row(number, cells) for number, cells in _filled(rows, layout)]
    if not filled:
        raise Invalid.of("sheet_nothing_filled")
    return filled


def error_sheet(data: bytes, faults: Mapping[int, str]) -> bytes:
    """The sheet in `data` again with every row in its place and what became of it in a last column.

    `faults` holds a sentence (see `sentence`) for each bad row by Excel's number; the other rows
    that were filled in are 已处理. Once corrected, the whole sheet can be sent again.
    """
    rows = cells_of(data, SHEET)
    layout = layout_of(rows)
    place = layout.places.get(Column.RESULT, max(len(row) for row in rows))
    layout = Layout(layout.header, {**layout.places, Column.RESULT: place})
    results: dict[int, str] = {number: DONE for number, _ in _filled(rows, layout)}
    results |= faults
    results[layout.header + 1] = Column.RESULT
    answered = (
        _with(row, place, results.get(number, "")) if number > layout.header else row
        for number, row in enumerate(rows, start=1)
    )
    return write_sheet(answered, layout, bad=faults)


def mixed_up(row: FilledRow, task: Listed) -> Fault | None:
    """A fault where the row speaks of another entity or item than its task: somebody sorted or
    pasted some columns without the others, and the feedback would end the wrong task."""
    for column, given, stands in (
        (Column.CODE, row.code, task.code),
        (Column.ITEM, row.item, task.item),
    ):
        if given and given != stands:
            params = {"column": column, "given": given, "stands": stands}
            return Fault("sheet_row_mixed_up", column, row.number, params)
    return None


def sentence(faults: Iterable[Fault]) -> str:
    """`faults` as the person with the sheet reads them: in Chinese, by headers and labels."""
    said = []
    for fault in faults:
        one = by_columns(fault)
        text = messages.text(one.code, messages.ZH, **one.params)
        said.append(f"{one.field}：{text}" if one.field in set(Column) else text)
    return "；".join(said)


def by_columns(fault: Fault) -> Fault:
    """`fault` as somebody with the sheet looks for it: by the header of its column, and with the
    sheet's own labels for our values."""
    column = str(column_of(fault.field) or fault.field)
    return replace(fault, field=column, params=_labelled(fault.params))


def _labelled(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` with our values (`already_licensed, filed`) as the labels of the sheet."""
    return {
        name: "、".join(LABELS.get(part, part) for part in value.split(", "))
        if isinstance(value, str)
        else value
        for name, value in params.items()
    }


def _filled(
    rows: Sequence[Sequence[Cell]], layout: Layout
) -> Iterator[tuple[int, dict[Column, Cell]]]:
    """Excel's number and the cells, by column, of each row with something to take."""
    for index in range(layout.header + 1, len(rows)):
        row = rows[index]
        cells = {column: row[place] for column, place in layout.places.items() if place < len(row)}
        if any(not blank(cells[column]) for column in FILLED if column in cells):
            yield index + 1, cells


def _with(row: Sequence[Cell], place: int, result: str) -> list[Cell]:
    padded = [*row, *[""] * (place + 1 - len(row))]
    padded[place] = result
    return padded
