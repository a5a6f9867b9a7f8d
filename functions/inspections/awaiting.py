"""What the next visit may say, as a phone without a signal needs to know it beforehand (B6, B7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pydantic import BaseModel

from functions.inspections import notices
from functions.inspections.book import OTHER, Book, ViolationKind
from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection
from functions.inspections.seen import Check, Result, Round
from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.events.inspections import InspectionState

_DAYS_AHEAD = 10  # for which a phone may be without a signal and still know the days to correct by
_FIRST = (InspectionState.WAITING, InspectionState.ASSIGNED)


class KindOffer(BaseModel):
    """A kind of violation that may be reported here, with the law that a notice would name; `note`
    and `photo`: it is taken with one only."""

    code: str
    name: str
    law: str = ""
    note: bool = False
    photo: bool = False


class ResultOffer(BaseModel):
    """A result that a check may have. `kinds`: at least one of them is needed, where any; `note`:
    the result is taken with one only."""

    result: Result
    note: bool = False
    kinds: tuple[KindOffer, ...] = ()


class CheckOffer(BaseModel):
    """One check to look at, and what may be said of it; `failed` is what brings the notice."""

    key: str
    results: tuple[ResultOffer, ...]


class CorrectionDays(BaseModel):
    """The days by which whoever was visited `on` a day may be told to correct: from `first` to
    `last`; `usual`, where the inspector says nothing."""

    on: date
    first: date
    usual: date
    last: date


class AwaitedVisit(BaseModel):
    """The visit that an inspection waits for, of exactly these checks. `correction` is told of a
    first visit, for today and some days to come."""

    round: Round
    checks: tuple[CheckOffer, ...]
    correction: tuple[CorrectionDays, ...] = ()


def round_awaited(inspection: Inspection) -> Round | None:
    """Which visit `inspection` waits for; None where it waits for none."""
    if inspection.state in _FIRST:
        return Round.FIRST
    return Round.RECHECK if inspection.awaits_recheck and inspection.notice else None


def awaited_visit(inspection: Inspection, desk: Desk) -> AwaitedVisit | None:
    """What the next visit of `inspection` may say; None where it waits for none."""
    round, notice = round_awaited(inspection), inspection.notice
    if round is Round.FIRST:
        calendar = desk.rules.on(desk.now).calendar
        return AwaitedVisit(
            round=Round.FIRST,
            checks=_offers(inspection.checks, desk.book),
            correction=tuple(_days(shanghai_day(desk.now), desk.book, calendar)),
        )
    if round and notice:
        failed = (one for one in inspection.checks if one.key in notice.checks)
        return AwaitedVisit(round=Round.RECHECK, checks=_offers(failed, desk.book))
    return None


def _offers(checks: Iterable[Check], book: Book) -> tuple[CheckOffer, ...]:
    return tuple(CheckOffer(key=one.key, results=tuple(_results(one, book))) for one in checks)


def _results(check: Check, book: Book) -> Iterator[ResultOffer]:
    """As `findings.finding_faults` takes them."""
    item, kinds = book.item(check.item), book.kinds_of(check.item)
    urged = item is not None and item.urged
    wrong = Result.URGED if urged else Result.FAILED
    shown = not urged
    yield ResultOffer(result=Result.PASSED)
    yield ResultOffer(
        result=wrong, kinds=tuple(_kind(one, check, book, photo=shown) for one in kinds)
    )
    if settled := [one for one in kinds if one.on_the_spot]:
        offered = tuple(_kind(one, check, book, photo=False) for one in settled)
        yield ResultOffer(result=Result.SETTLED, kinds=offered)
    yield ResultOffer(result=Result.NOT_APPLICABLE, note=True)


def _kind(kind: ViolationKind, check: Check, book: Book, *, photo: bool) -> KindOffer:
    return KindOffer(
        code=kind.code,
        name=kind.name,
        law=notices.ground_of(kind, check, book),
        note=kind.code == OTHER,
        photo=photo and kind.photo,
    )


def _days(today: date, book: Book, calendar: Calendar) -> Iterator[CorrectionDays]:
    for ahead in range(_DAYS_AHEAD):
        on = today + timedelta(days=ahead)
        first, last = notices.correction_days(on, book.correction, calendar)
        usual = calendar.nth_working_day(on, book.correction.usual)
        yield CorrectionDays(on=on, first=first, usual=usual, last=last)
