"""A limit is extended, or stands still for a hearing or a test: recorded acts of a lead (A13)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid
from functions.shared.matching.items import Stage, SupervisionItem
from functions.shared.trail import fingerprint
from functions.supervision.clocks import limit_of
from functions.supervision.domain import (
    ExtensionGround,
    Step,
    SuspensionGround,
    Task,
    Verb,
    stepped,
)
from functions.supervision.evidence import Note, Number


class _Act(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extension(_Act):
    """`days` more (of the kind that the limit counts) for the limit of a stage, on what ground and
    by which document. All extensions of a limit together at most double it."""

    stage: Annotated[Stage, Field(description="receive, verify, handle, or close: the whole case")]
    days: Annotated[int, Field(ge=1, le=3660)]
    ground: ExtensionGround
    note: Note
    document: Number


class Suspension(_Act):
    """For what the limits stand still, and by which document."""

    ground: SuspensionGround
    note: Note
    document: Number


class Resumption(_Act):
    """The limits run on: what came of it."""

    note: Note
    document: Annotated[str, StringConstraints(strip_whitespace=True, max_length=128)] = ""


Act = Extension | Suspension | Resumption
_VERBS = {Extension: Verb.EXTEND, Suspension: Verb.SUSPEND, Resumption: Verb.RESUME}
_TURNS = frozenset({Verb.SUSPEND, Verb.RESUME})


def acted(task: Task, act: Act, by: str) -> Step | None:
    """The step that this very act made before, which then counts once.

    An extension or a suspension names its document, so it is the same however late it comes again;
    a resumption only as long as nobody has suspended the task since.
    """
    verb = _VERBS[type(act)]
    steps = task.steps
    if verb is Verb.RESUME:
        steps = tuple(step for step in task.steps if step.verb in _TURNS)[-1:]
    said = {"verb": verb, "by": by, **dict(act)}
    return next(
        (step for step in steps if all(getattr(step, name) == said[name] for name in said)), None
    )


def extended(
    task: Task, act: Extension, item: SupervisionItem | None, *, by: str, now: datetime
) -> Task:
    """`task` with more time for one stage.

    Raises Conflict where that limit does not run, or was passed: what is late stays late. Raises
    Invalid beyond twice the limit.
    """
    if acted(task, act, by):
        return task
    step = _step(task, act, by, now)
    after = stepped(task, step)  # first, so that a suspended or closed task is named as such
    clock = task.clocks.get(act.stage)
    limit = limit_of(item, act.stage, clock.start) if item and clock else None
    if limit is None or clock is None or act.stage not in task.running:
        raise Conflict.of("limit_not_running", "stage", stage=act.stage)
    if clock.due < shanghai_day(now):
        raise Conflict.of("limit_passed", "stage", due=clock.due.isoformat())
    if clock.extra + act.days > limit.n:
        raise Invalid.of("extension_too_long", "days", most=limit.n - clock.extra)
    return after


def suspended(task: Task, act: Suspension, *, by: str, now: datetime) -> Task:
    """`task` while none of its limits runs. Raises Conflict where it does not follow."""
    return task if acted(task, act, by) else stepped(task, _step(task, act, by, now))


def resumed(task: Task, act: Resumption, *, by: str, now: datetime) -> Task:
    """`task` going on, later by the days that it stood still. Raises Conflict where it runs."""
    return task if acted(task, act, by) else stepped(task, _step(task, act, by, now))


def _step(task: Task, act: Act, by: str, now: datetime) -> Step:
    verb = _VERBS[type(act)]
    content = [verb, act.model_dump(mode="json"), by, task.changed_at.isoformat()]
    ref = fingerprint(content)[:22]
    return Step(verb=verb, at=now, by=by, unit=task.unit, ref=ref, **dict(act))
