"""A bulletin as a spreadsheet: rankings by department and town, and the overdue (A23)."""

from __future__ import annotations

from collections.abc import Sequence

from functions.reports.bulletins import Content, Ranked, timely_share
from functions.reports.figure_sheets import UNITS, instant_text, period_text
from functions.reports.figures import Figures
from functions.reports.labels import KINDS, STAGES
from functions.reports.sheets import Column, Form, Sheet, write_book
from functions.shared.workbooks import Cell

_COUNTS = (
    ("推送", "pushed"),
    ("接收", "received"),
    ("逾期接收", "received_late"),
    ("办结", "handled"),
    ("按时办结", "on_time"),
    ("现逾期", "overdue"),
)
_NONE = "—"


def bulletin_book(content: Content) -> bytes:
    """The three tables of a bulletin as .xlsx."""
    return write_book(
        _ranking(content, "departments", "部门", content.departments),
        _ranking(content, "towns", "镇街", content.towns),
        _overdue(content),
    )


def note_of(content: Content) -> str:
    """What stands below a title: which bulletin, which period, which units."""
    period = f"统计期间：{period_text(content.first, content.last)}"
    return f"{content.mark}　　{period}　　{UNITS}"


def as_at(content: Content) -> str:
    """What is overdue, at which instant: tasks and clues apart."""
    return (
        f"截至{instant_text(content.as_at)}，"
        f"逾期任务{content.overdue_tasks}件、逾期线索{content.overdue_clues}件"
    )


def _ranking(content: Content, table: str, what: str, rows: Sequence[Ranked]) -> Sheet:
    return Sheet(
        name=f"按{what}排名",
        table=table,
        title=f"{content.title}（按{what}）",
        note=f"{note_of(content)}　　{as_at(content)}\n{content.rule.zh}",
        columns=[
            Column("名次", Form.TEXT, 7),
            Column(what, Form.TEXT, 28),
            *(Column(heading) for heading, _ in _COUNTS),
            Column("按时率", Form.SHARE),
            Column("退回"),
            Column("全程平均用时", Form.DAYS, 12),
        ],
        rows=[_cells(row.rank or _NONE, _name(row), row) for row in rows],
        total=_cells("", "合计", content.total),
        keys=2,
    )


def _cells(rank: Cell, name: str, figures: Figures) -> list[Cell | None]:
    return [
        rank,
        name,
        *(getattr(figures, field) for _, field in _COUNTS),
        timely_share(figures),
        figures.returned,
        figures.whole.mean if figures.whole else None,
    ]


def _name(row: Ranked) -> str:
    return row.department_name or row.town_name or ""


def _overdue(content: Content) -> Sheet:
    listed = f"，列出逾期最久的{len(content.overdue)}件" if _cut(content) else ""
    return Sheet(
        name="逾期清单",
        table="overdue",
        title=f"{content.title}（逾期清单）",
        note=f"{content.mark}　　{as_at(content)}{listed}",
        columns=[
            Column("序号", Form.COUNT, 7),
            Column("单位", Form.TEXT, 36),
            Column("类别", Form.TEXT, 8),
            Column("事由", Form.TEXT, 50),
            Column("编号", Form.TEXT, 26),
            Column("环节", Form.TEXT, 10),
            Column("期限", Form.DAY, 12),
            Column("逾期天数", Form.COUNT, 10),
        ],
        rows=[
            [
                *(number, one.unit_name, KINDS.get(one.kind, one.kind), one.title, one.subject),
                *(STAGES.get(one.stage, one.stage), one.due, one.days_late),
            ]
            for number, one in enumerate(content.overdue, 1)
        ],
        keys=2,
    )


def _cut(content: Content) -> bool:
    return len(content.overdue) < content.overdue_count
