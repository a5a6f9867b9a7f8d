"""What a value plainly is, whatever its column says: how values in wrong columns are noticed."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from functions.shared.codes import clean_code, is_citizen_id, parse_code
from functions.shared.errors import Invalid


class Shape(StrEnum):
    """What only one type of column holds."""

    CODE = "code"
    IDENTITY = "identity"
    DATE = "date"
    AMOUNT = "amount"
    DOCUMENT = "document"
    NAME = "name"


_DATE = re.compile(
    r"((?:19|20)\d\d)([-/.年])(\d{1,2})[-/.月](\d{1,2})日?(?: \d{1,2}:\d\d(?::\d\d)?)?"
)
_AMOUNT = re.compile(
    r"[¥\uffe5]?\d[\d,]*(?:\.\d+)?[(\uff08]?(?:[万亿]?(?:人民币)?(?:美|港|欧|日)?元?|万?元人民币)[)\uff09]?"
)
_DOCUMENT = re.compile(
    r"[\[(\uff08\u3014\u3010](?:19|20)\d\d[\])\uff09\u3015\u3011][^\n]{0,40}\d号?\Z"
)
_DOCUMENT_ALONE = re.compile(
    r"\w{0,30}[\[(\uff08\u3014\u3010](?:19|20)\d\d[\])\uff09\u3015\u3011][\w -]{0,30}\d ?号?"
)
_COUNTED = re.compile("[0-9\uff10-\uff19〇零一二三四五六七八九十]")
_ORGANISATION = re.compile(
    r"[\u3400-\u9fff\uff08\uff09()A-Za-z0-9·]{3,}"
    r"(?:公司|厂|店|局|委员会|院|所|中心|合作社|商行|经营部|分行|支行|学校|幼儿园|支队|大队|部)"
)


def shape_of(value: str) -> Shape | None:
    """What a value plainly is; None where it could be a name or any text."""
    if len(value) > 60 or not any("0" <= char <= "9" for char in value):
        return None
    if len(value) == 18 and value.isascii() and value.isalnum():
        return _number_of_18(value)
    found = _DATE.fullmatch(value)
    if found is not None:
        return Shape.DATE if _is_day(found[1], found[3], found[4]) else None
    if len(value) == 8 and value.isdigit() and value[:2] in ("19", "20"):
        return Shape.DATE if _is_day(value[:4], value[4:6], value[6:]) else None
    return Shape.AMOUNT if _AMOUNT.fullmatch(value) else None


def looser_shape_of(value: str) -> Shape | None:
    """As `shape_of`, and also what only looks like an organisation's name or a document's number:
    for values that have been refused where they stand."""
    if shape := shape_of(value):
        return shape
    if len(value) > 200:
        return None
    if _DOCUMENT.search(value):
        return Shape.DOCUMENT
    return Shape.NAME if _ORGANISATION.fullmatch(value) else None


def has_number(value: str) -> bool:
    """Whether a digit or a Chinese numeral is in it, as in every number of a document."""
    return _COUNTED.search(value) is not None


def is_document(value: str) -> bool:
    """Whether a text is plainly the number of a document and nothing more."""
    return _DOCUMENT_ALONE.fullmatch(value) is not None


def _number_of_18(value: str) -> Shape | None:
    if is_citizen_id(value.upper()):
        return Shape.IDENTITY
    try:
        parse_code(clean_code(value))
    except Invalid:
        return None
    return Shape.CODE


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
