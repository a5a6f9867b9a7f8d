"""What a dispute does to its record: annotated at once, and changed as it was decided (C11).

The dispute is written first, then the record is brought in line with it. A crash in between is
mended by the caller's repeat, and without one by following the dispute's event: bringing in line
asks both as they are then, so that it may happen twice, late and out of order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.credit.catalogue import Entry, FieldType
from functions.credit.checking import check_row
from functions.credit.committing import decided_on
from functions.credit.desk import SYSTEM, Desk
from functions.credit.disputing import Dispute, DisputeStep, DisputeVerb, Outcome, stepped
from functions.credit.domain import CreditRecord, digest_of, said_by
from functions.credit.publicity import entry_of, publicity
from functions.credit.repair_book import RepairBook
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.events.credit import DisputeKind, DisputeState, RecordState
from functions.shared.timekeeping import Timekeeper

FELL_AWAY = "record_fell_away"  # the note of a dispute whose record counts no more


def time_for(dispute: Dispute, desk: Desk, *, extended: bool | None = None) -> Timekeeper:
    """The clocks of a dispute, by the version of the book that held when it was filed."""
    book: RepairBook = desk.books.repair.of(dispute.rules)
    longer = dispute.extended if extended is None else extended
    limits = book.limits_of(dispute.kind, extended=longer)
    return Timekeeper(limits, desk.rules.on(desk.now).calendar)


def bring_in_line(id: str, desk: Desk) -> Dispute | None:
    """Let the record of a dispute say what the dispute says; the dispute as it is then (None: there
    is none). One about a record that counts no more is closed: there is nothing left to decide.

    The dispute is read after the record and the record written over what was read: whoever decides
    in between makes this begin again. Once its outcome is in the record, the record names it no
    more, so that no late repeat touches what came afterwards.
    """
    found = desk.cabinet.disputes.get(id)
    if found is None:
        return None

    def in_line(record: CreditRecord | None) -> CreditRecord | None:
        now = desk.cabinet.disputes.get(id)
        return _after(record, now.value, desk) if record and now else record

    record = desk.cabinet.records.change(found.value.record, in_line, by=SYSTEM, now=desk.now)
    if found.value.is_open and record and record.state is not RecordState.LIVE:
        _close(id, desk)
        return bring_in_line(id, desk)
    return found.value


def close_fallen(record: CreditRecord, desk: Desk) -> None:
    """Close all disputes about a record that counts no more."""
    if record.state is not RecordState.LIVE:
        for id in record.disputes:
            bring_in_line(id, desk)


def corrected_values(
    record: CreditRecord, changes: Mapping[str, str], desk: Desk
) -> dict[str, str]:
    """The values of a record with some of them corrected, checked as a row of its source is.

    Identity numbers cannot be corrected here, nor what makes the row the record that it is: the
    source hands it in anew. Raises Invalid, whose faults name the fields; Conflict where the item
    is not in the catalogue any more.
    """
    entry = entry_of(record, desk)
    if entry is None:
        day = shanghai_day(desk.now).isoformat()
        raise Conflict.of("entry_not_in_force", "item", item=record.item, day=day)
    _check_changes(entry, changes)
    cells = {**record.values, **changes}
    checked = check_row(entry, cells, 1, shanghai_day(desk.now))
    sealed = record.sealed.keys()  # is there, though not to be read here
    faults = [one for one in checked.faults if one.field not in sealed]
    if faults:
        raise Invalid.all(
            Fault(one.code, f"values.{one.field}", params=one.params) for one in faults
        )
    values = dict(checked.values)
    if not _same_record(entry, values, record):
        raise Invalid.of("correct_key", "values", fields=", ".join(entry.key))
    return values


def _check_changes(entry: Entry, changes: Mapping[str, str]) -> None:
    for name in changes:
        rule = entry.by_name.get(name)
        if rule is None:
            raise Invalid.of("field_unknown", f"values.{name}")
        if rule.type is FieldType.IDENTITY:
            raise Invalid.of("field_not_correctable", f"values.{name}")


def _same_record(entry: Entry, values: dict[str, str], record: CreditRecord) -> bool:
    """Whether the values make the same record, of the same subject."""
    code = entry.roles.code
    same = digest_of(entry, values) == record.id.rpartition(".")[2]
    return same and values.get(code) == record.values.get(code)


def _after(record: CreditRecord, dispute: Dispute, desk: Desk) -> CreditRecord:
    """`record` as `dispute` has it: annotated while that is open, then with its outcome, once."""
    named, live = dispute.id in record.disputes, record.state is RecordState.LIVE
    if dispute.is_open == named or (dispute.is_open and not live):
        return record
    disputes = (*record.disputes, dispute.id) if dispute.is_open else _without(record, dispute)
    change: dict[str, Any] = {"disputes": disputes, "retold": True, "changed_at": desk.now}
    if dispute.state is not DisputeState.UPHELD or not live:
        return record.model_copy(update=change)
    change["note"] = dispute.id
    if dispute.kind is DisputeKind.REPAIR:
        change["state"] = RecordState.REPAIRED
        return record.model_copy(update=change)
    change["decided"] = dispute.id
    if dispute.outcome is Outcome.CORRECT:
        return _corrected(record.model_copy(update=change), dispute, desk)
    change["state"] = RecordState.WITHDRAWN
    return record.model_copy(update=change)


def _corrected(record: CreditRecord, dispute: Dispute, desk: Desk) -> CreditRecord:
    """The record with the values that were decided, and the days and the publicity that follow from
    them; what it said before is refuted, however often its source sends it again."""
    entry = entry_of(record, desk)
    change = {"values": dispute.values, "taken_down": False, "refuted": said_by(record.values)}
    if entry is None:
        return record.model_copy(update=change)
    change["document"] = dispute.values.get(entry.roles.document, "")
    change["decided_on"] = decided_on(entry, dispute.values)
    record = record.model_copy(update=change)
    return publicity(entry, record, desk.books, desk.rules.on(desk.now).calendar)


def _without(record: CreditRecord, dispute: Dispute) -> tuple[str, ...]:
    return tuple(one for one in record.disputes if one != dispute.id)


def _close(id: str, desk: Desk) -> None:
    def closed(dispute: Dispute | None) -> Dispute | None:
        if dispute is None or not dispute.is_open:
            return dispute
        step = DisputeStep(
            verb=DisputeVerb.CLOSE,
            at=desk.now,
            by=SYSTEM,
            unit=dispute.unit,
            ref=FELL_AWAY,
            note=FELL_AWAY,
        )
        return stepped(dispute, step, time_for(dispute, desk))

    desk.cabinet.disputes.change(id, closed, by=SYSTEM, now=desk.now)
