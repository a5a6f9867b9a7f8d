"""The spreadsheets taken apart: real tables under a merged title, in the ministry's look (A19)."""

from __future__ import annotations

from datetime import date
from typing import Any

from functions.reports.bulletin_sheets import bulletin_book
from functions.reports.bulletins import Content, Order
from functions.reports.figure_sheets import figures_book
from functions.reports.publishing import drafted
from functions.reports.reading import read_figures
from functions.reports.sheets import Column, Form, Sheet, write_book
from tests.unit.reports.lives import EAST
from tests.unit.reports.opened import Opened
from tests.unit.reports.smallcity import (
    EVERYTHING,
    NAMES,
    OVERSIGHT,
    TODAY,
    City,
    march,
    small_city,
)


def figures_sheet(*by: str, city: City | None = None, **more: Any) -> Opened:
    """The worksheet that answers a question about March."""
    desk = (city or small_city()).desk()
    asked = march(*by, **more)
    return Opened(figures_book(asked, read_figures(asked, EVERYTHING, desk), NAMES, TODAY))


def letter(sheet: Opened, heading: str) -> str:
    """The letter of the column under a heading."""
    place = sheet.rows[2].index(heading)
    return chr(65 + place) if place < 26 else f"A{chr(65 + place - 26)}"


def test_a19_the_sheet_holds_the_figures_in_a_real_table() -> None:
    sheet = figures_sheet("department")
    headings = sheet.rows[2]
    assert sheet.table == {
        **{"name": "figures", "ref": "A3:AB6", "filter": "A3:AB6"},
        "columns": headings,
    }
    assert headings[:4] == ["部门", "推送", "转入", "接收"]
    assert sheet.rows[3][:4] == ["市场监督管理局", 4, 0, 3]
    assert sheet.rows[6][:4] == ["合计", 6, 1, 4]  # below the table: its filter leaves it alone
    assert sheet.rows[3][headings.index("按时办结率")] == 1
    assert sheet.rows[4][headings.index("按时办结率")] == ""  # nothing handled, no share


def test_a19_the_sheet_has_the_ministry_s_look() -> None:
    sheet = figures_sheet("department", department="scjg", town=EAST)
    assert sheet.merged == {"A1:AB1", "A2:AB2"}
    assert sheet.rows[0][0] == "协同监管情况统计表（按部门）"
    for said in (
        "2026年3月1日至2026年3月31日",
        "部门：市场监督管理局；镇街：凤岗镇",
        "计量单位：件",
        "制表日期：2026年4月1日",
    ):
        assert said in sheet.rows[1][0]
    title, heading = sheet.look("A1"), sheet.look("A3")
    assert (title.size, title.bold, title.align) == (18, True, "center")
    assert (heading.bold, heading.wraps) == (True, True)
    assert {sheet.look(cell).font for cell in ("A1", "A2", "A3", "A4", "B4", "B5")} == {"宋体"}
    assert sheet.frozen == "B4"
    assert sheet.width(1) >= 2 * len("市场监督管理局")
    assert (sheet.setup["orientation"], sheet.setup["paperSize"]) == ("landscape", "8")
    for column, form in (
        ("推送", "#,##0"),
        ("按时办结率", "0.0%"),
        ("全程平均用时", "0.0"),
        ("部门", "@"),
    ):
        assert sheet.look(f"{letter(sheet, column)}4").number_format == form


def test_a19_days_are_days_and_two_keys_stay_in_sight() -> None:
    sheet = figures_sheet("day", "item")
    assert sheet.rows[3][:2] == [date(2026, 3, 2), "GA01 GA01"]
    assert sheet.look("A4").number_format == "yyyy-mm-dd"
    assert sheet.frozen == "C4"


def test_a19_a_sheet_without_rows_is_a_sheet() -> None:
    sheet = figures_sheet("department", city=City())
    assert sheet.table["ref"] == "A3:AB4"
    assert sheet.rows[4][:2] == ["合计", 0]


def test_a19_no_text_becomes_a_formula_or_a_link() -> None:
    texts = ["=1+1", "@SUM(A1)", "http://example.org", "\ud800", "x" * 40_000, "007"]
    columns = [Column("名称", Form.TEXT, 20), Column("件")]
    sheet = Opened(write_book(Sheet("表", "t", "=1", "-", columns, [[text, 1] for text in texts])))
    assert "<f>" not in sheet.part("xl/worksheets/sheet1.xml")
    assert "hyperlink" not in sheet.part("xl/worksheets/sheet1.xml")
    shown = [row[0] for row in sheet.rows[3:]]
    assert shown[:4] == ["=1+1", "@SUM(A1)", "http://example.org", "?"]
    assert (len(shown[4]), shown[5]) == (16_000, "007")


def test_a23_a_bulletin_s_sheets_rank_and_list_the_overdue() -> None:
    order = Order(first=date(2026, 3, 1), last=date(2026, 3, 31), fewest=1)
    content = Content.of(drafted(order, OVERSIGHT, small_city().press()), 2026, 3)
    body = bulletin_book(content)
    departments, towns, overdue = (Opened(body, place) for place in (1, 2, 3))
    assert departments.rows[3][:3] == [1, "市场监督管理局", 4]
    assert departments.rows[4][:2] == [2, "公安局"]
    assert departments.rows[5][:2] == ["—", "镇街商改办"]
    assert departments.rows[2][2:9] == [
        *("推送", "接收", "逾期接收", "办结", "按时办结", "现逾期", "按时率")
    ]
    assert departments.rows[4][5:9] == [0, 0, 2, 0]
    for said in (content.rule.zh, "截至2026年4月1日10时00分，逾期任务2件、逾期线索0件"):
        assert said in departments.rows[1][0]
        assert said in towns.rows[1][0]
    assert departments.height(2) >= 60  # Excel fits no merged cell
    assert "逾期任务2件、逾期线索0件" in overdue.rows[1][0]
    assert towns.rows[3][:2] == [1, "凤岗镇"]
    assert overdue.rows[3][:3] == [1, "公安局", "任务"]
    assert overdue.rows[3][7] == 22
    for sheet, table in ((departments, "departments"), (towns, "towns"), (overdue, "overdue")):
        assert sheet.table["name"] == table
        assert sheet.look("A1").font == "宋体"
        assert "通报〔2026〕第3号" in sheet.rows[1][0]
