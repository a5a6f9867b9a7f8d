"""What a scope says it does not do is not pushed, and says what took it out (A5)."""

import pytest

from tests.unit.matching.small_set import codes, suppressed


@pytest.mark.parametrize(
    "scope",
    [
        "销售：文具（不含危险化学品）",
        "不含危险化学品",
        "销售文具（除危险化学品）",
        "销售文具（危险化学品除外）",
        "销售：文具，不得销售危险化学品",
        "销售：文具（不涉及危险化学品）",
        "销售：文具（不直接从事危险化学品销售）",
        "以上项目均不含危险化学品",
        "文具（国家禁止或涉及行政审批的危险化学品除外）",
        "除危险化学品外的文具",
    ],
)
def test_a5_what_is_excluded_is_never_pushed(scope: str) -> None:
    assert "DD01" not in codes(scope)


def test_a5_a_suppressed_word_says_what_excluded_it() -> None:
    by = suppressed("销售：文具（不含危险化学品）")["DD01", "危险化学品"]
    assert by == "不含危险化学品"


def test_a5_a_bracket_excludes_only_what_it_stands_behind() -> None:
    assert "DD01" not in codes("销售：油漆（不含危险化学品）、文具")
    assert "DD01" in codes("销售：油漆（不含危险化学品）、酒精")


def test_a5_a_bracket_that_ends_the_scope_excludes_throughout() -> None:
    assert "DD01" not in codes("销售：油漆、酒精；物业管理。（不含危险化学品）")
    assert "BB01" in codes("销售：油漆、酒精；物业管理。（不含危险化学品）")
    tail = "(依法须经批准的项目，经相关部门批准后方可开展经营活动)"
    assert "DD01" not in codes(f"销售：油漆。(不含化学品、危险化学品){tail}")


def test_a5_a_sentence_about_the_whole_scope_excludes_throughout() -> None:
    assert "DD01" not in codes("销售：油漆、酒精；文具。以上项目不含危险化学品")


def test_a5_excluding_a_kind_leaves_the_rest() -> None:
    assert "DD01" in codes("销售：酒精（不含医用酒精）")


def test_a5_an_exclusion_of_something_else_changes_nothing() -> None:
    assert "AA02" in codes("零售：药品（不含冷藏食品）")
    assert "AA02" in codes("零售：药品（涉证除外）")


def test_a5_what_is_included_after_an_exclusion_counts() -> None:
    assert "AA02" in codes("零售：医药商品（不含器材、含药品）")


def test_a5_an_exclusion_in_the_text_ends_at_its_comma() -> None:
    assert codes("不含危险化学品，物业管理") == {"BB01"}


def test_a5_only_the_last_of_a_list_is_excepted() -> None:
    assert "BB01" in codes("物业管理、拍卖除外")


@pytest.mark.parametrize(
    "scope", ["产销：不锈钢、药品", "销售：无线设备、药品", "不动产、药品零售"]
)
def test_a5_words_that_begin_with_no_exclude_nothing(scope: str) -> None:
    assert "AA02" in codes(scope)


def test_a5_an_exclusion_that_lost_its_closing_bracket_still_excludes() -> None:
    assert "DD01" not in codes("销售：文具（不含危险化学品")
