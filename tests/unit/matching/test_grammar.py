"""How a scope is read: shared verbs, other head nouns, talk about a business, headings."""

import pytest

from functions.shared.matching.matcher import Matcher
from tests.unit.matching.small_set import clause, codes, suppressed, words


def test_a5_a_verb_before_a_colon_is_shared_along_the_list() -> None:
    assert "AA02" in codes("零售：文具、药品、玩具")
    assert clause("零售：文具、药品、玩具", "AA02") == "零售：文具、药品"


def test_a5_two_verbs_before_a_colon_both_hold() -> None:
    assert {"AA02", "AA03"} <= codes("批发、零售：文具、药品")


def test_a5_a_colon_holds_over_commas_until_the_sentence_ends() -> None:
    assert "AA02" in codes("零售：文具，玩具，药品")
    assert "AA01" not in codes("生产：文具；药品、玩具")


def test_a5_a_verb_before_the_first_thing_is_shared_along_the_list() -> None:
    assert "AA01" in codes("生产和销售文具、玩具、药品")
    assert clause("生产和销售文具、玩具、药品", "AA01") == "生产和销售文具、玩具、药品"


def test_a5_a_new_verb_ends_the_sharing() -> None:
    assert "AA01" not in codes("生产文具、销售药品")


def test_a5_a_verb_after_the_list_is_handed_back() -> None:
    assert "AA03" in codes("药品、文具的批发")
    assert clause("药品、文具的批发", "AA03") == "药品、文具的批发"
    assert "AA01" in codes("药品、食材加工")


def test_a5_a_verb_after_the_list_is_not_handed_back_over_a_comma() -> None:
    assert "AA01" not in codes("药品，塑料加工")


def test_a5_verbs_standing_alone_belong_to_what_stands_before() -> None:
    assert "CC01" in codes("电梯及其安装、维修保养")
    assert "CC01" in codes("电梯销售、维修")
    assert clause("电梯销售、维修", "CC01") == "电梯销售、维修"


def test_a5_production_is_told_from_sale() -> None:
    assert codes("产销：药品") >= {"AA01", "AA02"}
    assert "AA01" not in codes("销售：药品")
    assert suppressed("销售：药品")["AA01", "药品"] == "销售："


def test_a5_a_thing_without_a_verb_is_taken_to_be_sold() -> None:
    assert "AA02" in codes("文具、药品")
    assert "AA01" not in codes("文具、药品")


def test_a5_a_factory_that_names_a_thing_without_a_verb_also_makes_it() -> None:
    assert "AA01" in codes("文具、药品", "某某制药厂")


@pytest.mark.parametrize("scope", ["销售：药品机械", "销售：药品包装材料", "零售：药品柜"])
def test_a5_a_machine_for_a_thing_is_not_the_thing(scope: str) -> None:
    assert not codes(scope)
    assert ("AA02", "药品") in suppressed(scope)


@pytest.mark.parametrize("scope", ["零售：药品及其配件", "零售：药品等", "零售药品业务"])
def test_a5_what_is_joined_on_leaves_the_thing_what_it_is(scope: str) -> None:
    assert "AA02" in codes(scope)


@pytest.mark.parametrize(
    "scope", ["物业管理咨询", "物业管理软件", "投资物业管理", "物业管理系统研发"]
)
def test_a5_talk_about_a_business_is_not_the_business(scope: str) -> None:
    assert "BB01" not in codes(scope)


def test_a5_what_is_listed_under_advice_is_only_talked_about() -> None:
    assert "BB01" not in codes("提供有关物业管理、会计的咨询服务")
    assert "BB01" not in codes("投资：酒店、物业管理")
    assert "FF01" not in codes("对商业、酒店、工业的投资")


def test_a5_advice_beside_a_business_does_not_touch_it() -> None:
    assert "BB01" in codes("投资咨询、物业管理")
    assert "BB01" in codes("物业管理及咨询")


def test_a5_what_is_provided_or_joined_on_is_the_business() -> None:
    assert "BB01" in codes("提供物业管理服务")
    assert "BB01" in codes("为企业提供物业管理服务、会计咨询")
    assert codes("理发与物业管理") == {"EE01", "BB01"}
    assert "BB01" in codes("商场开发经营及物业管理")
    assert "BB01" not in codes("为客户提供物业管理、会计咨询")


def test_a5_things_named_alike_before_advice_are_only_talked_about() -> None:
    assert "CC02" not in codes("装饰工程、消防工程技术咨询")
    assert "CC02" in codes("装饰工程、税务咨询")
    assert "CC02" in codes("装饰工程；消防工程技术咨询")


def test_a5_and_so_on_before_a_verb_makes_it_speak_for_the_whole_list() -> None:
    assert "BB01" not in codes("物业管理、会计等咨询服务")
    assert "AA03" in codes("药品、文具等批发")


def test_a5_a_lease_run_as_a_business_is_no_trade() -> None:
    assert "AA02" in codes("药品经营")
    assert "AA02" not in codes("药品租赁经营")


def test_a5_a_bare_verb_that_has_no_list_counts() -> None:
    assert "BB02" in codes("印刷；物业管理")


def test_a5_an_errand_is_shared_along_its_list_but_not_past_its_end() -> None:
    assert "FF01" not in codes("代订机票、酒店")
    assert "FF01" in codes("代订机票服务、酒店")


def test_a5_a_word_inside_another_word_is_not_the_word() -> None:
    assert codes("代理发行债券") == set()
    assert suppressed("代理发行债券")["EE01", "理发"] == "代理发行"
    assert codes("理发服务") == {"EE01"}


