"""What the table of public credit tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.credit.batches import Batch, Destination, Receipt, Sharing
from functions.credit.disputing import Dispute
from functions.credit.domain import CreditRecord, Graded
from functions.credit.store import (
    batch_in,
    dispute_in,
    graded_in,
    receipt_id,
    receipt_in,
    record_in,
)
from functions.shared.events import CloudEvent, event
from functions.shared.events.credit import (
    BATCH_CHANGED,
    DISPUTE_CHANGED,
    DISPUTE_OPENED,
    GRADE_CHANGED,
    PARCEL_READY,
    RECORD_ACCEPTED,
    RECORD_CHANGED,
    BatchTold,
    DisputeTold,
    GradeTold,
    ParcelTold,
    RecordTold,
    SubjectKind,
)
from functions.shared.table import Record


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """Every step of a batch, a record, a grade, a dispute; each parcel to each destination that
    is a system of its own, once, and again where records came to it later. Of persons no name is
    told (C8)."""
    if new["pk"].startswith("N#"):
        return  # an entry of the index of names: its sort key may begin as any other does
    version = new.get("version", 0)  # of figures, which have none at first, nobody is told
    if record := record_in(new):
        kind = RECORD_ACCEPTED if version == 1 else RECORD_CHANGED
        yield event(kind, record.id, version, _record(record), record.changed_at)
    elif batch := batch_in(new):
        yield event(BATCH_CHANGED, batch.id, version, _batch(batch), batch.changed_at)
    elif graded := graded_in(new):
        yield event(GRADE_CHANGED, graded.subject, version, _grade(graded), graded.graded_at)
    elif dispute := dispute_in(new):
        kind = DISPUTE_OPENED if version == 1 else DISPUTE_CHANGED
        yield event(kind, dispute.id, version, _dispute(dispute), dispute.changed_at)
    elif (receipt := receipt_in(new)) and _has_more(old, new, receipt):
        yield from _ready(receipt, version)


def _has_more(old: Record | None, new: Record, receipt: Receipt) -> bool:
    """Whether a destination has something to fetch that it was not told of: a row that a person
    decided later joins the parcel of its batch."""
    if new["version"] == 1:
        return True
    return receipt.state is Sharing.WAITING and (old or {}).get("records") != receipt.records


def _ready(receipt: Receipt, version: int) -> Iterator[CloudEvent]:
    if receipt.destination is Destination.PAGE:
        return
    body = ParcelTold(
        id=receipt.parcel,
        unit=receipt.destination,
        records=receipt.records,
        made_at=receipt.made_at,
    )
    yield event(PARCEL_READY, receipt_id(receipt), version, body, receipt.changed_at)


def _record(record: CreditRecord) -> RecordTold:
    same = RecordTold.model_fields.keys() - {"name", "disputed", "batch"}
    return RecordTold(
        name="" if record.kind is SubjectKind.PERSON else record.name,
        disputed=bool(record.disputes),
        batch=record.provenance.batch,
        **{name: getattr(record, name) for name in same},
    )


def _batch(batch: Batch) -> BatchTold:
    counts = batch.counts
    sums = ("accepted", "corrected", "duplicate", "returned", "held", "late")
    return BatchTold(
        id=batch.id,
        unit=batch.source,
        item=batch.item,
        state=batch.state,
        rows=batch.rows,
        reasons=batch.reasons or tuple(fault.code for fault in batch.faults),
        received_at=batch.received_at,
        changed_at=batch.changed_at,
        **{name: getattr(counts, name) for name in sums},
    )


def _grade(graded: Graded) -> GradeTold:
    same = GradeTold.model_fields.keys() - {"name"}
    name = "" if graded.kind is SubjectKind.PERSON else graded.name
    return GradeTold(name=name, **{field: getattr(graded, field) for field in same})


def _dispute(dispute: Dispute) -> DisputeTold:
    same = DisputeTold.model_fields.keys() - {"former", "left"}
    last = dispute.steps[-1].unit
    return DisputeTold(
        former=tuple(one for one in dispute.units if one != dispute.unit),
        left=last if last in dispute.units and last != dispute.unit else None,
        **{name: getattr(dispute, name) for name in same},
    )
