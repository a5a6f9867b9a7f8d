"""Files that are no feedback sheet, or no longer one: each refused with its reason (A9, D4)."""

from __future__ import annotations

import ast
import random
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from functions.shared.errors import Fault, Invalid, Problem, TooLarge
from functions.shared.messages import TEXTS
from functions.supervision.sheet_columns import ADDED, FILLED, READ, Column
from functions.supervision.spreadsheets import (
    MOST_ROWS,
    error_sheet,
    read_feedback,
    worklist_sheet,
)
from tests.unit.supervision.sheets import (
    Row,
    a_task,
    exported,
    fill,
    filled,
    part,
    repacked,
    rows_of,
    saved,
)

GOOD = filled({Column.VERB: "核查"}, {Column.VERB: "办结", Column.END: "已改正"})
SHEET_PART = "xl/worksheets/sheet1.xml"


def refused(data: bytes, kind: type[Problem] = Invalid) -> Fault:
    with pytest.raises(kind) as problem:
        read_feedback(data)
    [fault] = problem.value.faults
    assert fault.code in TEXTS
    return fault


def rows() -> list[Row]:
    found = exported(3)
    fill(found, 2, {Column.VERB: "核查"})
    closing = {Column.VERB: "办结", Column.END: "未发现违法", Column.DAY: date(2026, 2, 27)}
    fill(found, 3, {**closing, Column.NOTE: "无"})
    return found


def without_workbook() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as some:
        some.writestr("note.txt", "not a workbook")
    return file.getvalue()


def edited(change: Callable[[str], str]) -> bytes:
    return repacked(GOOD, {SHEET_PART: change(part(GOOD, SHEET_PART)).encode()})


# --- no .xlsx at all


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf" + "任务编号,办理动作\nT1,核查\n".encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),  # .xls, or a password
        b"PK\x03\x04 broken",
        GOOD[: len(GOOD) // 2],
        without_workbook(),
        edited(lambda sheet: sheet[:-200]),
        edited(
            lambda sheet: sheet.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet')
        ),
    ],
    ids=["empty", "csv", "xls", "stub", "cut off", "other zip", "cut xml", "doctype"],
)
def test_d4_what_is_no_readable_xlsx_is_refused(data: bytes) -> None:
    assert refused(data).code == "sheet_not_xlsx"


def test_d4_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader() -> None:
    chance = random.Random(20260302)
    outcomes = set()
    for _ in range(300):
        data = bytearray(GOOD)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_feedback(bytes(data))
            outcomes.add("read")
        except Problem as problem:
            outcomes.add(problem.faults[0].code)
    assert "sheet_not_xlsx" in outcomes


# --- more than one call may carry


def test_a9_more_than_five_megabytes_are_refused() -> None:
    assert refused(GOOD + bytes(5 * 1024 * 1024), TooLarge).code == "sheet_too_large"


def test_a9_a_file_that_unpacks_to_far_more_is_refused() -> None:
    bomb = repacked(GOOD, {SHEET_PART: b" " * (65 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert refused(bomb, TooLarge).code == "sheet_too_large"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="A1048576"><v>1</v></c>', "sheet_too_many_rows"),
        ('<c r="XFD2"><v>1</v></c>', "sheet_too_many_columns"),
        ("<c x='>' r='XFD1048576'><v>1</v></c>", "sheet_too_many_rows"),
    ],
)
def test_a9_a_cell_in_the_far_corner_does_not_take_the_memory_of_all_before_it(
    cell: str, code: str
) -> None:
    far = edited(lambda sheet: sheet.replace("</sheetData>", f"<row>{cell}</row></sheetData>"))
    assert refused(far, TooLarge).code == code


def test_a9_formats_without_content_far_down_are_harmless() -> None:
    styled = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert len(read_feedback(edited(lambda sheet: sheet.replace("</sheetData>", styled)))) == 2


def test_a9_five_thousand_rows_are_read_and_one_more_is_refused() -> None:
    found = exported(1)
    fill(found, 2, {Column.VERB: "核查"})
    assert len(read_feedback(saved([found[0], *[found[1]] * MOST_ROWS]))) == MOST_ROWS
    more = saved([found[0], *[found[1]] * (MOST_ROWS + 1)])
    assert refused(more, TooLarge).code == "sheet_too_many_rows"


# --- nothing in it


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (saved([]), "sheet_empty"),
        (saved([["  "]]), "sheet_empty"),
        (worklist_sheet([]), "sheet_empty"),
        (worklist_sheet([a_task()]), "sheet_nothing_filled"),
        (saved([["甲", "乙"], [1, 2]]), "sheet_header_missing"),
    ],
)
def test_d4_a_sheet_without_feedback_is_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


