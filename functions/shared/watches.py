"""What is watched: the limits that run for one subject at one unit, and the alerts raised so far.

`alerts` alone writes these records; the others read which limits are passed (A15, A19).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.clocks import ClockTold
from functions.shared.directory import body_of
from functions.shared.events.alerts import Watched
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Key, Record, Table, pages

DUE = Index("due", "due_shard", "due_at")
LATE = Index("late", "late_of", "late_since")
SHARDS = range(16)
_MANY = 5000  # keys; DynamoDB ends a page at 1 MB


class Raised(BaseModel):
    """One alert, raised `at` to the units `to`: about the limit of `stage` that ends or ended on
    `due`. `person` is who had claimed it then; where nobody had, the alert is `unassigned`."""

    model_config = ConfigDict(frozen=True)

    stage: str
    due: date
    rung: str
    to: tuple[str, ...]
    at: AwareDatetime
    person: str | None = None

    @property
    def unassigned(self) -> bool:
        """Whether nobody in the unit had taken it on."""
        return self.person is None


class Watch(BaseModel):
    """What `unit` has to do with one subject, by the newest event about that (`sequence`).

    `clocks` are the limits that run there now: none once it is over, has left, or is suspended.
    `due_at` is when an alert is owed next, and `late` the earliest limit that was passed and still
    runs, as the last look found it.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    kind: Watched
    unit: str
    town: str | None = None
    title: str
    sequence: int
    clocks: tuple[ClockTold, ...] = ()
    raised: tuple[Raised, ...] = ()
    due_at: AwareDatetime | None = None
    late: date | None = None

    def is_open(self, alert: Raised) -> bool:
        """Whether the limit that `alert` is about still runs."""
        return any((one.stage, one.due) == (alert.stage, alert.due) for one in self.clocks)


Change = Callable[[Watch | None], Watch | None]
Place = tuple[str, str]  # subject and unit


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Where some watches stand, and where to go on (None: that was all)."""

    places: tuple[Place, ...]
    after: Record | None


@dataclass(frozen=True, slots=True)
class LatePage:
    """Some watches whose limit is passed, the longest passed first, and where to go on."""

    watches: tuple[Watch, ...]
    after: Record | None


@dataclass(frozen=True, slots=True)
class Passed:
    """What the index itself says of a watch whose limit is passed: the earliest ended on `due`."""

    subject: str
    unit: str
    due: date

    @property
    def is_task(self) -> bool:
        """Whether it is about a task, whose ids begin with a T; those of clues do with an L."""
        return self.subject.startswith("T")

    @property
    def is_inspection(self) -> bool:
        """Whether it is about an inspection, whose ids begin with an I."""
        return self.subject.startswith("I")

    @property
    def is_credit(self) -> bool:
        """Whether it is about a dispute, whose ids begin with a Y, or about a sanction or a part of
        one, whose ids begin with a J."""
        return self.subject.startswith(("J", "Y"))


@dataclass(frozen=True)
class Watches:
    """The table of `alerts`."""

    table: Table

    @cached_property
    def _shelf(self) -> Shelf[Watch]:
        return Shelf(self.table, Watch, _key, lambda watch: f"{watch.subject}@{watch.unit}", _marks)

    def get(self, subject: str, unit: str) -> Watch | None:
        """The watch as last written."""
        found = self._shelf.get(f"{subject}@{unit}")
        return found.value if found else None

    def get_many(self, places: Iterable[Place]) -> dict[Place, Watch]:
        """The watches that exist among `places`."""
        found = self._shelf.get_many(f"{subject}@{unit}" for subject, unit in places)
        return {(one.value.subject, one.value.unit): one.value for one in found.values()}

    def change(
        self, subject: str, unit: str, how: Change, *, by: str, now: datetime
    ) -> Watch | None:
        """Write what `how` makes of the watch; see `Shelf.change`."""
        return self._shelf.change(f"{subject}@{unit}", how, by=by, now=now)

    def list_of(self, subject: str) -> list[Watch]:
        """All watches of a subject, one per unit that ever had it."""
        return [read_as(Watch, record) for record in pages(self.table, f"W#{subject}")]

    def list_due(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> PlacePage:
        """A page of the watches of a shard for which something is due by `until`."""
        page = self.table.query(
            _shard(shard), index=DUE, until=_mark(until), limit=limit, after=after
        )
        return PlacePage(tuple(map(_place, page.records)), page.after)

    def list_late(
        self, department: str, *, limit: int = 100, after: Record | None = None
    ) -> LatePage:
        """A page of the watches of a department's units (of the offices: `office`) whose limit is
        passed. The index runs behind the watches: what is over by now is left out."""
        page = self.table.query(department, index=LATE, limit=limit, after=after)
        ids = [f"{subject}@{unit}" for subject, unit in map(_place, page.records)]
        found = self._shelf.get_many(ids)
        watches = (found[id].value for id in ids if id in found)
        return LatePage(tuple(one for one in watches if one.late), page.after)

    def all_late(self, department: str) -> Iterator[Watch]:
        """Every watch of `list_late`, page after page."""
        page = self.list_late(department)
        yield from page.watches
        while page.after:
            page = self.list_late(department, after=page.after)
            yield from page.watches

    def list_passed(self, department: str) -> Iterator[Passed]:
        """What `all_late` gives, thousands at once: by the index alone, a moment behind."""
        for record in pages(self.table, department, index=LATE, limit=_MANY):
            due = date.fromisoformat(record["late_since"].partition("#")[0])
            yield Passed(*_place(record), due)


def watch_in(record: Record) -> Watch | None:
    """The watch that a record of the table holds, if it holds one."""
    return read_as(Watch, record) if record["pk"].startswith("W#") else None


def _key(id: str) -> Key:
    subject, _, unit = id.rpartition("@")
    return f"W#{subject}", f"W#{unit}"


def _place(record: Record) -> Place:
    return record["pk"].removeprefix("W#"), record["sk"].removeprefix("W#")


def _marks(watch: Watch) -> dict[str, Any]:
    """What puts a watch into the two indexes: while something is due, while a limit is passed."""
    marks: dict[str, Any] = {}
    if watch.due_at:
        shard = crc32(watch.subject.encode()) % len(SHARDS)
        marks |= {"due_shard": _shard(shard), "due_at": _mark(watch.due_at)}
    if watch.late:
        since = f"{watch.late.isoformat()}#{watch.subject}"
        marks |= {"late_of": body_of(watch.unit), "late_since": since}
    return marks


def _shard(shard: int) -> str:
    return f"D#{shard:02d}"


def _mark(instant: datetime) -> str:
    """An instant in the order of the index; all that is due strikes with a full second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")
