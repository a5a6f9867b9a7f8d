"""What the table of joint discipline tells the others when a sanction changes: its initiator and
the credit office of the whole, each participant of its own part and nothing of the others'."""

from __future__ import annotations

from collections.abc import Iterator

from functions.discipline.domain import OFFICE, Part, Sanction, constraint_id
from functions.discipline.store import sanction_in
from functions.shared.events import CloudEvent, event
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintTold,
    SanctionState,
    SanctionTold,
)
from functions.shared.table import Record

_SAME = SanctionTold.model_fields.keys() - {"office"}


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """Every step of a sanction, and each part that it concerns: all of them without `old`, where
    it is told again by redrive. What else stands in the table is nobody's business."""
    sanction = sanction_in(new)
    if sanction is None:
        return
    version = new["version"]
    told = sanction_told(sanction)
    yield event(SANCTION_CHANGED, sanction.id, version, told, sanction.changed_at)
    former = sanction_in(old) if old else None
    before = {part.unit: constraint_told(former, part) for part in former.parts} if former else {}
    for part in sanction.parts:
        own = constraint_told(sanction, part)
        if before.get(part.unit) != own:
            yield event(CONSTRAINT_CHANGED, own.id, version, own, part.changed_at)


def sanction_told(sanction: Sanction) -> SanctionTold:
    """A sanction as its initiator and the credit office need it."""
    return SanctionTold(office=OFFICE, **{name: getattr(sanction, name) for name in _SAME})


def constraint_told(sanction: Sanction, part: Part) -> ConstraintTold:
    """One participant's part of a sanction."""
    return ConstraintTold(
        id=constraint_id(sanction.id, part.unit),
        sanction=sanction.id,
        unit=part.unit,
        subject=sanction.subject,
        kind=sanction.kind,
        name=sanction.name,
        instrument=sanction.instrument,
        title=sanction.title,
        ground=sanction.ground,
        measures=part.measures,
        state=part.state,
        live=sanction.state is SanctionState.ACTIVE,
        note=part.note,
        clocks=part.clocks,
        approved_at=sanction.approved_at or sanction.changed_at,
        until=sanction.until,
        changed_at=part.changed_at,
    )
