"""What a visit that is whole decides: over, a notice, or joint disposal (B6, B7, B9). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from functions.inspections.domain import (
    SYSTEM,
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    Notice,
    stepped,
)
from functions.inspections.placing import BEFORE_THE_DOOR
from functions.inspections.seen import Result, Round, Visit
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.timekeeping import Timekeeper

Issue = Callable[[Inspection, Visit], Notice]


def advanced(inspection: Inspection, time: Timekeeper, now: datetime, issue: Issue) -> Inspection:
    """`inspection` with everything decided that can be decided now; again, it changes no more.

    A recheck that arrived before its first visit waits in the record, and counts as soon as there
    is a notice. `issue` makes the notice that a failed first visit brings.
    """
    if inspection.state in BEFORE_THE_DOOR and (whole := _whole(inspection, Round.FIRST)):
        inspection = _visited(inspection, whole[0], time, now, issue)
    return recheck_decided(inspection, time, now)


def recheck_decided(inspection: Inspection, time: Timekeeper, now: datetime) -> Inspection:
    """`inspection` after its recheck, where one counts now; else as it is.

    Who finds everything corrected may come as early as he likes. Who finds it as it was may not cut
    short the time that the notice gives: that counts once this is over, unless somebody has found
    it corrected by then, or at once where the operator refuses to correct it. A look that began
    before the first visit was over stays in the record and decides nothing.
    """
    notice = inspection.notice
    if notice is None or not inspection.awaits_recheck:
        return inspection
    looks = [one for one in _whole(inspection, Round.RECHECK) if not too_early(one, inspection)]
    corrected = [one for one in looks if not _still_wrong(one, notice)]
    over = [one for one in looks if now >= notice.ends or (one.finished and one.finished.refused)]
    counts = corrected or over
    return _rechecked(inspection, counts[0], notice, time, now) if counts else inspection


def too_early(visit: Visit, inspection: Inspection) -> bool:
    """Whether a recheck began before the first visit that counted was finished: what nobody had
    found yet, nobody can have corrected."""
    first = inspection.visit(Round.FIRST)
    recheck = visit.round is Round.RECHECK
    return bool(recheck and first and first.finished and visit.started_at < first.finished.at)


def waiting_for(visit: Visit) -> tuple[str, ...]:
    """The refs of those parts of a finished visit that have not arrived."""
    parts = visit.finished.parts if visit.finished else ()
    return tuple(one for one in dict.fromkeys(parts) if one not in visit.refs)


def missing(visit: Visit, inspection: Inspection) -> tuple[str, ...]:
    """The checks of its round of which a visit says nothing: of a recheck, those of the notice."""
    wanted: Iterable[str] = (check.key for check in inspection.checks)
    if visit.round is Round.RECHECK:
        wanted = inspection.notice.checks if inspection.notice else ()
    seen = {finding.check for finding in visit.findings}
    return tuple(key for key in wanted if key not in seen)


def is_whole(visit: Visit, inspection: Inspection) -> bool:
    """Whether a visit is finished, all its parts are there, and it says something of each check."""
    return bool(visit.finished) and not waiting_for(visit) and not missing(visit, inspection)


def _whole(inspection: Inspection, round: Round) -> list[Visit]:
    """The visits of a round that are whole, the one that was finished first before the others."""
    whole = [
        (one.finished.at, one.by, one.id, one)
        for one in inspection.visits
        if one.round is round and one.finished and is_whole(one, inspection)
    ]
    return [one for *_, one in sorted(whole, key=lambda each: each[:3])]


def _still_wrong(visit: Visit, notice: Notice) -> bool:
    """Whether a recheck found anything of what its notice names as it was."""
    return any(one.result is Result.FAILED for one in visit.findings if one.check in notice.checks)


def _visited(
    inspection: Inspection, visit: Visit, time: Timekeeper, now: datetime, issue: Issue
) -> Inspection:
    """After the first visit: over, or a notice and its period."""
    step = _step(inspection, InspectionVerb.VISIT, visit, now)
    visits = _with_decided(inspection, visit, now)
    results = {finding.result for finding in visit.findings}
    if Result.FAILED not in results:
        settled = Result.SETTLED in results
        end = InspectionOutcome.SETTLED if settled else InspectionOutcome.PASSED
        return _over(inspection, step, time, visits, end)
    seen = stepped(inspection, step, time=time, visits=visits)
    notice = issue(inspection, visit)
    changes: dict[str, Any] = {"state": InspectionState.CORRECTING, "notice": notice}
    # Called back, or visited before the assignment arrived: whoever was there has the recheck.
    if inspection.inspector is None and not visit.by.startswith(f"{SYSTEM}:"):
        others = tuple(one for one in inspection.inspectors if one != visit.by)
        changes |= {"inspector": visit.by, "inspectors": (*others, visit.by)}
    told = step.model_copy(
        update={"verb": InspectionVerb.NOTICE, "ref": notice.number, "note": notice.number}
    )
    return stepped(seen, told, begins=Begins.NOTICE, time=time, **changes)


def _rechecked(
    inspection: Inspection, visit: Visit, notice: Notice, time: Timekeeper, now: datetime
) -> Inspection:
    """After the recheck, of exactly what failed: over, or the village's joint disposal (B9)."""
    asked = tuple(one for one in visit.findings if one.check in notice.checks)
    visits = _with_decided(inspection, visit, now, findings=asked)
    step = _step(inspection, InspectionVerb.RECHECK, visit, now)
    if _still_wrong(visit, notice):
        state = InspectionState.DISPOSING
        return stepped(
            inspection, step, begins=Begins.FAILED, time=time, visits=visits, state=state
        )
    return _over(inspection, step, time, visits, InspectionOutcome.CORRECTED)


def _over(
    inspection: Inspection,
    step: InspectionStep,
    time: Timekeeper,
    visits: tuple[Visit, ...],
    outcome: InspectionOutcome,
) -> Inspection:
    state = InspectionState.CLOSED
    return stepped(inspection, step, time=time, visits=visits, state=state, outcome=outcome)


def _with_decided(
    inspection: Inspection, visit: Visit, now: datetime, **change: Any
) -> tuple[Visit, ...]:
    decided = visit.model_copy(update={"decided_at": now, **change})
    return tuple(decided if one is visit else one for one in inspection.visits)


def _step(
    inspection: Inspection, verb: InspectionVerb, visit: Visit, now: datetime
) -> InspectionStep:
    return InspectionStep(verb=verb, at=now, by=visit.by, unit=inspection.unit, ref=visit.id)
