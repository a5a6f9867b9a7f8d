"""How far the inspections of a local city are, read where they are kept (B)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.store import inspection_in
from functions.shared.calendar import shanghai_day
from functions.shared.directory import is_village
from functions.shared.table import Whole

_PAGE = 500
_TOLD: Mapping[InspectionVerb, str] = {
    InspectionVerb.OPEN: "to inspect",
    InspectionVerb.VISIT: "visited",
    InspectionVerb.NOTICE: "notices",
    InspectionVerb.RECHECK: "rechecked",
    InspectionVerb.DISPOSE: "disposed of",
    InspectionVerb.REFER: "referred",
}


@dataclass
class Doors:
    """How many inspections there are, how many of them began with a village, and with a town's
    office; `slowest` is the longest that a village waited for one since its registration arrived
    (B4). `states` says where they stand, by outcome those that are over; `boards` which villages
    must act on how many."""

    opened: int = 0
    villages: int = 0
    offices: int = 0
    slowest: timedelta = timedelta()
    states: Counter[str] = field(default_factory=Counter)
    boards: Counter[str] = field(default_factory=Counter)

    def add(self, inspection: Inspection) -> None:
        """Counts one."""
        self.opened += 1
        self.states[inspection.outcome or inspection.state] += 1
        if is_village(inspection.unit):
            self.boards[inspection.unit] += 1
        if is_village(inspection.units[0]):
            self.villages += 1
            waited = inspection.received_at - inspection.registered_at
            self.slowest = max(self.slowest, waited)
        else:
            self.offices += 1

    @property
    def busiest(self) -> str:
        """The village with most to act on; "" where none has anything."""
        return min(self.boards, key=lambda village: (-self.boards[village], village), default="")

    def told(self) -> dict[str, Any]:
        """All of it, for scripts."""
        return {
            "opened": self.opened,
            "to_villages": self.villages,
            "to_town_offices": self.offices,
            "slowest_seconds": round(self.slowest.total_seconds(), 1),
            "states": dict(self.states),
            "busiest": self.busiest,
            "boards": dict(self.boards.most_common()),
        }

    def __str__(self) -> str:
        minutes = self.slowest.total_seconds() / 60
        return (
            f"inspections: {self.opened:,}; {self.villages:,} reached their village, the slowest "
            f"within {minutes:.1f} minutes; {self.offices:,} wait with town offices for their place"
        )


def count(table: Whole) -> Doors:
    """The inspections that the table holds."""
    found = Doors()
    for inspection in every(table):
        found.add(inspection)
    return found


def steps_on(day: date, inspections: Iterable[Inspection]) -> Counter[str]:
    """What was done about inspections on a day of Shanghai, in words."""
    return Counter(
        _TOLD[step.verb]
        for inspection in inspections
        for step in inspection.steps
        if step.verb in _TOLD and shanghai_day(step.at) == day
    )


def every(table: Whole) -> Iterator[Inspection]:
    """Every inspection of the table."""
    after = None
    while True:
        page = table.scan(0, 1, limit=_PAGE, after=after)
        yield from filter(None, map(inspection_in, page.records))
        after = page.after
        if after is None:
            return
