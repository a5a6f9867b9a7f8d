"""When the next calendar is loaded, provisional limits are counted again (A14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.inspections.desk import Desk
from functions.inspections.domain import SYSTEM, Inspection, InspectionStep, InspectionVerb
from functions.shared.provisional import Portion, ProvisionalIndex, work_through
from functions.shared.timekeeping import Timekeeper
from functions.shared.trail import fingerprint


def recount(
    portion: Portion, index: ProvisionalIndex, desk: Desk, go_on: Callable[[], bool]
) -> Portion | None:
    """Count the limits of a shard's inspections again, as far as `go_on` allows; what is left of it
    (None: nothing).

    Each is one write, and only where something changes: a repeat changes nothing, and a crash
    leaves to the repeat what was not done.
    """
    time = desk.time(desk.rules.on(desk.now))

    def again(inspection: Inspection | None) -> Inspection | None:
        return inspection and counted_again(inspection, desk, time)

    def change(id: str) -> None:
        desk.cabinet.inspections.change(id, again, by=SYSTEM, now=desk.now)

    return work_through(portion, index, change, go_on)


def counted_again(inspection: Inspection, desk: Desk, time: Timekeeper) -> Inspection:
    """`inspection` with its provisional limits by the present calendar, and a step that tells old
    and new (A14); the same where that changes nothing."""
    clocks = time.recounted(inspection.clocks)
    if clocks == inspection.clocks:
        return inspection
    moved = (
        f"{old.stage}: {old.due} → {new.due}"
        for old, new in zip(inspection.clocks, clocks, strict=True)
        if old != new
    )
    note = f"{'; '.join(moved)} ({time.calendar.version})"
    step = InspectionStep(
        verb=InspectionVerb.RECOUNT,
        at=desk.now,
        by=SYSTEM,
        unit=inspection.unit,
        ref=fingerprint(["recount", note])[:22],
        note=note,
    )
    change: dict[str, Any] = {
        "clocks": clocks,
        "steps": (*inspection.steps, step),
        "changed_at": desk.now,
    }
    return inspection.model_copy(update=change)
