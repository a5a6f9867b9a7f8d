"""Inspections with a notice of correction, and what may become of them, on any desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from functions.inspections.desk import Desk, change
from functions.inspections.domain import (
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    Notice,
    stepped,
)
from functions.inspections.seen import Finding, Finished, Result, Round, Visit
from functions.shared.events.inspections import InspectionOutcome, InspectionState

CORRECT_BY = date(2026, 3, 9)  # a Monday, five working days after the notice
FAILED = "licence.SJ01"


def notice(id: str, desk: Desk, correct_by: date = CORRECT_BY) -> Inspection:
    """The first visit found a licence missing."""
    issued = Notice(
        number="示例村改〔2026〕1号",
        issued_at=desk.now,
        correct_by=correct_by,
        checks=(FAILED,),
        grounds=("示例条例第一条",),
        by="test",
    )
    return _step(
        id,
        desk,
        InspectionVerb.NOTICE,
        begins=Begins.NOTICE,
        state=InspectionState.CORRECTING,
        visits=(_visit(Round.FIRST, Result.FAILED, desk),),
        notice=issued,
    )


def corrected(id: str, desk: Desk) -> Inspection:
    """The recheck finds nothing more."""
    ended = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.CORRECTED}
    return _recheck(id, desk, Result.PASSED, **ended)


def failed(id: str, desk: Desk) -> Inspection:
    """The recheck finds the licence still missing."""
    return _recheck(id, desk, Result.FAILED, begins=Begins.FAILED, state=InspectionState.DISPOSING)


def cancelled(id: str, desk: Desk) -> Inspection:
    """The entity is no more."""
    ended = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.ENTITY_CANCELLED}
    return _step(id, desk, InspectionVerb.CANCEL, **ended)


def _recheck(id: str, desk: Desk, result: Result, **more: Any) -> Inspection:
    before = desk.cabinet.inspections.get(id)
    assert before
    visits = (*before.value.visits, _visit(Round.RECHECK, result, desk))
    return _step(id, desk, InspectionVerb.RECHECK, visits=visits, **more)


def _step(id: str, desk: Desk, verb: InspectionVerb, **more: Any) -> Inspection:
    step = InspectionStep(verb=verb, at=desk.now, by="test", unit="test")
    return change(
        id,
        lambda before, rules: stepped(before, step, time=desk.time(rules), **more),
        desk,
        by="test",
    )


def _visit(round: Round, result: Result, desk: Desk) -> Visit:
    kinds = ("no_licence",) if result is Result.FAILED else ()
    return Visit(
        id=f"visit-{round}",
        round=round,
        by="test",
        refs={"u1": "x"},
        findings=(Finding(check=FAILED, result=result, kinds=kinds, noted_at=desk.now),),
        started_at=desk.now,
        finished=Finished(at=desk.now),
        decided_at=desk.now,
    )
