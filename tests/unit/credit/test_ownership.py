"""Whose codes a row may hold: the handing-in source's own, and those that are no source's (C1)."""

from __future__ import annotations

import pytest

from functions.credit.ownership import others_of, owned
from tests.unit.credit.bureau import SOURCE, code_of
from tests.unit.credit.sample_rows import CATALOGUE, check, entry_of, organ_code, penalty_row

OTHERS = others_of(CATALOGUE, SOURCE)


def found(**more: str) -> list[tuple[str, str]]:
    checked = owned(check("penalty", penalty_row(**more)), entry_of("penalty"), OTHERS)
    return [(one.field, one.code) for one in checked.faults]


@pytest.mark.parametrize("code", [organ_code(), code_of(5, "11")], ids=["own", "nobody's"])
def test_c1_codes_of_the_source_itself_and_of_no_source_are_taken(code: str) -> None:
    assert found(CFJGDM=code, SJLYDM=code) == []


def test_c1_codes_of_another_source_are_named_with_that_source_in_the_order_of_columns() -> None:
    row = penalty_row(CFJGDM=organ_code("swsj"), SJLYDM=organ_code("gaj"), JDRQ="")
    checked = owned(check("penalty", row, 7), entry_of("penalty"), OTHERS)
    assert [(one.field, one.code, one.params.get("name"), one.row) for one in checked.faults] == [
        ("JDRQ", "value_missing", None, 7),
        ("CFJGDM", "organ_other", "税务局", 7),
        ("SJLYDM", "source_code_other", "公安局", 7),
    ]


def test_c4_a_row_whose_columns_are_swapped_is_still_told_once() -> None:
    swapped = {"XDR_MC": penalty_row()["XDR_SHXYM"], "XDR_SHXYM": penalty_row()["XDR_MC"]}
    assert found(**swapped, SJLYDM=organ_code("gaj")) == [("XDR_MC", "columns_swapped")]


def test_c1_an_item_without_columns_for_codes_is_anybodys() -> None:
    row = {"XDR_MC": "东莞市晴禾食品有限公司", "XDR_SHXYM": code_of(1), "WSH": "东府〔2026〕1号"}
    row |= {"JDRQ": "2026/04/01", "NR": "先进单位"}
    checked = check("honour", row)
    assert owned(checked, entry_of("honour"), OTHERS) is checked
