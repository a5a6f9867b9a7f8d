"""Items as TOML and back: the form in which people write rules."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

_NAMES = {"start": "from"}  # of a limit: as the file of items calls it
_TABLES = ("rules", "limits")
_USUAL: dict[str, Any] = {"push": True, "alone": False}
Item = Mapping[str, Any]


class NotToml(ValueError):
    """A text that is no TOML, or not one of items; the message says where."""


def read_items(text: str) -> list[dict[str, Any]]:
    """The items of a text of `[[items]]`, ready for JSON; raises NotToml."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    items = told.pop("items", [])
    if told or not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise NotToml("[[items]]")
    plain: list[dict[str, Any]] = json.loads(json.dumps(items, default=str))
    return plain


def items_text(items: Iterable[Item]) -> str:
    """Items as `[[items]]`, fields in the order of the API, without what is empty or usual."""
    return "\n".join("\n".join(_item(one)) + "\n" for one in items)


def set_text(version: str, items: Iterable[Item]) -> str:
    """A whole version as a file."""
    return f"version = {_text(version)}\n\n{items_text(items)}"


def _item(item: Item) -> list[str]:
    lines = ["[[items]]"]
    lines += _fields({name: one for name, one in item.items() if name not in _TABLES})
    for table in _TABLES:
        for row in item.get(table) or ():
            lines += ["", f"[[items.{table}]]", *_fields(row)]
    return lines


def _fields(told: Mapping[str, Any]) -> list[str]:
    return [
        f"{_NAMES.get(name, name)} = {value_text(value, day=name.startswith('holds_'))}"
        for name, value in told.items()
        if value not in ("", [], None) and value is not _USUAL.get(name)
    ]


def value_text(value: Any, *, day: bool = False) -> str:
    """One value as TOML writes it."""
    if day:
        return date.fromisoformat(value).isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(value_text(one) for one in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_fields(value)) + " }"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(value: str) -> str:
    """JSON's way of quoting is TOML's, but for the last control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
