"""What a browser sends from a form, and the JSON that the API wants of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartParser, parse_options_header

_MOST_BYTES = 6_000_000  # that a function is ever given
_LONG_NUMBER = 6  # digits of the name of a field that is no place in a list
_Value = TypeVar("_Value")
_MULTIPART, _URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was chosen."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order of the form, each with all its values, and files by field: in `files` the
    last of a field, in `chosen` all of a field that takes several.

    >>> form = Form({"note": [" a "], "units[]": ["x", "y"], "proof.number": ["7"], "empty": [""]})
    >>> form.json()
    {'note': 'a', 'units': ['x', 'y'], 'proof': {'number': '7'}}
    """

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    chosen: Mapping[str, list[File]] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        """The first value of a field, without space around it."""
        values = self.fields.get(name)
        return values[0].strip() if values else otherwise

    def all(self, name: str) -> list[str]:
        """Every line of every value of a field, but the empty ones."""
        lines = (line for value in self.fields.get(name, ()) for line in value.splitlines())
        return [line.strip() for line in lines if line.strip()]

    def json(self, *without: str) -> dict[str, Any]:
        """The fields as a JSON object, less `do` and `without`: `a.b` is `b` of the object `a`,
        `a.0.b` of the first of a list of objects, `a[]` a list of texts, each line one. What is
        empty is left out.
        """
        told: dict[str, Any] = {}
        for name in self.fields:
            if name == "do" or name in without:
                continue
            plain = name.removesuffix("[]")
            value = self.all(name) if plain != name else self.get(name)
            if value:
                _put(told, plain.split("."), value)
        return {name: _listed(value) for name, value in told.items()}


def _put(into: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        below = into.setdefault(part, {})
        if not isinstance(below, dict):
            return  # a form of somebody else's making
        into = below
    into[parts[-1]] = value


def _listed(value: Any) -> Any:
    """Objects whose names are all numbers are lists."""
    if not isinstance(value, dict):
        return value
    told = {name: _listed(one) for name, one in value.items()}
    if told and all(name.isdecimal() and len(name) < _LONG_NUMBER for name in told):
        return [told[name] for name in sorted(told, key=int)]
    return told


class Unreadable(Exception):
    """A body that is no form."""


def form_of(body: bytes, content_type: str) -> Form:
    """The form in a request's body; raises Unreadable."""
    kind, options = parse_options_header(content_type)
    if kind == _URLENCODED or not body:
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=2000)
        except ValueError:
            raise Unreadable from None
        return Form(_grouped(pairs))
    if kind != _MULTIPART or not options.get("boundary"):
        raise Unreadable
    try:
        parts = MultipartParser(
            BytesIO(body), options["boundary"], charset="utf8", mem_limit=_MOST_BYTES
        ).parts()
        plain = [(part.name, part.value) for part in parts if not part.filename]
        sent = [
            (part.name, File(part.filename, part.content_type, part.raw))
            for part in parts
            if part.filename
        ]
    except (MultipartError, UnicodeDecodeError):
        raise Unreadable from None
    return Form(_grouped(plain), dict(sent), _grouped(sent))


def _grouped(pairs: list[tuple[str, _Value]]) -> dict[str, list[_Value]]:
    grouped: dict[str, list[_Value]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
