"""Visits that a good credit grade makes needless: left out, never without a trace (C12).

Only a change of scope may be left out, and only where the published rules promise fewer visits to
that grade; who is new or has moved is always visited (B3). The departments get their tasks as ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from functions.inspections.book import Book, PlanRule
from functions.inspections.desk import Desk, Plan, SkippedVisit
from functions.shared.events.inspections import Reason
from functions.shared.events.registry import Registration

FEWER, MORE = "fewer", "more"
MOST_SKIPPED = 10  # of one entity that its dossier shows


def rule_of(plan: Plan, book: Book) -> PlanRule:
    """What a grade changes: as the book says, as far as the rules of grading promise it."""
    rule = book.plan.get(plan.grade, PlanRule())
    return PlanRule(
        skips=rule.skips if plan.visits == FEWER else (),
        months=rule.months if plan.visits == MORE else None,
    )


def skipped_visit(reason: Reason, registration: Registration, desk: Desk) -> SkippedVisit | None:
    """The visit that a registration calls for, where the entity's grade makes it needless."""
    if reason is not Reason.SCOPE:
        return None
    found = desk.cabinet.plans.get(registration.code)
    if found is None or reason not in rule_of(found.value, desk.book).skips:
        return None
    return SkippedVisit(
        edition=registration.edition,
        reason=reason,
        grade=found.value.grade,
        rules=found.value.rules,
        at=desk.now,
        registration=registration,
    )


def bare(skipped: Iterable[SkippedVisit]) -> tuple[SkippedVisit, ...]:
    """The traces without what was registered: a newer inspection has that."""
    return tuple(one.model_copy(update={"registration": None}) for one in skipped)
