"""Filing an objection or a repair about a record, and when that may not be (C11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from functions.credit.catalogue import Frozen
from functions.credit.desk import OFFICE, Desk
from functions.credit.disputing import Dispute, DisputeStep, DisputeVerb
from functions.credit.domain import CreditRecord
from functions.credit.outcomes import bring_in_line
from functions.credit.publicity import class_of, entry_of
from functions.credit.repair_book import DisputeEvent, RepairBook, opens_on
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.events.credit import DisputeKind, RecordState, SubjectKind
from functions.shared.timekeeping import Timekeeper
from functions.shared.trail import fingerprint

MOST_OPEN = 5  # disputes about one record at once
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
_Attachment = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Filing(Frozen):
    """An objection (the record is wrong: why) or a repair (it was made good: a public commitment,
    and the day on which the duties were done). `ref` is the sender's own id: sent twice, it counts
    once; without one, the same words about the same record count once a day."""

    kind: DisputeKind
    ground: Annotated[_Text, Field(min_length=1)]
    commitment: _Text = ""
    duties_done_on: date | None = None
    attachments: Annotated[tuple[_Attachment, ...], Field(max_length=10)] = ()
    ref: Annotated[str, StringConstraints(max_length=64)] = ""


_WORDS = tuple(name for name in Filing.model_fields if name != "ref")


def file_dispute(record_id: str, filing: Filing, caller: Caller, desk: Desk) -> Dispute:
    """File an objection or a repair about a live record; it is annotated at once.

    The dispute is written first: after a crash the repeat annotates the record, or whoever follows
    the dispute's event. Raises NotFound where the record is not the caller's, Invalid where a
    repair lacks what it must show, Conflict where the record counts no more, may not be repaired
    (yet), or is disputed often.
    """
    found = desk.cabinet.records.get(record_id)
    if found is None:
        raise NotFound("record")
    record = found.value
    require(caller, Action.DISPUTE_FILE, Owner(record.subject), "record")
    new = _filed(record, filing, caller, desk)
    if desk.cabinet.disputes.get(new.id) is None:
        _check(record, filing, desk)

    def saved(old: Dispute | None) -> Dispute:
        if old and any(getattr(old, name) != getattr(new, name) for name in _WORDS):
            raise Conflict.of("ref_reused", "ref", ref=filing.ref)
        return old or new

    desk.cabinet.disputes.change(new.id, saved, by=caller.id, now=desk.now)
    return bring_in_line(new.id, desk) or new


def _filed(record: CreditRecord, filing: Filing, caller: Caller, desk: Desk) -> Dispute:
    book: RepairBook = desk.books.repair.on(shanghai_day(desk.now))
    words = filing.model_dump(mode="json", exclude={"ref"})
    named = [caller.id, filing.ref] if filing.ref else [shanghai_day(desk.now).isoformat(), words]
    ref = fingerprint([record.id, *named])[:22]
    mine = any(grant.unit == record.subject for grant in caller.grants)
    step = DisputeStep(
        verb=DisputeVerb.FILE,
        at=desk.now,
        by=caller.id,
        unit=record.subject if mine else OFFICE,
        ref=ref,
    )
    time = Timekeeper(book.limits_of(filing.kind), desk.rules.on(desk.now).calendar)
    return Dispute(
        id=f"Y{ref}",
        record=record.id,
        subject=record.subject,
        name="" if record.kind is SubjectKind.PERSON else record.name,
        item=record.item,
        title=record.title,
        source=record.source,
        rules=book.version,
        unit=OFFICE,
        units=(OFFICE,),
        clocks=time.started(DisputeEvent.FILED, desk.now),
        steps=(step,),
        filed_at=desk.now,
        changed_at=desk.now,
        **{name: getattr(filing, name) for name in _WORDS},
    )


def _check(record: CreditRecord, filing: Filing, desk: Desk) -> None:
    if record.state is not RecordState.LIVE:
        raise Conflict.of("record_not_live", "record", state=record.state)
    if len(record.disputes) >= MOST_OPEN:
        raise Conflict.of("disputes_many", "record", most=MOST_OPEN)
    if filing.kind is DisputeKind.REPAIR:
        _check_repair(record, filing, desk)
    elif filing.commitment or filing.duties_done_on:
        field = "commitment" if filing.commitment else "duties_done_on"
        raise Invalid.of("only_with_repair", field)


def _check_repair(record: CreditRecord, filing: Filing, desk: Desk) -> None:
    """What a repair needs, and whether its time has come, by the rules that hold now."""
    today = shanghai_day(desk.now)
    book: RepairBook = desk.books.repair.on(today)
    rule = book.repair_of(record)
    if rule is None or rule.never:
        raise Conflict.of("not_repairable", "record", reason=rule.never if rule else record.title)
    entry = entry_of(record, desk)
    decided = record.decided_on or shanghai_day(record.provenance.received_at)
    opens = opens_on(rule, class_of(entry, record, desk.books) if entry else None, decided)
    if today < opens:
        raise Conflict.of("repair_not_yet", "record", opens=opens.isoformat())
    if faults := list(_missing(filing, today)):
        raise Invalid.all(faults)


def _missing(filing: Filing, today: date) -> Iterator[Fault]:
    if not filing.commitment:
        yield Fault("value_missing", "commitment")
    if filing.duties_done_on is None:
        yield Fault("value_missing", "duties_done_on")
    elif filing.duties_done_on > today:
        yield Fault("day_in_future", "duties_done_on", params={"day": str(filing.duties_done_on)})
