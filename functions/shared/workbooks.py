"""Workbooks as this city writes them: every cell stays the kind of value that it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = int | float | str | bool | date | datetime | time | timedelta

_LONGEST = 16_000  # characters in a cell; Excel's 32,767 counts rare characters (𠮷) twice
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # a file property; else the library asks the clock


def new_workbook(file: BytesIO, **options: Any) -> Any:
    """An empty workbook that is written to `file` when it is closed; nothing in it becomes a
    formula, a number or a link by itself."""
    plain = ("strings_to_formulas", "strings_to_numbers", "strings_to_urls")
    book = xlsxwriter.Workbook(file, {**dict.fromkeys(plain, False), **options})
    book.set_properties({"created": _CREATED})
    return book


def write_cell(sheet: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    """Write `cell` as the kind of value that it is; text is never read as anything else."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, form)
    elif isinstance(cell, date | time | timedelta):
        sheet.write_datetime(row, place, cell, form)
    elif isinstance(cell, int | float) and abs(cell) < float("inf"):
        sheet.write_number(row, place, cell, form)
    elif cell == "":
        sheet.write_blank(row, place, None, form)
    else:
        sheet.write_string(row, place, writable(str(cell)), form)


def writable(text: str) -> str:
    """`text` as a cell can hold it: not too long, and without what would break the file."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return cut.encode("utf-8", "replace").decode()  # a lone surrogate
