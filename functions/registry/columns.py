"""Which column holds which field, and whether a row's values slipped into wrong columns."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from functions.shared.codes import clean_code, parse_code
from functions.shared.errors import Invalid

FIELDS = (
    "name",
    "code",
    "established",
    "entity_type",
    "representative",
    "capital",
    "scope",
    "province",
    "city",
    "address",
    "event",
    "status",
    "operating_status",
    "as_of",
)
REQUIRED = ("name", "code", "scope", "address")
# The first heading of each field is the one that registries export.
HEADINGS = {
    "name": ("企业名称", "市场主体名称", "名称"),
    "code": ("统一社会信用代码", "统一社会信用代码/注册号", "注册号", "信用代码"),
    "established": ("注册日期", "成立日期", "登记日期"),
    "entity_type": ("企业类型", "市场主体类型", "类型"),
    "representative": ("法人代表(已脱敏)", "法人代表", "法定代表人", "经营者"),
    "capital": ("注册资金", "注册资本"),
    "scope": ("经营范围",),
    "province": ("所在省份", "省份"),
    "city": ("地区", "城市"),
    "address": ("注册地址", "住所", "地址", "经营场所"),
    "event": ("登记事项", "业务类型"),
    "status": ("登记状态",),
    "operating_status": ("经营状态",),
    "as_of": ("数据时间", "更新时间"),
}
FIELD_OF = {heading: field for field, names in HEADINGS.items() for heading in names} | {
    field: field for field in FIELDS
}

_DELIMITERS = (",", "\t", ";", "，", "|")
_AMOUNT = re.compile(r"[\d.,]+\s*[(（]?[百千]?[万亿]")
_ONLY_AMOUNT = re.compile(_AMOUNT.pattern + r"[^\d,，。;；]{0,12}")
_DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_PLACE = re.compile(r"[市县区镇].{2,}[路街道巷村号]")


@lru_cache(maxsize=512)
def field_of(heading: str) -> str | None:
    """The field under a heading, however wide its brackets and spaces; None for any other."""
    plain = unicodedata.normalize("NFKC", heading).strip().strip("\ufeff").replace(" ", "")
    return FIELD_OF.get(plain) or FIELD_OF.get(plain.lower())


def split_heading(heading: str) -> tuple[str, list[str]]:
    """The delimiter that finds most of our fields in a file's first line, and the headings."""
    delimiter, names = max(
        ((mark, next(csv.reader([heading], delimiter=mark), [])) for mark in _DELIMITERS),
        key=lambda attempt: sum(field_of(name) is not None for name in attempt[1]),
    )
    while names and not names[-1].strip():
        names.pop()
    return delimiter, names


def unread(heading: str) -> list[str]:
    """Those headings of a file's first line under which nothing is read."""
    names = (clean.strip().strip("\ufeff") for clean in split_heading(heading)[1])
    return [name for name in names if name and field_of(name) is None]


def shifted_field(cells: Mapping[str, str]) -> str | None:
    """The first field that plainly holds another field's value, or None."""
    for field in FIELDS:
        text = cells.get(field, "")
        if text and _IS_OTHERS[field](text):
            return field
    return None


def _is_code(text: str) -> bool:
    """A code in a text column; thirteen digits prove nothing, since they have no check digit."""
    if len(clean_code(text)) not in (15, 18):
        return False
    try:
        parse_code(text)
    except Invalid:
        return False
    return True


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None


def _in_name(text: str) -> bool:
    return _is_code(text) or _is_day(text)


def _in_code(text: str) -> bool:
    return _is_day(text) or _AMOUNT.match(text) is not None or _mostly_chinese(text)


def _in_established(text: str) -> bool:
    return _is_code(text) or _AMOUNT.match(text) is not None or _mostly_chinese(text)


def _in_short(text: str) -> bool:
    return _is_code(text) or _is_day(text) or _AMOUNT.match(text) is not None


def _in_capital(text: str) -> bool:
    if _is_code(text) or _is_day(text):
        return True
    return len(text) > 24 and not any(char.isdigit() for char in text[:4])


def _in_scope(text: str) -> bool:
    return _is_code(text) or _is_day(text) or _ONLY_AMOUNT.fullmatch(text) is not None


def _in_region(text: str) -> bool:
    return _in_short(text) or len(text) > 12 and _PLACE.search(text) is not None


def _mostly_chinese(text: str) -> bool:
    return sum("\u4e00" <= char <= "\u9fff" for char in text) > len(text) * 0.8 and len(text) > 5


_IS_OTHERS = {
    "name": _in_name,
    "code": _in_code,
    "established": _in_established,
    "entity_type": _in_short,
    "representative": _in_short,
    "capital": _in_capital,
    "scope": _in_scope,
    "province": _in_region,
    "city": _in_region,
    "address": _in_short,
    "event": _in_short,
    "status": _is_code,
    "operating_status": _is_code,
    "as_of": _is_code,
}
