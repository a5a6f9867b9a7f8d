"""Pages of a list that the API gives whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from functions.portal import paths

T = TypeVar("T")
PAGE = 50


def start_of(query: Mapping[str, str]) -> int:
    """How many rows stand before the page that is asked for."""
    asked = query.get("after", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0


def sliced(query: Mapping[str, str], rows: Sequence[T]) -> tuple[list[T], dict[str, Any]]:
    """The page of `rows` that `after` asks for (how many stand before it), and the way to others.

    >>> sliced({}, [1, 2, 3])[0], sliced({"after": "2"}, [1, 2, 3])[0], sliced({"after": "x"}, [1])
    ([1, 2, 3], [3], ([1], {'next': None, 'back': None, 'first': {}}))
    """
    start = start_of(query)
    end = start + PAGE
    after = str(end) if end < len(rows) else None
    return list(rows[start:end]), paths.pager(query, after)