def test_a5_a_bare_verb_counts_where_the_item_says_so() -> None:
    assert "BB02" in codes("印刷：纸盒、标签")
    assert "BB02" in codes("印刷加工")
    assert "BB02" not in codes("印刷机械")


def test_a5_a_general_word_needs_what_makes_it_special() -> None:
    assert "CC02" in codes("室内装饰工程")
    assert "CC02" not in codes("白蚁防治工程")


def test_a5_headings_are_not_verbs() -> None:
    assert codes("许可经营项目：物业管理；一般经营项目：零售文具") == {"BB01"}
    assert "BB01" in codes("许可经营项目：无一般经营项目：物业管理")


def test_a5_numbered_clauses_are_read_one_by_one() -> None:
    assert codes("（一）物业管理；（二）零售：药品") >= {"BB01", "AA02"}
    assert codes("1、物业管理；2、文具") == {"BB01"}


def test_a5_the_statutory_tail_means_nothing() -> None:
    tail = "(依法须经批准的项目，经相关部门批准后方可开展经营活动)〓"
    assert codes(f"物业管理。{tail}") == {"BB01"}
    assert codes(tail) == set()


def test_a5_half_and_full_width_and_case_read_alike() -> None:
    assert codes("零售:药品,玩具") == codes("零售：药品，玩具")
    assert words("酒店（酒店）", "FF01") == ("酒店",)


def test_a5_a_space_inside_a_word_does_not_hide_it_and_is_quoted() -> None:
    assert words("物业 管理", "BB01") == ("物业 管理",)


def test_a5_a_bracket_inside_a_word_does_not_hide_it() -> None:
    assert words("物业（住宅）管理", "BB01") == ("物业（住宅）管理",)


def test_a5_the_content_of_a_bracket_takes_the_verb_of_what_it_stands_behind() -> None:
    assert "AA03" in codes("批发：医药商品（药品、器材）")


def test_a5_a_word_that_the_cut_may_have_shortened_is_not_taken() -> None:
    assert "FF01" not in codes("销售：文具、酒店...")
    assert "BB01" in codes("物业管理服务...")


def test_a5_one_item_may_stand_back_for_another() -> None:
    assert "GG01" in codes("零售：药品")
    assert "GG01" not in codes("批发：药品")
    assert suppressed("批发：药品")["GG01", "药品"] == "AA03"


def test_a5_a_match_says_its_version_and_law() -> None:
    from tests.unit.matching.small_set import _MATCHER

    (match,) = _MATCHER.match("物业管理").items
    assert (match.version, match.law) == (3, "某法(2020-01-01)第一条")


def test_a5_the_longest_words_are_quoted_once() -> None:
    assert words("酒店、酒店服务，酒店", "FF01") == ("酒店",)


@pytest.mark.parametrize("space", [" ", "  ", "\u3000", "\u00a0", "\t"])
def test_a5_spaces_part_a_list_as_marks_do(space: str) -> None:
    scope = space.join(["零售:文具", "药品", "酒精", "玩具"])
    assert codes(scope) == codes("零售:文具、药品、酒精、玩具") >= {"AA02", "DD01"}
    assert clause(scope, "AA02") == space.join(["零售:文具", "药品"])


@pytest.mark.parametrize(
    ("spaced", "marked"),
    [
        ("药品 玩具 零售", "药品、玩具零售"),
        ("销售 药品 玩具", "销售药品、玩具"),
        ("药品零售 玩具批发", "药品零售、玩具批发"),
        ("零售：药品（不含酒精） 玩具", "零售：药品（不含酒精）、玩具"),
        ("零售：文具、药品 玩具", "零售：文具、药品、玩具"),
        (
            "生产、零售：文具 药品（不含酒精、玻璃） 玩具",
            "生产、零售：文具、药品（不含酒精、玻璃）、玩具",
        ),
    ],
)
def test_a5_a_spaced_list_reads_as_the_marked_one(spaced: str, marked: str) -> None:
    assert codes(spaced) == codes(marked) != set()


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("销售：危险 化学品", "DD01"),
        ("销 售 ： 药 品", "AA02"),
        ("物业 管理", "BB01"),
        ("销售：危险 化学 品", "DD01"),
        ("药品 零售", "AA02"),
        ("零售：药品 等", "AA02"),
    ],
)
def test_a5_a_space_inside_a_word_does_not_break_it(scope: str, code: str) -> None:
    assert code in codes(scope)


@pytest.mark.parametrize(
    "scope",
    [
        "销售：药品 包装材料",
        "销售：文具、药品 冷柜、玩具",
        "药品生产 设备销售",
        "销售：药品\u200b冷柜",
        "销售：文具（药品 除外）",
        "销售：文具（不含 药品）",
    ],
)
def test_a5_a_space_before_what_goes_on_does_not_set_a_thing_free(scope: str) -> None:
    assert not codes(scope)


def test_a5_a_space_parts_words_that_only_seem_to_run_across_it(city: Matcher) -> None:
    found = {match.code for match in city.match("零售：卷烟 花卉").items}
    assert found == {match.code for match in city.match("零售：卷烟、花卉").items} != set()


def test_a5_a_word_cut_by_two_spaces_is_still_one(city: Matcher) -> None:
    found = {match.code for match in city.match("人力 资源 服务").items}
    assert found == {match.code for match in city.match("人力资源服务").items} != set()
