"""Items as data: what the file may say, when an item holds, and how faults are named (A4)."""

from datetime import date

import pytest

from functions.shared.matching.items import BadItems, parse_items
from functions.shared.matching.matcher import Matcher

_HEAD = 'version = "t"\n'
_ITEM = """
[[items]]
code = "AA01"
version = {version}
licence = "许可"
kind = "licence"
departments = ["某局"]
level = "town"
holds_from = {start}
{more}
[[items.rules]]
words = ["物业管理"]
"""


def _item(version: int = 1, start: str = "2020-01-01", more: str = "") -> str:
    return _ITEM.format(version=version, start=start, more=more)


def test_a4_an_item_holds_between_its_dates_both_included() -> None:
    items = parse_items(_HEAD + _item(more="holds_until = 2021-06-30"))
    assert len(items.in_force(date(2020, 1, 1)).items) == 1
    assert len(items.in_force(date(2021, 6, 30)).items) == 1
    assert not items.in_force(date(2019, 12, 31)).items
    assert not items.in_force(date(2021, 7, 1)).items


def test_a4_a_new_version_takes_over_on_its_day() -> None:
    old, new = _item(more="holds_until = 2021-12-31"), _item(2, "2022-01-01")
    items = parse_items(_HEAD + old + new)
    assert [item.version for item in items.in_force(date(2021, 5, 1)).items] == [1]
    assert [item.version for item in items.in_force(date(2022, 5, 1)).items] == [2]
    (match,) = Matcher(items.in_force(date(2022, 5, 1))).match("物业管理").items
    assert match.version == 2


def test_a4_the_version_of_the_set_stays_with_what_is_in_force() -> None:
    items = parse_items(_HEAD + _item())
    assert items.in_force(date(2024, 1, 1)).version == "t"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (_HEAD + _item().replace('"licence"', '"permit"'), "AA01 kind"),
        (_HEAD + _item(more='colour = "red"'), "AA01 colour"),
        (_HEAD + _item().replace('words = ["物业管理"]', "words = []"), "AA01 rules.0.words"),
        (_HEAD + _item() + 'acts = ["fly"]', "AA01 rules.0.acts"),
        (_HEAD + _item().replace('["某局"]', "[]"), "AA01 departments"),
        (_HEAD + _item() + _item(), "AA01 version: 1 stands twice"),
        (_HEAD + _item(more='covered_by = ["ZZ99"]'), "AA01 covered_by: no such item ZZ99"),
        (_item(), "version"),
        ("version =", "not TOML"),
    ],
)
def test_d4_a_fault_names_the_item_and_the_field(text: str, fault: str) -> None:
    with pytest.raises(BadItems) as caught:
        parse_items(text)
    assert fault in str(caught.value)


def test_a4_defaults_and_limits_are_said_once_and_an_item_may_differ() -> None:
    head = _HEAD + '[defaults]\nlaw = "某法"\n[[limits.licence]]\nstage = "handle"\nn = 20\n'
    head += 'unit = "working"\nfrom = "accepted"\n'
    (plain,) = parse_items(head + _item()).items
    assert (plain.law, plain.limits[0].n, plain.limits[0].start) == ("某法", 20, "accepted")
    (own,) = parse_items(head + _item(more='law = "另法"\nlimits = []')).items
    assert (own.law, own.limits) == ("另法", ())


def test_a4_an_item_that_is_not_pushed_matches_nothing() -> None:
    items = parse_items(_HEAD + _item(more="push = false"))
    assert not Matcher(items).match("物业管理").items


def test_a4_empty_applicability_lists_mean_everyone() -> None:
    (item,) = parse_items(_HEAD + _item()).items
    assert item.admits(industry="C1311", entity_type="1100", district="441900")


def test_a4_an_industry_code_covers_what_begins_with_it() -> None:
    (item,) = parse_items(_HEAD + _item(more='industry_codes = ["C13", "F52"]')).items
    assert item.admits(industry="C1311")
    assert not item.admits(industry="C1411")


def test_a4_a_value_that_nobody_gave_hides_no_danger() -> None:
    (item,) = parse_items(_HEAD + _item(more='industry_codes = ["C13"]')).items
    assert item.admits(industry="", entity_type="1100", district="441900")
