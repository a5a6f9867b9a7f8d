"""What a dispatcher says about an inspection: who may, in which state, and that it counts once."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection, InspectionStep, InspectionVerb
from functions.inspections.seen import Frozen, Note
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.directory import town_of
from functions.shared.errors import Conflict
from functions.shared.events.inspections import InspectionState

_SentRef = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Assignment(Frozen):
    """Who should go. What is left out the system proposes; with neither `grid` nor `inspector` its
    proposal is accepted, for an inspection that nobody has yet. `ref` is the sender's own id of
    this message."""

    grid: _Name | None = None
    inspector: _Name | None = None
    note: Note = ""
    ref: _SentRef = ""


class Recall(Frozen):
    """Why an inspection is called back from its inspector."""

    note: Reason
    ref: _SentRef = ""


class Placement(Frozen):
    """In which village the address lies, and how that is known."""

    village: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    note: Reason
    ref: _SentRef = ""


class Return(Frozen):
    """Why a village sends an inspection back to its town's office."""

    note: Reason
    ref: _SentRef = ""


Order = Assignment | Recall | Placement | Return


def repeated(
    inspection: Inspection, verb: InspectionVerb, order: Order, action: Action, caller: Caller
) -> bool:
    """Whether the caller, who must be allowed to, sent this very order before (by its `ref`); also
    where the inspection has gone elsewhere since.

    Raises NotFound where it is not the caller's, Conflict where the `ref` was another order's.
    """
    made = _made(inspection, order, caller)
    unit = made.unit if made else inspection.home
    require(caller, action, Owner(unit, town_of(unit)), "inspection")
    if made and not (made.verb is verb and _says(made, order)):
        raise Conflict.of("ref_reused", "ref", ref=order.ref)
    return made is not None


def refuse_reused(inspection: Inspection, order: Order, caller: Caller) -> None:
    """Raises Conflict where the `ref` of an order that is too old to count was another order's of
    the caller's. What a recall became does not matter here, only what it said."""
    made = _made(inspection, order, caller)
    if made and not _says(made, order):
        raise Conflict.of("ref_reused", "ref", ref=order.ref)


def _made(inspection: Inspection, order: Order, caller: Caller) -> InspectionStep | None:
    sent = (step for step in inspection.steps if order.ref and step.ref == order.ref)
    return next((step for step in sent if step.by == caller.id), None)


def _says(step: InspectionStep, order: Order) -> bool:
    if step.note != order.note:
        return False
    if isinstance(order, Assignment):
        return order.grid in (None, step.grid) and order.inspector in (None, step.to)
    return not isinstance(order, Placement) or order.village == step.to


def check_state(
    inspection: Inspection, verb: InspectionVerb, allowed: tuple[InspectionState, ...]
) -> None:
    """Raises Conflict unless the inspection is in one of the `allowed` states."""
    if inspection.state not in allowed:
        raise Conflict.of("inspection_step", "inspection", verb=verb, state=inspection.state)


def step_of(
    inspection: Inspection,
    verb: InspectionVerb,
    order: Order,
    caller: Caller,
    desk: Desk,
) -> InspectionStep:
    """The step that carries out an order of the caller's, now."""
    return InspectionStep(
        verb=verb,
        at=desk.now,
        by=caller.id,
        unit=inspection.home,
        ref=order.ref,
        note=order.note,
    )
