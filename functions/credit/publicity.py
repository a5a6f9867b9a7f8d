"""From which day to which a record is shown to the public (C7): by its entry and the periods."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation

from functions.credit.catalogue import CheckKind, Entry
from functions.credit.desk import Books, Desk
from functions.credit.domain import CreditRecord
from functions.credit.periods import Class, Decision, PeriodRule, Periods, months_after
from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.events.credit import SubjectKind


def publicity(entry: Entry, record: CreditRecord, books: Books, calendar: Calendar) -> CreditRecord:
    """`record` with its severity and its days of publicity, both shown, days of Shanghai.

    It is shown from the day on which it was received; periods count from the day of decision, and
    the rules of that day apply. The row's own last day may shorten a period, never lengthen it. Of
    persons nothing is shown (C8), nor what came when its time was over, which keeps the last day
    that it would have had: so others see that it is over. `public_by` is the day by which the law
    wants it shown.

    Raises LookupError where the entry goes by periods that the book does not know.
    """
    received = shanghai_day(record.provenance.received_at)
    decided = record.decided_on or received
    rule, found = _class_of(entry, record, decided, books)
    until = _until(entry, record, decided, found)
    public = entry.public is not None and record.kind is not SubjectKind.PERSON
    public = public and not (found and not found.months)
    since = max(received, decided)
    shown = public and not (until and until < since)
    by = calendar.nth_working_day(decided, rule.within) if rule and rule.within else None
    onward = shown and record.kind is SubjectKind.ENTERPRISE
    return record.model_copy(
        update={
            "onward": onward or record.onward,
            "severity": found.severity if found else entry.severity,
            "public_from": since if shown else None,
            "public_until": until if public else None,
            "public_by": by if shown else None,
        }
    )


def entry_of(record: CreditRecord, desk: Desk) -> Entry | None:
    """The entry by which a record is read now: the one in force, else the one by which it came."""
    received, today = shanghai_day(record.provenance.received_at), shanghai_day(desk.now)
    found = (desk.books.catalogue.on(day).entry(record.item, day) for day in (today, received))
    return next((one for one in found if one), None)


def _class_of(
    entry: Entry, record: CreditRecord, decided: date, books: Books
) -> tuple[PeriodRule | None, Class | None]:
    if entry.public is None or not entry.public.periods:
        return None, None
    rule = _rule_of(entry.public.periods, record, decided, books)
    return rule, rule.class_of(decision_of(entry, record), entry.severity)


def _rule_of(id: str, record: CreditRecord, decided: date, books: Books) -> PeriodRule:
    """By the book of the day of decision; periods that it did not know yet, by that of the day on
    which the row came. Raises LookupError."""
    book: Periods = books.periods.on(decided)
    with suppress(LookupError):
        return book.rule(id, record.source, decided)
    book = books.periods.on(shanghai_day(record.provenance.received_at))
    return book.rule(id, record.source, decided)


def class_of(entry: Entry, record: CreditRecord, books: Books) -> Class | None:
    """How grave a record is by the periods of its entry; None where it goes by none."""
    decided = record.decided_on or shanghai_day(record.provenance.received_at)
    return _class_of(entry, record, decided, books)[1]


def decision_of(entry: Entry, record: CreditRecord) -> Decision:
    """What the rules on periods look at: the kinds, and the fine in yuan."""
    sorts = record.values.get(entry.roles.sorts, "")
    return Decision(
        sorts=tuple(one.strip() for one in sorts.split(";") if one.strip()),
        fine=_fine(entry, record),
    )


def _fine(entry: Entry, record: CreditRecord) -> Decimal | None:
    """In yuan: the check on the amount says how many one unit of the field is."""
    field = entry.roles.amount
    try:
        amount = Decimal(record.values[field])
    except (KeyError, InvalidOperation):
        return None
    kind = CheckKind.AMOUNT_IN_TEXT
    units = (one.unit for one in entry.checks if (one.kind, one.field) == (kind, field))
    return amount * next(units, 1)


def _until(entry: Entry, record: CreditRecord, decided: date, found: Class | None) -> date | None:
    """The earliest of all ends that the entry and the row name; None: for good."""
    public = entry.public
    ends: list[date | None] = [_day(record, entry.roles.public_until)]
    if public:
        ends.append(months_after(decided, public.months) if public.months else None)
        ends.append(_day(record, public.until))
    if found:
        ends.append(months_after(decided, found.months))
    return min((end for end in ends if end), default=None)


def _day(record: CreditRecord, field: str) -> date | None:
    text = record.values.get(field, "") if field else ""
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
