"""Towns' credit as bars: of a hundred graded subjects, how many have which grade (C9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Piece:
    """One grade's part of a bar: how many, and from where to where, in percent."""

    grade: str
    count: int
    start: float
    share: float


@dataclass(frozen=True, slots=True)
class TownRow:
    """A town, or with no name all of them together: how many are graded, and the parts."""

    name: str
    graded: int
    pieces: tuple[Piece, ...]


def rows_of(towns: Iterable[Mapping[str, Any]]) -> list[TownRow]:
    """All towns together first, then each in the order in which they came."""
    told = list(towns)
    everybody: Counter[str] = Counter()
    for one in told:
        everybody.update(one["grades"])
    return [_row("", everybody), *(_row(one["name"], one["grades"]) for one in told)]


def _row(name: str, grades: Mapping[str, int]) -> TownRow:
    graded = sum(grades.get(one, 0) for one in GRADES)
    pieces, start = [], 0.0
    for grade in GRADES:
        count = grades.get(grade, 0)
        share = round(100 * count / graded, 2) if graded else 0.0
        pieces.append(Piece(grade, count, round(start, 2), share))
        start += share
    return TownRow(name, graded, tuple(pieces))
