"""Figures as a spreadsheet: which columns there are, and what stands above them (A19)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from functions.reports.figures import By, Figures, Row, StageFigures
from functions.reports.reading import Asked, Told
from functions.reports.sheets import Column, Form, Sheet, write_book
from functions.shared.calendar import SHANGHAI, shanghai_day
from functions.shared.names import Names
from functions.shared.workbooks import Cell

UNITS = "计量单位：件；时长：自然日（不含中止期间）"
_BY = {
    By.DEPARTMENT: "部门",
    By.TOWN: "镇街",
    By.ITEM: "监管事项",
    By.DAY: "日期",
    By.UNIT: "单位",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A column and how to find its value."""

    column: Column
    value: Callable[[Figures], Cell | None]


def _count(heading: str, name: str) -> Shown:
    return Shown(Column(heading), lambda figures: getattr(figures, name))


def _stage(heading: str, name: str) -> tuple[Shown, Shown]:
    def read(figures: Figures, what: str) -> Cell | None:
        stage: StageFigures | None = getattr(figures, name)
        return getattr(stage, what) if stage else None

    return (
        Shown(Column(f"{heading}平均用时", Form.DAYS), lambda figures: read(figures, "mean")),
        Shown(Column(f"{heading}九成用时", Form.COUNT), lambda figures: read(figures, "p90")),
    )


SHARE = Shown(Column("按时办结率", Form.SHARE), lambda figures: figures.on_time_share)
OVERDUE = _count("现逾期", "overdue")
_COLUMNS = (
    _count("推送", "pushed"),
    _count("转入", "taken_over"),
    _count("接收", "received"),
    _count("按时接收", "received_on_time"),
    _count("逾期接收", "received_late"),
    _count("核查", "verified"),
    _count("按时核查", "verified_on_time"),
    _count("逾期核查", "verified_late"),
    _count("办结", "handled"),
    _count("按时办结", "on_time"),
    _count("逾期办结", "late"),
    SHARE,
    _count("退回", "returned"),
    _count("转出", "passed_on"),
    _count("逾期退转", "left_late"),
    _count("撤销", "withdrawn"),
    _count("延期", "extended"),
    _count("中止", "suspended"),
    OVERDUE,
    *_stage("接收", "receive"),
    *_stage("核查", "verify"),
    *_stage("办理", "handle"),
    *_stage("全程", "whole"),
)


def figures_book(asked: Asked, told: Told, names: Names, today: date) -> bytes:
    """The answer to a question as .xlsx: a row for each of its rows, and their sum below."""
    keys = [Column(_BY[one], _form(one), _width(one)) for one in asked.by]
    rows = [
        [*(_key(row, one) for one in asked.by), *(shown.value(row) for shown in _COLUMNS)]
        for row in told.rows
    ]
    sums = (shown.value(told.total) for shown in _COLUMNS)
    return write_book(
        Sheet(
            name="统计表",
            table="figures",
            title=f"协同监管情况统计表（按{'、'.join(_BY[one] for one in asked.by)}）",
            note="　　".join((_about(asked, names), UNITS, f"制表日期：{day_text(today)}")),
            columns=[*keys, *(shown.column for shown in _COLUMNS)],
            rows=rows,
            total=["合计", *[None] * (len(keys) - 1), *sums],
            keys=len(keys),
        )
    )


def day_text(day: date) -> str:
    """A day as Chinese documents write it: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def instant_text(instant: datetime) -> str:
    """An instant, by Shanghai's clocks: 2026年4月1日10时00分."""
    return f"{day_text(shanghai_day(instant))}{instant.astimezone(SHANGHAI):%H时%M分}"


def period_text(first: date, last: date) -> str:
    """A period: 2026年3月1日至2026年3月31日."""
    return f"{day_text(first)}至{day_text(last)}"


def _about(asked: Asked, names: Names) -> str:
    parts: Sequence[tuple[str, str | None]] = (
        ("部门", asked.department and names.department(asked.department)),
        ("镇街", asked.town and names.town(asked.town)),
        ("监管事项", asked.item and names.item(asked.item)),
    )
    chosen = "；".join(f"{what}：{value}" for what, value in parts if value)
    period = f"统计期间：{period_text(asked.first, asked.last)}"
    return f"{period}；{chosen}" if chosen else period


def _key(row: Row, by: By) -> Cell | None:
    match by:
        case By.DEPARTMENT:
            return row.department_name
        case By.TOWN:
            return row.town_name
        case By.ITEM:
            return f"{row.item} {row.item_name}"
        case By.DAY:
            return row.day
    return row.unit_name


def _form(by: By) -> Form:
    return Form.DAY if by is By.DAY else Form.TEXT


def _width(by: By) -> float:
    return {By.DAY: 12, By.TOWN: 16, By.ITEM: 44, By.UNIT: 40}.get(by, 28)