# --- columns by their headers


def test_a9_columns_may_stand_in_any_order_under_a_title_on_any_sheet() -> None:
    places = list(range(len(READ) + len(FILLED)))
    random.Random(7).shuffle(places)
    moved = [["三月任务"], [], *([row[place] for place in places] for row in rows())]
    assert [(row.number - 2, row.feedback) for row in read_feedback(saved(moved, "Sheet9"))] == [
        (row.number, row.feedback) for row in read_feedback(saved(rows()))
    ]


def test_a9_headers_are_known_whatever_their_width_and_spaces() -> None:
    found = rows()
    found[0][found[0].index(Column.FINE)] = " 罚款金额\n(元) "
    assert len(read_feedback(saved(found))) == 2


@pytest.mark.parametrize("column", [one for one in (*READ, *FILLED) if one not in ADDED])
def test_a9_a_missing_column_is_named(column: Column) -> None:
    place = rows()[0].index(column)
    fault = refused(saved([row[:place] + row[place + 1 :] for row in rows()]))
    assert (fault.code, fault.field) == ("sheet_column_missing", column)
    assert fault.params == {"columns": column, "unknown": "无"}


def test_a9_a_sheet_that_went_out_before_it_had_the_address_is_taken() -> None:
    place = rows()[0].index(Column.ADDRESS)
    before = saved([row[:place] + row[place + 1 :] for row in rows()])
    assert read_feedback(before) == read_feedback(saved(rows()))
    assert Column.ADDRESS not in rows_of(error_sheet(before, {}))[0]


def test_a9_a_renamed_column_is_named_with_what_stands_there() -> None:
    found = rows()
    found[0][found[0].index(Column.NUMBER)] = "许可证编号"
    fault = refused(saved(found))
    assert fault.params == {"columns": "证件或文书号", "unknown": "许可证编号"}


def test_a9_a_column_that_is_there_twice_is_named() -> None:
    fault = refused(saved([[*row, row[-1]] for row in rows()]))
    assert (fault.code, fault.field) == ("sheet_column_twice", Column.REF)


def shifted_right(found: list[Row], first: int, place: int) -> list[Row]:
    return [
        row if index < first else [*row[:place], "", *row[place:]]
        for index, row in enumerate(found)
    ]


def shifted_left(found: list[Row], first: int, place: int) -> list[Row]:
    return [
        row if index < first else [*row[:place], *row[place + 1 :]]
        for index, row in enumerate(found)
    ]


VERB_PLACE = len(READ)


@pytest.mark.parametrize(
    ("data", "column", "row"),
    [
        (shifted_right(rows(), 1, 0), "任务编号", 2),
        (shifted_right(rows(), 2, VERB_PLACE), "办理动作", 3),
        (shifted_left(rows(), 2, VERB_PLACE), "办结方式", 3),
        (shifted_left(rows(), 1, 3), "办理动作", 2),
        ([["", *rows()[0]], *rows()[1:]], "A", 2),
        ([*rows(), ["备用", *[""] * 21, "额外"]], "W", 5),
    ],
    ids=["all right", "filled right", "filled left", "read left", "header right", "beside"],
)
def test_a9_shifted_cells_are_refused_as_a_whole_with_row_and_column(
    data: list[Row], column: str, row: int
) -> None:
    fault = refused(saved(data))
    assert (fault.code, fault.field, fault.row) == ("sheet_columns_shifted", column, row)


def test_a9_an_error_value_of_excel_is_never_taken_for_an_empty_cell() -> None:
    cell = '<c r="M2" t="e"><f>VLOOKUP(A2,X:Y,2,0)</f><v>#N/A</v></c></row>'
    spoiled = edited(lambda sheet: sheet.replace('</row><row r="3"', f'{cell}<row r="3"', 1))
    fault = refused(spoiled)
    assert (fault.code, fault.params) == ("sheet_cell_error", {"cell": "M2"})


def test_d4_every_code_that_the_sheets_raise_has_its_sentences() -> None:
    folder = Path(__file__).parents[3] / "functions/supervision"
    modules = [*folder.glob("sheet_*.py"), folder / "spreadsheets.py"]
    codes = {
        node.value
        for path in modules
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("sheet_")
    }
    assert len(codes) > 15
    assert all(all(TEXTS[code]) for code in codes)
