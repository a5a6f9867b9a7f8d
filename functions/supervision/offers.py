"""What may be done with a task now, and what each step wants, so that forms need no rule (A10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.calendar import shanghai_day
from functions.shared.directory import Directory, body_of
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Milestone, Stage
from functions.supervision.clocks import limit_of
from functions.supervision.desk import Desk
from functions.supervision.domain import (
    ExtensionGround,
    ReturnGround,
    SuspensionGround,
    Task,
    Verb,
    may_follow,
)
from functions.supervision.evidence import Evidence, Note, ends_for
from functions.supervision.feedback import REPORTED

_ACTIONS = {
    **dict.fromkeys(REPORTED, Action.TASK_FEED_BACK),
    Verb.REASSIGN: Action.TASK_REASSIGN,
    Verb.REDIRECT: Action.TASK_REDIRECT,
    **dict.fromkeys((Verb.EXTEND, Verb.SUSPEND, Verb.RESUME), Action.TASK_EXTEND),
}


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldTold(_Told):
    """A field that the evidence of an end has: `kind` is text, long, date or number."""

    name: str
    kind: str
    required: bool


class EndTold(_Told):
    """A way to end the task, and the fields of its evidence."""

    end: End
    fields: tuple[FieldTold, ...]


class GroundTold(_Told):
    """A ground to return a task; with `responsible` who is responsible must be named."""

    ground: ReturnGround
    responsible: bool


class LongerTold(_Told):
    """A limit that may be extended: it ends on `due` now, at most `most` days can be added."""

    stage: Stage
    due: date
    most: int


class Offers(_Told):
    """What the steps that a caller may do want: the ends with their evidence, the grounds of a
    return, milestones that have not happened yet, limits that can grow, and units: those to
    reassign to, and those that may be responsible besides."""

    ends: tuple[EndTold, ...] = ()
    returns: tuple[GroundTold, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    longer: tuple[LongerTold, ...] = ()
    extensions: tuple[ExtensionGround, ...] = ()
    suspensions: tuple[SuspensionGround, ...] = ()
    own_units: tuple[str, ...] = ()
    other_units: tuple[str, ...] = ()


def verbs_for(task: Task, caller: Caller) -> tuple[Verb, ...]:
    """The steps that `caller` may do with `task` now."""
    owner = Owner(task.unit, task.town)
    return tuple(
        verb
        for verb in Verb
        if verb in _ACTIONS and may_follow(task, verb) and allows(caller, _ACTIONS[verb], owner)
    )


def offers_of(task: Task, may: tuple[Verb, ...], desk: Desk) -> Offers:
    """What the steps `may` want; nothing of the others."""
    told: dict[str, Any] = {}
    if Verb.CLOSE in may:
        told["ends"] = tuple(EndTold(end=end, fields=FORMS[end]) for end in ends_for(task.kind))
    if Verb.RETURN in may:
        told["returns"] = tuple(
            GroundTold(ground=one, responsible=one.names_somebody) for one in ReturnGround
        )
    if Verb.HANDLE in may and task.state is not State.RETURNED:
        told["milestones"] = tuple(_milestones_left(task))
    if Verb.EXTEND in may:
        told["longer"] = tuple(_longer(task, desk))
        told["extensions"] = tuple(ExtensionGround)
    if Verb.SUSPEND in may:
        told["suspensions"] = tuple(SuspensionGround)
    if {Verb.REASSIGN, Verb.REDIRECT, Verb.RETURN} & {*may}:
        told |= _units(task, desk.rules.in_force(desk.now).directory)
    return Offers(**told)


def _milestones_left(task: Task) -> Iterator[Milestone]:
    body = body_of(task.unit)
    met = {step.milestone for step in task.steps if body_of(step.unit) == body}
    return (one for one in Milestone if one not in met)


def _longer(task: Task, desk: Desk) -> Iterator[LongerTold]:
    """The limits that run, were not passed, and are not doubled yet."""
    item = desk.rules.of(task.item_set).item(task.item, task.item_version)
    for stage in task.running:
        clock = task.clocks[stage]
        limit = limit_of(item, stage, clock.start) if item else None
        if limit and clock.due >= shanghai_day(desk.now) and clock.extra < limit.n:
            yield LongerTold(stage=stage, due=clock.due, most=limit.n - clock.extra)


def _units(task: Task, directory: Directory) -> dict[str, tuple[str, ...]]:
    """The units of the task's own department, and who else could be responsible: where it lies, or
    as its last return said."""
    own, others = [], []
    for department in directory.departments:
        if department.id == body_of(task.unit):
            own = [department.id, *(f"{department.id}.{town}" for town in sorted(department.towns))]
            continue
        others.append(department.id)
        if task.town in department.towns:
            others.append(f"{department.id}.{task.town}")
    others += [one for one in _said_responsible(task, directory) if one not in (*own, *others)]
    return {
        "own_units": tuple(one for one in own if one != task.unit),
        "other_units": tuple(others),
    }


def _said_responsible(task: Task, directory: Directory) -> list[str]:
    """Whom the newest return named, in whichever town that is: the office may send it there."""
    returns = [step.responsible for step in task.steps if step.verb is Verb.RETURN][-1:]
    return [one for one in returns if one and one != task.unit and directory.knows(one)]


def _forms() -> dict[End, tuple[FieldTold, ...]]:
    """The fields of each end's evidence, as its model has them."""
    union, *_ = get_args(Evidence)
    return {
        get_args(model.model_fields["end"].annotation)[0]: tuple(
            FieldTold(name=name, kind=_kind(model, name), required=found.is_required())
            for name, found in model.model_fields.items()
            if name not in ("end", "attachments")
        )
        for model in get_args(union)
    }


def _kind(model: type[BaseModel], name: str) -> str:
    found = model.model_fields[name]
    parts = {found.annotation, *get_args(found.annotation)}
    parts |= {get_args(one)[0] for one in parts if get_origin(one) is Annotated}
    if date in parts:
        return "date"
    if Decimal in parts:
        return "number"
    longest = get_args(Note)[1].max_length
    long = any(getattr(one, "max_length", 0) == longest for one in found.metadata)
    return "long" if long else "text"


FORMS = _forms()
