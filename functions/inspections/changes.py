"""What the table of inspections tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.seen import Finding
from functions.inspections.store import inspection_in
from functions.shared.events import CloudEvent, event
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    INSPECTION_REFERRED,
    NOTICE_ISSUED,
    RECHECK_OVER,
    FailedTold,
    InspectionState,
    InspectionTold,
    Referred,
)
from functions.shared.table import Record

_OWN = {"former", "left", "assigned_at", "failed", "notice", "correct_by"}
_SAME = InspectionTold.model_fields.keys() - _OWN


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """Every step of an inspection; besides, while a notice runs that its recheck must follow, once
    none is waited for any more, and while departments have tasks, also while the town still has to
    classify the rest.

    All of that by what stands in the record, not by what changed: a change that is told by redrive
    has no `old`, so the last three are told again with later steps, and who hears them expects it.
    """
    inspection = inspection_in(new)
    if inspection is None:
        return
    id, version, at = inspection.id, new["version"], inspection.changed_at
    body = told(inspection)
    yield event(INSPECTION_OPENED if version == 1 else INSPECTION_CHANGED, id, version, body, at)
    if inspection.state is InspectionState.CORRECTING:
        yield event(NOTICE_ISSUED, id, version, body, at)
    elif inspection.notice and not inspection.awaits_recheck:
        yield event(RECHECK_OVER, id, version, body, at)
    if inspection.referrals and inspection.open:
        yield event(INSPECTION_REFERRED, id, version, referred(inspection), at)


def told(inspection: Inspection) -> InspectionTold:
    """An inspection as the others are told of it."""
    notice, last = inspection.notice, inspection.steps[-1].unit
    former = tuple(one for one in inspection.units if one != inspection.unit)
    return InspectionTold(
        former=former,
        left=last if last in former else None,  # a department that answers never had it
        assigned_at=_assigned_at(inspection),
        failed=tuple(_failed(inspection, one) for one in inspection.failed()),
        notice=notice.number if notice else None,
        correct_by=notice.correct_by if notice else None,
        **{name: getattr(inspection, name) for name in _SAME},
    )


def referred(inspection: Inspection) -> Referred:
    """What departments are to act on, with all that was seen and done before (B10)."""
    names = ("code", "edition", "name", "address", "town", "village", "referrals")
    disposal, notice = inspection.disposal, inspection.notice
    return Referred(
        inspection=inspection.id,
        notice=notice.number if notice else None,
        visits=inspection.retold,
        disposal=disposal.note if disposal else "",
        referred_at=inspection.changed_at,
        **{name: getattr(inspection, name) for name in names},
    )


def _assigned_at(inspection: Inspection) -> datetime | None:
    given = (one.at for one in inspection.steps if one.verb is InspectionVerb.ASSIGN)
    return max(given, default=None) if inspection.inspector else None


def _failed(inspection: Inspection, finding: Finding) -> FailedTold:
    check = inspection.check(finding.check)
    return FailedTold(
        check=finding.check,
        title=check.name if check else finding.check,
        kinds=finding.kinds,
        note=finding.note,
    )
