"""The visits in words, for the departments that act on them later (B10)."""

from __future__ import annotations

from functions.inspections.book import Book
from functions.inspections.domain import Inspection
from functions.inspections.seen import Check, Finding, Result, Visit
from functions.shared.events.inspections import VisitTold

_LONGEST = 300  # letters of a note
_RESULTS = {
    Result.PASSED: "符合",
    Result.FAILED: "不符合",
    Result.SETTLED: "当场改正",
    Result.URGED: "已督促",
    Result.NOT_APPLICABLE: "不适用",
}


def retold(inspection: Inspection, book: Book) -> tuple[VisitTold, ...]:
    """The visits that counted, in the words of the book by which they are read."""
    return tuple(_visit(one, inspection, book) for one in inspection.visits if one.decided_at)


def _visit(visit: Visit, inspection: Inspection, book: Book) -> VisitTold:
    """What was wrong comes first: whoever cuts it short cuts the rest."""
    found = sorted(visit.findings, key=lambda one: one.result is not Result.FAILED)
    return VisitTold(
        round=visit.round,
        at=visit.started_at,
        by=visit.by,
        findings=tuple(_in_words(one, inspection.check(one.check), book) for one in found),
        photos=tuple(key for one in found for key in one.photos),
    )


def _in_words(finding: Finding, check: Check | None, book: Book) -> str:
    kinds = (book.kind(check.item, code) if check else None for code in finding.kinds)
    wrong = "、".join(
        kind.name if kind else code for kind, code in zip(kinds, finding.kinds, strict=True)
    )
    said = "，".join(filter(None, (_RESULTS[finding.result], wrong, finding.note[:_LONGEST])))
    return f"{check.name if check else finding.check}：{said}"
