"""What happens in supervision: decide a registration, feed back, return, hand on (A2-A12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.events.registry import Registration
from functions.shared.records import Stored
from functions.shared.table import Stale
from functions.supervision import domain
from functions.supervision.cases import Case, Rulebook, Ruling, decided, tasks_of
from functions.supervision.deadlines import moved_on
from functions.supervision.domain import Feedback, Task

_TRIES = 8
SYSTEM = "system"


class Cases(Protocol):
    """Where cases are kept."""

    def get(self, id: str) -> Stored[Case] | None: ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[Case]]: ...

    def save(
        self, value: Case, *, before: Stored[Case] | None, by: str, now: datetime
    ) -> Stored[Case]: ...


class Tasks(Protocol):
    """Where tasks are kept."""

    def get(self, id: str) -> Stored[Task] | None: ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[Task]]: ...

    def save(
        self, value: Task, *, before: Stored[Task] | None, by: str, now: datetime
    ) -> Stored[Task]: ...


class Rulebooks(Protocol):
    """The rules: those in force now, and those of an earlier version."""

    def in_force(self, now: datetime) -> Rulebook: ...

    def of(self, version: str) -> Rulebook: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: cases, tasks, rules, and the present instant."""

    cases: Cases
    tasks: Tasks
    rules: Rulebooks
    now: datetime


def decide_registration(registration: Registration, desk: Desk) -> Case:
    """Push what `registration` calls for, withdraw what it no longer does (A2-A7).

    The case is written first and names every task that it owes; then the tasks are made to agree
    with it. A repeat finds the case and only mends the tasks, an older registration changes
    nothing, so the same tasks stand in the end whatever comes twice, late or after a crash.
    """
    for _ in range(_TRIES):
        before = desk.cases.get(registration.code)
        if before and before.value.edition > registration.edition:
            return before.value
        if before and before.value.edition == registration.edition:
            case, book = before.value, desk.rules.of(before.value.item_set)
        else:
            book = desk.rules.in_force(desk.now)
            old = _with_unfinished(before.value, desk) if before else None
            case = decided(old, registration, book, now=desk.now)
            try:
                desk.cases.save(case, before=before, by=SYSTEM, now=desk.now)
            except Stale:
                continue
        _settle(case, registration, book, desk, first=before is None)
        return case
    raise Stale(registration.code)


def rule_on(code: str, ruling: Ruling, caller: Caller, desk: Desk) -> Case:
    """A person decides what the system could not (A6), on the registration that waits.

    Raises NotFound where nothing of the caller's is there, Conflict where nothing waits (any more)
    or a newer registration does, Invalid where the ruling leaves open what it should settle.
    """
    before = desk.cases.get(code)
    if before is None:
        raise NotFound("case")
    old = before.value
    require(caller, Action.MANUAL_DECIDE, Owner(town=old.town), "case")
    if old.waiting is None or old.edition != ruling.edition:
        raise Conflict.of("nothing_waits", "edition", edition=old.edition)
    book = desk.rules.in_force(desk.now)
    _check_ruling(ruling, old, book)
    case = decided(old, old.waiting, book, ruling=ruling, now=desk.now)
    try:
        desk.cases.save(case, before=before, by=caller.id, now=desk.now)
    except Stale:
        raise Conflict.of("nothing_waits", "edition", edition=old.edition) from None
    _settle(case, old.waiting, book, desk, first=False)
    return case


def record_feedback(task_id: str, feedback: Feedback, caller: Caller, desk: Desk) -> Task:
    """Count a receiver's feedback on its task, at once and once (A9-A12).

    Sent again after the task has moved on, it is still the sender's, and still counts once.
    """

    def owner(task: Task) -> Owner:
        counted = domain.counted(task, feedback, caller.id)
        return Owner(counted.unit if counted else task.unit, task.town)

    def step(task: Task) -> Task:
        return domain.reported(task, feedback, by=caller.id, now=desk.now)

    return _change(task_id, step, Permit(caller, Action.TASK_FEED_BACK, owner), desk)


def reassign_task(task_id: str, to: str, note: str, caller: Caller, desk: Desk) -> Task:
    """Hand a task to another unit of the same department, with a reason (A10)."""
    _check_unit(to, desk)

    def step(task: Task) -> Task:
        return domain.reassigned(task, to, note, by=caller.id, now=desk.now)

    return _change(task_id, step, Permit(caller, Action.TASK_REASSIGN), desk)


