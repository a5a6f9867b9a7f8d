"""A notice of correction: its number, its grounds, and the day by which to correct (B7).

A number is allocated by its own write, before the one that issues the notice. A crash between the
two leaves a number that nobody bears, or that the repeat finds as its own; none is given twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from functions.inspections.book import Book, Correction, ViolationKind
from functions.inspections.desk import Desk, Numbers
from functions.inspections.domain import Inspection, Notice
from functions.inspections.seen import Check, Finding, Result, Visit
from functions.shared.calendar import Calendar, shanghai_day


def number_for(inspection: Inspection, desk: Desk) -> str:
    """The next number of the place that has the inspection, in this year; the same one again where
    nobody has taken another in between."""
    unit, year = inspection.home, shanghai_day(desk.now).year
    key = f"{unit}#{year}"

    def next_one(newest: Numbers | None) -> Numbers:
        if newest and newest.holder == inspection.id:
            return newest
        return Numbers(id=key, last=newest.last + 1 if newest else 1, holder=inspection.id)

    given = desk.cabinet.numbers.change(key, next_one, by=inspection.id, now=desk.now)
    assert given  # `next_one` always gives one
    return desk.book.notice.numbered(unit, year, given.last)


def issued(
    inspection: Inspection,
    visit: Visit,
    number: str,
    book: Book,
    calendar: Calendar,
    now: datetime,
) -> Notice:
    """The notice that a first visit brings: of exactly those checks that failed, in the order of
    the inspection, with the laws that they are against."""
    failed = [one for one in visit.findings if one.result is Result.FAILED]
    given = visit.finished.correct_by if visit.finished else None
    return Notice(
        number=number,
        issued_at=now,
        correct_by=_correct_by(given, book.correction, calendar, shanghai_day(now)),
        checks=tuple(one.check for one in failed),
        grounds=tuple(dict.fromkeys(filter(None, grounds_of(failed, inspection, book)))),
        by=visit.by,
    )


def correction_days(day: date, correction: Correction, calendar: Calendar) -> tuple[date, date]:
    """The first and the last day that an inspector may give to correct by, on `day`."""
    first, last = correction.least, correction.most
    return calendar.nth_working_day(day, first), calendar.nth_working_day(day, last)


def grounds_of(failed: Iterable[Finding], inspection: Inspection, book: Book) -> Iterator[str]:
    """The law that each kind of violation is against, or that asks for the licence; where neither
    is known, the book's general ground: a notice has a ground."""
    for finding in failed:
        check = inspection.check(finding.check)
        for code in finding.kinds:
            yield ground_of(book.kind(check.item, code) if check else None, check, book)


def ground_of(kind: ViolationKind | None, check: Check | None, book: Book) -> str:
    """The law that a kind of violation of a check is against, as a notice names it."""
    licence = check.licence if check else None
    law = (kind.law if kind else "") or (licence.law if licence else "")
    return law or book.notice.ground


def _correct_by(given: date | None, correction: Correction, calendar: Calendar, day: date) -> date:
    """The day that the inspector gave, where it is not too near by now: what was said at the door
    may arrive late, and whoever must correct has the fewest days from the notice on; nor too far,
    by a phone's clock that was fast: the recheck would have no day left."""
    if given is None:
        return calendar.nth_working_day(day, correction.usual)
    first, last = correction_days(day, correction, calendar)
    return min(max(given, first), last)
