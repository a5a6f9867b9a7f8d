"""A scope of business cut into the stretches that a page marks or strikes (A5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Stretch(NamedTuple):
    """A part of a scope: plain (""), `matched`, or `excluded` and why."""

    text: str
    kind: str = ""
    why: str = ""


def stretches(scope: Mapping[str, Any] | None) -> Iterator[Stretch]:
    """The whole scope, in order; spans count code points, as Python does."""
    text, at = (scope["text"], 0) if scope else ("", 0)
    for span in scope["spans"] if scope else ():
        if text[at : span["start"]]:
            yield Stretch(text[at : span["start"]])
        yield Stretch(text[span["start"] : span["end"]], span["kind"], span.get("why", ""))
        at = span["end"]
    if text[at:]:
        yield Stretch(text[at:])
