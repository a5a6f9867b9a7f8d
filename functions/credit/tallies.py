"""How many subjects of each grade every town has, kept as grades change (C9).

A figure is added to in the same transaction as the grade that it counts, so it is exact whatever is
repeated. Each town's figures are shared out over shards, which a flood of grades writes to at once,
and are summed when they are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from functions.credit.domain import Graded
from functions.shared.events.credit import Grade
from functions.shared.provisional import shard_of
from functions.shared.table import Addition, Ledger, pages

_NO_TOWN = "-"  # of subjects whose town nobody knows


@dataclass(frozen=True, slots=True)
class Tallies:
    """The figures in the table of public credit."""

    table: Ledger

    def of(self, town: str | None) -> Mapping[Grade, int]:
        """How many graded subjects of each grade a town has (None: no town is known of them). Who
        has no record that speaks for or against him is not graded, and not counted."""
        found: Counter[Grade] = Counter()
        for record in pages(self.table, _partition(town)):
            found.update({grade: record.get(grade, 0) for grade in Grade})
        return {grade: found[grade] for grade in Grade}


def additions(before: Graded | None, after: Graded) -> list[Addition]:
    """What one change of a grade adds where; nothing where neither grade nor town changed."""
    shard = f"{shard_of(after.subject):02d}"
    counts: dict[str, Counter[str]] = {}
    for one, by in ((before, -1), (after, 1)):
        if one:
            counts.setdefault(_partition(one.town), Counter())[one.grade] += by
    changed = {town: {name: n for name, n in one.items() if n} for town, one in counts.items()}
    return [Addition(town, shard, one) for town, one in changed.items() if one]


def _partition(town: str | None) -> str:
    return f"T#{town or _NO_TOWN}"
