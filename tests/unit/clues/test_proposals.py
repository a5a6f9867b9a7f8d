"""The office is offered who is competent for what was seen, with the reasons (A5, A17)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from functions.clues.proposals import proposals_for
from functions.shared.directory import parse_departments, read_towns
from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from functions.shared.matching.prose import clauses, readings
from functions.shared.rules_in_force import Rules
from tests.fakes.rules import calendar
from tests.unit.clues.smalltown import EAST, RULES, WEST, SmallTown

CITY = Path(__file__).parents[3] / "infra" / "city"


def proposed(seen: str, town: str = EAST) -> list[tuple[str | None, str, bool]]:
    found = proposals_for(seen, "", town, RULES)
    return [(one.unit, one.item, one.certain) for one in found]


def test_a17_a_proposal_says_who_by_which_item_law_and_words() -> None:
    clue = SmallTown().report("路口一家小店无证经营餐饮，油烟很大。")
    (proposal,) = clue.proposals
    assert (proposal.unit, proposal.item, proposal.licence) == (
        f"scjg.{EAST}",
        "SJ02",
        "餐饮许可证",
    )
    assert (proposal.words, proposal.clause, proposal.law) == (
        ("餐饮",),
        "路口一家小店无证经营餐饮",
        "示例条例第一条",
    )
    assert proposal.certain
    assert clue.item_set == "1"


def test_a17_every_unit_of_an_item_is_proposed_each_by_its_level_and_the_clues_town() -> None:
    assert proposed("无证旅馆") == [(f"gaj.{EAST}", "GA01", True), (f"xfjy.{EAST}", "GA01", True)]
    assert proposed("无证旅馆", WEST) == [(f"gaj.{WEST}", "GA01", True), ("xfjy", "GA01", True)]


def test_a17_an_item_whose_department_nobody_knows_is_not_certain() -> None:
    assert proposed("无证网吧") == [(f"gaj.{EAST}", "XX01", False), (None, "XX01", False)]


def test_a17_nothing_matched_is_no_guess() -> None:
    assert proposed("门口有人吵架") == []


def test_a17_an_item_of_other_towns_is_not_proposed() -> None:
    assert proposed("私自生猪屠宰") == []
    assert proposed("私自生猪屠宰", WEST) == [(f"nync.{WEST}", "NY01", True)]


def test_a17_an_item_that_another_clause_covers_is_not_proposed_beside_it() -> None:
    assert {item for _, item, _ in proposed("无证旅馆，旅馆早餐")} == {"GA01"}
    assert {item for _, item, _ in proposed("旅馆早餐")} == {"SJ03"}


def test_a17_the_words_of_all_clauses_stand_in_one_proposal() -> None:
    (proposal,) = proposals_for("小饭店，经营餐饮", "", EAST, RULES)
    assert proposal.words == ("饭店", "餐饮")


@cache
def city_rules() -> Rules:
    items = parse_items((CITY / "supervision_items.toml").read_text(encoding="utf-8"))
    towns = read_towns((CITY / "divisions.csv").read_text(encoding="utf-8-sig"))
    text = (CITY / "departments.csv").read_text(encoding="utf-8-sig")
    return Rules(items, Matcher(items), parse_departments(text, towns), calendar())


@pytest.mark.parametrize(
    ("seen", "items"),
    [
        ("无证经营餐饮", {"SJ02"}),
        ("在楼道里堆放烟花爆竹并销售", {"YJ03"}),
        ("一家无证小饭店，未办理食品经营许可证，现场炒菜", {"SJ02"}),
        ("涉嫌无证销售药品", {"SJ07"}),
        ("未取得许可证从事危险化学品仓储", {"YJ01", "YJ02"}),
        ("店内销售散装白酒、卷烟，未见烟草专卖零售许可证", {"SJ03", "YC01"}),
        ("有人在出租屋里加工食品", {"SJ01"}),
        ("在地下室生产食品", {"SJ01"}),
        ("在幼儿园旁边卖香烟", {"YC01"}),
        ("在幼儿园卖香烟", {"YC01"}),
        ("路边摊点贩卖烟花", {"YJ03"}),
        ("旅馆无特种行业许可证", {"GA01", "WJ02", "XF01"}),
        ("黑诊所，给人打针", {"WJ01"}),
        ("没有照明的地下室生产食品", {"SJ01"}),
        ("未经许可擅自设立加油站", {"SW01"}),
        ("该店不销售药品，也没有卖香烟", set()),
        ("未发现销售烟花爆竹", set()),
        ("没有营业执照", set()),
        ("小卖部门口有人打架", set()),
        ("顾客投诉外卖太慢", set()),
    ],
)
def test_a5_prose_calls_for_what_a_person_would_read_in_it(seen: str, items: set[str]) -> None:
    assert {one.item for one in proposals_for(seen, "", EAST, city_rules())} == items


def test_a5_every_quoted_clause_and_word_stands_in_what_was_seen() -> None:
    seen = "有人在出租屋里加工食品；店内贩卖卷烟，未办证。门口堆放烟花爆竹并销售"
    found = proposals_for(seen, "", EAST, city_rules())
    assert {"SJ01", "YC01", "YJ03"} <= {one.item for one in found}
    assert all(one.clause in seen and all(word in seen for word in one.words) for one in found)


def test_a5_said_in_other_words_the_clause_itself_is_quoted() -> None:
    (proposal,) = proposals_for("自家院里，生猪私宰", "", WEST, RULES)
    assert (proposal.item, proposal.words) == ("NY01", ("生猪私宰",))


def test_a17_more_items_than_help_anybody_are_not_listed() -> None:
    words = [rule.words[0] for item in city_rules().items.items for rule in item.rules]
    assert len(proposals_for("，".join(words)[:2000], "", EAST, city_rules())) == 20


def test_a5_a_report_is_cut_at_its_marks_and_lists_stay_whole() -> None:
    assert list(clauses("卖烟、酒，无证。1.5升！")) == ["卖烟、酒", "无证", "1.5升"]


def test_a5_a_clause_that_only_lacks_a_paper_has_no_reading() -> None:
    assert list(readings("没有取得食品经营许可证")) == []
