"""The rows of a batch, whatever form it came in: JSON, CSV, .xlsx (C4, D5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from functions.credit.batches import Form
from functions.credit.headings import Headings
from functions.shared.csvfiles import Cells, read_table
from functions.shared.errors import Fault, Invalid, TooLarge
from functions.shared.sheets import MOST_ABOVE, Bounds, cells_of
from functions.shared.workbooks import Cell

MOST_ROWS = 1_000_000  # of a batch
MOST_SHEET_ROWS = 50_000  # of a workbook, in and out: beyond that, CSV
_BOUNDS = Bounds(size=20, unpacked=400, rows=MOST_SHEET_ROWS)
_EXACT = 10**15  # a double, and Excel, keep 15 digits: longer numbers have lost their tail
_FEWEST_KNOWN = 2  # headings that make a line the header

Row = tuple[int, Cells | Fault]


def read_rows(form: Form, stream: IO[bytes], headings: Headings) -> Iterator[Row]:
    """Each row with its number from 1: its cells by field as texts, or why it cannot be read.

    Raises Invalid for a file that cannot be read at all, or whose columns do not fit (see
    `Headings`), TooLarge for more than 1,000,000 rows, of a workbook 50,000 or 20 MB.
    """
    read = {Form.JSON: _read_json, Form.CSV: read_table, Form.XLSX: _read_sheet}[form]
    number = 0
    for number, row in read(stream, headings):
        if number > MOST_ROWS:
            raise TooLarge.of("batch_too_many_rows", "file", most=MOST_ROWS)
        yield number, row
    if not number:
        raise Invalid.of("rows_missing", "file")


def _read_json(stream: IO[bytes], headings: Headings) -> Iterator[Row]:
    try:
        rows: list[dict[str, Any]] = json.loads(stream.read())["rows"]
        keys = dict.fromkeys(key for row in map(dict.items, rows) for key, _ in row)
    except (ValueError, RecursionError, KeyError, TypeError):
        raise Invalid.of("json_broken", "file") from None
    if not rows:
        return
    fields = headings.name(keys)
    for number, row in enumerate(rows, start=1):
        yield number, _row_of(number, row, fields)


def _row_of(number: int, row: Mapping[str, Any], fields: Mapping[str, str | None]) -> Cells | Fault:
    cells: Cells = {}
    for key, value in row.items():
        name = fields[key]
        if name is None:
            continue
        if name in cells:
            return Fault("field_twice", name, number)
        text = _plain(value)
        if text is None:
            return Fault("not_text", name, number)
        cells[name] = text
    return cells


def _plain(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)


def _read_sheet(stream: IO[bytes], headings: Headings) -> Iterator[Row]:
    lines = cells_of(stream.read(_BOUNDS.size * 1024 * 1024 + 1), "", _BOUNDS)
    header = _header(lines, headings)
    columns = headings.columns([str(cell) for cell in lines[header]])
    number = 0
    for line in lines[header + 1 :]:
        if all(isinstance(cell, str) and not cell.strip() for cell in line):
            continue
        number += 1
        pairs = zip(columns, line, strict=False)
        yield number, _line_of(number, {name: cell for name, cell in pairs if name})


def _header(lines: Sequence[Sequence[Cell]], headings: Headings) -> int:
    """The line with most of our headings; titles may stand above it."""
    known = [
        sum(headings.field_of(str(cell)) is not None for cell in line)
        for line in lines[: MOST_ABOVE + 1]
    ]
    if not known:
        raise Invalid.of("file_empty", "file")
    if max(known) < min(_FEWEST_KNOWN, len(headings.entry.fields)):
        headings.columns([])  # says which columns are missing
    return known.index(max(known))


def _line_of(number: int, line: Mapping[str, Cell]) -> Cells | Fault:
    cells: Cells = {}
    for name, cell in line.items():
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
            return Fault("number_rounded", name, number)
        cells[name] = _text(cell)
    return cells


def _text(cell: Cell) -> str:
    """A cell as the source would have typed it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(int(cell)) if float(cell).is_integer() else f"{cell:.15g}"
