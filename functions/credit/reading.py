"""What reading one cell gives: its value in one form, or what is wrong with it (C4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's value or its fault (a message code); `changes` are rule, before, after; `warnings`
    are message codes that refuse nothing."""

    value: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    fault: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


Read = Callable[[str, date], Reading]  # a tidied text that is not empty, today in Shanghai


def faulty(code: str, **params: Any) -> Reading:
    """A cell with a fault."""
    return Reading(fault=code, params=params)


def formed(value: str, rule: str, text: str) -> Reading:
    """A value, and the rule that made it of `text` where that was written otherwise."""
    return Reading(value, ((rule, text, value),) if value != text else ())
