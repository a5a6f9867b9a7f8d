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


_BUT = [
    ("除药品、酒精外的商品批发", "除药品、酒精外"),
    ("除药品、酒精外的商品销售", "除药品、酒精外"),
    ("销售：除药品、酒精外的商品", "除药品、酒精外"),
    ("批发、零售：除药品、酒精之外的日用品", "除药品、酒精之外"),
    ("批发除药品、酒精以外的商品", "除药品、酒精以外"),
    ("一般经营项目：生产除药品、酒精以外的商品", "除药品、酒精以外"),
    ("国内贸易除药品、酒精外商品的零售", "除药品、酒精外"),
    ("销售除药品 酒精以外的商品", "除药品 酒精以外"),
]


@pytest.mark.parametrize(("scope", "by"), _BUT)
def test_a5_what_a_scope_deals_in_all_but_is_excluded_wherever_it_stands(
    scope: str, by: str
) -> None:
    assert not codes(scope)
    assert suppressed(scope)["AA02", "药品"] == by
    assert suppressed(scope)["DD01", "酒精"] == by


@pytest.mark.parametrize(
    "scope",
    [
        "销售：除尘设备、药品、户外用品",
        "除湿机、药品、外墙涂料销售",
        "害虫防除、药品零售、室外绿化",
        "拆除工程、药品零售，国内外贸易",
        "清除垃圾、解除故障、药品零售、外加剂销售",
        "销售：除草剂、除锈剂、药品，海外代购",
        "消除异味、排除积水、药品零售、户外用品零售",
        "销售：除垢剂、药品",
        "销售：酒精除外的商品、药品、户外的用品",
    ],
)
def test_a5_words_made_with_but_exclude_nothing(scope: str) -> None:
    assert "AA02" in codes(scope)


def test_a5_all_but_leaves_what_follows_it() -> None:
    assert codes("销售：除酒精外的文具、药品") == {"AA02"}
