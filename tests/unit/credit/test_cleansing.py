"""Cleansing leaves its own result alone, and no text breaks a check."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from functions.credit.cleansing import (
    Changes,
    document_of,
    name_of,
    narrowed,
    tidied,
    without_identities,
)
from functions.credit.shapes import Shape, looser_shape_of, shape_of
from tests.unit.credit.bureau import CODE
from tests.unit.credit.sample_rows import (
    CATALOGUE,
    ORGAN,
    PERSON_NUMBER,
    check,
    check_penalty,
    entry_of,
    licence_row,
    penalty_row,
    person_row,
)

_DIRT = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \u3000\xa0\t\n\r\x00\u200b\ufeff()（）[]〔〕【】-－/、,，;；:：.年月日"),
        st.sampled_from("0123456789０１２９ABXｘＡOISZ罚款没收警告其他它元万亿零一二拾无"),
        st.sampled_from("\ud800\udfff\ufffe𠮷\ue000⼀\uf900\u202e"),
        st.characters(),
    ),
    max_size=40,
)
_CLEAN = [("penalty", penalty_row()), ("penalty", person_row()), ("licence", licence_row())]


@given(_DIRT)
def test_c4_every_cleansing_leaves_its_own_result_alone(text: str) -> None:
    for cleanse in (tidied, narrowed, name_of, document_of):
        once = cleanse(text, [])
        again: Changes = []
        assert cleanse(once, again) == once
        assert again == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_c4_checking_never_raises_and_takes_its_own_values_as_they_are(data: st.DataObject) -> None:
    item, row = data.draw(st.sampled_from(_CLEAN))
    fields = data.draw(st.lists(st.sampled_from(sorted(row)), max_size=4))
    dirty = {**row, **{name: data.draw(_DIRT) for name in fields}}
    checked = check(item, dirty)
    assert {fault.field for fault in checked.faults} <= {*entry_of(item).by_name, ""}
    again = check(item, {**checked.values, **checked.identities})
    kept = {**checked.values, **checked.identities}
    assert {**again.values, **again.identities} == kept
    if not checked.faults:
        assert again.corrections == ()
        assert again.faults == ()


@settings(max_examples=150, deadline=None)
@given(_DIRT)
@example("东莞市晴禾食品有限公司")
@example(PERSON_NUMBER)
@example("42473.5")
@example("其他-")
def test_c4_no_cell_of_any_item_breaks_the_check(text: str) -> None:
    for entry in CATALOGUE.entries:
        check(entry.id, {one.name: text for one in entry.fields})


@given(_DIRT)
def test_c5_an_unknown_value_of_a_list_never_passes(text: str) -> None:
    checked = check_penalty(XDR_LB=text)
    kinds = {"法人及非法人组织", "自然人", "个体工商户"}
    assert checked.faults or checked.values["XDR_LB"] in kinds


@given(st.text(max_size=30), st.text(max_size=30))
def test_c8_no_identity_number_stays_in_a_text(before: str, after: str) -> None:
    text = f"{before}，{PERSON_NUMBER}。{after}"
    assert PERSON_NUMBER not in without_identities(text)


def test_c8_other_long_numbers_of_a_text_stay() -> None:
    text = f"统一社会信用代码{CODE}，账号6222021234567890123，编号110105194912310021"
    assert without_identities(text) == text


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (CODE, Shape.CODE),
        (PERSON_NUMBER, Shape.IDENTITY),
        ("2026/04/01", Shape.DATE),
        ("2026年4月1日", Shape.DATE),
        ("20260401", Shape.DATE),
        ("000(万美元)", Shape.AMOUNT),
        ("1.422", Shape.AMOUNT),
        ("14,220元", Shape.AMOUNT),
        ("2026/13/01", None),
        ("3M中国有限公司", None),
        ("7-11便利店", None),
        ("", None),
    ],
)
def test_c4_what_a_value_plainly_is(value: str, shape: Shape | None) -> None:
    assert shape_of(value) is shape


def test_c4_names_and_documents_are_known_by_their_look_only_where_they_are_refused() -> None:
    assert looser_shape_of(ORGAN) is Shape.NAME
    assert looser_shape_of("东市监处罚〔2026〕101号") is Shape.DOCUMENT
    assert looser_shape_of("王小明") is None
