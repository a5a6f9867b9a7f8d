"""The city's list of what is looked at, and what a list must not be (B2, B7)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from functions.inspections.book import Book, Route, Whom, parse_book
from functions.shared.matching.items import parse_items
from tests.unit.inspections.hamlet import BOOK

_CITY = Path(__file__).parents[3] / "infra" / "city"
TEXT = (_CITY / "inspection_items.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


def test_b2_the_citys_book_has_the_items_of_the_source() -> None:
    codes = [item.code for item in BOOK.items]
    assert codes == ["address", "open", "host", "licence", "scope", "annual_report", "display"]
    assert [item.code for item in BOOK.items if item.each_licence] == ["licence"]
    assert [item.code for item in BOOK.items if item.urged] == ["annual_report"]
    assert {kind.item for kind in BOOK.kinds} == set(codes)


def test_b2_nobody_at_a_clusters_door_is_no_violation() -> None:
    door = {item.code: item.whom for item in BOOK.items}
    assert (door["address"], door["open"], door["host"]) == (
        Whom.STANDING,
        Whom.STANDING,
        Whom.CLUSTER,
    )


def test_b10_every_kind_that_can_bring_a_notice_goes_to_somebody() -> None:
    urged = {item.code for item in BOOK.items if item.urged}
    nobody = {kind.item for kind in BOOK.kinds if kind.route is Route.NOBODY}
    assert nobody <= urged
    per_licence = {item.code for item in BOOK.items if item.each_licence}
    licensed = {kind.item for kind in BOOK.kinds if kind.route is Route.LICENSED}
    assert licensed <= per_licence  # only there it is known which departments license it


def test_b10_what_no_licence_is_about_goes_by_items_that_the_city_has() -> None:
    items = parse_items((_CITY / "supervision_items.toml").read_text(encoding="utf-8"))
    codes = {item.code for item in items.items}
    assert {BOOK.referrals.address, BOOK.referrals.general} <= codes


def test_b6_every_item_has_the_kind_other() -> None:
    for code in (*(item.code for item in BOOK.items), "of_an_older_book"):
        other = BOOK.kind(code, "other")
        assert other and (other.route, other.on_the_spot) == (Route.UNCLEAR, False)


def test_b7_the_numbers_of_two_places_years_or_notices_differ() -> None:
    form = BOOK.notice
    villages = ("441900119001", "441900119002", "office.441900119000", "office")
    numbers = [
        form.numbered(unit, year, serial)
        for unit in villages
        for year in (2026, 2027)
        for serial in (1, 2, 10_000)
    ]
    assert len(set(numbers)) == len(numbers)
    assert form.numbered("441900119001", 2026, 10_000) == "莞网改〔2026〕119001-10000号"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (changed("least = 1", "least = 6"), "must stand in this order"),
        (changed("most = 9", "most = 10"), "leave a day after the longest correction"),
        (changed('code = "open"', 'code = "address"'), "stands there twice"),
        (changed('item = "host"', 'item = "ghost"'), "kinds of no item: ghost"),
        (changed("-{serial:04d}号", "号"), "needs its year, its place and its serial"),
        (changed("〔{year}〕", "〔2026〕"), "needs its year, its place and its serial"),
        (changed("{place}-", "{village}-"), "no other"),
        (changed("whom = ", "whose = "), "items.0.whose"),
    ],
)
def test_d4_a_book_that_cannot_be_is_refused_with_the_reason(broken: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_book(broken)


def test_b7_a_book_that_says_nothing_of_notices_numbers_them_all_the_same() -> None:
    book = BOOK.model_dump()
    del book["notice"]
    assert Book.model_validate(book).notice.numbered("office", 2026, 1) == "改〔2026〕000000-0001号"
