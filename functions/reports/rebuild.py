"""Figures once more, from the tasks themselves: what they should be, and where they differ (A20).

Pure: events in, differences out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from functions.reports.domain import (
    Cell,
    Contribution,
    Counted,
    Counts,
    contribution,
    name_of,
    total,
)
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import TASK_CHANGED, TASK_PUSHED, TaskTold
from functions.shared.trail import fingerprint


class Difference(BaseModel):
    """A cell whose numbers are not those of the tasks behind it: which day, department, town and
    item, what it should hold, and what it holds."""

    model_config = ConfigDict(frozen=True)

    day: str
    department: str
    town: str
    item: str
    expected: dict[str, int]
    found: dict[str, int]


class Verdict(StrEnum):
    """How what was counted of a task compares with the task."""

    EQUAL = "equal"
    DIFFERS = "differs"  # the same version, other numbers
    BEHIND = "behind"  # an older version was counted: news is on its way, or lost
    AHEAD = "ahead"  # a newer version was counted: the task moved on meanwhile


def contribution_of(event: CloudEvent) -> Contribution:
    """What a task's event counts for; nothing, where it is not a task's."""
    if event.type not in (TASK_PUSHED, TASK_CHANGED):
        return {}
    return contribution(body_of(event, TaskTold))


def digest_of(cells: Contribution) -> str:
    """The same for the same numbers."""
    return fingerprint({name_of(cell): dict(counts) for cell, counts in cells.items()})


def expected_cells(tasks: Iterable[CloudEvent]) -> dict[Cell, Counts]:
    """The cells that tasks make, given the newest event of each."""
    return total(contribution_of(event) for event in tasks)


def verdict(event: CloudEvent, counted: Counted) -> Verdict:
    """Whether what was counted of a task is what its event counts for. What adds nothing is not
    counted, so an older version with the same numbers is equal."""
    if contribution_of(event) == counted.cells:
        return Verdict.EQUAL
    if counted.sequence == event.sequence:
        return Verdict.DIFFERS
    return Verdict.BEHIND if counted.sequence < event.sequence else Verdict.AHEAD


def differences(expected: Mapping[Cell, Counts], found: Mapping[Cell, Counts]) -> list[Difference]:
    """Every cell in which the two are not the same, in the order of their days; a zero is as good
    as nothing."""
    cells = sorted({*expected, *found})
    told = (difference_in(cell, expected.get(cell, {}), found.get(cell, {})) for cell in cells)
    return [one for one in told if one]


def difference_in(cell: Cell, expected: Counts, found: Counts) -> Difference | None:
    """The difference in one cell, if there is any."""
    wanted, present = _nonzero(expected), _nonzero(found)
    if wanted == present:
        return None
    return Difference(
        day=cell.day.isoformat(),
        department=cell.department,
        town=cell.town,
        item=cell.item,
        expected=wanted,
        found=present,
    )


def _nonzero(counts: Counts) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
