"""What has limits, and which event says what of them: a new kind is a line of the table."""

from __future__ import annotations

from collections.abc import Callable

from functions.alerts.domain import News
from functions.shared.clocks import ClockTold
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.alerts import Watched
from functions.shared.events.clues import CLUE_CHANGED, CLUE_REPORTED, ClueTold
from functions.shared.events.credit import DISPUTE_CHANGED, DISPUTE_OPENED, DisputeTold
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintTold,
    SanctionState,
    SanctionTold,
)
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    InspectionTold,
)
from functions.shared.events.supervision import TASK_CHANGED, TASK_PUSHED, TaskTold


def news_in(event: CloudEvent) -> News | None:
    """What `event` says of limits; None where it is about nothing that has any.

    Raises ValidationError where its body does not fit.
    """
    read = _READERS.get(event.type)
    return read(event) if read else None


def _task(event: CloudEvent) -> News:
    task = body_of(event, TaskTold)
    return News(
        kind=Watched.TASK,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=f"{task.name}：{task.licence}",
        town=task.town,
        clocks={**dict.fromkeys(task.former, ()), task.unit: task.clocks},
    )


def _clue(event: CloudEvent) -> News:
    """A clue runs for its office and for each receiver; a department may be both (A17)."""
    clue = body_of(event, ClueTold)
    clocks: dict[str, tuple[ClockTold, ...]] = dict.fromkeys(clue.offices, ())
    for unit, running in (
        (clue.office, clue.clocks),
        *((share.unit, share.clocks) for share in clue.shares),
    ):
        clocks[unit] = (*clocks.get(unit, ()), *running)
    return News(
        kind=Watched.CLUE,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=clue.name or clue.place,
        town=clue.town,
        clocks=clocks,
    )


def _inspection(event: CloudEvent) -> News:
    """An inspection runs for whoever of the grid must act: its village, or the town's office (B12).
    With departments their tasks run instead."""
    told = body_of(event, InspectionTold)
    clocks: dict[str, tuple[ClockTold, ...]] = dict.fromkeys(told.former, ())
    if told.unit:
        clocks[told.unit] = told.clocks
    return News(
        kind=Watched.INSPECTION,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=told.name,
        town=told.town,
        clocks=clocks,
    )


def _dispute(event: CloudEvent) -> News:
    """A dispute runs for whoever must act on it: the credit office, or the record's source."""
    told = body_of(event, DisputeTold)
    clocks: dict[str, tuple[ClockTold, ...]] = dict.fromkeys(told.former, ())
    if told.unit:
        clocks[told.unit] = told.clocks
    return News(
        kind=Watched.DISPUTE,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=f"{told.name}：{told.title}",
        clocks=clocks,
    )


def _sanction(event: CloudEvent) -> News:
    """A sanction runs for the credit office until that has decided; its initiator only waits."""
    told = body_of(event, SanctionTold)
    waits = told.state is SanctionState.PROPOSED
    return News(
        kind=Watched.SANCTION,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=f"{told.name}：{told.title}",
        clocks={told.office: told.clocks if waits else ()},
    )


def _constraint(event: CloudEvent) -> News:
    """Each participant's part is watched by itself, and nobody else is told of it (C13)."""
    told = body_of(event, ConstraintTold)
    return News(
        kind=Watched.CONSTRAINT,
        subject=event.subject,
        sequence=event.sequence,
        at=event.time,
        title=f"{told.name}：{told.title}",
        clocks={told.unit: told.clocks},
    )


_READERS: dict[str, Callable[[CloudEvent], News]] = {
    TASK_PUSHED: _task,
    TASK_CHANGED: _task,
    CLUE_REPORTED: _clue,
    CLUE_CHANGED: _clue,
    INSPECTION_OPENED: _inspection,
    INSPECTION_CHANGED: _inspection,
    DISPUTE_OPENED: _dispute,
    DISPUTE_CHANGED: _dispute,
    SANCTION_CHANGED: _sanction,
    CONSTRAINT_CHANGED: _constraint,
}
