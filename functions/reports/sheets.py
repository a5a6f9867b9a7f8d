"""Writes tables as .xlsx in the ministry's look: a real table under a merged title (A19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from math import ceil
from typing import Any

from functions.shared.workbooks import Cell, new_workbook, write_cell

_FONT = "宋体"
_A3, _A4 = 8, 9
_TITLE, _NOTE, _HEADER = 0, 1, 2  # rows
_TITLE_HEIGHT, _NOTE_LINE_HEIGHT, _HEADER_HEIGHT = 36, 20, 48  # points
_NARROW = 12  # columns that still fit A4
_HEADER_FILL, _TOTAL_FILL = "#D9E1F2", "#F2F2F2"


class Form(Enum):
    """What a column holds, as Excel shows it: number format and alignment."""

    TEXT = ("@", "left")
    COUNT = ("#,##0", "right")
    SHARE = ("0.0%", "right")
    DAYS = ("0.0", "right")
    DAY = ("yyyy-mm-dd", "center")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, form and width, in characters of a Western font (a Chinese one takes
    two)."""

    heading: str
    form: Form = Form.COUNT
    width: float = 9


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: the worksheet's `name` and the table's own (Latin letters), the title, what stands
    below it (period, units), columns, rows, and a last row that is no part of the table."""

    name: str
    table: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | None]]
    total: Sequence[Cell | None] = ()
    keys: int = 1  # columns that stay in sight


def write_book(*sheets: Sheet) -> bytes:
    """An .xlsx with one worksheet for each of `sheets`."""
    file = BytesIO()
    usual = {"font_name": _FONT, "font_size": 11}
    book = new_workbook(file, default_format_properties=usual)
    forms = _Forms(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, forms)
    book.close()
    return file.getvalue()


class _Forms:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **look: Any) -> Any:
        """The format with this look, in the city's font."""
        whole = {"font_name": _FONT, "font_size": 11, "valign": "vcenter", **look}
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        return self._made[key]


def _write(page: Any, sheet: Sheet, forms: _Forms) -> None:
    last = len(sheet.columns) - 1
    title = forms.of(bold=True, font_size=18, align="center")
    note = forms.of(align="left", text_wrap=True)
    for row, text, look, height in (
        (_TITLE, sheet.title, title, _TITLE_HEIGHT),
        (_NOTE, sheet.note, note, _NOTE_LINE_HEIGHT * _note_lines(sheet)),
    ):
        page.set_row(row, height)
        page.merge_range(row, 0, row, last, "", look)
        write_cell(page, row, 0, text, look)
    _write_table(page, sheet, forms)
    page.freeze_panes(_HEADER + 1, sheet.keys)
    page.set_landscape()
    page.set_paper(_A4 if len(sheet.columns) <= _NARROW else _A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.set_footer(f'&C&"{_FONT}"第 &P 页，共 &N 页')


def _note_lines(sheet: Sheet) -> int:
    """How many lines the note takes over the whole width; Excel does not fit merged cells."""
    width = sum(column.width for column in sheet.columns)
    return sum(max(1, ceil(2 * len(line) / width)) for line in sheet.note.splitlines())


def _write_table(page: Any, sheet: Sheet, forms: _Forms) -> None:
    heading = forms.of(bold=True, align="center", text_wrap=True, border=1, bg_color=_HEADER_FILL)
    page.set_row(_HEADER, _HEADER_HEIGHT)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
    end = _HEADER + max(1, len(sheet.rows))  # a table has a row, if an empty one
    columns = [{"header": one.heading, "header_format": heading} for one in sheet.columns]
    page.add_table(
        _HEADER,
        0,
        end,
        len(sheet.columns) - 1,
        {"name": sheet.table, "columns": columns, "style": None},
    )
    for row, cells in enumerate(sheet.rows, _HEADER + 1):
        _write_row(page, row, cells, sheet.columns, forms)
    if sheet.total:
        look = {"bold": True, "bg_color": _TOTAL_FILL}
        _write_row(page, end + 1, sheet.total, sheet.columns, forms, **look)


def _write_row(
    page: Any,
    row: int,
    cells: Sequence[Cell | None],
    columns: Sequence[Column],
    forms: _Forms,
    **look: Any,
) -> None:
    for place, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        number_format, align = column.form.value
        form = forms.of(num_format=number_format, align=align, border=1, **look)
        write_cell(page, row, place, "" if cell is None else cell, form)
