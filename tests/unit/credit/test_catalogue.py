"""The city's catalogue holds together, and a broken one is refused (C1)."""

from __future__ import annotations

from datetime import date

import pytest

from functions.credit.catalogue import FieldType, Shown, parse_catalogue
from functions.shared.codes import parse_code
from functions.shared.events.credit import Category
from tests.unit.credit.bureau import CITY, TODAY
from tests.unit.credit.sample_rows import CATALOGUE, entry_of

_TEXT = (CITY / "catalogue.toml").read_text(encoding="utf-8")
# Written down from the national layout, not read from the file under test.
_LICENCE = (
    "XDR_MC XDR_LB XDR_SHXYM XDR_GSZC XDR_ZZJG XDR_SWDJ XDR_SYDW XDR_SHZZ FRDB FR_ZJLX FR_ZJHM"
    " XDR_ZJLX XDR_ZJHM XKWS WSH XKLB XKZS XKBH NR JDRQ YXQZ YXQZI XKJG XKJGDM ZT LYDW LYDWDM BZ"
)
_PENALTY = (
    "XDR_MC XDR_LB XDR_SHXYM XDR_GSZC XDR_ZZJG XDR_SWDJ XDR_SYDW XDR_SHZZ FRDB FR_ZJLX FR_ZJHM"
    " XDR_ZJLX XDR_ZJHM WSH WFXW SY YJ CFLB NR NR_FK NR_WFFF NR_ZKDX JDRQ YXQ GSJZQ CFJG CFJGDM"
    " SJLY SJLYDM BZ"
)


def test_c1_the_national_layouts_have_their_columns_in_their_order() -> None:
    assert [one.name for one in entry_of("licence").fields] == _LICENCE.split()
    assert [one.name for one in entry_of("penalty").fields] == _PENALTY.split()


@pytest.mark.parametrize(
    ("item", "field", "longest", "required"),
    [
        ("licence", "XDR_MC", 200, True),
        ("licence", "WSH", 64, True),
        ("licence", "NR", 4000, True),
        ("licence", "BZ", 512, False),
        ("penalty", "WSH", 128, True),
        ("penalty", "WFXW", 2000, True),
        ("penalty", "SY", 5000, True),
        ("penalty", "YJ", 2048, True),
        ("penalty", "CFLB", 256, True),
        ("penalty", "NR_FK", 200, False),
    ],
)
def test_c1_lengths_and_duties_are_the_national_ones(
    item: str, field: str, longest: int, required: bool
) -> None:
    rule = entry_of(item).by_name[field]
    assert (rule.longest, rule.required) == (longest, required)


def test_c1_licences_and_penalties_are_due_within_seven_working_days() -> None:
    for item in ("licence", "penalty"):
        due = entry_of(item).due
        assert due is not None
        assert (due.n, due.unit) == (7, "working")


def test_c1_the_city_collects_from_every_department_and_no_other() -> None:
    lines = (CITY / "departments.csv").read_text(encoding="utf-8").splitlines()[1:]
    units = [line.split(",")[0] for line in lines]
    assert [one.unit for one in CATALOGUE.sources] == units
    assert len(units) == 43
    assert all(parse_code(one.code).warnings == () for one in CATALOGUE.sources)
    assert len({one.code for one in CATALOGUE.sources}) == 43
    named = {unit for entry in CATALOGUE.entries for unit in entry.sources} - {"*"}
    assert named <= set(units)


def test_c1_there_are_items_of_every_category() -> None:
    assert {one.category for one in CATALOGUE.entries} == set(Category)
    assert len({one.id for one in CATALOGUE.entries}) == len(CATALOGUE.entries) >= 10


def test_c1_entries_of_one_group_share_their_keys() -> None:
    keys: dict[str, set[tuple[str, ...]]] = {}
    for entry in CATALOGUE.entries:
        keys.setdefault(entry.group or entry.id, set()).add(entry.key)
    assert all(len(one) == 1 for one in keys.values())
    assert {one.id for one in CATALOGUE.entries if one.group == "penalty"} == {
        "penalty",
        "task_penalty",
    }


def test_c8_no_identity_number_of_any_item_is_shown_to_anybody() -> None:
    fields = [one for entry in CATALOGUE.entries for one in entry.fields]
    assert {one.shown for one in fields if one.type is FieldType.IDENTITY} == {Shown.NEVER}


def test_c1_an_entry_holds_from_a_day_to_a_day() -> None:
    assert CATALOGUE.entry("tax_major", date(2022, 1, 31)) is None
    assert CATALOGUE.entry("tax_major", date(2022, 2, 1)) is not None
    assert CATALOGUE.entry("no_such_item", TODAY) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('key = ["WSH", "JDRQ", "XKJGDM"]', 'key = ["WSH", "NOWHERE"]'),
        ('layout = ["subject"]', 'layout = ["nobody"]'),
        ('"法人" = "法人及非法人组织"', '"法人" = "没有这个取值"'),
        ('name = "XKWS", title', 'name = "WSH", title'),
        ('name = "XKWS", title', 'name = "XKWS", colour = "red", title'),
        ('type = "enum", longest = 16', 'type = "enumeration", longest = 16'),
        ('unit = "gaj"', 'unit = "scjg"'),
        ('id = "penalty"', 'id = "licence"'),
    ],
)
def test_c1_a_catalogue_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    assert old in _TEXT
    with pytest.raises(ValueError):  # noqa: PT011
        parse_catalogue(_TEXT.replace(old, new, 1))
