"""Ways to spoil a row of credit so that it is still taken, or known already."""

from __future__ import annotations

from datetime import date

from infra.city.credit_samples import Layout, fined, identity, in_words
from infra.city.credit_truth import DUPLICATE, Dirt, Draft, Mended, Mess

_SERIAL_ZERO = date(1899, 12, 30)
_WIDE = {n: n + 0xFEE0 for n in range(0x21, 0x7F)}
_BRACKETS = (("[", "]"), ("【", "】"), ("(", ")"), ("（", "）"))
_PENALTY = (Layout.PENALTY,)


def _full_width(draft: Draft, mess: Mess) -> Draft:
    wide = draft.cells["XDR_SHXYM"].translate(_WIDE)
    return draft.put(XDR_SHXYM=wide).mended(Mended.CODE, "XDR_SHXYM")


def _spaces(draft: Draft, mess: Mess) -> Draft:
    name = draft.cells["XDR_MC"]
    return draft.put(XDR_MC=f" {name[:3]} {name[3:]}\u3000").mended(Mended.SPACES, "XDR_MC")


def _lower_case(draft: Draft, mess: Mess) -> Draft:
    lower = draft.cells["XDR_SHXYM"].lower()
    return draft.put(XDR_SHXYM=lower).mended(Mended.CODE, "XDR_SHXYM")


def _decided(draft: Draft) -> date:
    year, month, day = (int(part) for part in draft.cells["JDRQ"].split("/"))
    return date(year, month, day)


def _excel_date(draft: Draft, mess: Mess) -> Draft:
    serial = (_decided(draft) - _SERIAL_ZERO).days
    return draft.put(JDRQ=f"{serial}").mended(Mended.SERIAL, "JDRQ")


def _compact_date(draft: Draft, mess: Mess) -> Draft:
    return draft.put(JDRQ=f"{_decided(draft):%Y%m%d}").mended(Mended.DATE, "JDRQ")


def _chinese_date(draft: Draft, mess: Mess) -> Draft:
    of = _decided(draft)
    return draft.put(JDRQ=f"{of.year}年{of.month}月{of.day}日").mended(Mended.DATE, "JDRQ")


def _brackets(draft: Draft, mess: Mess) -> Draft:
    opening, closing = mess.chance.choice(_BRACKETS)
    number = draft.cells["WSH"].replace("〔", opening).replace("〕", closing)
    return draft.put(WSH=number).mended(Mended.BRACKETS, "WSH")


def _joiners(draft: Draft, mess: Mess) -> Draft:
    sorts = mess.chance.choice(("；", "、", "，", ",")).join(("警告", "罚款"))
    cells = fined(20 * mess.chance.randint(100, 4000)) | {"CFLB": sorts, "NR_WFFF": ""}
    return draft.put(**cells).mended(Mended.JOINER, "CFLB")


def _amount_in_yuan(draft: Draft, mess: Mess) -> Draft:
    yuan = 20 * mess.chance.randint(100, 4000)
    cells = fined(yuan) | {"NR_FK": f"{yuan:,}元", "NR_WFFF": ""}
    return draft.put(**cells).mended(Mended.AMOUNT, "NR_FK")


def _amount_in_words(draft: Draft, mess: Mess) -> Draft:
    """Nothing is to be corrected: the text says the same amount in other numerals."""
    yuan = 20 * mess.chance.randint(100, 4000)
    text = f"罚款人民币{in_words(yuan)}元整"
    return draft.put(**fined(yuan) | {"NR": text, "NR_WFFF": ""})


def _former_name(draft: Draft, mess: Mess) -> Draft:
    company = mess.chance.choice(mess.renamed)
    named = draft.about(company).put(XDR_MC=company.former)
    return named.mended(Mended.FORMER_NAME, "XDR_MC")


def _not_registered(draft: Draft, mess: Mess) -> Draft:
    return draft.about(mess.strangers.pop()).mended(Mended.NOT_REGISTERED, "XDR_SHXYM")


def _person(draft: Draft, mess: Mess) -> Draft:
    number = identity(300_000 + draft.truth.row)
    cells = {"XDR_LB": "自然人", "XDR_MC": draft.cells["FRDB"], "XDR_SHXYM": "", "FRDB": ""}
    cells |= {"FR_ZJLX": "", "FR_ZJHM": "", "XDR_ZJLX": "身份证", "XDR_ZJHM": number}
    return draft.put(**cells).told(subject=number)


def _repeat(draft: Draft, mess: Mess) -> Draft:
    first = mess.take_earlier()
    told = {"taken": DUPLICATE, "subject": first.truth.subject, "of": first.truth.row}
    return Draft(first.cells, draft.truth).told(**told)


def _spaced_repeat(draft: Draft, mess: Mess) -> Draft:
    again = _repeat(draft, mess)
    name, number = again.cells["XDR_MC"], again.cells["WSH"]
    return again.put(XDR_MC=f"{name[:2]} {name[2:]}", WSH=f"{number} ")


TAKEN = (
    Dirt("full width", _full_width),
    Dirt("inner spaces", _spaces),
    Dirt("lower case", _lower_case),
    Dirt("excel date", _excel_date),
    Dirt("compact date", _compact_date),
    Dirt("chinese date", _chinese_date),
    Dirt("brackets", _brackets),
    Dirt("joiners", _joiners, _PENALTY),
    Dirt("amount in yuan", _amount_in_yuan, _PENALTY),
    Dirt("amount in words", _amount_in_words, _PENALTY),
    Dirt("former name", _former_name, renamed=True),
    Dirt("not registered", _not_registered),
    Dirt("person", _person),
    Dirt("repeat", _repeat, after=True),
    Dirt("spaced repeat", _spaced_repeat, after=True),
)
