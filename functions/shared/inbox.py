"""One inbox per receiver: the rows that a unit sees in its worklist, and who claimed them (A8, D2).

Rows are a projection of tasks, cases, clues, inspections and alerts; a row carries the version of
what it shows, so late news changes nothing. Rows and claims are written by `worklist` alone; others
read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.shared.calendar import shanghai_day
from functions.shared.inbox_rows import Claim, Row, RowKind, held
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Key, Record, Table

__all__ = ["CHANGED", "CLAIMED", "OPEN", "Claim", "Inbox", "Row", "RowKind", "RowPage"]

CHANGED = Index("changed", "pk", "changed", whole=True)
CLAIMED = Index("claimed", "person", "claimed_at")
OPEN = Index("open", "open_of", "open_due")
_OPEN_KEYS = (OPEN.partition, OPEN.sort)
_MOST_KEYS = 1000  # of an index that one look for a kind reads
_SETTLING = timedelta(seconds=5)  # a writer that is slower than this could be passed by a reader
_IN_KEYS = frozenset({"unit", "kind", "subject", "sequence"})  # of a row: its keys and version


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows and where to go on."""

    rows: tuple[Row, ...]
    after: Record | None


@dataclass(frozen=True)
class Inbox:
    """The worklist's table."""

    table: Table

    @property
    def claims(self) -> Shelf[Claim]:
        """Claims by `claim_id`; in the index by person while one has it."""
        return Shelf(
            self.table,
            Claim,
            lambda id: _claim_key(*id.split("#", 2)),
            lambda claim: claim_id(claim.unit, claim.kind, claim.subject),
            lambda claim: {"claimed_at": claim.at.isoformat()} if claim.person else {},
        )

    def save(self, row: Row) -> bool:
        """Show `row`, unless news as late or later is shown already; whether it is.

        That it has left a unit's hands is written once per leaving, though every later event says
        so again: whatever the unit heard while it had it is older than that leaving.
        """
        if row.gone and row.left_at:
            before = self.get(row.unit, row.kind, row.subject)
            if before and before.gone and before.left_at == row.left_at:
                return False
        return self.table.put_newer(_record(row))

    def get(self, unit: str, kind: RowKind | str, subject: str) -> Row | None:
        """The row of `subject` at `unit`, also one that has left its hands."""
        record = self.table.get(*row_key(unit, kind, subject))
        return row_in(record) if record else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """The rows that stand at `keys` (see `row_key`), by key."""
        found = self.table.get_many(keys).items()
        return {key: row for key, record in found if (row := row_in(record))}

    def claim(self, unit: str, kind: RowKind | str, subject: str) -> Claim | None:
        """Who has taken on the row of `subject` at `unit`; None where nobody has, or where what
        they took on has left the unit since."""
        row_at, claim_at = row_key(unit, kind, subject), _claim_key(unit, kind, subject)
        found = self.table.get_many((row_at, claim_at))
        return _held(found.get(row_at), found.get(claim_at))

    def claims_on(self, rows: Iterable[Row]) -> dict[Key, Claim]:
        """The claims that hold on any of `rows`, by the row's key: one read for each open row that
        nobody was assigned to. Who has taken on what an alert is about has taken on the alert, too.
        """
        there = [row for row in rows if row.open]
        about = {
            key_of(row): (row_key(*one), _claim_key(*one)) for row in there if (one := row.about)
        }
        keys = {claim_key_of(row) for row in there if not row.assigned}
        found = self.table.get_many(keys.union(*about.values()))
        claims: dict[Key, Claim] = {}
        for row in there:
            claim = held(row, _claim_in(found.get(claim_key_of(row))))
            if claim is None and key_of(row) in about:
                row_at, claim_at = about[key_of(row)]
                claim = _held(found.get(row_at), found.get(claim_at))
            if claim:
                claims[key_of(row)] = claim
        return claims

    def list_rows(
        self, unit: str, *, limit: int, after: Record | None = None, kind: RowKind | None = None
    ) -> RowPage:
        """A page of a unit's rows, by kind (or of one kind) and subject."""
        rows: list[Row] = []
        for one in [kind] if kind else sorted(RowKind):
            begins = f"{one}#"
            here = after if after and after["sk"].startswith(begins) else None
            if after and not here and after["sk"] > begins:
                continue  # that kind was read to its end
            page = self.table.query(
                partition(unit), begins=begins, limit=limit - len(rows), after=here
            )
            rows += _rows(page.records)
            if page.after or len(rows) >= limit:
                last = {name: page.records[-1][name] for name in ("pk", "sk")}
                return RowPage(tuple(rows), page.after or last)
        return RowPage(tuple(rows), None)

    def list_open(
        self, unit: str, *, limit: int, after: Record | None = None, kind: RowKind | None = None
    ) -> RowPage:
        """A page of what a unit still has to act on (or of one kind of it, then perhaps fewer), by
        the day on which the whole of it is due. It costs what is open, however much was closed; of
        the other kinds it costs their keys alone."""
        begins = f"{kind}#" if kind else ""
        page = self.table.query(unit, index=OPEN, limit=limit, after=after)
        fitting = _beginning(page.records, begins)
        if page.after and 2 * len(fitting) < limit:  # a rare kind: many keys, few rows
            page = self.table.query(unit, index=OPEN, limit=_MOST_KEYS, after=page.after)
            fitting += _beginning(page.records, begins)
        goes_on = page.after
        if len(fitting) > limit:
            fitting = fitting[:limit]
            goes_on = {name: fitting[-1][name] for name in ("pk", "sk", *_OPEN_KEYS)}
        keys = [(one["pk"], one["sk"]) for one in fitting]
        found = self.get_many(keys)
        rows = (found[key] for key in keys if key in found)
        return RowPage(tuple(row for row in rows if row.open), goes_on)

    def list_changed(self, unit: str, since: str, now: datetime, *, limit: int) -> RowPage:
        """A unit's rows that changed after `since`, in that order; the newest seconds wait until
        no earlier change can still appear."""
        page = self.table.query(partition(unit), index=CHANGED, above=since, limit=limit)
        settled = mark(now - _SETTLING)
        rows = tuple(row for row in _rows(page.records) if row.changed <= settled)
        return RowPage(rows, page.after if len(rows) == len(page.records) else None)

    def list_claimed(self, person: str, *, limit: int) -> tuple[list[Claim], bool]:
        """What a person has claimed and is not over, the longest first, at most `limit`; and
        whether there may be more."""
        page = self.table.query(person, index=CLAIMED, limit=limit)
        found = self.table.get_many((one["pk"], one["sk"]) for one in page.records)
        claims = (_claim_of(record) for record in found.values())
        held_now = (claim for claim in claims if claim and claim.person == person)
        return sorted(held_now, key=lambda claim: claim.at), page.after is not None


