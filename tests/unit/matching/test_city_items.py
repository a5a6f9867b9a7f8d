"""The items of the sample city, each by scopes that call for it and scopes that do not."""

from datetime import date

import pytest

from functions.shared.matching.items import Event, ItemSet, Milestone, Stage
from functions.shared.matching.matcher import Matcher
from tests.unit.matching.city_cases import CALLS, SPARES


def _cases(table: dict[str, tuple[str, ...]]) -> list[object]:
    return [
        pytest.param(code, scope, id=f"{code}-{scope}")
        for code, scopes in table.items()
        for scope in scopes
    ]


def _codes(matcher: Matcher, scope: str) -> set[str]:
    return {match.code for match in matcher.match(scope).items}


@pytest.mark.parametrize(("code", "scope"), _cases(CALLS))
def test_a5_the_scope_calls_for_the_item(code: str, scope: str, city: Matcher) -> None:
    assert code in _codes(city, scope)


@pytest.mark.parametrize(("code", "scope"), _cases(SPARES))
def test_a5_the_scope_only_looks_like_the_item(code: str, scope: str, city: Matcher) -> None:
    assert code not in _codes(city, scope)


def test_a4_every_item_that_is_pushed_has_a_scope_that_calls_for_it(city_items: ItemSet) -> None:
    assert {item.code for item in city_items.items if item.push} == set(CALLS)


def test_a4_the_draft_codes_are_all_kept_besides_the_two_that_inspections_refer(
    city_items: ItemSet,
) -> None:
    assert len(city_items.items) == len({item.code for item in city_items.items}) == 148 + 2


def test_b10_what_inspections_refer_is_an_item_of_market_regulation_that_no_scope_calls_for(
    city_items: ItemSet,
) -> None:
    for code in ("SJ23", "SJ24"):
        (item,) = (one for one in city_items.items if one.code == code)
        assert (item.push, item.rules, item.departments) == (False, (), ("市场监督管理局",))
        assert item.limits and item.ground


def test_a5_import_and_export_stays_in_the_data_but_is_never_pushed(
    city: Matcher, city_items: ItemSet
) -> None:
    assert "SW07" in {item.code for item in city_items.items}
    assert "SW07" not in {item.code for item in city_items.in_force(date(2023, 1, 1)).items}
    assert not city.match("货物或技术进出口（国家禁止或涉及行政审批的货物和技术进出口除外）").items


def test_a3_provincial_departments_are_not_addressed_in_a_town(city_items: ItemSet) -> None:
    for item in city_items.items:
        if all(name.startswith("省") for name in item.departments):
            assert item.level == "province", item.code


def test_a3_an_item_that_names_several_departments_lists_each(city_items: ItemSet) -> None:
    fuel = next(item for item in city_items.items if item.code == "SW01")
    assert fuel.departments == ("商务局", "应急管理局")
    assert not any("/" in name for item in city_items.items for name in item.departments)


def test_a13_every_item_has_a_limit_for_each_stage(city_items: ItemSet) -> None:
    """From a step of the task, so that each runs from the beginning; and the statutory ones."""
    for item in city_items.items:
        of_steps = [one.stage for one in item.limits if isinstance(one.start, Event)]
        assert of_steps == list(Stage), item.code
        statutory = {one.start: one for one in item.limits if isinstance(one.start, Milestone)}
        accepted, filed = statutory[Milestone.ACCEPTED], statutory[Milestone.FILED]
        assert (accepted.stage, accepted.unit) == (Stage.HANDLE, "working"), item.code
        assert (filed.stage, filed.unit, filed.n) == (Stage.CLOSE, "calendar", 90), item.code


@pytest.mark.parametrize(
    ("scope", "code", "by"),
    [
        ("除药品、医疗器械外的商品批发", "SJ08", "除药品、医疗器械外"),
        ("除药品、医疗器械外的商品销售", "SJ07", "除药品、医疗器械外"),
        ("销售：除药品、食品外的商品", "SJ07", "除药品、食品外"),
        ("批发、零售：除药品、医疗器械外的日用品", "SJ07", "除药品、医疗器械外"),
        ("批发除药品、医疗器械以外的商品", "SJ08", "除药品、医疗器械以外"),
        ("除危险化学品、烟花爆竹以外的化工产品批发", "YJ01", "除危险化学品、烟花爆竹以外"),
    ],
)
def test_a5_dealing_in_all_but_calls_for_nothing_and_says_why(
    scope: str, code: str, by: str, city: Matcher
) -> None:
    result = city.match(scope)
    assert not result.items
    assert by in {row.by for row in result.suppressed if row.code == code}


@pytest.mark.parametrize("space", [" ", "\u3000"])
def test_a5_a_list_parted_by_spaces_calls_for_what_it_lists(space: str, city: Matcher) -> None:
    spaced = _codes(city, f"销售:药品{space}食品{space}化妆品")
    assert spaced == _codes(city, "销售：药品、食品、化妆品") == {"SJ07", "SJ03"}


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        ("食品销售（仅销售预包装食品）", {"SJ04"}),
        ("食品互联网销售（仅销售预包装食品）", {"SJ04"}),
        ("食品销售（仅销售预包装食品）；散装食品零售", {"SJ03"}),
        ("食品销售；日用品销售（仅销售预包装食品）", {"SJ03"}),
        ("食品销售（销售预包装食品）", {"SJ03"}),
        ("食品销售（仅限分支机构经营）", {"SJ03"}),
    ],
)
def test_a5_a_bracket_that_says_only_narrows_what_it_stands_behind(
    scope: str, codes: set[str], city: Matcher
) -> None:
    assert {one.code for one in city.match(scope).items} == codes
