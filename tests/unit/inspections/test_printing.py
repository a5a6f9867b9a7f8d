"""The printed notice: what stands on it, in one embedded font, the same bytes every time (B7)."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO

import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont

from functions.inspections.papers import Paper, Wrong
from functions.inspections.printing import printed
from infra.configuration import notice_font
from tests.fakes.prints import Print

PAPER = Paper(
    number="改〔2026〕119002-0001号",
    issuer="长安镇长盛社区居民委员会",
    inspector="王小明",
    name="东莞市𠮷堃㛃䶮食品有限公司",
    code="91441900YX00000109",
    address="东莞市长安镇长盛社区一路1号",
    visited=date(2026, 3, 2),
    present="李四",
    wrong=(
        Wrong("登记住所（经营场所）核查", ("通过登记的住所（经营场所）无法联系",), note="门锁着"),
        Wrong(
            "许可（备案）证件核查（食品经营许可证）",
            ("未取得许可从事经营",),
            clause="食品销售",
            guidance="请到政务服务中心申请",
        ),
    ),
    grounds=("《企业经营异常名录管理暂行办法》第九条", "《无证无照经营查处办法》第五条"),
    issued_at=datetime(2026, 3, 2, 17, tzinfo=UTC),  # already the 3rd in Shanghai
    correct_by=date(2026, 3, 10),
)


@cache
def on_paper(paper: Paper = PAPER) -> Print:
    return Print(printed(paper, notice_font()))


def words(paper: Paper = PAPER) -> str:
    return on_paper(paper).words()


@pytest.mark.parametrize(
    "said",
    [
        "长安镇长盛社区居民委员会",
        "责令改正通知书",
        "书面告知书",
        "改〔2026〕119002-0001号",
        "东莞市𠮷堃㛃䶮食品有限公司（91441900YX00000109）：",
        "东莞市长安镇长盛社区一路1号",
        "2026年3月2日，本单位网格员上门核查，在场人员李四",
        "一、登记住所（经营场所）核查：通过登记的住所（经营场所）无法联系。",
        "现场记录：门锁着。",
        "二、许可（备案）证件核查（食品经营许可证）：未取得许可从事经营。",
        "登记的经营范围：食品销售。",
        "改正指导：请到政务服务中心申请。",
        "《企业经营异常名录管理暂行办法》第九条、《无证无照经营查处办法》第五条",
        "于2026年3月10日前（含当日）改正",
        "陈述、申辩",
        "谁许可、谁监管",
        "（印章）2026年3月3日",
        "网格员：王小明",
        "网格员签名：",
        "经营者签收：",
    ],
)
def test_b7_a_notice_says_to_whom_what_why_until_when_and_what_then(said: str) -> None:
    assert said in words()


def test_b7_its_metadata_name_it_in_chinese() -> None:
    document = on_paper().document
    assert document.metadata is not None
    assert document.metadata.title == "责令改正通知书 改〔2026〕119002-0001号"
    assert document.metadata.subject == PAPER.name
    assert document.metadata.creation_date == PAPER.issued_at
    assert str(document.root_object["/Lang"]) == "zh-CN"


def test_b7_one_font_is_embedded_with_the_used_glyphs_only() -> None:
    descriptor = on_paper().font()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    assert descriptor["/FontName"].endswith("+NotoSansCJKSCRegular")
    font = CFFFontSet()
    font.decompile(BytesIO(descriptor["/FontFile3"].get_data()), None)
    used = len(set(words()))
    assert used <= len(font[0].CharStrings) < used + 20


def test_b7_a_short_notice_is_one_page_and_small() -> None:
    short = on_paper(replace(PAPER, wrong=PAPER.wrong[:1]))
    assert len(short.document.pages) == 1
    assert len(short.body) < 100_000


def test_b7_a_long_notice_goes_on_with_its_number_on_every_page() -> None:
    many = tuple(Wrong(f"事项{n}", ("其他",), note="说明" * 60) for n in range(1, 31))
    long = on_paper(replace(PAPER, wrong=many))
    pages = len(long.document.pages)
    assert pages > 2
    for page in range(pages):
        assert PAPER.number in long.words(page)
        assert f"第{page + 1}页共{pages}页" in long.words(page)
    assert "三十、事项30：其他。" in long.words()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_b7_nobody_signs_a_page_on_which_nothing_is_said(count: int) -> None:
    some = on_paper(replace(PAPER, wrong=PAPER.wrong[:1] * count))
    last = some.words(len(some.document.pages) - 1)
    assert "经营者签收" in last and "陈述、申辩" in last


def test_b7_no_line_leaves_the_sheet_however_long_a_name_is() -> None:
    long = replace(
        PAPER,
        name="东莞市" + "长" * 190 + "有限公司",
        address="W" * 300,
        issuer="很长的社区" * 12,
        present="x" * 64,
        inspector="网" * 64,
    )
    assert long.name in words(long) and long.address in words(long)
    font = TTFont(notice_font(), lazy=True)
    cmap, wide = font.getBestCmap(), font["hmtx"]
    for piece in (piece for page in on_paper(long).pages() for piece in page):
        units = sum(wide[cmap[ord(one)]][0] for one in piece.text)
        end = piece.x + units * piece.size / 1000 + piece.spacing * len(piece.text)
        assert piece.x >= 79 and end <= 523 and 28 <= piece.y <= 842, piece


def test_b7_lines_within_a_paragraph_end_at_the_margin() -> None:
    said = "检查发现店内堆放2026年1月生产的货物，门口没有悬挂营业执照，" * 4
    spread = [
        piece
        for piece in on_paper(replace(PAPER, wrong=(Wrong("事项", ("其他",), note=said),))).pages()[
            0
        ]
        if piece.spacing
    ]
    assert len(spread) >= 2 and all(0 < piece.spacing < 2 for piece in spread)


def test_d5_what_the_font_lacks_is_marked_and_named() -> None:
    rare = replace(PAPER, name="东莞市\U0002ebf0商行")
    assert "东莞市〓①商行（" in words(rare)
    assert "〓①U+2EBF0。" in words(rare)
    assert "U+" not in words()


def test_d5_hostile_names_are_text_and_nothing_else() -> None:
    hostile = replace(
        PAPER,
        name="\u202e<script>alert(1)</script>\u202c\x00司公\u200b",
        present="(a\\) Tj ET /JS (x)",
        number="改〔2026〕\u20661号",
    )
    said = words(hostile)
    assert "<script>alert(1)</script>司公（" in said
    assert "(a\\)TjET/JS(x)" in said
    assert not {"\u202e", "\u202c", "\u200b", "\u2066", "\x00"} & set(said)


def test_b7_the_same_words_make_the_same_bytes_in_every_process_and_without_pillow() -> None:
    """Lambda's layer has no Pillow; the seed of hashes differs from process to process."""
    program = (
        "import sys, hashlib, warnings; sys.modules['PIL'] = None\n"
        "warnings.simplefilter('ignore')\n"
        "from functions.inspections.printing import printed\n"
        "from infra.configuration import notice_font\n"
        "from tests.unit.inspections.test_printing import PAPER\n"
        "print(hashlib.sha256(printed(PAPER, notice_font())).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    here = hashlib.sha256(printed(PAPER, notice_font())).hexdigest()
    assert there.stdout.strip() == here


def test_the_api_does_not_load_what_prints() -> None:
    program = (
        "import sys\n"
        "import functions.inspections.notice_consumers, functions.inspections.notice_handlers\n"
        "print({'fpdf', 'fontTools', 'PIL'} & set(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "set()"


def test_d5_the_font_that_a_city_begins_with_has_rare_characters_of_names() -> None:
    assert "〓" not in words(replace(PAPER, name="𠮷堃㛃䶮龘喆犇翀㙟"))
