"""What is looked at, by what the entity is and what its scope calls for (B2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from functions.inspections.checks import checks_for
from functions.inspections.seen import Check
from tests.unit.inspections.hamlet import BOOK, Hamlet
from tests.unit.inspections.registrations import registration


def keys(**about: Any) -> list[str]:
    return [one.key for one in looked_at(**about)]


def looked_at(**about: Any) -> tuple[Check, ...]:
    return checks_for(registration(**about), BOOK, Hamlet().rules)


def test_b2_a_shop_is_looked_at_in_the_books_order() -> None:
    assert keys() == [
        "address",
        "open",
        "licence.SJ01",
        "scope",
        "annual_report",
        "display",
    ]


def test_b2_each_licence_that_the_scope_calls_for_is_looked_at_with_its_reason() -> None:
    first, second = [one for one in looked_at(scope="食品销售；旅馆") if one.licence]
    assert (first.key, second.key) == ("licence.GA01", "licence.SJ01")
    assert second.name == "许可（备案）证件核查：食品经营许可证"
    assert second.licence
    assert (second.licence.words, second.licence.clause, second.licence.law) == (
        ("食品",),
        "食品销售",
        "示例条例第一条",
    )


def test_b2_a_licence_that_the_scope_excludes_is_not_asked_for() -> None:
    assert not [one for one in keys(scope="食品机械制造；不含旅馆") if "licence" in one]


def test_b2_a_scope_that_nobody_can_read_leaves_the_patrol() -> None:
    assert keys(scope="N/A") == ["address", "open", "scope", "annual_report", "display"]


def test_b2_whoever_shares_an_address_on_paper_is_asked_for_at_its_host() -> None:
    assert keys(cluster=True) == ["host", "licence.SJ01", "annual_report"]


def test_b2_an_item_that_holds_for_others_only_is_not_looked_at() -> None:
    rules = Hamlet().rules
    (food,) = [one for one in rules.items.items if one.code == "SJ01"]
    only = food.model_copy(update={"districts": ("441900999",), "events": ("cancellation",)})
    others = tuple(one for one in rules.items.items if one is not food)
    narrow = replace(rules, items=rules.items.model_copy(update={"items": (*others, only)}))
    found = checks_for(registration(), BOOK, narrow)
    assert "licence.SJ01" not in [one.key for one in found]
    unknown = checks_for(registration(town=None, village=None), BOOK, narrow)
    assert "licence.SJ01" in [one.key for one in unknown]
