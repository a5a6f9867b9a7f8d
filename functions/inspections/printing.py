"""The notice of correction as a PDF (B7): A4, one embedded font, the same bytes for the same words.

Only the function that prints imports this module: the library behind it is heavy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

from functions.inspections.papers import Paper, Wrong
from functions.inspections.typesetting import Glyphs, Measure, lines_of, numeral, plain
from functions.shared.calendar import shanghai_day

_FONT = "notice"
TITLE = "责令改正通知书"
_UNDER_TITLE = "（书面告知书）"
_LEFT, _WIDTH = 28.0, 156.0  # mm on a sheet of 210 × 297, as official documents are set
_TOP, _BOTTOM, _FOOT = 24.0, 272.0, 282.0
_BODY, _SMALL, _HEAD, _BIG = 12.5, 9.0, 25.0, 20.0  # points
_EM = 25.4 / 72  # mm of a point
_LEADING = 1.66  # height of a line by its size
_RED, _BLACK, _GREY = (200, 16, 16), (0, 0, 0), (110, 110, 110)
_SIGN = "＿" * 8
_DAY = "　　　　年　　月　　日"
_OTHERWISE = (
    "逾期未改正或者经复查仍不符合要求的，将由村（社区）组织有关单位联合处置；仍未解决的，"
    "按照“谁许可、谁监管”的原则移送有关主管部门依法处理。"
)
_OBJECT = (
    "对本通知书认定的事实、依据有异议的，可以在上述改正期限届满前向本单位陈述、申辩，"
    "并提交有关材料。"
)
_COPIES = "本通知书一式两份，一份交当事人，一份由发出单位存档。"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line on the sheet, or a rule across it. `x` is in mm from the left margin, `stretch` how
    far the text is spread; `keep` holds it on one page with the next line."""

    text: str = ""
    size: float = _BODY
    x: float = 0
    align: str = "left"
    colour: tuple[int, int, int] = _BLACK
    bold: bool = False
    before: float = 0
    stretch: float = 0
    rule: float = 0
    keep: bool = False

    @property
    def height(self) -> float:
        return self.before + (2 * self.rule if self.rule else self.size * _EM * _LEADING)


def printed(paper: Paper, font: Path) -> bytes:
    """The notice as a PDF with a subset of `font` (OpenType, `.otf`) embedded.

    What the font lacks is printed as 〓 with its code point in a note (D5). Raises OSError or
    fontTools' TTLibError where the font cannot be read.
    """
    press = _Press(paper, _opened(paper, font))
    pages = list(_paged(press.lines()))
    for number, lines in enumerate(pages, start=1):
        press.print(lines, f"第 {number} 页　共 {len(pages)} 页")
    return bytes(press.pdf.output())


def _opened(paper: Paper, font: Path) -> FPDF:
    """A document without pages that says what it is."""
    pdf = FPDF(format="A4", unit="mm")
    pdf.add_font(_FONT, fname=font)
    pdf.set_auto_page_break(False)
    pdf.set_title(f"{TITLE} {plain(paper.number)}")
    pdf.set_subject(plain(paper.name))
    pdf.set_author(plain(paper.issuer))
    pdf.set_producer("Sanwei")
    pdf.set_lang("zh-CN")
    pdf.set_creation_date(paper.issued_at)
    return pdf


