"""Rows of the national layouts as careful sources write them, and the city's own catalogue."""

from __future__ import annotations

from datetime import date

from functions.credit.batches import Checked
from functions.credit.catalogue import Entry, parse_catalogue
from functions.credit.checking import check_row
from tests.unit.credit.bureau import CITY, CODE, TODAY, code_of

CATALOGUE = parse_catalogue((CITY / "catalogue.toml").read_text(encoding="utf-8"))
ORGAN = "东莞市市场监督管理局"
PERSON_NUMBER = "11010519491231002X"  # the standard's own example (GB 11643)
_SUBJECT = {
    "XDR_MC": "东莞市晴禾食品有限公司",
    "XDR_LB": "法人及非法人组织",
    "XDR_SHXYM": CODE,
    "FRDB": "王小明",
}


def entry_of(item: str, on: date = TODAY) -> Entry:
    """An entry of the city's catalogue."""
    entry = CATALOGUE.entry(item, on)
    assert entry is not None
    return entry


def organ_code(unit: str = "scjg") -> str:
    """The code of a source."""
    source = CATALOGUE.source(unit)
    assert source is not None
    return source.code


def penalty_row(**more: str) -> dict[str, str]:
    """A clean row of the national penalty layout."""
    row = {
        **_SUBJECT,
        "WSH": "东市监处罚〔2026〕101号",
        "WFXW": "食品违法行为",
        "SY": "当事人销售超过保质期的食品，货值金额100元。",
        "YJ": "《中华人民共和国食品安全法》第一百二十四条第一款",
        "CFLB": "警告;罚款",
        "NR": "警告；罚款14220元",
        "NR_FK": "1.422",
        "JDRQ": "2026/04/01",
        "YXQ": "2099/12/31",
        "GSJZQ": "2027/04/01",
        "CFJG": ORGAN,
        "CFJGDM": organ_code(),
        "SJLY": ORGAN,
        "SJLYDM": organ_code(),
    }
    return {**row, **more}


def licence_row(**more: str) -> dict[str, str]:
    """A clean row of the national licence layout."""
    row = {
        **_SUBJECT,
        "XKWS": "食品经营许可证",
        "WSH": "JY14419000000001",
        "XKLB": "普通",
        "NR": "热食类食品制售",
        "JDRQ": "2026/04/01",
        "YXQZ": "2026/04/01",
        "YXQZI": "2031/03/31",
        "XKJG": ORGAN,
        "XKJGDM": organ_code(),
        "ZT": "1",
        "LYDW": ORGAN,
        "LYDWDM": organ_code(),
    }
    return {**row, **more}


def person_row(**more: str) -> dict[str, str]:
    """A clean penalty of a natural person."""
    person = {"XDR_MC": "李小红", "XDR_LB": "自然人", "XDR_SHXYM": "", "FRDB": ""}
    papers = {"XDR_ZJLX": "身份证", "XDR_ZJHM": PERSON_NUMBER}
    return penalty_row(**{**person, **papers, **more})


def trader_row(**more: str) -> dict[str, str]:
    """A clean penalty of a sole trader."""
    code = code_of(301, "92")
    return penalty_row(**{"XDR_LB": "个体工商户", "XDR_SHXYM": code, **more})


def check(item: str, row: dict[str, str], number: int = 1, today: date = TODAY) -> Checked:
    """A row checked by the city's entry."""
    return check_row(entry_of(item), row, number, today)


def check_penalty(**more: str) -> Checked:
    """A penalty with some fields otherwise than in the clean one."""
    return check("penalty", penalty_row(**more))


def faults_of(checked: Checked) -> list[tuple[str, str]]:
    """Field and code of every fault."""
    return [(fault.field, fault.code) for fault in checked.faults]


def trace_of(checked: Checked) -> list[tuple[str, str]]:
    """Field and rule of every correction."""
    return [(one.field, one.rule) for one in checked.corrections]
