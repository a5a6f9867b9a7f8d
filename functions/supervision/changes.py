"""What supervision's table tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.shared.events import CloudEvent, event
from functions.shared.events.supervision import (
    CASE_DECIDED,
    TASK_CHANGED,
    TASK_PUSHED,
    CaseDecided,
    TaskTold,
)
from functions.shared.table import Record
from functions.supervision.cases import Case
from functions.supervision.domain import Task
from functions.supervision.store import case_in, task_in


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """A decided case, a pushed task, a step of a task; a withdrawal that nobody saw is not told."""
    if case := case_in(new):
        yield event(CASE_DECIDED, case.code, new["version"], _case(case), case.decided_at)
    elif (task := task_in(new)) and task.unit:
        before = task_in(old) if old else None
        kind = TASK_CHANGED if before else TASK_PUSHED
        yield event(kind, task.id, new["version"], _task(task, before), task.changed_at)


def _case(case: Case) -> CaseDecided:
    return CaseDecided(
        code=case.code,
        edition=case.edition,
        name=case.name,
        town=case.town,
        village=case.village,
        outcome=case.outcome,
        item_set=case.item_set,
        reasons=case.reasons,
        items=tuple(sorted(key.partition("@")[0] for key in case.needs)),
        decided_at=case.decided_at,
    )


def _task(task: Task, before: Task | None) -> TaskTold:
    left = before.unit if before and before.unit != task.unit else None
    fields = {name: getattr(task, name) for name in TaskTold.model_fields if name != "left"}
    return TaskTold(left=left, **fields)
