"""Reads a registered capital as registries write it: fifteen ways, five currencies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_FORM = re.compile(
    r"(?P<before>[^\d.,]*?)(?P<number>\d[\d,]*(?:\.\d+)?)\(?(?P<scale>[百千]?[万亿]|)(?P<rest>\D*)"
)
_SCALES = {
    "": Decimal(1),
    "万": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "百亿": Decimal(10_000_000_000),
    "千亿": Decimal(100_000_000_000),
}
# What stands around the number once brackets and the word 元 are gone.
_CURRENCIES = {
    "": "CNY",
    "人民币": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "港": "HKD",
    "香港": "HKD",
    "港币": "HKD",
    "HKD": "HKD",
    "美": "USD",
    "美金": "USD",
    "USD": "USD",
    "欧": "EUR",
    "EUR": "EUR",
    "日": "JPY",
    "日币": "JPY",
    "JPY": "JPY",
    "英镑": "GBP",
    "GBP": "GBP",
    "新加坡": "SGD",
    "新加坡币": "SGD",
    "澳": "AUD",
    "澳大利亚": "AUD",
    "澳门币": "MOP",
    "澳门": "MOP",
    "新台币": "TWD",
    "台币": "TWD",
    "韩": "KRW",
    "加拿大": "CAD",
    "加": "CAD",
    "瑞士法郎": "CHF",
}
_SAYS_NOTHING = frozenset({"", "-", "--", "/", "N/A", "NA", "NULL", "NONE", "无"})
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Capital:
    """An amount in whole units of the currency (yuan, not ten thousand yuan), ISO 4217."""

    amount: Decimal
    currency: str


def read_capital(text: str) -> tuple[Capital | None, str | None]:
    """The capital, or nothing and the code of a warning; a row never fails for its capital.

    `capital_missing`: nothing is stated. `capital_unreadable`: the text is not an amount, or has
    no unit (a bare number may be yuan or ten thousand yuan, so nobody should guess).
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    if plain in _SAYS_NOTHING:
        return None, "capital_missing"
    form = _FORM.fullmatch(plain) if len(plain) <= _LONGEST else None
    if form is None:
        return None, "capital_unreadable"
    around = _bare(form["before"]) + _bare(form["rest"])
    currency = _CURRENCIES.get(around)
    if currency is None or not (form["scale"] or form["rest"] or form["before"]):
        return None, "capital_unreadable"
    amount = Decimal(form["number"].replace(",", "")) * _SCALES[form["scale"]]
    return Capital(amount.normalize() + 0, currency), None


def _bare(words: str) -> str:
    for noise in ("(", ")", "元", ":", "¥"):
        words = words.replace(noise, "")
    return words
