"""What may be said of a check, and what is wrong with it, field by field (B6, D4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from functions.inspections.book import OTHER, Book
from functions.inspections.domain import Inspection
from functions.inspections.seen import Check, Finding, Result, Round
from functions.shared.errors import Fault
from functions.shared.objects import Photos
from functions.shared.photos import has_arrived

AHEAD = timedelta(minutes=10)  # that a phone's clock may be
BEFORE = timedelta(days=60)  # that a phone may have been without signal
WRONG = (Result.FAILED, Result.SETTLED, Result.URGED)


def finding_faults(
    findings: Iterable[Finding], inspection: Inspection, round: Round, book: Book
) -> list[Fault]:
    """What is wrong with `findings` of a visit, each fault at its field (`findings.2.kinds.0`)."""
    return _each(findings, lambda one: _faults(one, inspection, round, book))


def photo_faults(findings: Iterable[Finding], units: Iterable[str], photos: Photos) -> list[Fault]:
    """The photos that have not arrived, or are of none of `units`: both look the same (D3)."""
    owners = tuple(dict.fromkeys(units))
    return _each(findings, lambda one: _missing(one, owners, photos))


def instant_fault(field: str, at: datetime, now: datetime) -> Iterator[Fault]:
    """Whether a phone's instant can be true: its clock may be wrong, but not by much."""
    if at > now + AHEAD:
        yield Fault("instant_in_future", field, params={"minutes": AHEAD // timedelta(minutes=1)})
    if at < now - BEFORE:
        yield Fault("instant_too_old", field, params={"days": BEFORE.days})


def _each(findings: Iterable[Finding], faults: Callable[[Finding], Iterable[Fault]]) -> list[Fault]:
    return [
        replace(fault, field=f"findings.{number}.{fault.field}")
        for number, finding in enumerate(findings)
        for fault in faults(finding)
    ]


def _faults(finding: Finding, inspection: Inspection, round: Round, book: Book) -> Iterator[Fault]:
    check = inspection.check(finding.check)
    if check is None:
        yield Fault("check_unknown", "check", params={"check": finding.check})
        return
    notice = inspection.notice
    if round is Round.RECHECK and notice and finding.check not in notice.checks:
        yield Fault("check_not_rechecked", "check", params={"checks": notice.checks})
    yield from _result_faults(finding, check, book)
    yield from _kind_faults(finding, check, book)


def _result_faults(finding: Finding, check: Check, book: Book) -> Iterator[Fault]:
    if finding.result is Result.NOT_APPLICABLE and not finding.note:
        yield Fault("note_needed_not_applicable", "note")
    item = book.item(check.item)
    urged = item is not None and item.urged
    if urged and finding.result is Result.FAILED:
        yield Fault("result_only_urged", "result", params={"check": check.name})
    if not urged and finding.result is Result.URGED:
        yield Fault("result_not_urged", "result", params={"check": check.name})


def _kind_faults(finding: Finding, check: Check, book: Book) -> Iterator[Fault]:
    result = finding.result
    if finding.kinds and result not in WRONG:
        yield Fault("kinds_without_violation", "kinds", params={"result": result})
        return
    if not finding.kinds and result in WRONG:
        yield Fault("kinds_needed", "kinds", params={"result": result})
    if OTHER in finding.kinds and not finding.note:
        yield Fault("note_needed_for_other", "note")
    to_show = False
    for number, code in enumerate(finding.kinds):
        kind = book.kind(check.item, code)
        if kind is None:
            yield Fault("kind_unknown", f"kinds.{number}", params={"kind": code})
        elif result is Result.SETTLED and not kind.on_the_spot:
            yield Fault("kind_not_on_the_spot", f"kinds.{number}", params={"kind": kind.name})
        else:
            to_show |= kind.photo
    if to_show and result is Result.FAILED and not finding.photos:
        yield Fault("photo_needed", "photos")


def _missing(finding: Finding, units: tuple[str, ...], photos: Photos) -> Iterator[Fault]:
    for number, key in enumerate(finding.photos):
        if not any(has_arrived(key, unit, photos) for unit in units):
            yield Fault("photo_missing", f"photos.{number}")
