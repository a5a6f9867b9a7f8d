"""One inbox per receiver: the rows that a unit sees in its worklist (A8, D2).

A projection of tasks and cases, written by `worklist` alone; others only read. A row carries the
version of what it shows, so late news changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.events.supervision import CaseDecided, Outcome, State, TaskTold
from functions.shared.records import read_as
from functions.shared.table import Index, Record, Table

CHANGED = Index("changed", "pk", "changed", whole=True)
_SETTLING = timedelta(seconds=5)  # a writer that is slower than this could be passed by a reader


class RowKind(StrEnum):
    """What a row shows."""

    TASK = "task"
    CASE = "case"


class Row(BaseModel):
    """One row of a unit's inbox. `gone` says that it has left the unit's hands; `changed` is the
    row's place in the order of changes: instant and subject."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    sequence: int
    gone: bool = False
    changed: str
    state: State | None = None
    due: date | None = None
    task: TaskTold | None = None
    case: CaseDecided | None = None

    @property
    def open(self) -> bool:
        """Whether the unit still has to act on it."""
        if self.gone:
            return False
        if self.task:
            return self.task.state is not State.CLOSED
        return self.case is not None and self.case.outcome is Outcome.MANUAL


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows and where to go on."""

    rows: tuple[Row, ...]
    after: Record | None


@dataclass(frozen=True)
class Inbox:
    """The worklist's table."""

    table: Table

    def save(self, row: Row) -> bool:
        """Show `row`, unless news as late or later is shown already; whether it is."""
        record = {
            "pk": partition(row.unit),
            "sk": f"{row.kind}#{row.subject}",
            "version": row.sequence,
            **row.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        }
        return self.table.put_newer(record)

    def list_rows(self, unit: str, *, limit: int, after: Record | None = None) -> RowPage:
        """A page of a unit's rows, by kind and subject."""
        page = self.table.query(partition(unit), limit=limit, after=after)
        return RowPage(tuple(_row(record) for record in page.records), page.after)

    def list_changed(self, unit: str, since: str, now: datetime, *, limit: int) -> RowPage:
        """A unit's rows that changed after `since`, in that order; the newest seconds wait until
        no earlier change can still appear."""
        page = self.table.query(partition(unit), index=CHANGED, above=since, limit=limit)
        settled = mark(now - _SETTLING)
        rows = tuple(row for row in map(_row, page.records) if row.changed <= settled)
        return RowPage(rows, page.after if len(rows) == len(page.records) else None)


def partition(unit: str) -> str:
    """Where a unit's rows stand."""
    return f"R#{unit}"


def mark(at: AwareDatetime) -> str:
    """An instant in the order of changes."""
    return at.isoformat(timespec="microseconds")


def _row(record: Record) -> Row:
    return read_as(Row, record)
