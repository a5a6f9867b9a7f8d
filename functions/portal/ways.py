"""Which of several things that may be done a page shows the form of."""

from __future__ import annotations

from collections.abc import Sequence

from functions.portal.visiting import Visit


def chosen(visit: Visit, may: Sequence[str], prefix: str) -> str:
    """The verb that was just tried by the deed `<prefix>_<verb>`, the one that `way` asks for, or
    the first; "" where nothing may be done."""
    for one in (visit.form.get("do").removeprefix(f"{prefix}_"), visit.query.get("way", "")):
        if one in may:
            return one
    return may[0] if may else ""
