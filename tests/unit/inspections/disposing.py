"""Inspections that failed twice, and what their village, town and departments do with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.inspections.classifying import Classification
from functions.inspections.disposal import DisposalReport, classify, record_disposal
from functions.inspections.domain import Begins, Inspection, Notice
from functions.inspections.seen import Check, Finding, Finished, Result, Round, Visit
from functions.shared.authorization import Caller
from functions.shared.calendar import shanghai_day
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.hamlet import (
    BOOK,
    INSPECTOR,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    Hamlet,
    checks,
)

UNLICENSED = {"licence.SJ01": "unlicensed"}


def failed_twice(hamlet: Hamlet, wrong: dict[str, str], note: str = "仍未整改", **more: Any) -> str:
    """The id of an inspection whose recheck left `wrong` (kinds by check, joined by `+`)."""
    notice = Notice(
        number="改1号",
        issued_at=hamlet.now,
        correct_by=shanghai_day(hamlet.now + timedelta(days=7)),
        checks=tuple(wrong),
        grounds=(),
        by=INSPECTOR,
    )
    first = _visit(hamlet, Round.FIRST, wrong, note)
    hamlet.later(days=8)
    given: dict[str, Any] = {
        "state": InspectionState.DISPOSING,
        "checks": (*checks(), _scope()),
        "visits": (first, _visit(hamlet, Round.RECHECK, wrong, note)),
        "notice": notice,
        "clocks": hamlet.time.started(Begins.FAILED, hamlet.now),
        **more,
    }
    return hamlet.opened(**given).id


def report(hamlet: Hamlet, results: dict[str, str], ref: str = "d1", **more: Any) -> DisposalReport:
    """What a village reports, held today."""
    given: dict[str, Any] = {
        "ref": ref,
        "held_on": shanghai_day(hamlet.now),
        "results": results,
        "participants": ("村委会", "市场监管分局"),
        "note": "约谈经营者",
        **more,
    }
    return DisposalReport.model_validate(given)


def dispose(
    hamlet: Hamlet,
    id: str,
    results: dict[str, str],
    caller: Caller = VILLAGE_DISPATCHER,
    **more: Any,
) -> Inspection:
    """The village records its disposal."""
    return record_disposal(id, report(hamlet, results, **more), caller, hamlet.desk)


def unsolved(hamlet: Hamlet, wrong: dict[str, str], **more: Any) -> Inspection:
    """An inspection whose disposal solved nothing."""
    return dispose(hamlet, failed_twice(hamlet, wrong, **more), dict.fromkeys(wrong, "unsolved"))


def decide(
    hamlet: Hamlet, id: str, caller: Caller = TOWN_OFFICE, ref: str = "c1", **checks: Any
) -> Inspection:
    """The town's office classifies; `scope={"items": [...]}`."""
    said = Classification.model_validate({"ref": ref, "checks": checks})
    return classify(id, said, caller, hamlet.desk)


def _visit(hamlet: Hamlet, round: Round, wrong: dict[str, str], note: str) -> Visit:
    return Visit(
        id=f"v-{round}",
        round=round,
        by=INSPECTOR,
        started_at=hamlet.now,
        finished=Finished(at=hamlet.now),
        decided_at=hamlet.now,
        findings=tuple(
            Finding(
                check=check,
                result=Result.FAILED,
                kinds=tuple(kinds.split("+")) if kinds else (),
                note=note,
                photos=(f"photos/x/{check}.jpg",),
                noted_at=hamlet.now,
            )
            for check, kinds in wrong.items()
        ),
    )


def _scope() -> Check:
    item = BOOK.item("scope")
    assert item
    return Check(key="scope", item="scope", name=item.name, ask=item.ask)
