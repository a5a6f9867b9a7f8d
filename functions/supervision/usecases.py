"""What happens in supervision: decide a registration, feed back, return, hand on (A2-A12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.directory import town_of_village
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.events.registry import Registration
from functions.shared.matching.items import SupervisionItem
from functions.shared.table import Stale
from functions.supervision import extensions, moves
from functions.supervision import feedback as feedbacks
from functions.supervision.cases import Case, Rulebook, Ruling
from functions.supervision.deadlines import moved_on
from functions.supervision.decisions import decided
from functions.supervision.desk import SYSTEM, TRIES, Desk
from functions.supervision.domain import Feedback, Task, Verb
from functions.supervision.extensions import Act, Extension, Resumption, Suspension
from functions.supervision.settling import mend, settle, with_unfinished


def decide_registration(registration: Registration, desk: Desk) -> Case:
    """Push what `registration` calls for, withdraw what it no longer does (A2-A7).

    The case is written first and names every task that it owes; then the tasks are made to agree
    with it. A repeat finds the case and only mends the tasks, an older registration decides
    nothing, so the same tasks stand in the end whatever comes twice, late or after a crash.
    """
    for _ in range(TRIES):
        before = desk.cases.get(registration.code)
        if before and before.value.edition >= registration.edition:
            mend(before.value, registration, desk)
            return before.value
        book = desk.rules.in_force(desk.now)
        old = with_unfinished(before.value, desk) if before else None
        case = decided(old, registration, book, now=desk.now)
        try:
            desk.cases.save(case, before=before, by=SYSTEM, now=desk.now)
        except Stale:
            continue
        settle(case, registration, book, desk, first=before is None)
        return case
    raise Stale(registration.code)


def rule_on(code: str, ruling: Ruling, caller: Caller, desk: Desk) -> Case:
    """A person decides what the system could not (A6), on the registration that waits.

    What an earlier ruling on it settled need not be said again; a ruling sent twice counts once.
    Raises NotFound where nothing of the caller's is there, Conflict where nothing waits (any more)
    or a newer registration does, Invalid where the ruling leaves open what it should settle.
    """
    before = desk.cases.get(code)
    if before is None:
        raise NotFound("case")
    old = before.value
    require(caller, Action.MANUAL_DECIDE, Owner(town=old.town), "case")
    ruling = ruling.over(old.ruling)
    registration = old.registration
    if registration and not old.reasons and old.ruling and _same(ruling, old.ruling):
        mend(old, registration, desk)
        return old
    if registration is None or not old.reasons or old.edition != ruling.edition:
        raise Conflict.of("nothing_waits", "edition", edition=old.edition)
    book = desk.rules.in_force(desk.now)
    _check_ruling(ruling, old, book)
    case = decided(with_unfinished(old, desk), registration, book, ruling=ruling, now=desk.now)
    try:
        desk.cases.save(case, before=before, by=caller.id, now=desk.now)
    except Stale:
        raise Conflict.of("nothing_waits", "edition", edition=old.edition) from None
    settle(case, registration, book, desk, first=False)
    return case


def record_feedback(task_id: str, feedback: Feedback, caller: Caller, desk: Desk) -> Task:
    """Count a receiver's feedback on its task, at once and once (A9-A12).

    Sent again after the task has moved on, it is still the sender's, and still counts once.
    """

    def owner(task: Task) -> Owner:
        counted = feedbacks.counted(task, feedback, caller.id)
        return Owner(counted.unit if counted else task.unit, task.town)

    def step(task: Task) -> Task:
        return feedbacks.reported(task, feedback, by=caller.id, now=desk.now)

    return _change(task_id, step, Permit(caller, Action.TASK_FEED_BACK, owner), desk)


def reassign_task(task_id: str, to: str, note: str, caller: Caller, desk: Desk) -> Task:
    """Hand a task to another unit of the same department, with a reason (A10)."""
    _check_unit(to, desk)

    def step(task: Task) -> Task:
        return moves.reassigned(task, to, note, by=caller.id, now=desk.now)

    owner = _before_move(Verb.REASSIGN, to, note, caller)
    return _change(task_id, step, Permit(caller, Action.TASK_REASSIGN, owner), desk)


def redirect_task(task_id: str, to: str, note: str, caller: Caller, desk: Desk) -> Task:
    """Send a returned task on to whoever is responsible (A10)."""
    _check_unit(to, desk)

    def step(task: Task) -> Task:
        return moves.redirected(task, to, note, by=caller.id, now=desk.now)

    owner = _before_move(Verb.REDIRECT, to, note, caller)
    return _change(task_id, step, Permit(caller, Action.TASK_REDIRECT, owner), desk)


def extend_limit(task_id: str, act: Extension, caller: Caller, desk: Desk) -> Task:
    """Give a stage of a task more time; the caller is who approves it (A13)."""

    def step(task: Task) -> Task:
        return extensions.extended(task, act, _item(task, desk), by=caller.id, now=desk.now)

    return _change(task_id, step, _approval(act, caller), desk)


def suspend_task(task_id: str, act: Suspension, caller: Caller, desk: Desk) -> Task:
    """Let the limits of a task stand still, for a hearing or a test (A13)."""

    def step(task: Task) -> Task:
        return extensions.suspended(task, act, by=caller.id, now=desk.now)

    return _change(task_id, step, _approval(act, caller), desk)


def resume_task(task_id: str, act: Resumption, caller: Caller, desk: Desk) -> Task:
    """Let the limits of a suspended task run on (A13)."""

    def step(task: Task) -> Task:
        return extensions.resumed(task, act, by=caller.id, now=desk.now)

    return _change(task_id, step, _approval(act, caller), desk)


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


def _before_move(verb: Verb, to: str, note: str, caller: Caller) -> Callable[[Task], Owner]:
    """Whose a task is to him who moves it, also when the move is sent again after it was made."""

    def owner(task: Task) -> Owner:
        made = moves.moved(task, verb, to, note, caller.id)
        return Owner(made.unit if made else task.unit, task.town)

    return owner


def _approval(act: Act, caller: Caller) -> Permit:
    """Of a lead; also when the act is sent again after the task has gone elsewhere."""

    def owner(task: Task) -> Owner:
        made = extensions.acted(task, act, caller.id)
        return Owner(made.unit if made else task.unit, task.town)

    return Permit(caller, Action.TASK_EXTEND, owner)


def _item(task: Task, desk: Desk) -> SupervisionItem | None:
    return desk.rules.of(task.item_set).item(task.item, task.item_version)


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
    for _ in range(TRIES):
        before = desk.tasks.get(task_id)
        if before is None:
            raise NotFound("task")
        permit.check(before.value)
        task = step(before.value)
        if task == before.value:
            return task
        book = desk.rules.of(task.item_set)
        item = book.item(task.item, task.item_version)
        task = moved_on(before.value, task, item, book.calendar, desk.now)
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
        raise Invalid.of("town_not_ours", "town", town=ruling.town)
    town = ruling.town or case.town or ""
    if ruling.village and not (
        book.directory.has_village(ruling.village) and town_of_village(ruling.village) == town
    ):
        raise Invalid.of("village_not_in_town", "village", village=ruling.village, town=town)


def _same(ruling: Ruling, earlier: Ruling) -> bool:
    return ruling == earlier.model_copy(update={"at": ruling.at})
