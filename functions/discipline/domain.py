"""A joint sanction, the part that each participant has in it, and what grounds it (C13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.clocks import ClockTold
from functions.shared.events.credit import Category, Grade, SubjectKind
from functions.shared.events.discipline import (
    ConstraintState,
    ConstraintTold,
    MeasureTold,
    SanctionState,
)
from functions.shared.trail import fingerprint

OFFICE = "credit"  # the unit of the credit office, which approves
SYSTEM = "system"
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Ref = Annotated[str, StringConstraints(max_length=64)]


class Frozen(BaseModel):
    """Base of the room's values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SanctionVerb(StrEnum):
    """A step in a sanction's life."""

    INITIATE = "initiate"
    APPROVE = "approve"
    REFUSE = "refuse"
    RECEIVE = "receive"  # by a participant, as the next two
    EXECUTE = "execute"
    CONFIRM = "confirm"  # that it applies its measures no longer
    LIFT = "lift"
    EXPIRE = "expire"  # its period is over
    FALL = "fall"  # nothing that grounded it counts any more
    RECOUNT = "recount"  # by the next calendar


class SanctionStep(Frozen):
    """Who did what when, in which unit."""

    verb: SanctionVerb
    at: AwareDatetime
    by: str
    unit: str
    note: str = ""


class Part(Frozen):
    """What one participant does about the subject: its own measures, how far it is with them."""

    unit: str
    measures: tuple[MeasureTold, ...]
    state: ConstraintState = ConstraintState.PUSHED
    note: str = ""  # what it fed back last
    clocks: tuple[ClockTold, ...] = ()
    changed_at: AwareDatetime


class Sanction(Frozen):
    """One subject under one instrument: `unit` initiated it, `records` ground it.

    `book` is the version of the instruments by which it goes from its beginning to its end;
    `parts` are there once it is approved. `until` is the last day on which it holds (None: until
    it is lifted). `clocks` run for the credit office while that has to approve.
    """

    id: str
    unit: str
    subject: str
    kind: SubjectKind
    name: str = ""
    book: str
    instrument: str
    instrument_version: int
    title: str
    ground: str
    records: tuple[str, ...] = Field(min_length=1)
    state: SanctionState = SanctionState.PROPOSED
    parts: tuple[Part, ...] = ()
    clocks: tuple[ClockTold, ...] = ()
    steps: tuple[SanctionStep, ...] = Field(min_length=1)
    until: date | None = None
    proposed_at: AwareDatetime
    approved_at: AwareDatetime | None = None
    changed_at: AwareDatetime

    def part_of(self, unit: str) -> Part | None:
        """The part of a participant."""
        return next((part for part in self.parts if part.unit == unit), None)

    def holds_on(self, day: date) -> bool:
        """Whether its measures are to be applied on a day of Shanghai: exact, whether or not a
        sweep ran."""
        return self.state is SanctionState.ACTIVE and (self.until is None or day <= self.until)

    @property
    def running(self) -> tuple[ClockTold, ...]:
        """The limits that run for the office and the participants."""
        return (*self.clocks, *(clock for part in self.parts for clock in part.clocks))


class Duty(Frozen):
    """A participant's part as that unit's list shows it, by the sanction's version `sequence`."""

    told: ConstraintTold
    sequence: int


class Ground(Frozen):
    """A credit record that may ground sanctions, as the newest event (`sequence`) tells of it.

    `until` is the last day of its publicity (None: for good, or never shown): who is on a list no
    longer, or whose time is over, is constrained for it no longer.
    """

    record: str
    subject: str
    kind: SubjectKind
    name: str = ""
    item: str
    title: str
    category: Category
    document: str = ""
    live: bool
    until: date | None = None
    sequence: int

    def counts_on(self, day: date) -> bool:
        """Whether it grounds anything on a day of Shanghai: exact, whether or not a sweep ran."""
        return self.live and (self.until is None or day <= self.until)


class Held(Frozen):
    """A sanction as the counters need it: which of its `measures` each body applies."""

    sanction: str
    instrument: str
    version: int
    title: str
    live: bool = False
    until: date | None = None
    measures: tuple[MeasureTold, ...] = ()
    parts: dict[str, tuple[int, ...]] = Field(default_factory=dict)

    def of_body(self, body: str) -> Iterator[MeasureTold]:
        """The measures that a body applies."""
        return (self.measures[place] for place in self.parts.get(body, ()))


class Standing(Frozen):
    """All that a counter must know about a subject: the sanctions that are not over, the grade and
    what counters do about it, by the event `sequence`."""

    subject: str
    sanctions: tuple[Held, ...] = ()
    grade: Grade = Grade.ORDINARY
    counter: tuple[str, ...] = ()
    sequence: int = 0

    def without(self, sanction: str) -> tuple[Held, ...]:
        """Its sanctions but one."""
        return tuple(one for one in self.sanctions if one.sanction != sanction)


def sanction_id(
    unit: str, instrument: str, subject: str, records: tuple[str, ...], ref: str
) -> str:
    """The id of a sanction: the same said twice is the same sanction."""
    said = [unit, instrument, subject, sorted(records), ref]
    return f"J{fingerprint(said)[:20]}"


def constraint_id(sanction: str, unit: str) -> str:
    """The id of a participant's part."""
    return f"{sanction}@{unit}"
