"""What a task's life counts for: small numbers per day, department, town and item (A19, A20).

Each step counts on its day in Shanghai, for the unit that had the task then; a task that goes
elsewhere leaves what was done with it behind. Nothing that was counted is ever taken back, so the
figures of a later version are those of an earlier one and more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from functions.shared.calendar import shanghai_day
from functions.shared.directory import body_of, town_of
from functions.shared.events.supervision import StepTold, TaskTold
from functions.shared.names import CITY as CITY

Counts = Mapping[str, int]


class Cell(NamedTuple):
    """What one set of numbers is about. The town is that of the unit, not that of the entity: a
    city department's work is the city's, wherever the entity lies."""

    day: date
    department: str
    town: str
    item: str

    @property
    def unit(self) -> str:
        """The unit whose work it is."""
        return self.department if self.town == CITY else f"{self.department}.{self.town}"

    @property
    def month(self) -> str:
        """As in `2026-03`."""
        return self.day.isoformat()[:7]


Contribution = Mapping[Cell, Counts]


def name_of(cell: Cell) -> str:
    """A cell in one text: `2026-03-02#scjg#441900106000#SP01`."""
    return "#".join((cell.day.isoformat(), *cell[1:]))


def cell_named(name: str) -> Cell:
    """The cell of a text that `name_of` made."""
    day, department, town, item = name.split("#")
    return Cell(date.fromisoformat(day), department, town, item)


class Measure(StrEnum):
    """What is counted beside the days of each stage.

    Of every unit: pushed + taken_over = handled + withdrawn + returned + passed_on + those that it
    has now; and over all units: taken_over = returned + passed_on.
    """

    PUSHED = "pushed"  # came to the unit first
    TAKEN_OVER = "taken_over"  # came from another unit; to a town office: returned to it
    RECEIVED = "received"
    RECEIVED_ON_TIME = "received_on_time"
    RECEIVED_LATE = "received_late"
    VERIFIED = "verified"  # the stage after the receipt is over, by whichever step ended it
    VERIFIED_ON_TIME = "verified_on_time"
    VERIFIED_LATE = "verified_late"
    HANDLED = "handled"  # closed by somebody's report: on_time + late
    ON_TIME = "on_time"  # within the limit of the case and that of the stage that the close ended
    LATE = "late"
    RETURNED = "returned"
    PASSED_ON = "passed_on"  # reassigned or redirected
    LEFT_LATE = "left_late"  # returned or passed on after the limit of the stage it was in
    WITHDRAWN = "withdrawn"  # its reason fell away: closed by the system
    EXTENDED = "extended"
    SUSPENDED = "suspended"


class Stage(StrEnum):
    """What takes days: arrival at the unit → receipt → verified → closed; the push → closed."""

    RECEIVE = "receive"
    VERIFY = "verify"
    HANDLE = "handle"
    WHOLE = "whole"


EXACT_DAYS = 60
_WIDER = (90, 120, 180, 365)
BEYOND = 366  # stands for every number of days above the last bucket
BUCKETS = (*range(EXACT_DAYS + 1), *_WIDER, BEYOND)


def bucket_of(days: int) -> int:
    """The histogram's bucket for a number of days, by its upper end: exact up to 60 days, then up
    to 90, 120, 180, 365 and beyond."""
    if days <= EXACT_DAYS:
        return days
    return next((end for end in _WIDER if days <= end), BEYOND)


def days_name(stage: Stage) -> str:
    """The name of the sum of a stage's days."""
    return f"{stage}_days"


def bucket_name(stage: Stage, bucket: int) -> str:
    """The name of a counter of a stage's histogram."""
    return f"{stage}_d{bucket}"


def number_of(counts: Counts, what: Measure | Stage) -> int:
    """How often a measure was counted, or how often a stage ended."""
    if isinstance(what, Stage):
        return sum(counts.get(bucket_name(what, bucket), 0) for bucket in BUCKETS)
    return counts.get(what, 0)


class About(NamedTuple):
    """A task as it was when it was last counted: whose (the entity's name), in which unit's hands,
    and in which town the entity lies. A task that changes hands is counted, so the unit is that of
    now; a new name waits for the next step that counts."""

    title: str
    unit: str
    town: str | None


def about(task: TaskTold) -> About:
    """What is kept of a task beside its numbers."""
    return About(task.name, task.unit, task.town)


