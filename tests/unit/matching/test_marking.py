"""Where words that count stand in a scope, and what is struck out of it (A5)."""

import pytest

from functions.shared.matching.marking import Mark, MarkKind
from functions.shared.matching.matcher import Matcher
from tests.unit.matching.small_set import small_items

SMALL = Matcher(small_items())


def shown(scope: str, code: str) -> str:
    """The scope with [what counts] and {what does not}."""
    told, at = "", 0
    for mark in SMALL.marks(scope, "", code):
        around = "[]" if mark.kind is MarkKind.MATCHED else "{}"
        told += scope[at : mark.start] + around[0] + scope[mark.start : mark.end] + around[1]
        at = mark.end
    return told + scope[at:]


@pytest.mark.parametrize(
    ("scope", "code", "told"),
    [
        ("物业管理；文具销售", "BB01", "[物业管理]；文具销售"),
        ("销售：酒精（不含危险化学品）", "DD01", "销售：{酒精}（{不含危险化学品}）"),
        (
            "销售文具（危险化学品除外）；销售酒精",
            "DD01",
            "销售文具（{危险化学品除外}）；销售[酒精]",
        ),
        ("药品研发；药品零售", "AA02", "{药品}研发；[药品]零售"),
        ("文具销售", "BB01", "文具销售"),
        ("", "BB01", ""),
    ],
)
def test_a5_matched_words_are_marked_and_excluded_parts_struck(
    scope: str, code: str, told: str
) -> None:
    assert shown(scope, code) == told


def test_a5_a_struck_word_says_what_took_it_out() -> None:
    scope = "销售：酒精（不含危险化学品）"
    assert {mark.why for mark in SMALL.marks(scope, "", "DD01")} == {"不含危险化学品"}


def test_a5_marks_are_counted_in_code_points() -> None:
    scope = "𠮷𠮷物业管理（不含𠮷品）"
    assert SMALL.marks(scope, "", "BB01")[0] == Mark(MarkKind.MATCHED, 2, 6)
    assert shown(scope, "BB01") == "𠮷𠮷[物业管理]（{不含𠮷品}）"


def test_a5_a_word_goes_on_over_a_space_and_not_over_a_bracket() -> None:
    assert shown("物业 管理", "BB01") == "[物业 管理]"
    told = shown("药品（不含血液制品）零售", "AA02")
    assert told == "[药品]（{不含血液制品}）零售"
