"""A bulletin as one self-contained page, to be read and printed on A4; no text becomes markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from functions.reports.bulletin_sheets import as_at
from functions.reports.bulletins import Content, Ranked, timely_share
from functions.reports.figure_sheets import UNITS, day_text, instant_text, period_text
from functions.reports.figures import Figures
from functions.reports.labels import KINDS, STAGES
from functions.shared.calendar import shanghai_day

# Whoever serves the page says this too, so that nothing in it could ever run or be fetched.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
@page { size: A4; margin: 25mm 20mm }
body { font: 12pt/1.7 宋体, SimSun, "Songti SC", serif; color: #000; max-width: 170mm;
  margin: 10mm auto }
h1 { font-size: 20pt; text-align: center; color: #b00; margin: 0 0 2mm }
h2 { font-size: 14pt; margin: 8mm 0 2mm; break-after: avoid }
.mark { text-align: center; border-bottom: 2px solid #b00; padding-bottom: 3mm }
.note { text-indent: 2em; white-space: pre-line; margin: 2mm 0 }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; line-height: 1.4 }
th, td { border: 1px solid #000; padding: 1mm 1.5mm; text-align: right }
th { background: #eee; text-align: center }
td.text { text-align: left; overflow-wrap: anywhere }
tr { break-inside: avoid }
thead { display: table-header-group }
.foot { text-align: right; margin-top: 10mm }
"""
_RANKING = (
    *("名次", "推送", "接收", "逾期接收", "办结", "按时办结", "现逾期"),
    *("按时率", "退回", "全程平均用时"),
)
_OVERDUE = ("序号", "单位", "类别", "事由", "环节", "期限", "逾期天数")


def bulletin_page(content: Content) -> str:
    """The whole page."""
    published = day_text(shanghai_day(content.published_at))
    notes = "".join(f'<p class="note">{escape(line)}</p>' for line in _lines(content.note))
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<title>{escape(content.mark)} {escape(content.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(content.title)}</h1>
<p class="mark">{escape(content.mark)}</p>
<p class="note">统计期间：{period_text(content.first, content.last)}。{UNITS}。</p>
<p class="note">{escape(_summary(content))}</p>
{notes}
<h2>一、部门排名</h2>
{_ranking("部门", content.departments, content)}
<h2>二、镇街排名</h2>
{_ranking("镇街", content.towns, content)}
<p class="note">{escape(content.rule.zh)}。{_overdue_means(content)}</p>
<h2>三、逾期清单</h2>
<p class="note">{as_at(content)}。</p>
{_overdue(content)}
<p class="foot">效能监察<br>{published}</p>
</body>
</html>
"""


def _overdue_means(content: Content) -> str:
    return f"现逾期为截至{instant_text(content.as_at)}已超时限、尚未办结的任务。"


def _summary(content: Content) -> str:
    total = content.total
    return (
        f"期间推送{total.pushed}件，接收{total.received}件（其中逾期{total.received_late}件），"
        f"办结{total.handled}件（按时{total.on_time}件、逾期{total.late}件），"
        f"退回{total.returned}件；{as_at(content)}。"
    )


def _ranking(what: str, rows: Iterable[Ranked], content: Content) -> str:
    lines = [
        _line(str(row.rank or "—"), row.department_name or row.town_name or "", row) for row in rows
    ]
    head = (_RANKING[0], what, *_RANKING[1:])
    return _table(head, [*lines, _line("", "合计", content.total)], texts={1})


def _line(rank: str, name: str, figures: Figures) -> Sequence[str]:
    received = (figures.pushed, figures.received, figures.received_late)
    handled = (figures.handled, figures.on_time, figures.overdue or 0)
    return (
        rank,
        name,
        *map(str, (*received, *handled)),
        _share(timely_share(figures)),
        str(figures.returned),
        f"{figures.whole.mean:.1f}" if figures.whole else "",
    )


def _overdue(content: Content) -> str:
    if not content.overdue:
        return '<p class="note">没有逾期事项。</p>'
    lines = [
        (
            *(str(number), one.unit_name, KINDS.get(one.kind, one.kind), one.title),
            *(STAGES.get(one.stage, one.stage), one.due.isoformat(), str(one.days_late)),
        )
        for number, one in enumerate(content.overdue, 1)
    ]
    shown = ""
    if len(lines) < content.overdue_count:
        shown = f"共{content.overdue_count}件，列出逾期最久的{len(lines)}件。"
    return _table(_OVERDUE, lines, texts={1, 2, 3, 4}) + f'<p class="note">{shown}</p>' * bool(
        shown
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]], texts: set[int]) -> str:
    headings = "".join(f"<th>{escape(one)}</th>" for one in head)
    rows = "\n".join(
        "<tr>" + "".join(_cell(cell, place in texts) for place, cell in enumerate(line)) + "</tr>"
        for line in lines
    )
    return f"<table><thead><tr>{headings}</tr></thead><tbody>\n{rows}\n</tbody></table>"


def _cell(text: str, left: bool) -> str:
    return f'<td class="text">{escape(text)}</td>' if left else f"<td>{escape(text)}</td>"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _lines(note: str) -> list[str]:
    return [line.strip() for line in note.splitlines() if line.strip()]
