"""Which key everything of public credit stands under in its table.

The four core stores are four letters: a subject, its records and its grade stand together, so that
its page is one query (C2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice, takewhile
from typing import Any

from functions.credit.batches import (
    Article,
    Batch,
    ChunkResult,
    Habits,
    HeldRow,
    Holder,
    LookUp,
    Parcel,
    Quality,
    Receipt,
    Sharing,
)
from functions.credit.disputing import Dispute
from functions.credit.domain import CreditRecord, Graded, Named, Subject, kind_of, subject_of
from functions.shared import provisional
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import next_due, strikes
from functions.shared.events.credit import BatchState, RecordState, SubjectKind
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Key, Record, Table, pages

OPEN = Index("open", "open_of", "open_due")  # what waits for a unit, by kind
DUE = Index("due", "due_shard", "due_at")  # what time alone changes
SHARDS = range(16)
_LETTERS = {
    SubjectKind.ENTERPRISE: "E",
    SubjectKind.INSTITUTION: "I",
    SubjectKind.ORGANISATION: "O",
    SubjectKind.PERSON: "P",
}
_NEVER = "9999-12-31"
_BEGINNING = 2  # characters of a name that make a partition of the index of names


@dataclass(frozen=True)
class Store:
    """The table of public credit."""

    table: Table

    @cached_property
    def subjects(self) -> Shelf[Subject]:
        """Subjects by code."""
        return Shelf(self.table, Subject, lambda code: (partition(code), "S"), lambda s: s.code)

    @cached_property
    def names(self) -> Shelf[Named]:
        """Names by `<key>|<whole>|<code>`."""
        return Shelf(self.table, Named, _name_key, name_id)

    @cached_property
    def records(self) -> Shelf[CreditRecord]:
        """Records by id; those that are to be taken down are indexed by the day after their last
        and shard."""
        return Shelf(self.table, CreditRecord, _record_key, lambda one: one.id, _record_marks)

    @cached_property
    def grades(self) -> Shelf[Graded]:
        """Grades by subject, all listed by shard; those that time may change are due by day."""
        return Shelf(
            self.table,
            Graded,
            lambda code: (partition(code), "G"),
            lambda g: g.subject,
            _grade_marks,
        )

    @cached_property
    def batches(self) -> Shelf[Batch]:
        """Batches by id; held ones wait for the credit office, the others are listed for their
        source by the month (Shanghai) in which they came."""
        return Shelf(self.table, Batch, _in("B", "B"), lambda one: one.id, _batch_marks)

    @cached_property
    def chunks(self) -> Shelf[ChunkResult]:
        """Results of chunks by `<batch>/<content>/<step>/<number>`."""
        return Shelf(self.table, ChunkResult, _chunk_key, chunk_id)

    @cached_property
    def held(self) -> Shelf[HeldRow]:
        """Held rows by `<batch>/<row>`."""
        return Shelf(self.table, HeldRow, _held_key, held_id, _held_marks)

    @cached_property
    def habits(self) -> Shelf[Habits]:
        """Habits by `<source>/<item>`."""
        return Shelf(self.table, Habits, _in("H", "H"), lambda one: f"{one.source}/{one.item}")

    @cached_property
    def qualities(self) -> Shelf[Quality]:
        """Figures of batches by `<source>/<day>/<batch>`."""
        return Shelf(self.table, Quality, _quality_key, quality_id)

    @cached_property
    def parcels(self) -> Shelf[Parcel]:
        """Parcels by id."""
        return Shelf(self.table, Parcel, _in("C", "C"), lambda one: one.id)

    @cached_property
    def receipts(self) -> Shelf[Receipt]:
        """Receipts by `<parcel>/<destination>`; those awaited or refused are indexed by the
        destination."""
        return Shelf(self.table, Receipt, _receipt_key, receipt_id, _receipt_marks)

    @cached_property
    def holders(self) -> Shelf[Holder]:
        """Which record has a key, by digest."""
        return Shelf(self.table, Holder, _in("K", "K"), lambda one: one.digest)

    @cached_property
    def disputes(self) -> Shelf[Dispute]:
        """Disputes by id, indexed by the unit that must act, then by their subject."""
        return Shelf(self.table, Dispute, _in("D", "D"), lambda one: one.id, _dispute_marks)

    @cached_property
    def look_ups(self) -> Shelf[LookUp]:
        """Look-ups of key persons by `<unit>/<instant>.<nonce>`."""
        return Shelf(self.table, LookUp, _look_up_key, lambda one: one.id)

    @cached_property
    def articles(self) -> Shelf[Article]:
        """Articles by `<column>/<place>.<digest>` (`columns.place_of`)."""
        return Shelf(self.table, Article, _article_key, lambda one: one.id)

    def list_names(self, key: str, limit: int) -> list[Named]:
        """At most `limit` names whose key begins with `key`, of at least two characters."""
        page = self.table.query(f"N#{key[:_BEGINNING]}", begins=key[_BEGINNING:], limit=limit)
        return [read_as(Named, record) for record in page.records]

    def list_records(self, subject: str) -> list[CreditRecord]:
        """All records of a subject."""
        found = pages(self.table, partition(subject), begins="R#")
        return [read_as(CreditRecord, record) for record in found]

    def list_chunks(self, batch: str) -> list[ChunkResult]:
        """The results of a batch's chunks so far."""
        found = pages(self.table, f"B#{batch}", begins="C#")
        return [read_as(ChunkResult, record) for record in found]

    def list_held(self, batch: str) -> list[HeldRow]:
        """The held rows of a batch, decided ones too."""
        return [read_as(HeldRow, record) for record in pages(self.table, f"B#{batch}", begins="H#")]

    def list_qualities(self, source: str, since: str, until: str) -> list[Quality]:
        """The figures of a source's batches done on the days `since` to `until` (ISO)."""
        found = pages(self.table, f"Q#{source}", above=since)
        within = takewhile(lambda record: record["sk"] <= f"{until}~", found)
        return [read_as(Quality, record) for record in within]

    def list_articles(self, column: str, after: str, limit: int) -> list[Article]:
        """At most `limit` articles of a column after a place in it (`columns.place_of`), the newest
        day first."""
        page = self.table.query(f"A#{column}", above=after, limit=limit)
        return [read_as(Article, record) for record in page.records]

    def list_look_ups(self, unit: str, since: str, until: str) -> list[LookUp]:
        """The look-ups of a unit from one instant to another (ISO, UTC), oldest first."""
        found = pages(self.table, f"L#{unit}", above=since)
        within = takewhile(lambda record: record["sk"] <= f"{until}~", found)
        return [read_as(LookUp, record) for record in within]

    def list_open(self, unit: str, kind: str, limit: int | None = None) -> list[str]:
        """The ids of what of a `kind` (`batch`, `held`, `dispute`, `parcel`) waits for a unit, the
        earliest due first, by the index alone; at most `limit`."""
        found = islice(pages(self.table, f"{unit}/{kind}", index=OPEN), limit)
        return [record["open_due"].partition("|")[2] for record in found]

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of ids of disputes with a limit that no published calendar covers (A14)."""
        return provisional.list_provisional(self.table, shard, limit=limit, after=after)

    def list_due(
        self, kind: str, shard: int, until: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[Key], Record | None]:
        """A page of keys of what of a `kind` (`takedown`, `grade`) is due by an instant (UTC)."""
        page = self.table.query(
            f"{kind}#{shard:02d}", index=DUE, until=until, limit=limit, after=after
        )
        return [(record["pk"], record["sk"]) for record in page.records], page.after


def partition(subject: str) -> str:
    """Where everything about a subject stands, in its core store."""
    return f"{_LETTERS[kind_of(subject)]}#{subject}"


def name_id(one: Named) -> str:
    """The id of a name's entry."""
    return f"{one.key}|{one.whole}|{one.code}"


