"""Names in one form, and without the region before them."""

from __future__ import annotations

import pytest

from functions.credit.names import NO_REGIONS, beginning_of, key_of, named, normalised
from functions.shared.events.credit import SubjectKind
from tests.unit.credit.bureau import CODE, REGIONS


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("东莞市晴禾食品有限公司", "东莞市晴禾食品有限公司"),
        (" 东莞市 晴禾\u3000食品\u200b有限公司\n", "东莞市晴禾食品有限公司"),
        ("晴禾（东莞）食品", "晴禾(东莞)食品"),
        ("晴禾【东莞〕食品", "晴禾(东莞)食品"),
        ("ａｂｃ科技", "ABC科技"),
        ("abc科技", "ABC科技"),
        ("𠮷野餐饮店", "𠮷野餐饮店"),
        ("阿依•古丽", "阿依·古丽"),
        ("晴｜禾", "晴禾"),
        ("", ""),
    ],
)
def test_c4_a_name_has_one_form(written: str, form: str) -> None:
    assert normalised(written) == form
    assert normalised(form) == form


def test_d5_a_rare_character_is_not_its_common_sister() -> None:
    assert normalised("𠮷野餐饮店") != normalised("吉野餐饮店")


@pytest.mark.parametrize(
    "written",
    [
        "东莞市晴禾",
        "晴禾",
        "广东省东莞市晴禾",
        "广东晴禾",
        "广东东莞晴禾",
        "深圳市晴禾",
        " 东莞 晴禾",
    ],
)
def test_c8_a_name_is_found_with_and_without_its_region(written: str) -> None:
    assert key_of(written, REGIONS) == "晴禾"


@pytest.mark.parametrize("written", ["东莞市", "广东省", "甲", "晴禾超市", "禾东莞市"])
def test_c8_what_is_only_a_region_or_has_none_in_front_stays(written: str) -> None:
    assert key_of(written, REGIONS) == written


def test_c8_where_no_regions_are_known_nothing_is_taken_away() -> None:
    assert key_of("东莞市晴禾", NO_REGIONS) == "东莞市晴禾"


@pytest.mark.parametrize("name", ["东莞市晴禾", "甲", "东莞市甲", "𠮷" * 200, "东莞" + "𠮷" * 198])
def test_c8_a_names_entry_stands_where_exactly_this_name_is_looked_for(name: str) -> None:
    entry = named(name, CODE, SubjectKind.ENTERPRISE, REGIONS)
    id = f"{entry.key}|{entry.whole}|{entry.code}"
    assert id.startswith(beginning_of(name, REGIONS))
    assert len(id.encode()) <= 1024
