"""Reads the numbers that identify an entity or a person, as sources write them (C4).

What the check digits do not prove is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from functions.credit.cleansing import without_spaces
from functions.credit.reading import Reading, faulty, formed
from functions.shared.codes import (
    clean_code,
    is_citizen_id,
    organisation_check_digit,
    parse_code,
    registration_check_digit,
)
from functions.shared.errors import Invalid

_LOOKALIKES = str.maketrans("IOSZ", "1052")
_CODE_MARKS = re.compile(r"[-._/]")
_REGISTRATION = re.compile(r"[0-9]{13}|[0-9]{15}|[0-9]{6}N[A-Z][0-9]{6}X")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")
_OTHER_PAPER = re.compile(r"[A-Z0-9()/-]{5,30}")
_OLD_CITIZEN = re.compile(r"[1-8][0-9]{14}")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@lru_cache(8192)
def _valid_code(text: str) -> Reading:
    """A unified code. Raises `Invalid`, which is not remembered: it may be somebody's number."""
    value = clean_code(text)
    code = parse_code(value)
    if len(code.value) != 18:
        raise Invalid.of("code_registration", length=len(code.value))
    return Reading(value, (("code_form", text, value),) * (value != text), warnings=code.warnings)


def read_code(text: str, today: date) -> Reading:
    try:
        return _valid_code(text)
    except Invalid as invalid:
        fault = invalid.faults[0]
    if proven := _proven(text):
        return formed(proven, "code_lookalike", text)
    value = clean_code(text)
    if _REGISTRATION.fullmatch(value):
        return faulty("code_registration", length=len(value))
    if fault.code == "code_length":
        return faulty("code_not_18", length=len(value))
    return faulty(fault.code, **fault.params)


def _proven(text: str) -> str:
    """The code that is meant by letters that look like digits, or with marks in it; only where its
    check digits prove it."""
    value = _CODE_MARKS.sub("", clean_code(text))
    for meant in (value, value.translate(_LOOKALIKES)):
        if len(meant) == 18 and not is_citizen_id(meant):
            try:
                code = parse_code(meant)
            except Invalid:
                continue
            if not code.warnings:
                return meant
    return ""


def read_registration(text: str, today: date) -> Reading:
    """A number from before the unified code. Those in words (企合苏总字第000174号) have no rule."""
    value = without_spaces(clean_code(text))
    if _REGISTRATION.fullmatch(value):
        if (
            len(value) == 15
            and value.isdigit()
            and registration_check_digit(value[:14]) != value[14]
        ):
            return faulty("code_check_digit", length=15)
        return formed(value, "code_form", text)
    if any(char > "\u2e80" for char in value) and any(char.isdigit() for char in value):
        reading = formed(value, "code_form", text)
        return Reading(reading.value, reading.changes, warnings=("code_without_check_digit",))
    return faulty("registration_format", length=len(value))


def read_organisation(text: str, today: date) -> Reading:
    value = _CODE_MARKS.sub("", clean_code(text))
    if not _ORGANISATION.fullmatch(value):
        return faulty("organisation_format")
    if organisation_check_digit(value[:8]) != value[8]:
        return faulty("organisation_check_digit")
    return formed(value, "code_form", text)


def read_identity(text: str, today: date) -> Reading:
    """Somebody's number: no fault and no change says it again."""
    value = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if "*" in value:
        return faulty("identity_masked")
    if _OLD_CITIZEN.fullmatch(value):
        value = _lengthened(value)
    if len(value) == 18 and value[:17].isdigit():
        if not is_citizen_id(value):
            return faulty("identity_check_digit")
    elif not _OTHER_PAPER.fullmatch(value):
        return faulty("identity_format")
    return Reading(value, (("identity_form", "", ""),) * (value != text))


def _lengthened(old: str) -> str:
    """The number of 18 characters for one of 15, as they were issued until 1999 (GB 11643)."""
    first = f"{old[:6]}19{old[6:]}"
    total = sum(int(char) * w for char, w in zip(first, _CITIZEN_WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]
