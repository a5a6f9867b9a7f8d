"""How the cells of a column are read, by the column's type (C4)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from functions.credit.amounts import chinese_number, read_amount, written
from functions.credit.catalogue import FieldRule, FieldType
from functions.credit.choices import Choices, read_enum, read_enums
from functions.credit.cleansing import IDENTITY, Changes, document_of, name_of
from functions.credit.identifiers import (
    read_code,
    read_identity,
    read_organisation,
    read_registration,
)
from functions.credit.reading import Read, Reading, faulty, formed
from functions.credit.shapes import Shape, has_number, shape_of
from functions.shared.codes import is_citizen_id
from functions.shared.dates import read_date

FOR_GOOD = "2099-12-31"
_OF_AGE = 14  # nobody younger is punished (administrative penalty law, art. 30)
_NO_END = frozenset({"长期", "永久", "永久有效", "长期有效", "无固定期限", "无期限"})
# How most of them are written already, so that nothing else is tried.
_PLAIN_NAME = re.compile(
    "[\u3400-\u9fff][\u3400-\u9fff\uff08\uff090-9A-Za-z·]*[\u3400-\u9fff\uff09]"
)
_PLAIN_DOCUMENT = re.compile("[\u3400-\u9fff]+\u3014(?:19|20)[0-9]{2}\u3015[0-9]{1,12}号")
_STANDARD_DATE = re.compile(r"\d{4}([-/])\d\d\1\d\d")
_SERIAL = re.compile(r"(\d{5})\.\d+")
_HAN = "[〇○零一二三四五六七八九十]"
_HAN_DATE = re.compile(rf"({_HAN}{{4}})年({_HAN}{{1,3}})月({_HAN}{{1,3}})日")
_PLAIN_AMOUNT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?")
_NUMBER = re.compile(r"([0-9]+)(?:\.0*)?(?:年度?|人|名|个|户)?")


def reader_of(rule: FieldRule) -> Read | None:
    """How cells of a column are read; None for free text, which is only tidied."""
    kind = rule.type
    if kind is FieldType.DATE:
        return _read_any_day if rule.future else _read_day
    if kind is FieldType.AMOUNT:
        return partial(_read_amount, rule, unit_of(rule.title))
    if kind is FieldType.DOCUMENT:
        return partial(_read_document, rule)
    if kind is FieldType.ENUM:
        return lru_cache(1024)(partial(read_enum, Choices.of(rule)))
    if kind is FieldType.ENUMS:
        return lru_cache(1024)(partial(read_enums, Choices.of(rule)))
    return _READERS.get(kind)


def unit_of(title: str) -> int:
    """How many yuan one unit of a column is, which its title says: 罚款金额（万元）."""
    return next((unit for word, unit in (("亿元", 10**8), ("万元", 10**4)) if word in title), 1)


def _read_name(text: str, today: date) -> Reading:
    if _PLAIN_NAME.fullmatch(text):
        return Reading(text)
    changes: Changes = []
    value = name_of(text, changes)
    if shape_of(value) or not any(map(str.isalpha, value)):
        return faulty("name_unlike")
    return Reading(value, tuple(changes))


def _read_document(rule: FieldRule, text: str, today: date) -> Reading:
    if _PLAIN_DOCUMENT.fullmatch(text):
        return Reading(text)
    changes: Changes = []
    value = document_of(text, changes)
    if any(_is_somebody(found[0], today) for found in IDENTITY.finditer(value)):
        return faulty("identity_misplaced")
    # Eight digits may be a day, but also the number of a document.
    if len(value) != 8 and shape_of(value) in (Shape.CODE, Shape.DATE):
        return faulty("document_unlike")
    if not has_number(value) and len(value) <= rule.longest:
        return faulty("document_form")
    return Reading(value, tuple(changes))


def _is_somebody(number: str, today: date) -> bool:
    """Whether it is the number of somebody whom a decision can be about: documents numbered by
    place and day (441900202601010018) look like numbers of the newly born."""
    return is_citizen_id(number.upper()) and int(number[6:10]) <= today.year - _OF_AGE


@lru_cache(8192)
def _read_day(text: str, today: date) -> Reading:
    """A day as YYYY-MM-DD. The layout's own YYYY/MM/DD says the same: that is no correction."""
    if text in _NO_END:
        return faulty("date_format")
    serial, han = _SERIAL.fullmatch(text), _HAN_DATE.fullmatch("".join(text.split()))
    meant = _han_date(han) if han else serial[1] if serial else text
    day, problem = read_date(meant, today)
    if day is None:
        return faulty(problem or "date_format")
    value = day.isoformat()
    if _STANDARD_DATE.fullmatch(text):
        return Reading(value)
    rule = (
        "date_serial" if text[:5].isdigit() and len(text.partition(".")[0]) == 5 else "date_style"
    )
    return Reading(value, ((rule, text, value),))


def _han_date(found: re.Match[str]) -> str:
    return "-".join(str(chinese_number(part) or 0) for part in found.groups())


def _read_any_day(text: str, today: date) -> Reading:
    """A day that may lie ahead; without end is the last day of 2099, as the layout has it."""
    if text in _NO_END:
        return formed(FOR_GOOD, "for_good", text)
    reading = _read_day(text, date.max)
    if reading.value > FOR_GOOD:
        return formed(FOR_GOOD, "for_good", text)
    return reading


def _read_amount(rule: FieldRule, unit: int, text: str, today: date) -> Reading:
    plain = _PLAIN_AMOUNT.fullmatch(text)
    amount = Decimal(text) if plain else read_amount(text, unit)
    if amount is None:
        return faulty("amount_format")
    value = written(amount)
    whole, _, places = value.partition(".")
    if len(places) > rule.places:
        return faulty("amount_places", most=rule.places)
    if len(whole) > rule.digits - rule.places:
        return faulty("amount_digits", most=rule.digits - rule.places)
    # 2.00 and 2 are the same number in the layout's own form.
    return Reading(value) if plain else formed(value, "amount_form", text)


def _read_number(text: str, today: date) -> Reading:
    if text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"):
        return Reading(text)
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _NUMBER.fullmatch(plain)
    if found is None or len(found[1]) > 18:
        return faulty("number_format")
    return formed(str(int(found[1])), "number_form", text)


_READERS: dict[FieldType, Read] = {
    FieldType.NAME: _read_name,
    FieldType.CODE: read_code,
    FieldType.REGISTRATION: read_registration,
    FieldType.ORGANISATION: read_organisation,
    FieldType.IDENTITY: read_identity,
    FieldType.NUMBER: _read_number,
}
