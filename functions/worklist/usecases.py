"""What happens in the worklist: what others tell becomes rows of whoever it concerns (A8, D2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from functions.shared.directory import office
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.alerts import ALERT_ENDED, ALERT_RAISED, AlertTold
from functions.shared.events.clues import CLUE_CHANGED, CLUE_REPORTED, ClueTold, ShareState
from functions.shared.events.credit import DISPUTE_CHANGED, DISPUTE_OPENED, DisputeTold
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintTold,
    SanctionTold,
)
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    InspectionTold,
)
from functions.shared.events.supervision import (
    CASE_DECIDED,
    TASK_CHANGED,
    TASK_PUSHED,
    CaseDecided,
    TaskTold,
)
from functions.shared.inbox import Inbox, Row, RowKind, mark
from functions.worklist.claiming import end_claim
from functions.worklist.domain import (
    clue_for,
    constraint_for,
    dispute_for,
    inspection_for,
    sanction_for,
    task_for,
)

_NOT_THEIRS = frozenset({ShareState.DISPUTED, ShareState.RELIEVED})


def project(event: CloudEvent, inbox: Inbox, now: datetime) -> int:
    """Show `event` to each receiver that it concerns; returns to how many it was news.

    A claim on what is over, or has left, ends. After a crash in between the event comes again, and
    ends it although the row is no news any more.
    """
    shown = 0
    for row in rows_of(event, now):
        shown += inbox.save(row)
        if not row.open and row.sequence > 1:  # what came closed cannot have been claimed
            end_claim(row, event.time, inbox, now)
    return shown


def rows_of(event: CloudEvent, now: datetime) -> Iterator[Row]:
    """A task's row for its unit, a case's for the town office of its town (A3's second receiver),
    a clue's for its office and receivers, an inspection's for its village (or who stands in) and
    for whoever else must act, a dispute's for whoever must act, a sanction's for its initiator and
    the credit office, a participant's part of it for that participant alone, an alert's for whom it
    was raised; and their leaving for those that had them."""
    read = _READERS.get(event.type)
    for row in read(event) if read else ():
        yield Row(
            subject=event.subject,
            sequence=event.sequence,
            changed=f"{mark(now)}#{event.subject}",
            **row,
        )


def _task_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    task = body_of(event, TaskTold)
    shown = {"kind": RowKind.TASK, "task": task_for(task)}
    came = [step.at for step in task.steps if step.unit != task.unit]
    yield {"unit": task.unit, "came_at": came[-1] if came else task.pushed_at, **shown}
    for unit in task.former:
        left = [step.at for step in task.steps if step.unit == unit]
        yield {"unit": unit, "gone": True, "left_at": left[-1] if left else None, **shown}


def _case_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    case = body_of(event, CaseDecided)
    shown = {"kind": RowKind.CASE, "case": case}
    yield {"unit": office(case.town), "came_at": case.decided_at, **shown}
    for town in case.former:
        yield {"unit": office(town), "gone": True, **shown}


def _clue_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    clue = body_of(event, ClueTold)
    units = (clue.office, *clue.offices, *(share.unit for share in clue.shares))
    for unit in dict.fromkeys(units):
        told = clue_for(clue, unit)
        share = next((one for one in reversed(clue.shares) if one.unit == unit), None)
        mine = share is not None and share.state not in _NOT_THEIRS
        here = unit == clue.office or mine
        yield {
            "unit": unit,
            "kind": RowKind.CLUE,
            "gone": not here,
            "came_at": share.assigned_at if share and mine and unit != clue.office else None,
            "left_at": share.ended_at if share and not here else None,
            "clue": told,
        }


def _inspection_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    """An inspection stays in its village's list also while others act, and when it is over."""
    told = body_of(event, InspectionTold)
    home = told.village or office(told.town)
    for unit in dict.fromkeys((home, told.unit or home, *told.former)):
        yield {
            "unit": unit,
            "kind": RowKind.INSPECTION,
            "gone": unit not in (home, told.unit),
            "came_at": told.received_at,
            "inspection": inspection_for(told),
        }


def _dispute_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    dispute = body_of(event, DisputeTold)
    shown = {"kind": RowKind.DISPUTE, "dispute": dispute_for(dispute)}
    if dispute.unit:
        yield {"unit": dispute.unit, **shown}
    for unit in dispute.former:
        yield {"unit": unit, "gone": True, **shown}


def _sanction_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    sanction = body_of(event, SanctionTold)
    for unit in dict.fromkeys((sanction.office, sanction.unit)):
        yield {
            "unit": unit,
            "kind": RowKind.SANCTION,
            "sanction": sanction_for(sanction, unit),
        }


def _constraint_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    constraint = body_of(event, ConstraintTold)
    yield {
        "unit": constraint.unit,
        "kind": RowKind.CONSTRAINT,
        "came_at": constraint.approved_at,
        "constraint": constraint_for(constraint),
    }


def _alert_rows(event: CloudEvent) -> Iterator[dict[str, Any]]:
    alert = body_of(event, AlertTold)
    yield {"unit": alert.unit, "kind": RowKind.ALERT, "gone": alert.ended, "alert": alert}


_READERS: dict[str, Callable[[CloudEvent], Iterator[dict[str, Any]]]] = {
    TASK_PUSHED: _task_rows,
    TASK_CHANGED: _task_rows,
    CASE_DECIDED: _case_rows,
    CLUE_REPORTED: _clue_rows,
    CLUE_CHANGED: _clue_rows,
    INSPECTION_OPENED: _inspection_rows,
    INSPECTION_CHANGED: _inspection_rows,
    DISPUTE_OPENED: _dispute_rows,
    DISPUTE_CHANGED: _dispute_rows,
    SANCTION_CHANGED: _sanction_rows,
    CONSTRAINT_CHANGED: _constraint_rows,
    ALERT_RAISED: _alert_rows,
    ALERT_ENDED: _alert_rows,
}
