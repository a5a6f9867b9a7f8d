"""What a version of the items changes against another: item by item, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from functions.portal.tomls import value_text

Item = Mapping[str, Any]
Piece = tuple[str, bool]
"""A piece of a text, and whether only this side has it."""

_WORDS = re.compile(r'"[^"]*"|[^"]+')


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs, as it stands in the one version and in the other."""

    name: str
    before: list[Piece]
    after: list[Piece]


@dataclass(frozen=True, slots=True)
class Change:
    """An item that only one of two versions has (`added`, `removed`), or in both differs."""

    kind: str
    code: str
    version: int
    licence: str
    fields: tuple[Field, ...] = ()


def differences(before: Iterable[Item], after: Iterable[Item]) -> list[Change]:
    """What `after` changes, by code; entries of an item are told apart by their own version."""
    old = {(one["code"], one["version"]): one for one in before}
    new = {(one["code"], one["version"]): one for one in after}
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one is None or other is None:
            kind, there = ("removed", one) if one else ("added", other)
            found.append(Change(kind, *key, licence=there["licence"] if there else ""))
        elif fields := _fields(one, other):
            found.append(Change("changed", *key, licence=other["licence"], fields=fields))
    return found


def _fields(before: Item, after: Item) -> tuple[Field, ...]:
    names = list(dict.fromkeys([*before, *after]))
    return tuple(
        Field(name, *_pieces(_lines(before.get(name)), _lines(after.get(name))))
        for name in names
        if before.get(name) != after.get(name)
    )


def _lines(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "\n".join(value_text(one) for one in value)
    return "" if value in (None, "", []) else value_text(value)


def _pieces(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = how == "equal"
        left += [("".join(old[a:b]), not same)] if b > a else []
        right += [("".join(new[c:d]), not same)] if d > c else []
    return left, right
