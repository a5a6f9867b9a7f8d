"""A task goes into other hands, or is taken back: handed on, sent on, withdrawn (A7, A10)."""

from __future__ import annotations

from datetime import datetime

from functions.shared.directory import body_of
from functions.shared.errors import Invalid
from functions.shared.events.supervision import End
from functions.shared.trail import fingerprint
from functions.supervision.domain import Step, Task, Verb, stepped
from functions.supervision.evidence import AnyEvidence, EntityCancelled, Note, Withdrawn


def moved(task: Task, verb: Verb, to: str, note: str, by: str) -> Step | None:
    """The newest step of a person, where it is this very move: then it was made before, and counts
    once."""
    step = next((step for step in reversed(task.steps) if step.verb is not Verb.RECOUNT), None)
    same = step and (step.verb, step.to, step.note, step.by) == (verb, to, note, by)
    return step if same else None


def reassigned(task: Task, to: str, note: Note, *, by: str, now: datetime) -> Task:
    """`task` in the hands of another unit of the same department (A10).

    Raises Invalid where `to` belongs to another department: that is a return, not a reassignment.
    """
    if moved(task, Verb.REASSIGN, to, note, by):
        return task
    if body_of(to) != body_of(task.unit):
        raise Invalid.of("unit_of_other_department", "to", unit=to)
    return _moved(task, Verb.REASSIGN, to, note, by=by, now=now)


def redirected(task: Task, to: str, note: Note, *, by: str, now: datetime) -> Task:
    """A returned `task`, sent on by the town office to whoever is responsible (A10)."""
    if moved(task, Verb.REDIRECT, to, note, by):
        return task
    return _moved(task, Verb.REDIRECT, to, note, by=by, now=now)


def withdrawn(task: Task, registration: str, *, cancelled: bool, now: datetime) -> Task:
    """`task` closed as `registration` took its reason away (A7); a closed one stays as it is."""
    if not task.open:
        return task
    evidence: AnyEvidence = (
        EntityCancelled(end=End.ENTITY_CANCELLED, registration=registration)
        if cancelled
        else Withdrawn(end=End.WITHDRAWN, registration=registration)
    )
    step = Step(
        verb=Verb.WITHDRAW, at=now, by="system", unit=task.unit, ref=registration, evidence=evidence
    )
    return stepped(task, step, end=evidence.end)


def _moved(task: Task, verb: Verb, to: str, note: str, *, by: str, now: datetime) -> Task:
    if to == task.unit:
        raise Invalid.of("unit_unchanged", "to", unit=to)
    ref = fingerprint([verb, to, note, by, task.changed_at.isoformat()])[:22]
    step = Step(verb=verb, at=now, by=by, unit=task.unit, ref=ref, note=note, to=to)
    return stepped(task, step, unit=to)
