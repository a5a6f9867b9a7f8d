"""Visits by credit grade: whom the rules call dishonest is visited again and again (C12, C→B).

B3 says which registrations start an inspection; this is none of them, but the plan that C12 asks
for. A grade is news with a version, so what comes late or twice changes nothing. A visit is written
under an id of its turn before the plan goes on to the next: whoever dies in between leaves the plan
due, and the next sweep finds the visit and only goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Protocol

from functions.inspections.checks import checks_for
from functions.inspections.desk import Desk, Dossier, Plan
from functions.inspections.dispatch import settle
from functions.inspections.domain import (
    SYSTEM,
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    inspection_id,
)
from functions.inspections.skipping import rule_of
from functions.inspections.sweeping import Job, Look, Looked, through
from functions.shared.calendar import shanghai_day
from functions.shared.dates import months_after
from functions.shared.directory import office
from functions.shared.events.credit import GradeTold, SubjectKind
from functions.shared.events.inspections import InspectionState, Reason
from functions.shared.provisional import SHARDS
from functions.shared.table import Record, Stale
from functions.shared.trail import fingerprint

# Somebody stands at the door soon anyway, or is to come back: that visit is the planned one, too.
_VISITED_ANYWAY = (
    InspectionState.WAITING,
    InspectionState.ASSIGNED,
    InspectionState.CORRECTING,
    InspectionState.RECHECKING,
)
_MOST_EDITIONS = 100
_AGAIN = timedelta(days=7)  # where nobody knows yet where the door is


class PlanIndex(Protocol):
    """The entities of a shard whose planned visit is due."""

    def list_plans(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...


def planned_id(code: str, turn: int) -> str:
    """The id of an entity's planned visit; the same for a repeat."""
    return "I" + fingerprint([code, "plan", turn])[:20].replace("-", "0").replace("_", "1")


def take_grade(told: GradeTold, sequence: int, desk: Desk) -> Plan | None:
    """Plan the visits to a subject by its newest grade; None for whom nothing is or was planned.
    Only what is registered as a market entity has a door that inspectors know.

    The interval counts from the day of the grade that first called for visits, and then from the
    newest planned visit. A grade that shortens it beyond today makes a visit due at once.
    """
    if told.kind is not SubjectKind.ENTERPRISE:
        return None
    today = shanghai_day(desk.now)

    def planned(old: Plan | None) -> Plan | None:
        if old is None and not told.visits or old and old.sequence >= sequence:
            return old
        since = old.counts_from if old and old.next_on else shanghai_day(told.graded_at)
        plan = Plan(
            code=told.subject,
            grade=told.grade,
            visits=told.visits,
            rules=told.rules,
            sequence=sequence,
            counts_from=since,
            turn=old.turn if old else 1,
            last=old.last if old else "",
        )
        months = rule_of(plan, desk.book).months
        next_on = max(months_after(since, months), today) if months else None
        return plan.model_copy(update={"next_on": next_on})

    return desk.cabinet.plans.change(told.subject, planned, by=SYSTEM, now=desk.now)


def plan_jobs(now: datetime) -> list[Job]:
    """One sweep of the plans, by shards."""
    return [Job(look=Look.PLAN, shard=shard, until=now) for shard in SHARDS]


def visit_planned(job: Job, index: PlanIndex, desk: Desk, go_on: Callable[[], bool]) -> Looked:
    """Open the planned visits of a shard that are due. A sweep costs what is due, and one that was
    missed is made up by the next."""
    return through(job, index.list_plans, lambda code: _visit(code, desk), go_on)


def _visit(code: str, desk: Desk) -> None:
    today = shanghai_day(desk.now)
    found = desk.cabinet.plans.get(code)
    if found is None or found.value.next_on is None or found.value.next_on > today:
        return
    plan, stored = found.value, desk.cabinet.dossiers.get(code)
    dossier = stored.value if stored else None
    id = planned_id(code, plan.turn)
    if dossier is None or dossier.cancelled or (base := newest_of(dossier, desk)) is None:
        _postpone(plan, today + _AGAIN, desk)
    elif desk.cabinet.inspections.get(id) is None and _visited_anyway(dossier, id, desk):
        _advance(plan, today, "", desk)
    elif _named(id, dossier, desk):
        opened = _opened(id, base, dossier, plan, desk)
        if desk.cabinet.inspections.get(id) is None:
            with suppress(Stale):  # somebody else did
                desk.cabinet.inspections.save(opened, before=None, by=SYSTEM, now=desk.now)
        newer = desk.cabinet.dossiers.get(code)  # a registration may have come meanwhile
        settle(newer.value if newer else dossier, id, desk)
        _advance(plan, today, id, desk)