def _beginning(records: Iterable[Record], begins: str) -> list[Record]:
    return [one for one in records if one["sk"].startswith(begins)]


def claim_id(unit: str, kind: RowKind | str, subject: str) -> str:
    """The id of the claim on a row."""
    return f"{unit}#{kind}#{subject}"


def row_key(unit: str, kind: RowKind | str, subject: str) -> Key:
    """Where the row of `subject` at `unit` stands."""
    return partition(unit), f"{kind}#{subject}"


def key_of(row: Row) -> Key:
    """Where `row` stands."""
    return row_key(row.unit, row.kind, row.subject)


def claim_key_of(row: Row) -> Key:
    """Where the claim on `row` stands, if there is one."""
    return _claim_key(row.unit, row.kind, row.subject)


def partition(unit: str) -> str:
    """Where a unit's rows stand."""
    return f"R#{unit}"


def mark(at: datetime) -> str:
    """An instant in the order of changes."""
    return at.isoformat(timespec="microseconds")


def row_in(record: Record) -> Row | None:
    """The row that a record of the worklist holds; None for a claim's."""
    kind, _, subject = str(record["sk"]).partition("#")
    if kind not in set(RowKind):
        return None
    unit = str(record["pk"]).partition("#")[2]
    keys = {"unit": unit, "kind": kind, "subject": subject, "sequence": record["version"]}
    told = {**record, **keys}
    if kind == RowKind.TASK:
        told["task"] = {"id": subject, "unit": unit, **record["task"]}
    if kind == RowKind.INSPECTION:
        told["inspection"] = {"id": subject, **record["inspection"]}
    return Row.model_validate({name: told[name] for name in Row.model_fields if name in told})


def _record(row: Row) -> Record:
    """A row as it is stored: what its keys say is not said again, since every byte counts twice
    (the index of changes holds whole rows) and most rows fit into one unit."""
    pk, sk = key_of(row)
    content = row.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True, exclude=set(_IN_KEYS)
    )
    if row.task:
        content["task"].pop("id")
        if row.task.unit == row.unit:
            content["task"].pop("unit")
    if row.inspection:
        content["inspection"].pop("id")
    return {"pk": pk, "sk": sk, "version": row.sequence, **content, **_indexed(row)}


def _indexed(row: Row) -> Mapping[str, Any]:
    """What puts an open row into the index of open ones, and what is assigned into its person's.

    The day by which the whole of it is due hardly ever changes, so the index costs one write when
    it comes and one when it goes; what has no such day stands by the day on which it came, and what
    is suspended behind all the rest."""
    if not row.open:
        return {}
    waits = row.task is not None and row.task.suspended
    came = shanghai_day(row.came_at) if row.came_at and not waits else None
    day = row.whole_due or came
    marks = {"open_of": row.unit, "open_due": day.isoformat() if day else "9999-12-31"}
    if claim := row.assigned:
        marks |= {"person": claim.person or "", "claimed_at": claim.at.isoformat()}
    return marks


def _held(row: Record | None, claim: Record | None) -> Claim | None:
    there = row_in(row) if row else None
    return held(there, _claim_in(claim)) if there else None


def _claim_in(record: Record | None) -> Claim | None:
    return read_as(Claim, record) if record else None


def _claim_of(record: Record) -> Claim | None:
    """The claim that a record of the index by person stands for."""
    row = row_in(record)
    return row.assigned if row else read_as(Claim, record)


def _rows(records: Iterable[Record]) -> list[Row]:
    return [row for record in records if (row := row_in(record))]


def _claim_key(unit: str, kind: RowKind | str, subject: str) -> Key:
    return partition(unit), f"claim#{kind}#{subject}"
