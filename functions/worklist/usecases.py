"""What happens in the worklist: news of tasks and cases become rows of their receivers (A8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from functions.shared.directory import office
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.supervision import (
    CASE_DECIDED,
    TASK_CHANGED,
    TASK_PUSHED,
    CaseDecided,
    TaskTold,
)
from functions.shared.inbox import Row, RowKind, mark


class Rows(Protocol):
    """Where rows are shown."""

    def save(self, row: Row) -> bool: ...


def project(event: CloudEvent, rows: Rows, now: datetime) -> int:
    """Show `event` to each receiver that it concerns; returns to how many it was news."""
    return sum(rows.save(row) for row in rows_of(event, now))


def rows_of(event: CloudEvent, now: datetime) -> Iterator[Row]:
    """A task's row for its unit, a case's for the town office of its town (A3's second receiver),
    and their leaving for those that had them."""
    if event.type in (TASK_PUSHED, TASK_CHANGED):
        task = body_of(event, TaskTold)
        yield _row(event, task.unit, now, task=task)
        for unit in task.former:
            yield _row(event, unit, now, task=task, gone=True)
    elif event.type == CASE_DECIDED:
        case = body_of(event, CaseDecided)
        yield _row(event, office(case.town), now, case=case)
        for town in case.former:
            yield _row(event, office(town), now, case=case, gone=True)


def _row(
    event: CloudEvent,
    unit: str,
    now: datetime,
    *,
    task: TaskTold | None = None,
    case: CaseDecided | None = None,
    gone: bool = False,
) -> Row:
    return Row(
        unit=unit,
        kind=RowKind.TASK if task else RowKind.CASE,
        subject=event.subject,
        sequence=event.sequence,
        gone=gone,
        changed=f"{mark(now)}#{event.subject}",
        state=task.state if task else None,
        due=task.due if task else None,
        task=task,
        case=case,
    )
