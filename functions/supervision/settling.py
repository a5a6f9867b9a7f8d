"""Makes the tasks agree with their case: what it needs exists, what it dropped is closed (A7)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from functions.shared.events.registry import Registration
from functions.shared.matching.items import Kind
from functions.shared.table import Stale
from functions.supervision.cases import Case, Rulebook, Scope
from functions.supervision.decisions import tasks_of
from functions.supervision.desk import SYSTEM, TRIES, Desk
from functions.supervision.domain import Task
from functions.supervision.moves import withdrawn
from functions.supervision.referring import close_referred


def with_unfinished(case: Case, desk: Desk) -> Case:
    """`case` with only those dropped tasks that are not closed yet."""
    if not case.dropped:
        return case
    present = desk.tasks.get_many(case.dropped)
    dropped = tuple(one for one in case.dropped if one not in present or present[one].value.open)
    return case.model_copy(update={"dropped": dropped})


def mend(case: Case, registration: Registration, desk: Desk) -> None:
    """Finish what a process that died left undone for `case`, as far as `registration` tells.

    A case that waits for a person keeps needs of earlier registrations, which only those can push.
    """
    book = desk.rules.of(case.item_set, case.decided_at)
    if case.edition == registration.edition:
        settle(case, registration, book, desk, first=False)
    elif case.reasons and registration.town:
        then = {"town": registration.town, "village": registration.village, "ruling": None}
        for task in tasks_of(case.model_copy(update=then), registration, book, now=desk.now):
            _push(task, desk)


def settle(
    case: Case, registration: Registration, book: Rulebook, desk: Desk, *, first: bool
) -> None:
    """Make the tasks agree with `case`: what it needs exists, what it dropped is closed, and so is
    what inspections referred, where the entity is no more.

    Without a town nothing is pushed and nothing moves; what stays open is as it was.
    """
    planned = list(tasks_of(case, registration, book, now=desk.now)) if case.town else []
    present = {} if first else desk.tasks.get_many(task.id for task in planned)
    if any(task.id not in present for task in planned):
        _keep_scope(registration, desk)
    for task in planned:
        if task.id not in present:
            _push(task, desk)
        elif _following(task, present[task.id].value) != present[task.id].value:
            _follow(task, desk)
    for task_id in case.dropped:
        _withdraw(task_id, case, desk)
    if case.cancelled:
        close_referred(case, desk)


def _keep_scope(registration: Registration, desk: Desk) -> None:
    """The scope stays as it called for these tasks; who reads them may not read registrations."""
    given = {name: getattr(registration, name) for name in ("code", "edition", "name")}
    with suppress(Stale):  # it is kept: this is a repeat
        kept = Scope(text=registration.scope, **given)
        desk.scopes.save(kept, before=None, by=SYSTEM, now=desk.now)


def _push(task: Task, desk: Desk) -> None:
    with suppress(Stale):  # it exists: this is a repeat
        desk.tasks.save(task, before=None, by=SYSTEM, now=desk.now)


def _following(planned: Task, task: Task) -> Task:
    """An open task follows its entity to another name or place, unless a later decision was
    here already. It is marked as placed by this one even where it stands right, since an
    earlier one may still be on its way."""
    if not task.open or task.turn >= planned.turn:
        return task
    names = ("name", "address", "town", "village", "turn")
    place = {name: getattr(planned, name) for name in names}
    return task.model_copy(update=place)


def _follow(planned: Task, desk: Desk) -> None:
    for _ in range(TRIES):
        before = desk.tasks.get(planned.id)
        if before is None or _following(planned, before.value) == before.value:
            return
        try:
            desk.tasks.save(
                _following(planned, before.value), before=before, by=SYSTEM, now=desk.now
            )
            return
        except Stale:
            continue
    raise Stale(planned.id)


def _withdraw(task_id: str, case: Case, desk: Desk) -> None:
    for _ in range(TRIES):
        before = desk.tasks.get(task_id)
        task = withdrawn(
            before.value if before else _never_pushed(task_id, case.code, desk.now),
            f"{case.code}.{case.edition}",
            cancelled=case.cancelled,
            now=desk.now,
        )
        if before and task == before.value:
            return
        try:
            desk.tasks.save(task, before=before, by=SYSTEM, now=desk.now)
            return
        except Stale:
            continue
    raise Stale(task_id)


def _never_pushed(task_id: str, code: str, now: datetime) -> Task:
    """What stands in for a task that was withdrawn before anybody could write it: withdrawn at
    once, it keeps the late writer from pushing it after all. Its unit is nobody's."""
    return Task(
        id=task_id,
        code=code,
        edition=0,
        name="",
        item="",
        item_version=0,
        item_set="",
        kind=Kind.LICENCE,
        licence="",
        law="",
        words=(),
        clause="",
        unit="",
        pushed_at=now,
        changed_at=now,
    )
