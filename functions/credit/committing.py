"""From checked rows to the core store: which become records, and which were there already (C5).

A row writes the holder of its key first and then its record, each under a condition, so that a
death in between leaves a key whose record the repeat writes. Which of two rows came later is said
by their batches' arrival, not by who is worked on first: a late repeat never undoes a newer row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from functions.credit.batches import Batch, Holder, Taken, Verdict
from functions.credit.catalogue import Catalogue, Entry
from functions.credit.desk import Desk
from functions.credit.domain import (
    CreditRecord,
    Provenance,
    Subject,
    kind_of,
    record_id,
    said_by,
)
from functions.credit.publicity import publicity
from functions.credit.subjects import ensure_subject
from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.dates import read_date
from functions.shared.errors import Fault
from functions.shared.events.credit import RecordState
from functions.shared.records import Stored
from functions.shared.table import Stale

_TRIES = 8


def commit_rows(
    verdicts: Iterable[Verdict], batch: Batch, entry: Entry, desk: Desk
) -> list[tuple[Verdict, CreditRecord | None]]:
    """Bring accepted rows into the core store; each with what became of it in the end, and its
    record where it was accepted. Returned and held rows stay what they are.

    A row whose document is another subject's is returned (`document_taken`), one of another
    source's record too (`other_source`), one that says otherwise than was decided on an objection
    (`record_decided`), and one that contradicts another row of its batch. The same values again
    are a duplicate, and so is what a newer row has overtaken.
    """
    verdicts = list(verdicts)
    shelf = _Shelf.filled([one for one in verdicts if one.taken is Taken.ACCEPTED], desk)
    catalogue = desk.books.catalogue.of(batch.catalogue)
    work = _Work(batch, entry, catalogue, desk, shelf, desk.rules.on(desk.now).calendar)
    return [work.commit(one) if one.taken is Taken.ACCEPTED else (one, None) for one in verdicts]


@dataclass
class _Shelf:
    """What stands in the core store for the rows of a chunk, read in few calls and kept up."""

    subjects: dict[str, Stored[Subject]]
    holders: dict[str, Stored[Holder]]
    records: dict[str, Stored[CreditRecord]] = field(default_factory=dict)

    @classmethod
    def filled(cls, verdicts: Sequence[Verdict], desk: Desk) -> _Shelf:
        holders = desk.cabinet.holders.get_many({one.digest for one in verdicts})
        ids = {record_id(one.subject, one.digest) for one in verdicts}
        ids |= {one.value.record for one in holders.values()}
        subjects = desk.cabinet.subjects.get_many({one.subject for one in verdicts})
        return cls(dict(subjects), dict(holders), dict(desk.cabinet.records.get_many(ids)))


@dataclass(frozen=True)
class _Work:
    batch: Batch
    entry: Entry
    catalogue: Catalogue
    desk: Desk
    shelf: _Shelf
    calendar: Calendar

    @cached_property
    def stand_ins(self) -> frozenset[str]:
        """Items whose rows yield to others of their group."""
        return frozenset(one.id for one in self.catalogue.entries if one.yields)

    def commit(self, verdict: Verdict) -> tuple[Verdict, CreditRecord | None]:
        for _ in range(_TRIES):
            try:
                return self._commit(verdict)
            except Stale:
                self._read_again(verdict)
        raise Stale(record_id(verdict.subject, verdict.digest))

    def _commit(self, verdict: Verdict) -> tuple[Verdict, CreditRecord | None]:
        id = record_id(verdict.subject, verdict.digest)
        if self.entry.one_subject and self._is_taken(id, verdict):
            return _returned(verdict, Fault("document_taken", self._document, verdict.row)), None
        before = self.shelf.records.get(id)
        if before and (other := self._other_than_new(verdict, before.value)):
            return other, before.value if other.taken is Taken.ACCEPTED else None
        record = self._record(id, verdict, before.value if before else None)
        saved = self.desk.cabinet.records.save(
            record, before=before, by=self.batch.by, now=self.desk.now
        )
        self.shelf.records[id] = saved
        return verdict.model_copy(update={"record": id}), record

    def _is_taken(self, id: str, verdict: Verdict) -> bool:
        """Whether another subject's record has the key; one that was withdrawn gives it up."""
        holder = self.shelf.holders.get(verdict.digest)
        if holder and holder.value.record != id:
            other = self.shelf.records.get(holder.value.record)
            if other is None or other.value.state is not RecordState.WITHDRAWN:
                return True
        if holder is None or holder.value.record != id:
            new = Holder(digest=verdict.digest, record=id)
            self.shelf.holders[verdict.digest] = self.desk.cabinet.holders.save(
                new, before=holder, by=self.batch.by, now=self.desk.now
            )
        return False

    def _other_than_new(self, verdict: Verdict, record: CreditRecord) -> Verdict | None:
        """What a row is that meets its record, unless it brings other values of the same source."""
        came, mine = record.provenance, self._provenance(verdict)
        if (came.batch, came.row) == (mine.batch, mine.row):
            return verdict.model_copy(update={"record": record.id})
        if record.source != self.batch.source:
            theirs = self.catalogue.source(record.source)
            params = {"name": theirs.name if theirs else record.source}
            return _returned(verdict, Fault("other_source", "row", verdict.row, params))
        newer = self._rank(record.item, came) > self._rank(self.entry.id, mine)
        if newer or self._same(verdict, record):
            return verdict.model_copy(update={"taken": Taken.DUPLICATE, "record": record.id})
        if record.decided:
            return _returned(verdict, Fault("record_decided", self._document, verdict.row))
        if came.batch == mine.batch:
            first = {"other": came.row}
            return _returned(verdict, Fault("row_contradicts", "row", verdict.row, first))
        return None

    @property
    def _document(self) -> str:
        """The field that a fault about the document names."""
        return self.entry.roles.document or next(iter(self.entry.key), "row")

    def _rank(self, item: str, came: Provenance) -> tuple[bool, datetime, str]:
        """Which of two rows counts: one in its own right, else the one that came later."""
        return item not in self.stand_ins, came.received_at, came.batch

    def _same(self, verdict: Verdict, record: CreditRecord) -> bool:
        """Whether a row says what its record says, or what an objection showed to be wrong."""
        if record.refuted and record.refuted == said_by(verdict.values):
            return True
        if (record.item, record.values) != (self.entry.id, verdict.values):
            return False
        return self._opened(verdict.sealed, record.id) == self._opened(record.sealed, record.id)

    def _opened(self, sealed: dict[str, str], id: str) -> dict[str, str]:
        if not sealed:
            return {}
        if self.desk.vault is None:
            raise RuntimeError("this function may not compare identity numbers")
        vault = self.desk.vault
        return {name: vault.tag(vault.open(text, f"{id}/{name}")) for name, text in sealed.items()}

    def _record(self, id: str, verdict: Verdict, before: CreditRecord | None) -> CreditRecord:
        subject = self._ensure_subject(verdict)
        roles = self.entry.roles
        state = before.state if before else RecordState.LIVE
        record = CreditRecord(
            id=id,
            subject=verdict.subject,
            kind=kind_of(verdict.subject),
            name=verdict.name or subject.name,
            town=subject.town,
            item=self.entry.id,
            item_version=self.entry.version,
            title=self.entry.title,
            category=self.entry.category,
            source=self.batch.source,
            document=verdict.values.get(roles.document, ""),
            decided_on=decided_on(self.entry, verdict.values),
            severity=self.entry.severity,
            values=verdict.values,
            sealed=verdict.sealed,
            corrections=verdict.corrections,
            provenance=self._provenance(verdict),
            # Values that its source corrected count again; what was made good stays so.
            state=RecordState.LIVE if state is RecordState.WITHDRAWN else state,
            disputes=before.disputes if before else (),
            refuted=before.refuted if before else "",
            onward=before.onward if before else False,
            changed_at=self.desk.now,
        )
        return publicity(self.entry, record, self.desk.books, self.calendar)

    def _ensure_subject(self, verdict: Verdict) -> Subject:
        known = self.shelf.subjects.get(verdict.subject)
        if known is None:
            kind = kind_of(verdict.subject)
            ensure_subject(verdict.subject, verdict.name, kind, self.desk)
            found = self.desk.cabinet.subjects.get(verdict.subject)
            if found is None:
                raise RuntimeError("a subject that was made sure of is not there")
            known = self.shelf.subjects[verdict.subject] = found
        return known.value

    def _provenance(self, verdict: Verdict) -> Provenance:
        return Provenance(
            batch=self.batch.id,
            row=verdict.row,
            source=self.batch.source,
            received_at=self.batch.received_at,
            days_late=verdict.days_late,
        )

    def _read_again(self, verdict: Verdict) -> None:
        """Somebody else wrote meanwhile: see what stands there now."""
        fresh = _Shelf.filled([verdict], self.desk)
        self.shelf.subjects.update(fresh.subjects)
        self.shelf.holders.update(fresh.holders)
        self.shelf.records.update(fresh.records)


def decided_on(entry: Entry, values: dict[str, str]) -> date | None:
    """The day of the decision that a row is about."""
    return read_date(values.get(entry.roles.decided, ""), date.max)[0]


def received_on(batch: Batch) -> date:
    """The day of Shanghai on which a batch came."""
    return shanghai_day(batch.received_at)


def _returned(verdict: Verdict, fault: Fault) -> Verdict:
    changes = {"taken": Taken.RETURNED, "faults": (*verdict.faults, fault), "values": {}}
    return verdict.model_copy(update={**changes, "sealed": {}})
