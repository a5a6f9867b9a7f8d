"""Reading a scope as written: what is unreadable, and quotes in the scope's own characters."""

import pytest

from functions.shared.matching.matcher import Unreadable, readable
from functions.shared.matching.text import plain, read


@pytest.mark.parametrize("scope", ["N/A", "n/a", "Ｎ／Ａ", "NULL", "无", "不详"])
def test_a6_a_scope_that_says_nothing_is_not_available(scope: str) -> None:
    assert readable(scope) is Unreadable.NOT_AVAILABLE


@pytest.mark.parametrize("scope", ["", "  ", "〓", "***", "-", "　\t"])
def test_a6_an_empty_scope_is_empty(scope: str) -> None:
    assert readable(scope) is Unreadable.EMPTY


@pytest.mark.parametrize(
    "scope",
    [
        "销售：文具、玩具...",
        "销售：文具、玩具…",
        "销售：文具（不含",
        "销售：文具（不含危险化学品、玩",
        "货物或技术进出口（国家禁止...(依法须经批准的项目，经相关部门批准后方可开展经营活动)〓",
    ],
)
def test_a6_a_scope_that_ends_in_dots_or_inside_a_bracket_is_cut_off(scope: str) -> None:
    assert readable(scope) is Unreadable.CUT_OFF


@pytest.mark.parametrize("scope", ["????", "abc123", "\ufffd\ufffd销售", "12345"])
def test_a6_a_scope_without_chinese_is_garbled(scope: str) -> None:
    assert readable(scope) is Unreadable.GARBLED


@pytest.mark.parametrize(
    "scope",
    [
        "物业管理",
        "物业管理(依法须经批准的项目，经相关部门批准后方可开展经营活动)〓",
        "销售：文具（不含药品）。",
        "销售：文具（（不含药品）；物业管理；仓储",
        "从事银行卡",
    ],
)
def test_a6_a_scope_that_says_what_is_done_is_readable(scope: str) -> None:
    assert readable(scope) is None


def test_d5_every_offset_is_kept() -> None:
    scope = "销售：Ａ４纸、ＬＥＤ灯、𠮷祥物﹑﨑"
    assert len(plain(scope)) == len(scope)


def test_d5_full_width_letters_and_class_numerals_read_as_plain_ones() -> None:
    assert plain("ＫＴＶ") == plain("KTV") == "ktv"
    assert plain("Ⅲ类") == "三类"


def test_d5_a_quote_gives_the_scope_in_its_own_characters() -> None:
    reading = read("销售：Ａ（甲（乙）丙）、𠮷Ｂ")
    start = reading.flat.index("𠮷")
    assert reading.quote(start, start + 2) == "𠮷Ｂ"
    assert reading.flat.startswith("销售:a、𠮷b\n")


def test_a5_brackets_become_lines_with_their_hosts() -> None:
    reading = read("甲（乙（丙）丁）戊（己）")
    lines = reading.flat.split("\n")
    assert lines[:4] == ["甲戊", "乙丁", "丙", "己"]
    assert [reading.flat[bracket.host] for bracket in reading.brackets] == ["甲", "乙", "戊"]
    assert [bracket.ends_scope for bracket in reading.brackets] == [False, False, True]


def test_a5_brackets_that_do_not_pair_are_survived() -> None:
    assert read("甲）乙（丙").flat.startswith("甲乙")
    assert read("（" * 50 + "甲").scope.endswith("甲")
