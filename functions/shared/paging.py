"""Cursors: where a page ended, as an opaque text for the caller."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from functions.shared.errors import Invalid
from functions.shared.table import Record


def cursor_of(after: Record | None) -> str | None:
    """The text for a position in a table or index."""
    if after is None:
        return None
    return urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def record_of(cursor: str, *names: str, **within: str) -> Record | None:
    """The position that a text stands for, in the partition that `within` names by its key; an
    index needs further `names` to find it again.

    Raises Invalid for a text that this system never gave, or gave for another partition.
    """
    if not cursor:
        return None
    try:
        position = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise Invalid.of("cursor_broken", "after") from None
    if not isinstance(position, dict) or not {"pk", "sk", *names} <= position.keys():
        raise Invalid.of("cursor_broken", "after")
    if not all(isinstance(value, str) and value for value in position.values()):
        raise Invalid.of("cursor_broken", "after")
    if any(position.get(name) != value for name, value in within.items()):
        raise Invalid.of("cursor_broken", "after")
    return position
