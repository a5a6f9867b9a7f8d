"""Records go onward in parcels to the national, provincial and city systems (C10).

A destination is told of a parcel, fetches it when it likes, and sees its records as they are then.
Only enterprise records are shared, and of these what the public may ever see; institutions' and
organisations' records are shown by this city alone, persons' by nobody. The enterprise's own page
shows what the core store holds, so it has every parcel at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from functions.credit.batches import Destination, Parcel, Receipt, Sharing
from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import CreditRecord, Provenance
from functions.credit.outcomes import close_fallen
from functions.shared.events.credit import RecordState, SubjectKind

MOST = 500  # records of a parcel: as many as a chunk of a batch has rows


def batch_parcel(provenance: Provenance) -> str:
    """The id of the parcel that brings what a batch brought: one for each of its chunks."""
    return f"{provenance.batch}.{(provenance.row - 1) // MOST:06d}"


def single_parcel(record: str, version: int) -> str:
    """The id of the parcel that brings one change of a record."""
    return f"{record}.{version}"


def is_shared(record: CreditRecord) -> bool:
    """Whether a record goes onward."""
    return record.kind is SubjectKind.ENTERPRISE and record.public_from is not None


def make_parcel(id: str, records: Iterable[CreditRecord], desk: Desk) -> Parcel | None:
    """Make a parcel of what is shared among `records` (at most 500), with a receipt for each
    destination, which tells it; None where nothing is.

    The same again changes nothing. The parcel is written before its receipts, so nobody is told of
    what is not there; a repeat after a crash in between makes the receipts that are missing.
    """
    return put_parcel(id, (one.id for one in records if is_shared(one)), desk)


def put_parcel(id: str, records: Iterable[str], desk: Desk) -> Parcel | None:
    """`make_parcel` of records that are known to be shared, by their ids."""
    ids = set(records)
    if not ids:
        return None

    def with_all(old: Parcel | None) -> Parcel:
        known = set(old.records) if old else set()
        made_at = old.made_at if old else desk.now
        return Parcel(id=id, records=tuple(sorted(known | ids)), made_at=made_at)

    parcel = desk.cabinet.parcels.change(id, with_all, by=SYSTEM, now=desk.now)
    if parcel:
        for destination in Destination:
            _owe(parcel, destination, desk)
    return parcel


def follow_record(id: str, desk: Desk) -> None:
    """A record changed: whoever received it hears of it by a parcel of its own, unless the parcel
    of its batch tells it. Disputes about one that counts no more are closed; that changes the
    record, which is followed in its turn.

    It is read as it is now, so that late and repeated events end in the same parcels.
    """
    found = desk.cabinet.records.get(id)
    if found is None:
        return
    record = found.value
    if record.disputes and record.state is not RecordState.LIVE:
        close_fallen(record, desk)
    elif _owes_news(record, desk):
        put_parcel(single_parcel(id, int(found.record["version"])), [id], desk)


def _owes_news(record: CreditRecord, desk: Desk) -> bool:
    """Whether somebody may have received the record as it was before."""
    if record.kind is not SubjectKind.ENTERPRISE:
        return False
    if is_shared(record):
        return record.retold
    return record.onward  # it is hidden now


def _owe(parcel: Parcel, destination: Destination, desk: Desk) -> None:
    """A receipt for a destination; what it took stays taken while the parcel is the same."""

    def owed(old: Receipt | None) -> Receipt:
        if old and old.records == len(parcel.records):
            return old
        return Receipt(
            parcel=parcel.id,
            destination=destination,
            records=len(parcel.records),
            state=Sharing.TAKEN if destination is Destination.PAGE else Sharing.WAITING,
            made_at=parcel.made_at,
            changed_at=desk.now,
        )

    id = f"{parcel.id}/{destination}"
    desk.cabinet.receipts.change(id, owed, by=SYSTEM, now=desk.now)