def chunk_id(one: ChunkResult) -> str:
    """The id of a chunk's result."""
    return f"{one.batch}/{one.content}/{one.step}/{one.number:06d}"


def batches_of(instant: datetime) -> str:
    """Under what the batches of a source are listed that came in the month of an instant."""
    return f"batches-{shanghai_day(instant):%Y-%m}"


def held_id(one: HeldRow) -> str:
    """The id of a held row."""
    return f"{one.batch}/{one.row:08d}"


def quality_id(one: Quality) -> str:
    """The id of a batch's figures."""
    return f"{one.source}/{one.day}/{one.batch}"


def record_in(record: Record) -> CreditRecord | None:
    """The credit record that a record of the table holds, if it holds one."""
    return read_as(CreditRecord, record) if record["sk"].startswith("R#") else None


def batch_in(record: Record) -> Batch | None:
    """The batch that a record of the table holds, if it holds one."""
    return read_as(Batch, record) if record["sk"] == "B" else None


def graded_in(record: Record) -> Graded | None:
    """The grade that a record of the table holds, if it holds one."""
    return read_as(Graded, record) if record["sk"] == "G" else None


def dispute_in(record: Record) -> Dispute | None:
    """The dispute that a record of the table holds, if it holds one."""
    return read_as(Dispute, record) if record["sk"] == "D" else None


