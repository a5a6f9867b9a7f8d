"""Figures out of cells: sums, shares, means and percentiles, by whatever is asked for (A19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from math import ceil

from pydantic import BaseModel, ConfigDict

from functions.reports.domain import (
    BUCKETS,
    Cell,
    Counts,
    Measure,
    Stage,
    bucket_name,
    days_name,
)


class By(StrEnum):
    """What a row of figures is about."""

    DEPARTMENT = "department"
    TOWN = "town"
    ITEM = "item"
    DAY = "day"
    UNIT = "unit"


class StageFigures(BaseModel):
    """How long a stage took where it was done, in calendar days without those of suspension.

    `p90` is the least number of days within which nine of ten were done: exact up to 60, beyond it
    the upper end of its bucket (90, 120, 180, 365; 366 stands for more than a year).
    """

    model_config = ConfigDict(frozen=True)

    n: int
    mean: float
    p90: int


class Figures(BaseModel):
    """All measures of some cells together.

    handled = on_time + late; pushed + taken_over − handled − withdrawn − returned − passed_on is
    what came and has not left. `overdue` is how many tasks are past a limit now, whatever the
    period; absent in a row that is about a day. `on_time_share` (0 to 1) is absent where nothing
    was handled, a stage where nothing was done.
    """

    model_config = ConfigDict(frozen=True)

    pushed: int = 0
    taken_over: int = 0
    received: int = 0
    received_on_time: int = 0
    received_late: int = 0
    verified: int = 0
    verified_on_time: int = 0
    verified_late: int = 0
    handled: int = 0
    on_time: int = 0
    late: int = 0
    returned: int = 0
    passed_on: int = 0
    left_late: int = 0
    withdrawn: int = 0
    extended: int = 0
    suspended: int = 0
    overdue: int | None = None
    on_time_share: float | None = None
    receive: StageFigures | None = None
    verify: StageFigures | None = None
    handle: StageFigures | None = None
    whole: StageFigures | None = None


class Row(Figures):
    """Figures and what they are about; `town` reads `city` for a department's unit of the city."""

    department: str | None = None
    department_name: str | None = None
    town: str | None = None
    town_name: str | None = None
    item: str | None = None
    item_name: str | None = None
    day: date | None = None
    unit: str | None = None
    unit_name: str | None = None


Key = tuple[str, ...]


def key_of(cell: Cell, by: Iterable[By]) -> Key:
    """Which row a cell belongs to."""
    return tuple(
        cell.day.isoformat() if one is By.DAY else str(getattr(cell, one.value)) for one in by
    )


def figures_of(counts: Counts, overdue: int | None) -> Figures:
    """The figures that the sum of some cells makes."""
    handled = counts.get(Measure.HANDLED, 0)
    return Figures(
        **{measure.value: counts.get(measure, 0) for measure in Measure},
        overdue=overdue,
        on_time_share=round(counts.get(Measure.ON_TIME, 0) / handled, 4) if handled else None,
        **{stage.value: stage_figures(stage, counts) for stage in Stage},
    )


def stage_figures(stage: Stage, counts: Counts) -> StageFigures | None:
    """How long a stage took, out of the sum of its days and its histogram."""
    histogram = {bucket: counts.get(bucket_name(stage, bucket), 0) for bucket in BUCKETS}
    n = sum(histogram.values())
    if n <= 0:
        return None
    mean = round(counts.get(days_name(stage), 0) / n, 2)
    return StageFigures(n=n, mean=mean, p90=_percentile(histogram, ceil(n * 9 / 10)))


def _percentile(histogram: Mapping[int, int], nth: int) -> int:
    seen = 0
    for bucket, count in histogram.items():
        seen += count
        if seen >= nth:
            return bucket
    return max(histogram)


def sums(cells: Iterable[tuple[Cell, Counts]], by: Iterable[By]) -> dict[Key, Counter[str]]:
    """The cells of each row together."""
    found: dict[Key, Counter[str]] = {}
    order = tuple(by)
    for cell, counts in cells:
        row = found.setdefault(key_of(cell, order), Counter())
        for name, count in counts.items():
            row[name] += count
    return found