@dataclass(frozen=True, slots=True)
class Counted:
    """What of a task stands in the cells: up to which `sequence` of its events, the numbers, the
    version of the record that says so (None: there is none yet), and what the task was then."""

    task: str
    sequence: int = 0
    cells: Contribution = field(default_factory=dict)
    version: int | None = None
    about: About | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell as it stands in the table: its version counts what was added to it."""

    cell: Cell
    counts: Counts
    version: int


def contribution(task: TaskTold) -> Contribution:
    """What `task` counts for, from its push and its steps alone."""
    return {cell: dict(counts) for cell, counts in _Life(task).counts.items()}


def difference(new: Contribution, old: Contribution) -> dict[Cell, Counts]:
    """What must be added to the cells, where `old` is in them and `new` should be."""
    changed: dict[Cell, Counts] = {}
    for cell in {**new, **old}:
        left = Counter(new.get(cell, {}))
        left.subtract(old.get(cell, {}))
        if found := {name: count for name, count in left.items() if count}:
            changed[cell] = found
    return changed


class _Life:
    """A task's life, walked once. `stage` is what the present unit owes next; days on which the
    task was suspended count nowhere, as no limit runs then (A13)."""

    def __init__(self, task: TaskTold) -> None:
        self.counts: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
        self._item = task.item
        self._case_due = task.case_due
        self._pauses: list[tuple[date, date | None]] = []
        self._pushed = shanghai_day(task.pushed_at)
        units = [*(step.unit for step in task.steps), task.unit]
        self._arrive(units[0], self._pushed, Measure.PUSHED)
        for step, unit in zip(task.steps, units[1:], strict=True):
            self._step(step, unit)

    def _step(self, step: StepTold, unit: str) -> None:
        day = shanghai_day(step.at)
        match step.verb:
            case "receive" if self._stage is Stage.RECEIVE:
                self._end(Stage.RECEIVE, day, step)
            case "verify" | "handle" if self._stage is Stage.VERIFY:
                self._end(Stage.VERIFY, day, step)
            case "close":
                self._close(day, step)
            case "withdraw":
                self._count(step.unit, day, Measure.WITHDRAWN)
            case "extend":
                self._count(step.unit, day, Measure.EXTENDED)
            case "suspend":
                self._count(step.unit, day, Measure.SUSPENDED)
                self._pauses.append((day, None))
            case "resume" if self._pauses:
                self._pauses[-1] = (self._pauses[-1][0], day)
        if step.unit != unit or step.verb in ("return", "reassign", "redirect"):
            self._move(step, unit, day)

    def _arrive(self, unit: str, day: date, how: Measure) -> None:
        self._stage, self._since = Stage.RECEIVE, day
        self._count(unit, day, how)

    def _move(self, step: StepTold, unit: str, day: date) -> None:
        leaving = Measure.RETURNED if step.verb == "return" else Measure.PASSED_ON
        self._count(step.unit, day, leaving)
        if step.due and day > step.due:
            self._count(step.unit, day, Measure.LEFT_LATE)
        self._arrive(unit, day, Measure.TAKEN_OVER)

    def _close(self, day: date, step: StepTold) -> None:
        """A close straight after the receipt ends the verification too, and no handling began; a
        town office closes what it never received."""
        if self._stage is Stage.VERIFY:
            self._end(Stage.VERIFY, day, step)
        elif self._stage is Stage.HANDLE:
            self._took(step.unit, Stage.HANDLE, self._since, day)
        limits = (step.due, self._case_due)
        late = any(due is not None and day > due for due in limits)
        self._count(step.unit, day, Measure.HANDLED)
        self._count(step.unit, day, Measure.LATE if late else Measure.ON_TIME)
        self._took(step.unit, Stage.WHOLE, self._pushed, day)

    def _end(self, stage: Stage, day: date, step: StepTold) -> None:
        done, on_time, late = _ENDED[stage]
        self._count(step.unit, day, done)
        if step.due:
            self._count(step.unit, day, late if day > step.due else on_time)
        self._took(step.unit, stage, self._since, day)
        self._stage, self._since = _NEXT[stage], day

    def _took(self, unit: str, stage: Stage, since: date, day: date) -> None:
        paused = sum(
            max(0, (min(day, end or day) - max(since, start)).days) for start, end in self._pauses
        )
        days = max(0, (day - since).days - paused)
        self._count(unit, day, days_name(stage), days)
        self._count(unit, day, bucket_name(stage, bucket_of(days)))

    def _count(self, unit: str, day: date, name: str, number: int = 1) -> None:
        if number:
            cell = Cell(day, body_of(unit), town_of(unit) or CITY, self._item)
            self.counts[cell][str(name)] += number


_NEXT = {Stage.RECEIVE: Stage.VERIFY, Stage.VERIFY: Stage.HANDLE}
_ENDED = {
    Stage.RECEIVE: (Measure.RECEIVED, Measure.RECEIVED_ON_TIME, Measure.RECEIVED_LATE),
    Stage.VERIFY: (Measure.VERIFIED, Measure.VERIFIED_ON_TIME, Measure.VERIFIED_LATE),
}


def total(contributions: Iterable[Contribution]) -> dict[Cell, Counts]:
    """The sum of contributions, cell by cell."""
    found: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
    for one in contributions:
        for cell, counts in one.items():
            found[cell].update(counts)
    return dict(found)
