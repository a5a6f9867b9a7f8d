"""Writes the feedback spreadsheet: what to read locked, what to fill in with drop-downs (A9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

from functions.shared.workbooks import new_workbook, write_cell
from functions.supervision.domain import Verb
from functions.supervision.sheet_cells import Cell
from functions.supervision.sheet_columns import (
    CHOICES,
    ENDS,
    FILLED,
    HELP,
    HELP_SHEET,
    READ,
    SHEET,
    WIDTHS,
    Column,
    Layout,
    columns_for,
    needed_for,
)

_DAYS = {Column.DUE, Column.DAY, Column.VALID_UNTIL}
_TEXT, _DAY, _MONEY = "@", "yyyy-mm-dd", "#,##0.00"
_READ_FILL, _FILLED_FILL, _BAD_FILL = "#F2F2F2", "#FFFBE6", "#FFC7CE"
_HEADER_FILLS = {True: "#FFD966", False: "#BFBFBF"}
_UNPROTECTED = ("autofilter", "format_cells", "format_columns", "format_rows")


def write_sheet(rows: Iterable[Sequence[Cell]], layout: Layout, bad: Collection[int] = ()) -> bytes:
    """An .xlsx of `rows`, the header and whatever stands above it included, and of the help sheet.

    `bad` are the rows to mark, by Excel's number. Text stays text whatever it begins with: nothing
    becomes a formula or a link, and the text format keeps it so when somebody edits the cell.
    """
    file = BytesIO()
    book = new_workbook(file, constant_memory=True)
    _Sheet(book, layout).write(rows, bad)
    _write_help(book)
    book.close()
    return file.getvalue()


class _Sheet:
    """The sheet of tasks."""

    def __init__(self, book: Any, layout: Layout) -> None:
        self._book = book
        self._sheet = book.add_worksheet(SHEET)
        self._layout = layout
        self._columns = {place: column for column, place in layout.places.items()}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self, rows: Iterable[Sequence[Cell]], bad: Collection[int]) -> None:
        for column, place in self._layout.places.items():
            self._sheet.set_column(place, place, WIDTHS[column])
        last = self._layout.header
        for index, row in enumerate(rows):
            last = max(last, index)
            for place, cell in enumerate(row):
                self._put(index, place, cell, marked=index + 1 in bad)
        self._finish(last)

    def _finish(self, last: int) -> None:
        header, places = self._layout.header, self._layout.places
        self._sheet.freeze_panes(header + 1, places[Column.NAME] + 1)
        self._sheet.autofilter(header, 0, last, max(places.values()))
        self._sheet.protect("", dict.fromkeys(_UNPROTECTED, True))  # against slips, not people
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(header)
        if last > header:
            for column, rule in _rules().items():
                self._sheet.data_validation(header + 1, places[column], last, places[column], rule)

    def _put(self, index: int, place: int, cell: Cell, *, marked: bool) -> None:
        column = self._columns.get(place)
        if index <= self._layout.header:
            look = _header_look(column) if index == self._layout.header else {}
        else:
            look = _look(column, cell, marked=marked)
        write_cell(self._sheet, index, place, cell, self._format(look))

    def _format(self, look: Mapping[str, Any]) -> Any:
        key = tuple(look.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(look))
        return self._formats[key]


def _header_look(column: Column | None) -> dict[str, Any]:
    return {
        "bold": True,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
        "border": 1,
        "bg_color": _HEADER_FILLS[column in FILLED],
    }


def _look(column: Column | None, cell: Cell, *, marked: bool) -> dict[str, Any]:
    fill = _FILLED_FILL if column in FILLED else _READ_FILL
    return {
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "border_color": "#D0D0D0",
        "locked": column in READ or column is Column.RESULT,
        "num_format": _number_format(column, cell),
        "bg_color": _BAD_FILL if marked else fill if column else "#FFFFFF",
        "bold": marked and column is Column.RESULT,
    }


def _number_format(column: Column | None, cell: Cell) -> str:
    if isinstance(cell, time | timedelta):
        return "[h]:mm:ss"
    if column in _DAYS or isinstance(cell, date):
        return _DAY
    return _MONEY if column is Column.FINE else _TEXT


def _rules() -> dict[Column, dict[str, Any]]:
    choices: dict[Column, dict[str, Any]] = {
        column: {
            "validate": "list",
            "source": list(labels.values()),
            "error_title": column,
            "error_message": "请从下拉列表中选择。",
        }
        for column, labels in CHOICES.items()
        if column in FILLED
    }
    return choices | {
        Column.DAY: {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1949, 1, 1),
            "maximum": date(2199, 12, 31),
            "error_type": "warning",
            "error_title": Column.DAY,
            "error_message": "请填写日期，如 2024-05-06。",
        },
        Column.FINE: {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "error_title": Column.FINE,
            "error_message": "请只填数字，单位为元。",
        },
    }


def _write_help(book: Any) -> None:
    sheet = book.add_worksheet(HELP_SHEET)
    head = book.add_format(_header_look(None))
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    for place, width in enumerate((26, 12, 90)):
        sheet.set_column(place, place, width)
    for row, line in enumerate(_help_lines()):
        for place, text in enumerate(line):
            write_cell(sheet, row, place, text, body if row else head)
    sheet.freeze_panes(1, 0)
    sheet.protect()


def _help_lines() -> Iterable[tuple[str, str, str]]:
    yield "列 / 取值", "类别", "说明"
    for column, text in HELP.items():
        kind = "填写" if column in FILLED else "阅读"
        labels = CHOICES.get(column, {}) if column in FILLED else {}
        allowed = f"可选：{'、'.join(labels.values())}。" if labels else ""
        yield column, kind, text + allowed
    for end, label in ENDS.items():
        needed = needed_for(end)
        optional = [
            column
            for column in FILLED
            if column in columns_for(Verb.CLOSE, end) - columns_for(Verb.RECEIVE, None)
            and column not in (*needed, Column.END)
        ]
        also = f"；选填：{'、'.join(optional)}" if optional else ""
        yield label, Column.END, f"必填：{'、'.join(needed)}{also}。"
