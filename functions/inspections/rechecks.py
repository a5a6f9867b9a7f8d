"""When a recheck is sent out, and where it stands (B7)."""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from functions.inspections.deciding import recheck_decided
from functions.inspections.desk import Desk, change
from functions.inspections.domain import SYSTEM, Inspection, InspectionStep, InspectionVerb, stepped
from functions.inspections.seen import Frozen, Round
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.rules_in_force import Rules


class RecheckOutcome(StrEnum):
    """What there is to say of a recheck; the state machine decides by these words."""

    WAITING = "waiting"  # the correction period runs
    SENT = "sent"  # it is with the inspector
    CORRECTED = "corrected"
    FAILED = "failed"  # joint disposal follows (B9)
    WITHDRAWN = "withdrawn"  # nobody needs it any more
    REPLACED = "replaced"  # told to an execution in whose place another one waits


class Standing(Frozen):
    """Where a recheck stands, and how many seconds the correction period still lasts."""

    outcome: RecheckOutcome
    wait: int = Field(default=0, ge=0)

    @property
    def over(self) -> bool:
        """Whether no recheck is waited for any more."""
        return self.outcome not in (RecheckOutcome.WAITING, RecheckOutcome.SENT)


def standing(inspection: Inspection, now: datetime) -> Standing:
    """Where the recheck of an inspection stands. Once it is over, this never changes."""
    if inspection.state is InspectionState.CORRECTING and inspection.notice:
        left = (inspection.notice.ends - now).total_seconds()
        return Standing(outcome=RecheckOutcome.WAITING, wait=max(0, math.ceil(left)))
    if inspection.state is InspectionState.RECHECKING:
        return Standing(outcome=RecheckOutcome.SENT)
    if inspection.outcome is InspectionOutcome.CORRECTED:
        return Standing(outcome=RecheckOutcome.CORRECTED)
    if inspection.visit(Round.RECHECK):
        return Standing(outcome=RecheckOutcome.FAILED)
    return Standing(outcome=RecheckOutcome.WITHDRAWN)


def send_recheck(id: str, desk: Desk) -> Standing:
    """Send the recheck out where the correction period is over, and say where it stands.

    Where somebody has looked before and found it as it was, that counts now instead. One write at
    most. Too early, or where the recheck was sent or decided before, nothing is written; so it does
    not matter who asks, how often and when. Raises NotFound.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        return sent(inspection, desk, rules)

    return standing(change(id, step, desk, by=SYSTEM), desk.now)


def sent(inspection: Inspection, desk: Desk, rules: Rules) -> Inspection:
    """`inspection` with its recheck sent out, or decided by a look that came early; the same where
    nothing is due."""
    notice = inspection.notice
    if inspection.state is not InspectionState.CORRECTING or notice is None:
        return inspection
    if desk.now < notice.ends:
        return inspection
    time = desk.time(rules)
    decided = recheck_decided(inspection, time, desk.now)
    if decided is not inspection:
        return decided
    step = InspectionStep(
        verb=InspectionVerb.SEND,
        at=desk.now,
        by=SYSTEM,
        unit=inspection.unit,
        to=inspection.inspector or "",
        grid=inspection.grid or "",
    )
    return stepped(inspection, step, time=time, state=InspectionState.RECHECKING)
