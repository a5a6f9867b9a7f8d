"""How an entity is visited because of its credit grade, for whoever may see its inspections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import AwareDatetime, BaseModel

from functions.inspections.desk import Desk, Dossier, Plan
from functions.inspections.planning import newest_of
from functions.inspections.skipping import rule_of
from functions.shared.authorization import Action, Caller, Owner, Role, allows, require
from functions.shared.errors import NotFound
from functions.shared.events.credit import Grade
from functions.shared.events.inspections import InspectionOutcome, InspectionState, Reason

_MOST_LINES = 20


class SkippedTold(BaseModel):
    """A visit that a registration called for, and that a grade of which rules made needless."""

    edition: int
    reason: Reason
    grade: Grade
    rules: str
    at: AwareDatetime


class InspectionLine(BaseModel):
    """One inspection of an entity: why, how it stands or ended, since when it is known."""

    id: str
    reason: Reason
    state: InspectionState
    outcome: InspectionOutcome | None = None
    registered_at: AwareDatetime


class PlanTold(BaseModel):
    """The plan of an entity's visits: by which grade, every how many months one is made besides
    (None: none is), when the next is due, which was the newest; the visits left out; and the newest
    inspections that the caller may see, the newest first."""

    code: str
    name: str
    grade: Grade | None = None
    rules: str = ""
    months: int | None = None
    skips: tuple[Reason, ...] = ()
    next_on: date | None = None
    last: str = ""
    skipped: tuple[SkippedTold, ...] = ()
    inspections: tuple[InspectionLine, ...] = ()


def plan_of(code: str, caller: Caller, desk: Desk) -> PlanTold:
    """The plan of an entity; raises NotFound where there is no such entity, or its inspections are
    not the caller's to see. An inspector sees what is assigned, not what is planned."""
    found = desk.cabinet.dossiers.get(code)
    base = newest_of(found.value, desk) if found else None
    owner = Owner(base.home if base else None, base.town if base else None)
    require(caller.without(Role.INSPECTOR), Action.INSPECTION_READ, owner, "entity")
    if found is None:
        raise NotFound("entity")
    dossier, stored = found.value, desk.cabinet.plans.get(code)
    skipped = [SkippedTold.model_validate(dict(one)) for one in dossier.skipped]
    known = _by_grade(stored.value, desk) if stored else {}
    return PlanTold(
        code=code,
        name=dossier.name,
        skipped=tuple(skipped),
        inspections=tuple(_lines(dossier, caller, desk)),
        **known,
    )


def _lines(dossier: Dossier, caller: Caller, desk: Desk) -> Iterator[InspectionLine]:
    newest = dossier.inspections[-_MOST_LINES:]
    found = desk.cabinet.inspections.get_many(newest)
    for id in reversed(newest):
        one = found[id].value if id in found else None
        if one and allows(caller, Action.INSPECTION_READ, Owner(one.home, one.town)):
            yield InspectionLine.model_validate(one, from_attributes=True)


def _by_grade(plan: Plan, desk: Desk) -> dict[str, object]:
    rule = rule_of(plan, desk.book)
    same = ("grade", "rules", "next_on", "last")
    return {
        "months": rule.months,
        "skips": rule.skips,
        **{name: getattr(plan, name) for name in same},
    }
