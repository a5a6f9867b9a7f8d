"""Plays the person with Excel: fills in and spoils the sheets that the tests send back."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from functions.shared.events.supervision import State
from functions.shared.matching.items import Kind
from functions.supervision.domain import Task, task_id
from functions.supervision.sheet_columns import SHEET, Column
from functions.supervision.spreadsheets import worklist_sheet

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_CLOCK = {"since": "2026-03-02", "due": "2026-03-16", "remind": "2026-03-12", "calendar": "2026.1"}
Row = list[Any]


def a_task(nth: int = 1, **changes: Any) -> Task:
    """An open task of an invented entity."""
    code, item, unit = f"91441900MA000000{nth:02d}", "SP03", "scjg.441900003000"
    given: dict[str, Any] = {
        "id": task_id(code, item, unit, 1),
        "code": code,
        "edition": 1,
        "name": f"东莞市示例{nth}食品店",
        "address": f"东莞市横沥镇示例路{nth}号",
        "item": item,
        "item_version": 1,
        "item_set": "2026.1",
        "kind": Kind.LICENCE,
        "licence": "食品经营许可",
        "law": "食品安全法第三十五条",
        "words": ("餐饮服务",),
        "clause": "餐饮服务",
        "unit": unit,
        "town": "441900003000",
        "village": None,
        "state": State.RECEIVED,
        "pushed_at": NOW,
        "changed_at": NOW,
        "clocks": {
            "verify": {
                "since": "2026-03-02",
                "due": "2026-03-16",
                "remind": "2026-03-12",
                "calendar": "1",
            }
        },
    }
    return Task(**{**given, **changes})


def exported(count: int = 3) -> list[Row]:
    """The rows, header first, of a sheet as the system exports it."""
    return rows_of(worklist_sheet([a_task(nth) for nth in range(1, count + 1)]))


def rows_of(data: bytes, sheet: str = SHEET) -> list[Row]:
    with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        found = book.get_sheet_by_name(sheet)
        return [list(row) for row in found.to_python(skip_empty_area=False)]


def fill(rows: Sequence[Row], number: int, cells: Mapping[Column, Any]) -> None:
    """Fill in `cells` in the row with Excel's `number`, by the headers of row 1."""
    for column, value in cells.items():
        rows[number - 1][rows[0].index(column)] = value


def saved(rows: Iterable[Sequence[Any]], sheet: str = SHEET) -> bytes:
    """The rows as Excel saves them: by position, each value as what it is."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    page = book.add_worksheet(sheet)
    as_date = book.add_format({"num_format": "yyyy/m/d"})
    for index, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(index, place, value, as_date)
            elif isinstance(value, str):
                page.write_string(index, place, value)
            elif value is not None:
                page.write_number(index, place, value)
    book.close()
    return file.getvalue()


def filled(*cells: Mapping[Column, Any], count: int = 3) -> bytes:
    """An exported sheet whose first rows are filled in with `cells`."""
    rows = exported(max(count, len(cells)))
    for nth, one in enumerate(cells):
        fill(rows, nth + 2, one)
    return saved(rows)


def part(data: bytes, name: str) -> str:
    """One part of the .xlsx as text."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        return book.read(name).decode("utf-8")


def repacked(data: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The .xlsx with some parts replaced."""
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in given.namelist():
            changed.writestr(name, changes.get(name, given.read(name)))
    return file.getvalue()