def _visited_anyway(dossier: Dossier, own: str, desk: Desk) -> bool:
    """Whether somebody goes there soon, or is owed a visit that is only not written yet."""
    called = {id for id, reason in dossier.owed.items() if reason is not Reason.CREDIT}
    listed = {*dossier.inspections, *called} - {own}
    found = desk.cabinet.inspections.get_many(listed)
    unwritten = called - found.keys()
    return bool(unwritten) or any(one.value.state in _VISITED_ANYWAY for one in found.values())


def newest_of(dossier: Dossier, desk: Desk) -> Inspection | None:
    """The newest inspection that a registration called for: it knows where the door is."""
    first = max(dossier.since, dossier.edition - _MOST_EDITIONS + 1)
    ids = [inspection_id(dossier.code, n) for n in range(dossier.edition, first - 1, -1)]
    found = desk.cabinet.inspections.get_many(ids)
    return next((found[id].value for id in ids if id in found), None)


def _named(id: str, known: Dossier, desk: Desk) -> bool:
    """Let the dossier name the visit, so that whatever comes later ends or replaces it; not where
    the dossier went on meanwhile: then the next sweep sees what that called for."""

    def naming(dossier: Dossier | None) -> Dossier | None:
        if dossier is None or dossier.edition != known.edition or id in dossier.inspections:
            return dossier
        change = {
            "inspections": (*dossier.inspections, id),
            "owed": {**dossier.owed, id: Reason.CREDIT},
        }
        return dossier.model_copy(update=change)

    after = desk.cabinet.dossiers.change(known.code, naming, by=SYSTEM, now=desk.now)
    return after is not None and id in after.inspections


def _opened(id: str, base: Inspection, dossier: Dossier, plan: Plan, desk: Desk) -> Inspection:
    """The planned visit: to where the newest inspection was, of what was looked at there; of a
    registration whose visit was left out, by what that says now."""
    rules = desk.rules.on(desk.now)
    step = InspectionStep(
        verb=InspectionVerb.OPEN,
        at=desk.now,
        by=SYSTEM,
        unit=base.village or office(base.town),
        ref=f"{plan.code}.plan.{plan.turn}",
        note=f"{plan.grade} ({plan.rules})",
    )
    same = ("address", "scope", "cluster", "checks", "book", "item_set")
    seen = {name: getattr(base, name) for name in same}
    skipped = dossier.skipped[-1] if dossier.skipped else None
    if skipped and skipped.registration and skipped.edition > base.edition:
        seen |= {
            "scope": skipped.registration.scope,
            "checks": checks_for(skipped.registration, desk.book, rules),
            "book": desk.book.version,
            "item_set": rules.items.version,
        }
    return Inspection(
        id=id,
        code=plan.code,
        edition=dossier.edition,
        reason=Reason.CREDIT,
        name=dossier.name or base.name,
        town=base.town,
        village=base.village,
        place_problem=base.place_problem,
        unit=step.unit,
        units=(step.unit,),
        clocks=desk.time(rules).started(Begins.RECEIVED, desk.now),
        steps=(step,),
        registered_at=desk.now,
        received_at=desk.now,
        changed_at=desk.now,
        **seen,
    )


def _postpone(plan: Plan, day: date, desk: Desk) -> None:
    def later(now: Plan | None) -> Plan | None:
        if now is None or (now.turn, now.sequence) != (plan.turn, plan.sequence):
            return now
        return now.model_copy(update={"next_on": day})

    desk.cabinet.plans.change(plan.code, later, by=SYSTEM, now=desk.now)


def _advance(plan: Plan, today: date, opened: str, desk: Desk) -> None:
    """The next turn, by the grade as it is now; a second process that made the same visit finds
    that the turn has gone on."""

    def further(now: Plan | None) -> Plan | None:
        if now is None or now.turn != plan.turn:
            return now
        months = rule_of(now, desk.book).months
        change = {
            "turn": now.turn + 1,
            "counts_from": today,
            "next_on": months_after(today, months) if months else None,
            "last": opened or now.last,
        }
        return now.model_copy(update=change)

    desk.cabinet.plans.change(plan.code, further, by=SYSTEM, now=desk.now)
