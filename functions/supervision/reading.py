"""What somebody is shown of a task: why it came, how it stands, what may be done with it now."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import Light, days_late, light
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Stage
from functions.shared.matching.marking import MarkKind
from functions.supervision import usecases
from functions.supervision.cases import Case, scope_id
from functions.supervision.changes import told
from functions.supervision.desk import Desk
from functions.supervision.domain import Task, Verb
from functions.supervision.offers import Offers, offers_of, verbs_for


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Span(_Told):
    """A stretch of a scope, counted in code points: words that called for the item, or what the
    scope takes out; `why` quotes what took it out."""

    kind: MarkKind
    start: int
    end: int
    why: str = ""


class ScopeTold(_Told):
    """The whole scope of business that called for a task, as it stood then."""

    text: str
    spans: tuple[Span, ...]


class Beside(_Told):
    """A task at the same entity: who has it, what it asks for, how it stands. Departments know of
    each other that they act, not how: `id` is told only to who may read it."""

    unit: str
    item: str
    licence: str
    state: State
    end: End | None = None
    id: str | None = None


class Standing(_Told):
    """How a task stands today: its stage and the last day of that, all stages whose limits run, how
    near their ends are."""

    stage: Stage | None = None
    due: date | None = None
    running: tuple[Stage, ...] = ()
    suspended: bool
    light: Light
    days_late: int


class TaskShown(Task):
    """A task with its whole life, and what a reader needs besides.

    `may` are the steps that the caller may do now, and `offers` what each of them wants. `scope` is
    that of the registration that called for it, marked (nothing where an inspection did); `beside`
    are the tasks of others at the same entity.
    """

    standing: Standing
    may: tuple[Verb, ...] = ()
    offers: Offers
    scope: ScopeTold | None = None
    beside: tuple[Beside, ...] = ()


def show_task(task_id: str, caller: Caller, desk: Desk) -> TaskShown:
    """The task; raises NotFound where it is not the caller's to see."""
    task = usecases.read_task(task_id, caller, desk)
    may = verbs_for(task, caller)
    return TaskShown(
        **dict(task),
        standing=_standing(task, desk),
        may=may,
        offers=offers_of(task, may, desk),
        scope=_scope(task, desk),
        beside=tuple(beside(task, caller, desk)),
    )


def _standing(task: Task, desk: Desk) -> Standing:
    clocks, today = told(task).clocks, shanghai_day(desk.now)
    return Standing(
        stage=task.stage,
        due=task.due,
        running=task.running,
        suspended=task.suspended,
        light=light(clocks, today),
        days_late=days_late(clocks, today),
    )


def _scope(task: Task, desk: Desk) -> ScopeTold | None:
    """None for what an inspection called for, and for tasks older than the keeping of scopes."""
    kept = None if task.inspection else desk.scopes.get(scope_id(task.code, task.edition))
    if kept is None:
        return None
    marks = desk.rules.of(task.item_set).matcher.marks(kept.value.text, kept.value.name, task.item)
    ruled = not task.words  # a person called for it: no word did
    spans = tuple(
        Span(kind=one.kind, start=one.start, end=one.end, why=one.why)
        for one in marks
        if not (ruled and one.kind is MarkKind.MATCHED)
    )
    return ScopeTold(text=kept.value.text, spans=spans)


class AtEntity(Beside):
    """A task at an entity, for whoever may see what was decided for it."""

    standing: Standing


class CaseShown(Case):
    """What was decided for an entity, with the tasks there; `may_decide`: a registration waits, and
    the caller may decide it by hand (A6)."""

    tasks: tuple[AtEntity, ...] = ()
    may_decide: bool = False


def show_case(code: str, caller: Caller, desk: Desk) -> CaseShown:
    """The case; raises NotFound where it is not the caller's to see."""
    case = usecases.read_case(code, caller, desk)
    may = bool(case.reasons) and allows(caller, Action.MANUAL_DECIDE, Owner(town=case.town))
    tasks = tuple(
        AtEntity(**dict(_beside(one, caller)), standing=_standing(one, desk))
        for one in tasks_at(code, desk)
    )
    return CaseShown(**dict(case), tasks=tasks, may_decide=may)


def beside(task: Task, caller: Caller, desk: Desk) -> list[Beside]:
    """The other tasks at the entity of `task`, by unit and item."""
    tasks = (one for one in tasks_at(task.code, desk) if one.id != task.id)
    return [_beside(one, caller) for one in tasks]


def _beside(one: Task, caller: Caller) -> Beside:
    may_read = allows(caller, Action.TASK_READ, Owner(one.unit, one.town))
    same = ("unit", "item", "licence", "state", "end")
    return Beside(**{name: getattr(one, name) for name in same}, id=one.id if may_read else None)


def tasks_at(code: str, desk: Desk) -> list[Task]:
    """The tasks at an entity: what its case needs and what inspections called for."""
    case, referrals = desk.cases.get(code), desk.referred.get(code)
    ids = [*(case.value.needs.values() if case else ())]
    ids += [*(case.value.dropped if case else ()), *(referrals.value.tasks if referrals else ())]
    found = desk.tasks.get_many(dict.fromkeys(ids))
    tasks = [one.value for one in found.values() if one.value.unit]
    return sorted(tasks, key=lambda one: (one.unit, one.item, one.id))
