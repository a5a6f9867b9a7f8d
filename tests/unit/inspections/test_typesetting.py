"""Text for paper: nothing vanishes, nothing unseen stays, lines break as in Chinese (B7, D5)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.inspections.typesetting import Glyphs, lines_of, numeral, plain


def em(text: str) -> float:
    """A Chinese character is 1 wide, a Latin one half."""
    return sum(1 if ord(one) > 0x2000 else 0.5 for one in text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("东莞市\u202e司公\u202c", "东莞市司公"),
        ("a\x00b\x07c\u200bd\ufeff", "abcd"),
        ("第一行\r\n第二行\t完", "第一行 第二行 完"),
        ("葛\U000e0100城", "葛城"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("𠮷堃㛃䶮", "𠮷堃㛃䶮"),
    ],
)
def test_d5_only_what_is_seen_is_kept_on_one_line(text: str, line: str) -> None:
    assert plain(text) == line


def test_d5_a_character_that_the_font_lacks_is_marked_and_named() -> None:
    glyphs = Glyphs(frozenset(map(ord, "东莞市商行")))
    assert glyphs.shown("东莞市\U0002a6d6\U0002ebf0商行") == "东莞市〓①〓②商行"
    assert glyphs.shown("\U0002a6d6行") == "〓①行"
    assert glyphs.note().endswith("〓① U+2A6D6；〓② U+2EBF0。")


def test_d5_there_is_no_note_where_nothing_is_missing() -> None:
    glyphs = Glyphs(frozenset(map(ord, "东莞")))
    assert (glyphs.shown("东莞"), glyphs.note()) == ("东莞", "")


def test_d5_the_21st_missing_character_is_still_marked_and_named() -> None:
    glyphs = Glyphs(frozenset())
    shown = glyphs.shown("".join(chr(0x20000 + n) for n in range(21)))
    assert shown.count("〓") == 21 and glyphs.note().count("U+") == 21


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    assert lines_of("一二三四，五六（七）八", 4, em) == ["一二三", "四，五六", "（七）八"]


def test_a_word_or_figure_stays_whole_where_a_line_can_hold_it() -> None:
    assert lines_of("电话0769-1234号", 5, em) == ["电话", "0769-1234", "号"]
    assert lines_of("abcdefghijkl", 2, em) == ["abcd", "efgh", "ijkl"]


def test_the_first_line_is_shorter_by_its_indent() -> None:
    assert lines_of("一二三四五六七", 4, em, indent=2) == ["一二", "三四五六", "七"]


def test_nothing_gives_no_line() -> None:
    assert lines_of("", 4, em) == lines_of("   ", 4, em) == []


_TEXT = st.text(st.sampled_from("一二三，。（）《》、“”ab1-.,() 𠮷"), max_size=120)


@given(_TEXT, st.integers(3, 12), st.integers(0, 2))
def test_lines_hold_all_of_the_text_and_never_more_than_their_width(
    text: str, width: int, indent: int
) -> None:
    lines = lines_of(text, width, em, indent)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(em(line) <= width and line.strip() for line in lines)
    assert not lines or em(lines[0]) <= width - indent


@given(st.text(max_size=60))
def test_plain_text_is_plain_once_and_for_all(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert not {unicodedata.category(one) for one in once} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (35, "三十五"),
        (99, "九十九"),
        (110, "110"),
    ],
)
def test_items_are_counted_as_in_a_chinese_list(number: int, text: str) -> None:
    assert numeral(number) == text