def redirect_task(task_id: str, to: str, note: str, caller: Caller, desk: Desk) -> Task:
    """Send a returned task on to whoever is responsible (A10)."""
    _check_unit(to, desk)

    def step(task: Task) -> Task:
        return domain.redirected(task, to, note, by=caller.id, now=desk.now)

    return _change(task_id, step, Permit(caller, Action.TASK_REDIRECT), desk)


def read_task(task_id: str, caller: Caller, desk: Desk) -> Task:
    """The task with its whole life; raises NotFound where it is not the caller's to see."""
    found = desk.tasks.get(task_id)
    if found is None:
        raise NotFound("task")
    require(caller, Action.TASK_READ, _owner(found.value), "task")
    return found.value


def read_case(code: str, caller: Caller, desk: Desk) -> Case:
    """What was decided for an entity; raises NotFound where it is not the caller's to see."""
    found = desk.cases.get(code)
    if found is None:
        raise NotFound("case")
    require(caller, Action.CASE_READ, Owner(town=found.value.town), "case")
    return found.value


def _owner(task: Task) -> Owner:
    return Owner(task.unit, task.town)


@dataclass(frozen=True, slots=True)
class Permit:
    """Who wants to change a task, by which action, and whose it must be."""

    caller: Caller
    action: Action
    owner: Callable[[Task], Owner] = _owner

    def check(self, task: Task) -> None:
        """Raises NotFound where the task is not the caller's to change."""
        require(self.caller, self.action, self.owner(task), "task")


def _change(task_id: str, step: Callable[[Task], Task], permit: Permit, desk: Desk) -> Task:
    for _ in range(_TRIES):
        before = desk.tasks.get(task_id)
        if before is None:
            raise NotFound("task")
        permit.check(before.value)
        task = step(before.value)
        if task == before.value:
            return task
        book = desk.rules.of(task.item_set)
        task = moved_on(before.value, task, book.item(task.item), book.calendar, desk.now)
        try:
            return desk.tasks.save(task, before=before, by=permit.caller.id, now=desk.now).value
        except Stale:
            continue
    raise Stale(task_id)


def _check_unit(unit: str, desk: Desk) -> None:
    if not desk.rules.in_force(desk.now).directory.knows(unit):
        raise Invalid.of("unit_unknown", "to", unit=unit)


def _check_ruling(ruling: Ruling, case: Case, book: Rulebook) -> None:
    unknown = [code for code in ruling.items or () if book.item(code) is None]
    if unknown:
        raise Invalid.all(Fault("item_unknown", "items", params={"item": one}) for one in unknown)
    if case.town is None and ruling.town is None:
        raise Invalid.of("town_needed", "town")
    if ruling.town and ruling.town not in book.directory.towns:
        raise Invalid.of("town_unknown", "town", town=ruling.town)


def _with_unfinished(case: Case, desk: Desk) -> Case:
    """`case` with only those dropped tasks that are not closed yet."""
    if not case.dropped:
        return case
    present = desk.tasks.get_many(case.dropped)
    dropped = tuple(one for one in case.dropped if one not in present or present[one].value.open)
    return case.model_copy(update={"dropped": dropped})


def _settle(
    case: Case, registration: Registration, book: Rulebook, desk: Desk, *, first: bool
) -> None:
    """Make the tasks agree with `case`: what it needs exists, what it dropped is closed."""
    planned = list(tasks_of(case, registration, book, now=desk.now))
    present = {} if first else desk.tasks.get_many(task.id for task in planned)
    for task in planned:
        if task.id in present:
            _update_place(task, present[task.id], desk)
        else:
            with suppress(Stale):  # it exists: this is a repeat
                desk.tasks.save(task, before=None, by=SYSTEM, now=desk.now)
    for task_id in case.dropped:
        _withdraw(task_id, case, desk)


def _update_place(planned: Task, before: Stored[Task], desk: Desk) -> None:
    """An open task follows its entity to another name, town or village."""
    place = {"name": planned.name, "town": planned.town, "village": planned.village}
    task = before.value.model_copy(update=place)
    if task.open and task != before.value:
        desk.tasks.save(task, before=before, by=SYSTEM, now=desk.now)


def _withdraw(task_id: str, case: Case, desk: Desk) -> None:
    for _ in range(_TRIES):
        before = desk.tasks.get(task_id)
        task = domain.withdrawn(
            before.value if before else domain.never_pushed(task_id, case.code, desk.now),
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
