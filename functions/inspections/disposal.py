"""Two visits failed: the village's joint disposal, and the town says who must act (B9, B10)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from functions.inspections.classifying import Classification, Key, charges_of, differences
from functions.inspections.desk import Desk, change
from functions.inspections.domain import (
    Disposal,
    Inspection,
    InspectionStep,
    InspectionVerb,
    Solved,
)
from functions.inspections.referring import handed_on, referrals_of, routed
from functions.inspections.retelling import retold
from functions.inspections.seen import Frozen, Photo, Ref, Round
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.events.inspections import InspectionState
from functions.shared.photos import check_photos
from functions.shared.rules_in_force import Rules

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
_BEFORE = frozenset(
    {
        InspectionState.WAITING,
        InspectionState.ASSIGNED,
        InspectionState.CORRECTING,
        InspectionState.RECHECKING,
    }
)


class DisposalReport(Frozen):
    """The result of a village's joint disposal: what became of each check that is still wrong, of
    exactly those, who took part, and what was done. `photos` are keys from `POST /v1/photos`. The
    sender's `ref` makes it count once."""

    ref: Ref
    held_on: date
    results: Annotated[dict[Key, Solved], Field(min_length=1, max_length=200)]
    participants: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    photos: Annotated[tuple[Photo, ...], Field(max_length=9)] = ()


def record_disposal(id: str, report: DisposalReport, caller: Caller, desk: Desk) -> Inspection:
    """The village's result; what is still unsolved goes to whoever must act, in the same write.

    So nothing can be lost between the two, and a repeat finds the disposal and changes nothing.
    Raises NotFound, Conflict unless exactly two visits have failed and nothing was recorded yet,
    Invalid for what the report lacks.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        owner = Owner(inspection.home, inspection.town)
        require(caller, Action.INSPECTION_DISPOSE, owner, "inspection")
        if _step_of(inspection, InspectionVerb.DISPOSE, report.ref, caller.id):
            _check_same(report, inspection.disposal)
            return inspection
        _check_state(inspection)
        _check_report(report, inspection, desk)
        return disposed(inspection, report, desk, rules, by=caller.id)

    return change(id, step, desk, by=caller.id)


def classify(id: str, classification: Classification, caller: Caller, desk: Desk) -> Inspection:
    """The town's office says who must act where no rule does; they get it in the same write.

    Raises NotFound, Conflict where nothing is (any more) to be classified, Invalid that names the
    check and what cannot be.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        owner = Owner(inspection.unit, inspection.town)
        require(caller, Action.INSPECTION_CLASSIFY, owner, "inspection")
        before = _step_of(inspection, InspectionVerb.CLASSIFY, classification.ref, caller.id)
        if before:
            if before.note != str(classification):
                raise Conflict.of("ref_reused", "ref", ref=classification.ref)
            return inspection
        if inspection.state is not InspectionState.CLASSIFYING:
            raise Conflict.of("nothing_to_classify", "inspection", state=inspection.state)
        charges = charges_of(classification, inspection, desk.book.referrals, rules)
        made = _step(inspection, InspectionVerb.CLASSIFY, classification.ref, caller.id, desk.now)
        made = made.model_copy(update={"note": str(classification)})
        new = referrals_of(charges, inspection, rules)
        return handed_on(inspection, made, new, (), desk.time(rules))

    return change(id, step, desk, by=caller.id)


def disposed(
    inspection: Inspection, report: DisposalReport, desk: Desk, rules: Rules, *, by: str
) -> Inspection:
    """`inspection` after its joint disposal: closed, or what is unsolved referred to whoever must
    act, and what is unclear with its town's office. What is clear does not wait for that."""
    said = report.model_dump(exclude={"ref"})
    with_result = inspection.model_copy(
        update={"disposal": Disposal(**said, by=by, at=desk.now)},
    )
    left = routed(with_result, desk.book, rules)
    step = _step(inspection, InspectionVerb.DISPOSE, report.ref, by, desk.now)
    step = step.model_copy(update={"note": report.note})
    if left.charges or left.unclear:
        with_result = with_result.model_copy(update={"retold": retold(inspection, desk.book)})
    new = referrals_of(left.charges, inspection, rules)
    return handed_on(with_result, step, new, left.unclear, desk.time(rules))


def _step(
    inspection: Inspection, verb: InspectionVerb, ref: str, by: str, now: datetime
) -> InspectionStep:
    return InspectionStep(verb=verb, at=now, by=by, unit=inspection.unit, ref=ref)


def _step_of(
    inspection: Inspection, verb: InspectionVerb, ref: str, by: str
) -> InspectionStep | None:
    """The step that this very message made before, if it did."""
    said = (verb, ref, by)
    return next((one for one in inspection.steps if (one.verb, one.ref, one.by) == said), None)


def _check_same(report: DisposalReport, disposal: Disposal | None) -> None:
    """Whoever sends it again may have announced the photos again, under other keys: only their
    number tells."""
    names = ("held_on", "results", "participants", "note")
    same = disposal and all(getattr(report, name) == getattr(disposal, name) for name in names)
    if disposal is None or not same or len(report.photos) != len(disposal.photos):
        raise Conflict.of("ref_reused", "ref", ref=report.ref)


def _check_state(inspection: Inspection) -> None:
    if inspection.disposal:
        raise Conflict.of("already_disposed", "inspection", day=inspection.disposal.held_on)
    if inspection.state in _BEFORE:
        raise Conflict.of("not_failed_twice", "inspection", state=inspection.state)
    if inspection.state is not InspectionState.DISPOSING:
        raise Conflict.of("inspection_over", "inspection", next=inspection.next or "-")


def _check_report(report: DisposalReport, inspection: Inspection, desk: Desk) -> None:
    wrong = [one.check for one in inspection.failed()]
    faults = list(differences("results", wrong, report.results))
    recheck = inspection.visit(Round.RECHECK)
    if report.held_on > shanghai_day(desk.now):
        faults.append(Fault("day_in_future", "held_on", params={"day": report.held_on.isoformat()}))
    elif recheck and report.held_on < shanghai_day(recheck.started_at):
        day = shanghai_day(recheck.started_at).isoformat()
        faults.append(Fault("disposal_before_recheck", "held_on", params={"day": day}))
    if faults:
        raise Invalid.all(faults)
    check_photos(report.photos, inspection.home, desk.photos)
