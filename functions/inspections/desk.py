"""What the use cases of inspections work with, as tiny ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol

from pydantic import AwareDatetime, Field, StringConstraints

from functions.inspections.book import Book
from functions.inspections.domain import Inspection
from functions.inspections.seen import Frozen, Id
from functions.shared.errors import NotFound
from functions.shared.events.credit import Grade
from functions.shared.events.inspections import Reason
from functions.shared.events.registry import Registration
from functions.shared.objects import Photos
from functions.shared.records import Collection
from functions.shared.rules_in_force import Rules
from functions.shared.timekeeping import Timekeeper


class SkippedVisit(Frozen):
    """A visit that a registration called for and that a good grade made needless (C12): which, by
    which grade of which rules. `registration` is kept while no inspection has a newer one."""

    edition: int
    reason: Reason
    grade: Grade
    rules: str
    at: AwareDatetime
    registration: Registration | None = None


class Plan(Frozen):
    """How an entity is visited because of its grade (C12): the next planned visit is due on the day
    `next_on`, the interval counts from the day `counts_from`.

    `sequence` is the version of the grade, by which late news is recognised. `turn` numbers the
    planned visits; `last` is the newest of them that was opened.
    """

    code: str
    grade: Grade
    visits: str = ""
    rules: str
    sequence: int
    counts_from: date
    next_on: date | None = None
    turn: int = 1
    last: str = ""


class Dossier(Frozen):
    """What inspections know of an entity: its newest registration, by which the next is told from a
    repeat and compared (B3), and the inspections that are open. Address and scope are kept as
    fingerprints, the `name` as it stands. It exists (again) `since` an edition: what is older ended
    when it was cancelled. `owed` are the inspections that its editions called for and that may not
    be written yet."""

    code: str
    edition: int
    address: str
    scope: str
    name: str = ""
    since: int = 1
    cancelled: bool = False
    inspections: tuple[str, ...] = ()  # ids, the newest last; closed ones may be among them
    owed: dict[str, Reason] = Field(default_factory=dict)
    skipped: tuple[SkippedVisit, ...] = ()  # the newest, which nobody had to make


_Name = StringConstraints(strip_whitespace=True, min_length=1, max_length=40)
_Place = StringConstraints(strip_whitespace=True, min_length=2, max_length=20)


class Grid(Frozen):
    """A patch of a village: `places` are words of addresses that lie in it."""

    id: Id
    name: Annotated[str, _Name]
    places: Annotated[tuple[Annotated[str, _Place], ...], Field(max_length=30)] = ()


class Inspector(Frozen):
    """Who walks grids; `id` is the name by which the issuer knows the person."""

    id: Id
    name: Annotated[str, _Name]
    grids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class RosterContent(Frozen):
    """Grids, and the inspectors who walk them."""

    grids: Annotated[tuple[Grid, ...], Field(max_length=100)] = ()
    inspectors: Annotated[tuple[Inspector, ...], Field(max_length=100)] = ()


class Roster(RosterContent):
    """The grids and inspectors of a village."""

    village: str


class Numbers(Frozen):
    """The newest number of a village's notices in a year, and the inspection that it was given to:
    a repeat finds it there. A number whose process died is void, never given twice."""

    id: str  # `<village or town office>#<year>`
    last: int = Field(ge=0)
    holder: str


class Timer(Frozen):
    """What waits for the recheck of one inspection (B7): since which attempt, until when the
    correction period lasts, and the callback that its result is owed to, where one waits."""

    inspection: str
    attempt: int = 1
    until: AwareDatetime
    token: str = ""
    over: bool = False


class Waiting(Frozen):
    """One open inspection as the index of a unit gives it: due day, grid, inspector, id."""

    due: str
    grid: str
    inspector: str
    id: str


class Cabinet(Protocol):
    """Everything that the room keeps (`store.Store`)."""

    @property
    def inspections(self) -> Collection[Inspection]: ...

    @property
    def dossiers(self) -> Collection[Dossier]: ...

    @property
    def rosters(self) -> Collection[Roster]: ...

    @property
    def numbers(self) -> Collection[Numbers]: ...

    @property
    def timers(self) -> Collection[Timer]: ...

    @property
    def plans(self) -> Collection[Plan]: ...

    def list_open(self, unit: str) -> list[Waiting]: ...

    def list_ended(self, month: str) -> Iterator[Waiting]: ...


class RuleSource(Protocol):
    """The rules that hold now."""

    def on(self, now: datetime) -> Rules: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: the cabinet, the city's rules, the room's book, photos, now."""

    cabinet: Cabinet
    rules: RuleSource
    book: Book
    photos: Photos
    now: datetime

    def time(self, rules: Rules) -> Timekeeper:
        """The clocks by the book's limits and the calendar of `rules`."""
        return Timekeeper(self.book.limits, rules.calendar)


Step = Callable[[Inspection, Rules], Inspection]


def change(id: str, step: Step, desk: Desk, *, by: str) -> Inspection:
    """Let `step` make the next version of an inspection and write it, as often as others come in
    between; what it returns unchanged is not written. Raises NotFound."""
    rules = desk.rules.on(desk.now)

    def stepped(inspection: Inspection | None) -> Inspection:
        if inspection is None:
            raise NotFound("inspection")
        return step(inspection, rules)

    changed = desk.cabinet.inspections.change(id, stepped, by=by, now=desk.now)
    assert changed  # else `stepped` has raised
    return changed
