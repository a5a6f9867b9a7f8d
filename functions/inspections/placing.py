"""An inspection goes to another unit, and what becomes of its limits (B4, B5)."""

from __future__ import annotations

from collections.abc import Iterable

from functions.inspections.domain import Begins, Inspection, InspectionStep, stepped
from functions.shared.clocks import ClockTold
from functions.shared.directory import is_village
from functions.shared.events.inspections import InspectionState
from functions.shared.timekeeping import Timekeeper

VISIT = "visit"  # the stage whose limit is B5's
RETURNED = "returned"  # the place problem of what a village sent back
BEFORE_THE_DOOR = (InspectionState.WAITING, InspectionState.ASSIGNED)
_AT_THE_DOOR = (
    InspectionState.CORRECTING,
    InspectionState.RECHECKING,
    InspectionState.DISPOSING,
)


def placeable(inspection: Inspection) -> bool:
    """Whether it may still go to another unit: until somebody stands at the door. What the grid
    platform visited before anybody had placed it needs its village even then: who else would go
    there again?"""
    if inspection.state in BEFORE_THE_DOOR:
        return not (inspection.village and inspection.visits)
    return inspection.village is None and inspection.state in _AT_THE_DOOR


def placed(
    inspection: Inspection,
    step: InspectionStep,
    town: str,
    village: str | None,
    time: Timekeeper,
) -> Inspection:
    """A `placeable` inspection where its address lies, after `step`. What was visited goes on where
    it stands, and its limits run on."""
    if inspection.state in BEFORE_THE_DOOR:
        return moved(inspection, step, town, village, time)
    return stepped(inspection, step, time=time, town=town, village=village)


def moved(
    inspection: Inspection,
    step: InspectionStep,
    town: str,
    village: str | None,
    time: Timekeeper,
) -> Inspection:
    """`inspection` in the hands of `village`, or of its town's office, after `step`.

    Its limits count from now, when the new unit has it (B5). Only the visit that a village owed
    already is not put off by going to the next village, or back to the office in between: else it
    could go round for ever.
    """
    settled = inspection.place_problem == RETURNED and village
    after = stepped(
        inspection,
        step,
        begins=Begins.RECEIVED,
        time=time,
        state=InspectionState.WAITING,
        town=town,
        village=village,
        place_problem=None if settled else inspection.place_problem,
        grid=None,
        inspector=None,
    )
    villages = any(map(is_village, inspection.units))
    owed = [clock for clock in inspection.clocks if villages and clock.stage == VISIT]
    return keeping(after, owed)


def keeping(inspection: Inspection, earlier: Iterable[ClockTold]) -> Inspection:
    """`inspection` with no limit later than that of the same stage among `earlier`."""
    before = {clock.stage: clock for clock in earlier}
    clocks = tuple(
        min(clock, before.get(clock.stage, clock), key=lambda one: one.due)
        for clock in inspection.clocks
    )
    return inspection.model_copy(update={"clocks": clocks})