class _Press:
    """Sets one notice line by line, and draws the lines of each page."""

    def __init__(self, paper: Paper, pdf: FPDF) -> None:
        self.pdf = pdf
        self._paper = paper
        font = pdf.fonts[_FONT]
        self._glyphs = Glyphs(font.cmap if isinstance(font, TTFFont) else ())

    def lines(self) -> list[_Line]:
        """The whole notice, line by line; the note on characters comes last, when all are known."""
        paper = self._paper
        lines = [*self._head(paper), *self._body(paper), *self._signatures(paper)]
        return [*lines, *self._paragraph(self._glyphs.note(), size=_SMALL, indent=0, before=2)]

    def print(self, lines: Iterable[_Line], foot: str) -> None:
        """Draw one page."""
        self.pdf.add_page()
        y = _TOP
        for line in lines:
            y += line.height
            self._draw(line, y)
        number = self._glyphs.shown(self._paper.number)
        below = _Line(size=_SMALL, colour=_GREY)
        self._draw(replace(below, text=number), _FOOT)
        self._draw(replace(below, text=foot, align="right"), _FOOT)

    def _draw(self, line: _Line, y: float) -> None:
        if line.rule:
            self.pdf.set_draw_color(*line.colour)
            self.pdf.set_line_width(line.rule)
            self.pdf.line(_LEFT, y, _LEFT + _WIDTH, y)
            return
        width = self._measure(line.size)(line.text)  # and draws in this size
        free = {"left": line.x, "center": (_WIDTH - width) / 2, "right": _WIDTH - width}[line.align]
        with self.pdf.local_context():
            self.pdf.set_text_color(*line.colour)
            self.pdf.set_draw_color(*line.colour)
            self.pdf.set_line_width(line.size * 0.012)
            self.pdf.text_mode = TextMode.FILL_STROKE if line.bold else TextMode.FILL
            self.pdf.set_char_spacing(line.stretch / _EM)
            above_line = line.size * _EM * (_LEADING - 1) / 2 + line.size * _EM * 0.12
            self.pdf.text(_LEFT + free, y - above_line, line.text)

    def _measure(self, size: float) -> Measure:
        def width_of(text: str) -> float:
            self.pdf.set_font(_FONT, size=size)
            return self.pdf.get_string_width(text)

        return width_of

    def _paragraph(
        self, text: str, *, size: float = _BODY, indent: float = 2, before: float = 0
    ) -> Iterator[_Line]:
        """`text` set across the sheet, its first line moved in by `indent` characters; all lines
        but the last end at the margin."""
        measure, first = self._measure(size), indent * size * _EM
        lines = lines_of(text, _WIDTH, measure, first)
        last = len(lines) - 1
        for place, line in enumerate(lines):
            x = 0 if place else first
            gaps, left = len(line) - 1, _WIDTH - x - measure(line)
            spread = place < last and gaps and left < 3 * size * _EM
            yield _Line(
                line,
                size=size,
                x=x,
                before=0 if place else before,
                stretch=left / gaps if spread else 0,
                keep=place < last and place in (0, last - 1),  # no line of it alone on a page
            )

    def _fitting(self, line: _Line) -> _Line:
        """`line` in a smaller size where the sheet is too narrow for it."""
        width = self._measure(line.size)(line.text)
        return replace(line, size=line.size * min(1, _WIDTH / width)) if width else line

    def _head(self, paper: Paper) -> Iterator[_Line]:
        shown = self._glyphs.shown
        yield self._fitting(
            _Line(shown(paper.issuer), _HEAD, align="center", colour=_RED, bold=True)
        )
        yield self._fitting(_Line(shown(paper.number), 12, align="center", before=4))
        yield _Line(rule=0.7, colour=_RED, before=2)
        yield _Line(TITLE, _BIG, align="center", bold=True, before=7)
        yield _Line(_UNDER_TITLE, 12, align="center")
        to = f"{shown(paper.name)}（{shown(paper.code)}）："
        yield from self._paragraph(to, indent=0, before=5)

    def _body(self, paper: Paper) -> Iterator[_Line]:
        shown = self._glyphs.shown
        where = f"登记住所（经营场所）：{shown(paper.address)}"
        with_whom = f"，在场人员{shown(paper.present)}" if paper.present.strip() else ""
        yield from self._paragraph(where)
        yield from self._paragraph(
            f"{_dated(paper.visited)}，本单位网格员上门核查{with_whom}，发现你单位存在下列问题："
        )
        for number, wrong in enumerate(paper.wrong, start=1):
            yield from self._wrong(number, wrong)
        if paper.grounds:
            laws = "、".join(map(shown, paper.grounds))
            yield from self._paragraph(f"上述情形涉及的依据：{laws}。", before=1)
        yield from self._paragraph(
            f"现责令你单位于{_dated(paper.correct_by)}前（含当日）改正上述问题。"
            "改正期限届满后，本单位将对上述问题进行复查。",
            before=1,
        )
        yield from self._paragraph(_OTHERWISE)
        # Nobody signs a page on which nothing is said.
        yield from (replace(line, keep=True) for line in self._paragraph(_OBJECT))

    def _wrong(self, number: int, wrong: Wrong) -> Iterator[_Line]:
        shown = self._glyphs.shown
        kinds = "、".join(map(shown, wrong.kinds))
        what = f"{numeral(number)}、{shown(wrong.title)}：{kinds or '不符合要求'}。"
        first, *rest = self._paragraph(what, before=1)
        yield replace(first, keep=True)
        yield from rest
        more = {"登记的经营范围": wrong.clause, "现场记录": wrong.note, "改正指导": wrong.guidance}
        for label, text in more.items():
            if said := shown(text).rstrip("。"):
                yield from self._paragraph(f"{label}：{said}。")

    def _signatures(self, paper: Paper) -> Iterator[_Line]:
        """Who issued, who visited, who received: one block, never torn apart, nor from the note."""
        shown = self._glyphs.shown
        lines = [
            self._fitting(_Line(f"{shown(paper.issuer)}（印章）", align="right", before=9)),
            _Line(_dated(shanghai_day(paper.issued_at)), align="right"),
            _Line(rule=0.2, before=5),
            *self._paragraph(f"网格员：{shown(paper.inspector)}", indent=0, before=2),
            _Line(f"网格员签名：{_SIGN}　　日期：{_DAY}", before=2),
            _Line(f"经营者签收：{_SIGN}　　日期：{_DAY}", before=2),
            _Line(_COPIES, _SMALL, colour=_GREY, before=3),
        ]
        yield from (replace(line, keep=True) for line in lines)


def _dated(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _paged(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lines page by page; those that must stay with the next go over together."""
    page: list[_Line] = []
    for block in _blocks(lines):
        if page and _TOP + sum(line.height for line in (*page, *block)) > _BOTTOM:
            yield page
            page = []
        page += block
    yield page


def _blocks(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for line in lines:
        block.append(line)
        if not line.keep:
            yield block
            block = []
    yield block
