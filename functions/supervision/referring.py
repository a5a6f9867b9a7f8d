"""What inspections refer to departments becomes tasks, with all that was seen and done (B10)."""

from __future__ import annotations

from contextlib import suppress

from functions.shared.errors import NotFound
from functions.shared.events.inspections import ReferralTold, Referred, VisitTold
from functions.shared.records import changed
from functions.shared.table import Stale
from functions.supervision.cases import Case, Referrals
from functions.supervision.deadlines import pushed
from functions.supervision.desk import SYSTEM, Desk
from functions.supervision.domain import InspectionTrail, Task, referral_task_id
from functions.supervision.moves import withdrawn

_MOST_TRAIL = 8_000  # bytes of a task's record: each of its steps writes them again
_CUTS = ((1000, 200, 200), (300, 60, 60), (120, 30, 20), (60, 12, 9))
# characters of a text, findings and photos of a visit: the longest that fit are kept


def refer(referred: Referred, desk: Desk) -> None:
    """One task for each referral of an inspection, with the limits that run from its push.

    The tasks are named first, then written, and the case is read last: so either this or the
    cancellation of the entity, whichever comes later, finds what the other wrote and closes what is
    open (A7). A later scope does not take them back: what was found does not vanish with a word. An
    entity that supervision does not know has tasks all the same. Ids are derived, so a repeat, also
    after a crash at any point, writes only what is missing. Raises NotFound where the set does not
    hold the item: that is nobody's to guess.
    """
    tasks = [_task(referral, referred, desk) for referral in referred.referrals]
    _name(referred.code, tuple(task.id for task in tasks), desk)
    present = desk.tasks.get_many(task.id for task in tasks)
    for task in tasks:
        if task.id not in present:
            with suppress(Stale):  # it exists: this is a repeat
                desk.tasks.save(task, before=None, by=SYSTEM, now=desk.now)
    case = desk.cases.get(referred.code)
    if case and case.value.cancelled:
        close_referred(case.value, desk)


def close_referred(case: Case, desk: Desk) -> None:
    """Close the tasks from inspections of an entity that was cancelled (A7). One that is named and
    not written yet is left to whoever writes it, who reads the case after that. Those of an entity
    that was established again since stay: inspections hear of it before the sweep tells us."""
    named = desk.referred.get(case.code)

    def closed(task: Task | None) -> Task | None:
        if task is None or task.edition > case.edition:
            return task
        registration = f"{case.code}.{case.edition}"
        return withdrawn(task, registration, cancelled=True, now=desk.now)

    for task_id in named.value.tasks if named else ():
        changed(desk.tasks, task_id, closed, by=SYSTEM, now=desk.now)


def trail_of(referred: Referred) -> InspectionTrail:
    """What was seen and done before; cut shorter until it takes no more than 8 KB. The whole of it
    stands in the inspection."""
    trail = InspectionTrail()
    for letters, findings, photos in _CUTS:
        trail = InspectionTrail(
            notice=referred.notice,
            visits=tuple(_cut(one, letters, findings, photos) for one in referred.visits),
            disposal=_shortened(referred.disposal, letters),
        )
        if len(trail.model_dump_json().encode()) <= _MOST_TRAIL:
            break
    return trail


def _name(code: str, tasks: tuple[str, ...], desk: Desk) -> None:
    def named(before: Referrals | None) -> Referrals:
        known = before.tasks if before else ()
        return Referrals(code=code, tasks=tuple(dict.fromkeys((*known, *tasks))))

    changed(desk.referred, code, named, by=SYSTEM, now=desk.now)


def _task(referral: ReferralTold, referred: Referred, desk: Desk) -> Task:
    book = desk.rules.of(referral.item_set)
    item = book.item(referral.item, referral.item_version)
    if item is None:
        raise NotFound("item")
    task = Task(
        id=referral_task_id(referred.inspection, referral.key),
        code=referred.code,
        edition=referred.edition,
        name=referred.name,
        item=item.code,
        item_version=item.version,
        item_set=referral.item_set,
        kind=item.kind,
        licence=item.licence,
        law=referral.law,
        words=referral.words,
        clause=referral.clause,
        unit=referral.unit,
        address=referred.address,
        town=referred.town,
        village=referred.village,
        pushed_at=desk.now,
        changed_at=desk.now,
        inspection=referred.inspection,
        referral=referral.key,
        trail=trail_of(referred),
    )
    return pushed(task, item, book.calendar)


def _cut(visit: VisitTold, letters: int, findings: int, photos: int) -> VisitTold:
    found = tuple(_shortened(one, letters) for one in visit.findings[:findings])
    return visit.model_copy(update={"findings": found, "photos": visit.photos[:photos]})


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
