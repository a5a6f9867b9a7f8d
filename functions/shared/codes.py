"""Reads the codes that identify an entity and checks their check digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from functions.shared.errors import Fault, Invalid

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_VALUE = {char: value for value, char in enumerate(_ALPHABET)}
_USCC_WEIGHTS = tuple(3**i % 31 for i in range(17))
_AUTHORITIES = frozenset("123456789ANY")
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_VALUE = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORG_CODE = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9X]")
# Farmers' cooperatives: the letters take the place of digits, and X of the check digit.
_COOPERATIVE = re.compile(r"[0-9]{6}N[A-Z][0-9]{6}X")
_DIGITS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_SAYS_NOTHING = frozenset({"", "无", "-", "--", "/", "N/A", "NA", "NULL", "NONE", "NIL", "暂无"})

_Finding = tuple[str, dict[str, str | int]]  # a message code and its parameters


class CodeKind(StrEnum):
    """What sort of number identifies the entity."""

    USCC = "uscc"  # 18 characters, GB 32100-2015
    REGISTRATION_15 = "registration_15"  # GS 15-2006
    REGISTRATION_13 = "registration_13"  # before 2006, without a check digit


@dataclass(frozen=True, slots=True)
class Code:
    """A code in its one canonical form; `warnings` are message codes that do not reject it."""

    value: str
    kind: CodeKind
    warnings: tuple[str, ...] = ()


def parse_code(text: str, *, field: str = "code", row: int | None = None) -> Code:
    """The entity's code in canonical form (half width, capitals, no spaces).

    Raises `Invalid` with one precise fault: `code_missing`, `code_length`, `code_alphabet`,
    `code_division`, `code_check_digit`, `code_organisation` (only the nine characters of
    GB 11714) or `code_citizen_id` (somebody's identity number, never repeated in the fault).
    """
    value = clean_code(text)
    if len(value) == 18:
        fault, warnings = _check_uscc(value)
        kind = CodeKind.USCC
    elif len(value) == 15:
        fault, warnings = _check_registration_15(value)
        kind = CodeKind.REGISTRATION_15
    elif len(value) == 13:
        fault, warnings = _check_registration_13(value)
        kind = CodeKind.REGISTRATION_13
    else:
        raise Invalid(_wrong_length(value, field, row))
    if fault is not None:
        raise Invalid(Fault(fault[0], field, row, fault[1]))
    return Code(value, kind, warnings)


def clean_code(text: str) -> str:
    """Half width, capitals, without any white space."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def uscc_check_digit(first17: str) -> str:
    """GB 32100-2015: (31 - sum of value x 3^(i-1)) mod 31, as a character.

    Raises `KeyError` for a character outside the alphabet.
    """
    total = sum(_VALUE[char] * w for char, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check_digit(first8: str) -> str:
    """GB 11714: 11 - sum mod 11, where 10 is written X and 11 is written 0."""
    total = sum(_ORG_VALUE[char] * w for char, w in zip(first8, _ORG_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def registration_check_digit(first14: str) -> str:
    """GS 15-2006: ISO 7064 MOD 11,10 over 14 digits."""
    product = 10
    for char in first14:
        product = ((product + int(char)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def is_citizen_id(text: str) -> bool:
    """Whether this is an identity number by GB 11643: a date of birth and the right check."""
    if not _CITIZEN.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(char) * w for char, w in zip(text[:17], _CITIZEN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17]


def _check_uscc(value: str) -> tuple[_Finding | None, tuple[str, ...]]:
    strangers = "".join(sorted({char for char in value if char not in _VALUE}))
    if strangers:
        return ("code_alphabet", {"characters": strangers}), ()
    # By chance every 31st identity number has the check digit of a code too: it stays somebody's.
    if is_citizen_id(value):
        return ("code_citizen_id", {}), ()
    if uscc_check_digit(value[:17]) != value[17]:
        return ("code_check_digit", {"length": 18}), ()
    if not value[2:8].isdigit():
        return ("code_division", {"division": value[2:8]}), ()
    warnings: tuple[str, ...] = ()
    if value[0] not in _AUTHORITIES:
        warnings = ("code_authority_unknown",)
    # Valid codes in use do carry a wrong inner code, so this can only be a warning.
    if organisation_check_digit(value[8:16]) != value[16]:
        warnings += ("code_organisation_check",)
    return None, warnings


def _check_registration_15(value: str) -> tuple[_Finding | None, tuple[str, ...]]:
    if _COOPERATIVE.fullmatch(value):
        return None, ("code_without_check_digit",)
    if not _DIGITS.fullmatch(value):
        return ("code_alphabet", {"characters": _not_digits(value)}), ()
    if registration_check_digit(value[:14]) != value[14]:
        return ("code_check_digit", {"length": 15}), ()
    return None, ()


def _check_registration_13(value: str) -> tuple[_Finding | None, tuple[str, ...]]:
    if not _DIGITS.fullmatch(value):
        return ("code_alphabet", {"characters": _not_digits(value)}), ()
    return None, ("code_without_check_digit",)


def _wrong_length(value: str, field: str, row: int | None) -> Fault:
    if value in _SAYS_NOTHING:
        return Fault("code_missing", field, row)
    if _ORG_CODE.fullmatch(value) and organisation_check_digit(value[:8]) == value[-1]:
        return Fault("code_organisation", field, row)
    return Fault("code_length", field, row, {"length": len(value)})


def _not_digits(value: str) -> str:
    return "".join(sorted({char for char in value if char not in "0123456789"}))
