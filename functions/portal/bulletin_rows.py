"""A bulletin's figures in rows, alone or beside those of another one (A23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NONE = "—"
_COUNTS = ("pushed", "received", "received_late", "handled", "on_time", "overdue")
MEASURES = ("rank", *_COUNTS, "timely_share", "returned", "whole")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is written; where there is another bulletin, that one's, and by how much they
    differ (with its sign; empty where nothing can be said)."""

    measure: str
    value: str
    before: str | None = None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A department or town (or, without a name, all of them) with its figures."""

    name: str
    cells: tuple[Cell, ...]


def compared(told: Mapping[str, Any], other: Mapping[str, Any] | None, what: str) -> list[Line]:
    """The rows of `what` (department or town) of a bulletin in its order, then those that only the
    other one has, and the total; each with the other's figures where there is another."""
    rows = told[f"{what}s"]
    known = {row[what]: row for row in other[f"{what}s"]} if other else {}
    here = {row[what] for row in rows}
    lines = [_line(row, known.get(row[what], {}) if other else None, what) for row in rows]
    lines += [_line({}, row, what) for key, row in known.items() if key not in here]
    return [*lines, _line(told["total"], other["total"] if other else None, what)]


def _line(row: Mapping[str, Any], before: Mapping[str, Any] | None, what: str) -> Line:
    name = row.get(f"{what}_name") or (before or {}).get(f"{what}_name") or ""
    return Line(str(name), tuple(_cell(one, row, before) for one in MEASURES))


def _cell(measure: str, row: Mapping[str, Any], before: Mapping[str, Any] | None) -> Cell:
    value = _value(measure, row)
    if before is None:
        return Cell(measure, _written(measure, value))
    old = _value(measure, before)
    change = ""
    if value is not None and old is not None:
        change = _signed(measure, value - old)
    return Cell(measure, _written(measure, value), _written(measure, old), change)


def _value(measure: str, row: Mapping[str, Any]) -> float | None:
    """None where nothing was counted, or there is no such row."""
    if measure == "whole":
        whole = row.get("whole")
        return whole["mean"] if whole else None
    found = row.get(measure)
    return found if found is None else float(found)


def _written(measure: str, value: float | None) -> str:
    if value is None:
        return NONE
    if measure == "timely_share":
        return f"{100 * value:.1f}%"
    return f"{value:.1f}" if measure == "whole" else f"{value:.0f}"


def _signed(measure: str, change: float) -> str:
    points = 100 * change if measure == "timely_share" else change
    text = f"{points:+.1f}" if measure in ("timely_share", "whole") else f"{points:+.0f}"
    return text if float(text) else "±0"
