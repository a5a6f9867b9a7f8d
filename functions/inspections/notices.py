"""A notice of correction: its number, its grounds, and the day by which to correct (B7).

A number is allocated by its own write, before the one that issues the notice. A crash between the
two leaves a number that nobody bears, or that the repeat finds as its own; none is given twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from functions.inspections.book import OTHER, Book, Correction
from functions.inspections.desk import Desk, Numbers
from functions.inspections.domain import Check, Finding, Inspection, Notice, Result, Visit
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
    """The notice that a first visit brings: of exactly those checks that failed, with one ground
    for each, in the order of the inspection."""
    failed = [one for one in visit.findings if one.result is Result.FAILED]
    given = visit.finished.correct_by if visit.finished else None
    return Notice(
        number=number,
        issued_at=now,
        correct_by=_correct_by(given, book.correction, calendar, shanghai_day(now)),
        checks=tuple(one.check for one in failed),
        grounds=tuple(ground_of(one, inspection, book) for one in failed),
        by=visit.by,
    )


def correction_days(day: date, correction: Correction, calendar: Calendar) -> tuple[date, date]:
    """The first and the last day that an inspector may give to correct by, on `day`."""
    first, last = correction.least, correction.most
    return calendar.nth_working_day(day, first), calendar.nth_working_day(day, last)


def ground_of(finding: Finding, inspection: Inspection, book: Book) -> str:
    """What is wrong and on which law, in one line: `check：kind（law）；kind（law）`."""
    check = inspection.check(finding.check)
    if check is None:  # a finding is of a check, or it was not taken
        raise ValueError(f"{finding.check} is no check of {inspection.id}")
    return f"{check.name}：{'；'.join(_kinds(finding, check, book))}"


def _kinds(finding: Finding, check: Check, book: Book) -> Iterator[str]:
    for code in finding.kinds:
        kind = book.kind(check.item, code)
        words = finding.note if code == OTHER else kind.name if kind else code
        law = (kind.law if kind else "") or (check.licence.law if check.licence else "")
        yield f"{words}（{law}）" if law else words


def _correct_by(given: date | None, correction: Correction, calendar: Calendar, day: date) -> date:
    """The day that the inspector gave, where it is not too near by now: what was said at the door
    may arrive late, and whoever must correct has the fewest days from the notice on."""
    if given is None:
        return calendar.nth_working_day(day, correction.usual)
    return max(given, calendar.nth_working_day(day, correction.least))
