"""A row is cleansed with a trace, and everything that is wrong with it is found (C4)."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from functions.credit.batches import Claim
from functions.credit.catalogue import Shown, parse_catalogue
from functions.credit.checking import check_row, shown
from functions.shared.codes import is_citizen_id
from functions.shared.messages import TEXTS
from tests.unit.credit.bureau import CODE, TODAY, code_of
from tests.unit.credit.sample_rows import (
    ORGAN,
    PERSON_NUMBER,
    check,
    check_penalty,
    entry_of,
    faults_of,
    licence_row,
    organ_code,
    penalty_row,
    person_row,
    trace_of,
    trader_row,
)

NAME = "东莞市晴禾食品有限公司"


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ("penalty", penalty_row()),
        ("penalty", person_row()),
        ("penalty", trader_row()),
        ("licence", licence_row()),
    ],
    ids=["penalty", "person", "sole trader", "licence"],
)
def test_c4_a_clean_row_goes_on_as_it_came(item: str, row: dict[str, str]) -> None:
    checked = check(item, row)
    assert faults_of(checked) == []
    assert trace_of(checked) == []
    assert checked.warnings == ()
    assert {**checked.values, **checked.identities}.keys() == {k for k, v in row.items() if v}


def test_c4_days_and_amounts_stand_in_one_form_which_is_no_correction() -> None:
    checked = check_penalty(JDRQ="2026-04-01", NR_FK="1.422000")
    assert (checked.values["JDRQ"], checked.values["YXQ"]) == ("2026-04-01", "2099-12-31")
    assert checked.values["NR_FK"] == "1.422"
    assert checked.corrections == ()


@pytest.mark.parametrize(
    ("field", "text", "value", "rule"),
    [
        ("JDRQ", "20220513", "2022-05-13", "date_style"),
        ("JDRQ", "2022年5月13日", "2022-05-13", "date_style"),
        ("JDRQ", "2022-5-13 00:00:00", "2022-05-13", "date_style"),
        ("JDRQ", "2022.05.13", "2022-05-13", "date_style"),
        ("JDRQ", "二〇二二年五月十三日", "2022-05-13", "date_style"),
        ("JDRQ", "42473", "2016-04-13", "date_serial"),
        ("JDRQ", "42473.4375", "2016-04-13", "date_serial"),
        ("YXQ", "长期", "2099-12-31", "for_good"),
        ("YXQ", "9999/12/31", "2099-12-31", "for_good"),
        ("XDR_SHXYM", CODE.lower(), CODE, "code_form"),
        ("XDR_SHXYM", f"{CODE[:8]} {CODE[8:]}", CODE, "code_form"),
        ("XDR_SHXYM", CODE.replace("0", "O"), CODE, "code_lookalike"),
        ("XDR_SHXYM", f"{CODE[:8]}-{CODE[8:]}", CODE, "code_lookalike"),
        ("XDR_ZZJG", "13497257-7", "134972577", "code_form"),
        ("WSH", "东市监处罚[2026]1号", "东市监处罚〔2026〕1号", "brackets"),
        ("WSH", "东市监处罚(2026)1号", "东市监处罚〔2026〕1号", "brackets"),
        ("WSH", "东市监处罚【2026】1号", "东市监处罚〔2026〕1号", "brackets"),
        ("WSH", "东市监处罚〔2026〕 1 号", "东市监处罚〔2026〕1号", "spaces"),
        ("WSH", "东市监处罚〔２０２６〕１号", "东市监处罚〔2026〕1号", "width"),
        ("CFLB", "罚款、警告", "罚款;警告", "joiner"),
        ("CFLB", "罚款；警告；", "罚款;警告", "joiner"),
        ("CFLB", "罚款,警告,罚款", "罚款;警告", "joiner"),
        ("CFLB", "罚款;没收非法所得", "罚款;没收违法所得", "synonym"),
        ("CFLB", "罚款;其它：撤销资格、通报", "罚款;其他-撤销资格、通报", "synonym"),
        ("XDR_LB", "企业", "法人及非法人组织", "synonym"),
        ("NR_FK", "14,220元", "1.422", "amount_form"),
        ("NR_FK", "壹万肆仟贰佰贰拾元整", "1.422", "amount_form"),
        ("XDR_MC", "东莞市 晴禾食品有限公司", NAME, "spaces"),
        ("XDR_MC", "东莞市晴禾(食品)有限公司", "东莞市晴禾（食品）有限公司", "brackets"),
        ("XDR_MC", "东莞ＡＢＣ３有限公司", "东莞ABC3有限公司", "width"),
        ("XDR_MC", "东莞市晴禾\u200b食品有限公司", NAME, "invisible"),
        ("FRDB", "王 小 明", "王小明", "spaces"),
        ("SY", "  当事人\x00……", "当事人……", "invisible"),
    ],
)
def test_c4_cleansing_says_what_it_changed_and_by_which_rule(
    field: str, text: str, value: str, rule: str
) -> None:
    more = {"GSJZQ": "", "NR_WFFF": "1", "NR": "警告", field: text}
    more["CFLB"] = more.get("CFLB", "罚款;没收违法所得")
    if "没收" not in more["CFLB"]:
        more["NR_WFFF"] = ""
    checked = check_penalty(**more)
    assert faults_of(checked) == []
    assert checked.values[field] == value
    assert (field, rule) in trace_of(checked)
    last = checked.corrections[-1]
    assert last.after == value
    assert checked.corrections[0].before == text


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"XDR_MC": ""}, ("XDR_MC", "value_missing")),
        ({"XDR_MC": "无"}, ("XDR_MC", "value_missing")),
        ({"XDR_MC": "字" * 201}, ("XDR_MC", "field_too_long")),
        ({"NR": "罚款1.422万元" + "字" * 4000}, ("NR", "field_too_long")),
        ({"XDR_LB": "外星人"}, ("XDR_LB", "value_not_listed")),
        ({"CFLB": "罚款;流放"}, ("CFLB", "value_not_listed")),
        ({"CFLB": "罚款;其他-"}, ("CFLB", "value_not_listed")),
        ({"JDRQ": "2026/13/01"}, ("JDRQ", "date_format")),
        ({"JDRQ": "2026/04"}, ("JDRQ", "date_format")),
        ({"JDRQ": "2026/04/08"}, ("JDRQ", "date_future")),
        ({"JDRQ": "1900/01/01"}, ("JDRQ", "date_absurd")),
        ({"XDR_SHXYM": CODE[:17]}, ("XDR_SHXYM", "code_not_18")),
        ({"XDR_SHXYM": CODE[:17] + "0"}, ("XDR_SHXYM", "code_check_digit")),
        ({"XDR_SHXYM": "9144190&YX0000101X"}, ("XDR_SHXYM", "code_alphabet")),
        ({"XDR_SHXYM": "320982000024380"}, ("XDR_SHXYM", "code_registration")),
        ({"XDR_SHXYM": "13497257-7"}, ("XDR_SHXYM", "code_organisation")),
        ({"XDR_SHXYM": PERSON_NUMBER}, ("XDR_SHXYM", "code_citizen_id")),
        ({"XDR_ZZJG": "134972570"}, ("XDR_ZZJG", "organisation_check_digit")),
        ({"FR_ZJHM": "110105194912310021"}, ("FR_ZJHM", "identity_check_digit")),
        ({"FR_ZJHM": "1101051949****002X"}, ("FR_ZJHM", "identity_masked")),
        ({"FR_ZJLX": "身份证", "FR_ZJHM": "E12345678"}, ("FR_ZJHM", "identity_unlike_kind")),
        ({"FRDB": PERSON_NUMBER}, ("FRDB", "identity_misplaced")),
        ({"FRDB": f"王小明{PERSON_NUMBER}"}, ("FRDB", "identity_misplaced")),
        ({"WSH": f"东市监〔2026〕{PERSON_NUMBER}"}, ("WSH", "identity_misplaced")),
        ({"XDR_GSZC": PERSON_NUMBER}, ("XDR_GSZC", "identity_misplaced")),
        ({"NR_FK": "很多"}, ("NR_FK", "amount_format")),
        ({"NR_FK": "-1"}, ("NR_FK", "amount_format")),
        ({"NR_FK": "1.4220001"}, ("NR_FK", "amount_places")),
        ({"NR_FK": "1" * 13}, ("NR_FK", "amount_digits")),
        ({"NR_FK": "1.5"}, ("NR_FK", "amount_differs")),
        ({"NR_FK": "2", "NR": "罚款人民币叁万元"}, ("NR_FK", "amount_differs")),
        ({"NR_FK": ""}, ("NR_FK", "value_needed")),
        ({"CFLB": "警告"}, ("NR_FK", "value_not_expected")),
        ({"CFLB": "罚款;没收违法所得"}, ("NR_WFFF", "value_needed")),
        ({"CFLB": "罚款;吊销许可证件"}, ("NR_ZKDX", "value_needed")),
        ({"GSJZQ": "2026/04/01"}, ("GSJZQ", "date_not_after")),
        ({"YXQ": "2026/03/31"}, ("YXQ", "date_before")),
        ({"XDR_LB": "个体工商户"}, ("XDR_SHXYM", "code_unlike_kind")),
        ({"XDR_SHXYM": code_of(5, "92")}, ("XDR_SHXYM", "code_unlike_kind")),
        ({"XDR_SHXYM": ""}, ("XDR_SHXYM", "value_needed")),
        ({"XDR_ZJLX": "护照"}, ("XDR_ZJLX", "value_not_expected")),
        ({"WSH": "2026/04/01"}, ("WSH", "document_unlike")),
        ({"WSH": "东市监处罚决定书"}, ("WSH", "document_form")),
        ({"CFJG": "2026/04/01"}, ("CFJG", "name_unlike")),
        ({"SY": "半个字\udce5"}, ("SY", "text_undecodable")),
    ],
)
def test_c4_each_thing_that_is_wrong_is_found_once(
    more: dict[str, str], expected: tuple[str, str]
) -> None:
    assert faults_of(check_penalty(**more)) == [expected]


def test_c4_every_fault_of_a_row_is_told_in_the_order_of_the_columns() -> None:
    checked = check("penalty", penalty_row(XDR_MC="", JDRQ="昨天", NR_FK="", CFJG="-"), number=7)
    assert faults_of(checked) == [
        ("XDR_MC", "value_missing"),
        ("NR_FK", "value_needed"),
        ("JDRQ", "date_format"),
        ("CFJG", "value_missing"),
    ]
    assert {fault.row for fault in checked.faults} == {7}


def test_c4_a_fine_of_zero_where_nobody_was_fined_is_dropped_with_its_trace() -> None:
    checked = check_penalty(CFLB="警告", NR="警告", NR_FK="0")
    assert faults_of(checked) == []
    assert "NR_FK" not in checked.values
    assert trace_of(checked) == [("NR_FK", "zero")]


def test_c4_a_text_without_an_amount_proves_nothing_and_is_only_noted() -> None:
    checked = check_penalty(NR="依法处以罚款")
    assert faults_of(checked) == []
    assert [(one.field, one.code) for one in checked.warnings] == [("NR_FK", "amount_not_stated")]


def test_c4_several_fines_count_each_or_together() -> None:
    text = "对公司罚款1万元，对法定代表人罚款5000元"
    assert [faults_of(check_penalty(NR=text, NR_FK=one)) for one in ("1", "0.5", "1.5")] == [[]] * 3
    assert faults_of(check_penalty(NR=text, NR_FK="2")) == [("NR_FK", "amount_differs")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("XDR_MC", "XDR_SHXYM"),
        ("CFJG", "CFJGDM"),
        ("WSH", "JDRQ"),
        ("XDR_SHXYM", "JDRQ"),
        ("JDRQ", "NR_FK"),
        ("XDR_LB", "XDR_SHXYM"),
        ("XDR_LB", "CFLB"),
        ("CFJGDM", "WSH"),
        ("WSH", "WFXW"),
        ("WSH", "CFJG"),
        ("XDR_MC", "WSH"),
        ("NR_FK", "CFJGDM"),
    ],
)
def test_c4_swapped_columns_are_returned_once_with_both_named(one: str, other: str) -> None:
    row = penalty_row()
    row[one], row[other] = row[other], row[one]
    checked = check("penalty", row)
    assert [code for _, code in faults_of(checked)] == ["columns_swapped"]
    told = checked.faults[0]
    assert {told.field, told.params["other_field"]} == {one, other}
    assert {told.params["column"], told.params["other"]} == {
        entry_of("penalty").by_name[name].title for name in (one, other)
    }


def test_c4_swapped_identity_numbers_are_told_without_the_number() -> None:
    checked = check("penalty", person_row(XDR_MC=PERSON_NUMBER, XDR_ZJHM="李小红"))
    assert [code for _, code in faults_of(checked)] == ["columns_swapped"]
    assert PERSON_NUMBER not in repr(checked)


@pytest.mark.parametrize("text", ["粤A", "东市监罚字第７号", "东市监罚字第二十一号", "7"])
def test_c4_a_documents_number_counts_in_any_numerals_and_words_alone_are_none(text: str) -> None:
    expected = [("WSH", "document_form")] if text == "粤A" else []
    assert faults_of(check_penalty(WSH=text)) == expected


def test_c4_words_that_only_cite_a_document_are_not_its_number_in_a_wrong_column() -> None:
    cited = "参照《东莞市规定》（东府〔2020〕1号）"
    assert faults_of(check_penalty(WSH="处罚决定书", BZ=cited)) == [("WSH", "document_form")]


def test_c4_two_faults_of_their_own_kind_are_not_called_swapped() -> None:
    assert faults_of(check_penalty(JDRQ="2027/01/01", YXQ="")) == [
        ("JDRQ", "date_future"),
        ("YXQ", "value_missing"),
    ]
    assert faults_of(check_penalty(XDR_SHXYM="320982000024380", CFJGDM="")) == [
        ("XDR_SHXYM", "code_registration"),
        ("CFJGDM", "value_missing"),
    ]


@pytest.mark.parametrize("row", [{}, {"XDR_MC": ""}, {"XDR_MC": " ", "FRDB": "\u3000"}])
def test_c4_an_empty_row_is_one_fault(row: dict[str, str]) -> None:
    assert faults_of(check("penalty", row)) == [("", "row_empty")]


def test_c4_a_rare_character_and_the_longest_texts_stay_as_they_are() -> None:
    name = "东莞市𠮷" + "禾" * 192 + "有限公司"
    text = "罚款14220元" + "字" * 3991
    checked = check_penalty(XDR_MC=name, NR=text)
    assert (len(name), len(text)) == (200, 3999)
    assert faults_of(checked) == []
    assert (checked.values["XDR_MC"], checked.values["NR"]) == (name, text)


def test_c4_punctuation_of_chinese_text_stays_in_full_width() -> None:
    text = "当事人（化名“Ａ”）于２０２６年销售：货值１００元；已改正，情节轻微。"
    checked = check_penalty(SY=text)
    assert checked.values["SY"] == "当事人（化名“A”）于2026年销售：货值100元；已改正，情节轻微。"
    assert trace_of(checked) == [("SY", "width")]


def test_c8_an_identity_number_is_kept_apart_and_said_nowhere_else() -> None:
    checked = check("penalty", person_row(XDR_ZJHM=f" {PERSON_NUMBER.lower()}"))
    assert checked.identities == {"XDR_ZJHM": PERSON_NUMBER}
    assert checked.claim == Claim(name="李小红", person=True, identity=PERSON_NUMBER)
    assert ("XDR_ZJHM", "identity_form") in trace_of(checked)
    assert "19491231" not in repr(checked)


def test_c8_an_identity_number_of_fifteen_digits_is_the_same_persons() -> None:
    checked = check("penalty", person_row(XDR_ZJHM="110105491231002"))
    assert checked.identities == {"XDR_ZJHM": PERSON_NUMBER}


def test_c8_an_identity_number_in_a_text_is_made_unreadable() -> None:
    text = f"李小红（身份证号{PERSON_NUMBER}）无证经营，罚款14220元。"
    checked = check_penalty(NR=text, BZ=f"ＡＢ {PERSON_NUMBER}")
    assert faults_of(checked) == []
    assert "19491231" not in checked.model_dump_json()
    assert trace_of(checked) == [("NR", "identity_in_text"), ("BZ", "identity_in_text")]


def test_c4_a_document_numbered_by_place_and_day_is_nobodys_number() -> None:
    number = "441900202601010018"  # by its check digit also a child's identity number
    assert is_citizen_id(number)
    assert check_penalty(WSH=number).values["WSH"] == number


def test_c4_whom_a_row_is_about_is_claimed_by_code_then_by_its_old_form() -> None:
    assert check_penalty().claim == Claim(name=NAME, code=CODE)
    row = {
        "XDR_MC": NAME,
        "XDR_GSZC": "320982000024380",
        "WSH": "东市监〔2026〕1号",
        "JDRQ": "2026/04/01",
        "JDJG": ORGAN,
        "JDJGDM": organ_code(),
        "LRYY": "未年报",
    }
    checked = check("abnormal_operation", row)
    assert checked.claim == Claim(name=NAME, code="320982000024380")
    assert checked.values["LRYY"] == "未按照规定的期限公示年度报告"
    assert faults_of(checked) == [("XDR_SHXYM", "value_missing")]


def test_c4_a_number_in_words_from_before_2006_cannot_be_proved() -> None:
    checked = check_penalty(XDR_GSZC="企合苏总字第000174号")
    assert faults_of(checked) == []
    assert [one.code for one in checked.warnings] == ["code_without_check_digit"]


def test_c7_what_is_for_officials_or_for_nobody_is_not_shown() -> None:
    entry = entry_of("penalty")
    values = {**penalty_row(BZ="内部"), "FR_ZJHM": PERSON_NUMBER, "FR_ZJLX": "身份证", "X": "y"}
    public, officials = shown(entry, values, Shown.PUBLIC), shown(entry, values, Shown.OFFICIALS)
    assert public == penalty_row()
    assert officials == {**penalty_row(BZ="内部"), "FR_ZJLX": "身份证"}
    assert shown(entry, values, Shown.NEVER) == {}


_NEW_ITEM = """
version = "t"
[[sources]]
unit = "sthj"
name = "生态环境局"
code = "x"
[[entries]]
id = "environment_rating"
version = 3
title = "企业环境信用评价"
category = "other"
sources = ["sthj"]
subjects = ["enterprise"]
holds_from = 2026-01-01
cycle = "year"
key = ["ND"]
roles = { name = "QYMC", code = "TYDM", decided = "PDRQ" }
fields = [
  { name = "QYMC", title = "企业名称", type = "name", required = true },
  { name = "TYDM", title = "统一社会信用代码", type = "code", required = true },
  { name = "ND", title = "年度", type = "number", longest = 4, required = true },
  { name = "DJ", title = "等级", type = "enum", values = ["绿", "蓝", "黄", "红"], required = true, synonyms = { "环保诚信" = "绿" } },
  { name = "PDRQ", title = "评定日期", type = "date", required = true },
  { name = "ZGRQ", title = "整改期限", type = "date", future = true },
]
checks = [
  { kind = "required_when", field = "ZGRQ", by = "DJ", values = ["红", "黄"] },
]
"""  # noqa: E501


def test_c1_a_new_item_needs_no_code() -> None:
    entry = parse_catalogue(_NEW_ITEM).entry("environment_rating", TODAY)
    assert entry is not None
    row = {"QYMC": NAME, "TYDM": CODE, "ND": "2025年", "DJ": "环保诚信", "PDRQ": "20260301"}
    checked = check_row(entry, row, 1, TODAY)
    assert faults_of(checked) == []
    assert checked.values == {
        "QYMC": NAME,
        "TYDM": CODE,
        "ND": "2025",
        "DJ": "绿",
        "PDRQ": "2026-03-01",
    }
    assert faults_of(check_row(entry, {**row, "DJ": "红"}, 1, TODAY)) == [("ZGRQ", "value_needed")]


def test_c1_another_version_of_an_item_is_checked_by_its_own_fields() -> None:
    entry = parse_catalogue(_NEW_ITEM).entries[0]
    changed = parse_catalogue(_NEW_ITEM.replace('"绿", "蓝"', '"绿", "青"')).entries[0]
    row = {"QYMC": NAME, "TYDM": CODE, "ND": "2025", "DJ": "蓝", "PDRQ": "2026-03-01"}
    assert faults_of(check_row(entry, row, 1, TODAY)) == []
    assert faults_of(check_row(changed, row, 1, TODAY)) == [("DJ", "value_not_listed")]


def test_a13_today_is_an_argument() -> None:
    row = penalty_row(JDRQ="2026/04/08", GSJZQ="")
    assert faults_of(check("penalty", row, today=date(2026, 4, 7))) == [("JDRQ", "date_future")]
    assert faults_of(check("penalty", row, today=date(2026, 4, 8))) == []


def test_d4_every_fault_and_rule_of_a_row_has_its_sentences() -> None:
    folder = Path(__file__).parents[3] / "functions" / "credit"
    said = set()
    for module in ("checking", "identifiers", "choices", "readers", "dependences", "cleansing"):
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if name in ("faulty", "fault", "Fault"):
                    said |= {str(one) for one in texts if one}
                elif name in ("_changed", "formed"):
                    said |= {f"rule_{one!s}" for one in texts}
    assert len(said) > 30
    assert said - set(TEXTS) == set()
