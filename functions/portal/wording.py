"""Every word that pages show, in Chinese and English; a word that is missing is an error."""

from __future__ import annotations

import re
from typing import Any

from functions.portal.words import (
    bulletins,
    clues,
    common,
    console,
    counter,
    dispatch,
    disputes,
    entities,
    inspections,
    oversight,
    phone,
    public_credit,
    rules,
    sanctions,
    tasks,
    work,
)
from functions.shared.messages import EN

ROOMS = (
    common,
    bulletins,
    clues,
    console,
    counter,
    dispatch,
    disputes,
    entities,
    inspections,
    oversight,
    phone,
    public_credit,
    rules,
    sanctions,
    tasks,
    work,
)  # each page's own words stand in `words/`, one module a page
_ONE = re.compile(r"\b(?<![.,])1 ((?:working )?(?:day|month|measure|task|clue))s\b")  # no plural
WORDS: dict[str, tuple[str, str]] = {}
for room in ROOMS:
    if doubled := WORDS.keys() & room.WORDS.keys():
        raise ValueError(f"words given twice: {sorted(doubled)}")
    WORDS |= room.WORDS


def word(key: str, language: str, **parts: Any) -> str:
    """The word or sentence for `key`. Raises KeyError for one that nobody wrote."""
    zh, en = WORDS[key]
    return _ONE.sub(r"1 \1", en.format(**parts)) if language == EN else zh.format(**parts)


def term(group: str, value: str, language: str) -> str:
    """The word for a value of the API (`group.value`); the value itself where nobody wrote one, so
    that a new state is shown rather than breaking a page."""
    key = f"{group}.{value}"
    return word(key, language) if key in WORDS else value
