"""Reads the values of an enumeration, however they are written and joined (C4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from functions.credit.catalogue import FieldRule
from functions.credit.reading import Reading, faulty, formed

_OTHER = re.compile(r"其[他它][-_\u2010-\u2015\uff0d:\uff1a(\uff08\s]+(.*?)[)\uff09]?", re.DOTALL)
_FIRST_JOINERS = re.compile(r"[;\uff1b\n]+")
_JOINERS = re.compile(r"[\u3001,\uff0c|+/\s]+")


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of an enumeration, by every known way to write them."""

    values: frozenset[str]
    meant: Mapping[str, str]
    other: bool
    expected: str

    @staticmethod
    def of(rule: FieldRule) -> Choices:
        """The choices of a column."""
        ways = {_folded(way): meant for way, meant in rule.synonyms.items()}
        meant = {**ways, **{_folded(value): value for value in rule.values}}
        listed = "、".join((*rule.values, *(("其他-…",) if rule.other else ())))
        return Choices(frozenset(rule.values), meant, rule.other, listed)

    def find(self, text: str) -> str | None:
        """The value that a text means, or None."""
        if text in self.values:
            return text
        folded = _folded(text)
        meant = self.meant.get(folded) or self.meant.get(folded.removesuffix(".0"))
        if meant is None and self.other and (found := _OTHER.fullmatch(text)) and found[1].strip():
            return f"其他-{found[1].strip()}"
        return meant


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def read_enum(choices: Choices, text: str, today: date) -> Reading:
    value = choices.find(text)
    if value is None:
        return faulty("value_not_listed", expected=choices.expected)
    return formed(value, "synonym", text)


def read_enums(choices: Choices, text: str, today: date) -> Reading:
    if text in choices.values:
        return Reading(text)
    found: dict[str, None] = {}
    for part in _parts(choices, text):
        value = choices.find(part)
        if value is None:
            return faulty("value_not_listed", expected=choices.expected)
        found[value] = None
    if not found:
        return faulty("value_not_listed", expected=choices.expected)
    value = ";".join(found)
    given = text.split(";")
    return formed(
        value, "synonym" if set(given) - set(found) and len(given) == len(found) else "joiner", text
    )


def _parts(choices: Choices, text: str) -> list[str]:
    """The single values: joined by `;`, or as people join them. A value, and the words after 其他,
    may themselves hold such a sign."""
    parts: list[str] = []
    for piece in filter(None, (one.strip() for one in _FIRST_JOINERS.split(text))):
        if choices.find(piece) is not None and not piece.startswith("其"):
            parts.append(piece)
            continue
        other = re.search(r"其[他它]", piece)
        plain = piece[: other.start()] if other else piece
        parts += filter(None, _JOINERS.split(plain))
        parts += [piece[other.start() :]] if other else []
    return parts
