"""Pages of a list that the API gives whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from functions.portal import paths

T = TypeVar("T")
PAGE = 50


def sliced(query: Mapping[str, str], rows: Sequence[T]) -> tuple[list[T], dict[str, Any]]:
    """The page of `rows` that `after` asks for (how many stand before it), and the way to others.

    >>> sliced({}, [1, 2, 3])[0], sliced({"after": "2"}, [1, 2, 3])[0], sliced({"after": "x"}, [1])
    ([1, 2, 3], [3], ([1], {'next': None, 'back': None, 'first': {}}))
    """
    asked = query.get("after", "")
    start = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    end = start + PAGE
    after = str(end) if end < len(rows) else None
    return list(rows[start:end]), paths.pager(query, after)
