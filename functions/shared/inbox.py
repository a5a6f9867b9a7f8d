"""One inbox per receiver: the rows that a unit sees in its worklist, and who claimed them (A8, D2).

Rows are a projection of tasks, cases, clues and alerts; a row carries the version of what it
shows, so late news changes nothing. Rows and claims are written by `worklist` alone; others read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.events.alerts import AlertTold
from functions.shared.events.clues import ClueState, ClueTold
from functions.shared.events.supervision import CaseDecided, Outcome, State, TaskTold
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Key, Record, Table

CHANGED = Index("changed", "pk", "changed", whole=True)
CLAIMED = Index("claimed", "person", "claimed_at")
_SETTLING = timedelta(seconds=5)  # a writer that is slower than this could be passed by a reader


class RowKind(StrEnum):
    """What a row shows."""

    ALERT = "alert"
    CASE = "case"
    CLUE = "clue"
    TASK = "task"


class Row(BaseModel):
    """One row of a unit's inbox. `gone` says that it has left the unit's hands; `changed` is the
    row's place in the order of changes: instant and subject. `came_at` is since when the unit has
    it, where that is known."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    sequence: int
    gone: bool = False
    changed: str
    came_at: AwareDatetime | None = None
    state: State | None = None
    due: date | None = None
    task: TaskTold | None = None
    case: CaseDecided | None = None
    clue: ClueTold | None = None
    alert: AlertTold | None = None

    @property
    def open(self) -> bool:
        """Whether the unit still has to act on it."""
        if self.gone:
            return False
        if self.task:
            return self.task.state is not State.CLOSED
        if self.case:
            return self.case.outcome is Outcome.MANUAL
        if self.clue:
            return self.clue.state is not ClueState.CLOSED
        return self.alert is not None and not self.alert.ended


class Claim(BaseModel):
    """Who in a unit has taken on what stands in one of its rows, since when; nobody (`person` None)
    once it was released, handed on to nobody, or is over. `note` is what a handover said."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    person: str | None = None
    at: AwareDatetime
    note: str = ""


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

    def claim(self, unit: str, kind: RowKind | str, subject: str) -> Claim | None:
        """Who has taken on the row of `subject` at `unit`; None where nobody has, or where what
        they took on has left the unit since."""
        row_key, claim_key = _row_key(unit, kind, subject), _claim_key(unit, kind, subject)
        found = self.table.get_many((row_key, claim_key))
        if row_key not in found or claim_key not in found:
            return None
        return held(_row(found[row_key]), read_as(Claim, found[claim_key]))

    def list_rows(
        self, unit: str, *, limit: int, after: Record | None = None, kind: RowKind | None = None
    ) -> RowPage:
        """A page of a unit's rows, by kind (or of one kind) and subject."""
        kinds = [kind] if kind else sorted(RowKind)
        rows: list[Row] = []
        for one in kinds:
            begins = f"{one}#"
            here = after if after and after["sk"].startswith(begins) else None
            if after and not here and after["sk"] > begins:
                continue  # that kind was read to its end
            page = self.table.query(
                partition(unit), begins=begins, limit=limit - len(rows), after=here
            )
            rows += map(_row, page.records)
            if page.after or len(rows) >= limit:
                last = {name: page.records[-1][name] for name in ("pk", "sk")}
                return RowPage(tuple(rows), page.after or last)
        return RowPage(tuple(rows), None)

    def list_changed(self, unit: str, since: str, now: datetime, *, limit: int) -> RowPage:
        """A unit's rows that changed after `since`, in that order; the newest seconds wait until
        no earlier change can still appear."""
        page = self.table.query(partition(unit), index=CHANGED, above=since, limit=limit)
        settled = mark(now - _SETTLING)
        rows = tuple(row for row in map(_row, page.records) if row.changed <= settled)
        return RowPage(rows, page.after if len(rows) == len(page.records) else None)


def claims(table: Table) -> Shelf[Claim]:
    """Claims by `claim_id`, on the table of `worklist`; in the index by person while one has it."""
    return Shelf(
        table,
        Claim,
        lambda id: _claim_key(*id.split("#", 2)),
        lambda claim: claim_id(claim.unit, claim.kind, claim.subject),
        lambda claim: {"claimed_at": claim.at.isoformat()} if claim.person else {},
    )


def claim_id(unit: str, kind: RowKind | str, subject: str) -> str:
    """The id of the claim on a row."""
    return f"{unit}#{kind}#{subject}"


def held(row: Row, claim: Claim | None) -> Claim | None:
    """`claim`, where it still holds: somebody has it, and what it is on is open and has not left
    the unit since, not even to come back."""
    if claim is None or claim.person is None or not row.open:
        return None
    return None if row.came_at and claim.at < row.came_at else claim


def partition(unit: str) -> str:
    """Where a unit's rows stand."""
    return f"R#{unit}"


def mark(at: AwareDatetime) -> str:
    """An instant in the order of changes."""
    return at.isoformat(timespec="microseconds")


def _row_key(unit: str, kind: RowKind | str, subject: str) -> Key:
    return partition(unit), f"{kind}#{subject}"


def _claim_key(unit: str, kind: RowKind | str, subject: str) -> Key:
    return partition(unit), f"claim#{kind}#{subject}"


def _row(record: Record) -> Row:
    return read_as(Row, record)
