"""What pydantic found, as faults that a caller can read: JSON paths and plain words (D4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from functions.shared import messages
from functions.shared.errors import Fault

_QUOTED = re.compile(r"'([^']*)'")
_LISTS = ("expected", "expected_tags")
_NAMED = ("max_length", "min_length", "ge", "gt", "le", "lt", "max_digits", "decimal_places")


def faults_of(error: ValidationError, model: type[BaseModel] | None = None) -> list[Fault]:
    """The findings of `error`; the field is the path in the JSON, such as `rows.3.name`.

    Pydantic puts the tag of a tagged union into the path; with the `model` that was asked for it
    is told from the names of fields, and left out.
    """
    return [
        Fault(_code(found), _path(found["loc"], model), params=_params(found))
        for found in error.errors(include_url=False, include_input=False)
    ]


def _code(found: Any) -> str:
    if found["type"] == "value_error":
        return messages.RULES.get(str(found["ctx"]["error"]), "value")
    code = f"value_{found['type']}"
    return code if code in messages.TEXTS else "value"


def _params(found: Any) -> dict[str, Any]:
    """What the sentence needs, without Python's way of writing it."""
    ctx = found.get("ctx", {})
    params: dict[str, Any] = {name: ctx[name] for name in _NAMED if name in ctx}
    params.update({name: tuple(_QUOTED.findall(ctx[name])) for name in _LISTS if name in ctx})
    if "discriminator" in ctx:
        params["discriminator"] = ctx["discriminator"].strip("'")
    return params


def _path(loc: Sequence[int | str], model: type[BaseModel] | None) -> str:
    parts = _without_tags(loc, _schema(model)) if model else loc
    return ".".join(str(part) for part in parts) or "body"


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _without_tags(loc: Sequence[int | str], schema: dict[str, Any]) -> Iterator[int | str]:
    """`loc` along `schema`: a step that chooses among the forms of a union is no step in JSON."""
    shapes = _shapes(schema, schema)
    for part in loc:
        chosen = [
            {"$ref": shape["discriminator"]["mapping"][part]}
            for shape in shapes
            if part in shape.get("discriminator", {}).get("mapping", {})
        ]
        if not chosen:
            yield part
        below = chosen or [inner for shape in shapes for inner in _below(shape, part)]
        shapes = [found for inner in below for found in _shapes(inner, schema)]


def _below(shape: dict[str, Any], part: int | str) -> Iterator[dict[str, Any]]:
    inner = shape.get("items") if isinstance(part, int) else shape.get("properties", {}).get(part)
    for found in (inner, shape.get("additionalProperties")):
        if isinstance(found, dict):
            yield found


def _shapes(node: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """What `node` may be: its reference followed, an optional value taken apart."""
    if "$ref" in node:
        return _shapes(whole["$defs"][node["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in node:
        return [shape for one in node["anyOf"] for shape in _shapes(one, whole)]
    return [node]