def receipt_in(record: Record) -> Receipt | None:
    """The receipt that a record of the table holds, if it holds one."""
    return read_as(Receipt, record) if record["sk"].startswith("Z#") else None


def receipt_id(one: Receipt) -> str:
    """The id of a receipt."""
    return f"{one.parcel}/{one.destination}"


def _in(letter: str, sort: str) -> Callable[[str], Key]:
    return lambda id: (f"{letter}#{id}", sort)


def _name_key(id: str) -> Key:
    return f"N#{id[:_BEGINNING]}", id[_BEGINNING:]


def _record_key(id: str) -> Key:
    subject, _, digest = id.rpartition(".")
    return partition(subject), f"R#{digest}"


def _chunk_key(id: str) -> Key:
    batch, _, rest = id.partition("/")
    return f"B#{batch}", f"C#{rest}"


def _held_key(id: str) -> Key:
    batch, _, row = id.partition("/")
    return f"B#{batch}", f"H#{row}"


def _receipt_key(id: str) -> Key:
    parcel, _, destination = id.rpartition("/")
    return f"C#{parcel}", f"Z#{destination}"


def _quality_key(id: str) -> Key:
    source, _, rest = id.partition("/")
    return f"Q#{source}", rest


def _look_up_key(id: str) -> Key:
    unit, _, rest = id.partition("/")
    return f"L#{unit}", rest


def _article_key(id: str) -> Key:
    column, _, rest = id.partition("/")
    return f"A#{column}", rest


def _record_marks(one: CreditRecord) -> Mapping[str, Any]:
    live = one.state is RecordState.LIVE and one.public_from and not one.taken_down
    if not live or one.public_until is None:
        return {}
    due = strikes(one.public_until + timedelta(days=1)).isoformat(timespec="seconds")
    return {"due_shard": _shard("takedown", subject_of(one.id)), "due_at": due}


def _grade_marks(one: Graded) -> Mapping[str, Any]:
    listed = _open("grades", f"{provisional.shard_of(one.subject):02d}", "", one.subject)
    if one.again_on is None:
        return listed
    due = strikes(one.again_on).isoformat(timespec="seconds")
    return {**listed, "due_shard": _shard("grade", one.subject), "due_at": due}


def _batch_marks(one: Batch) -> Mapping[str, Any]:
    if one.state is BatchState.HELD:
        return _open("credit", "batch", one.received_at.isoformat(), one.id)
    return _open(one.source, batches_of(one.received_at), one.received_at.isoformat(), one.id)


def _held_marks(one: HeldRow) -> Mapping[str, Any]:
    return _open("credit", "held", one.held_at.isoformat(), held_id(one)) if one.open else {}


def _dispute_marks(one: Dispute) -> Mapping[str, Any]:
    due = next_due(one.clocks)
    marks = _open(one.unit, "dispute", due.isoformat() if due else _NEVER, one.id)
    if not one.is_open:
        marks = _open(one.subject, "disputed", one.filed_at.isoformat(), one.id)
    again = any(clock.provisional for clock in one.clocks)
    return {**marks, **(provisional.attributes(one.id) if again else {})}


def _receipt_marks(one: Receipt) -> Mapping[str, Any]:
    if one.state is Sharing.TAKEN:
        return {}
    kind = "parcel" if one.state is Sharing.WAITING else "refused"
    return _open(one.destination, kind, one.made_at.isoformat(), one.parcel)


def _open(unit: str, kind: str, due: str, id: str) -> dict[str, str]:
    return {"open_of": f"{unit}/{kind}", "open_due": f"{due}|{id}"}


def _shard(kind: str, subject: str) -> str:
    return f"{kind}#{provisional.shard_of(subject):02d}"
