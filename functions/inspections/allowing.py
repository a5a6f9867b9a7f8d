"""What somebody may do about an inspection now, by its state and the table of rights (B1, B4, B9).

Each verb asks what its own use case asks, which decides again: this only spares people forms that
lead nowhere.
"""

from __future__ import annotations

from functions.inspections.assigning import ASSIGNABLE
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.placing import BEFORE_THE_DOOR, placeable
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.directory import town_of
from functions.shared.events.inspections import InspectionState

_ACTION = {
    InspectionVerb.ASSIGN: Action.INSPECTION_ASSIGN,
    InspectionVerb.RECALL: Action.INSPECTION_ASSIGN,
    InspectionVerb.RETURN: Action.INSPECTION_ASSIGN,
    InspectionVerb.PLACE: Action.INSPECTION_PLACE,
    InspectionVerb.DISPOSE: Action.INSPECTION_DISPOSE,
    InspectionVerb.CLASSIFY: Action.INSPECTION_CLASSIFY,
}


def may_now(inspection: Inspection, caller: Caller) -> tuple[InspectionVerb, ...]:
    """The verbs that the caller may say of `inspection` now, in the order of its life."""
    return tuple(
        verb
        for verb, action in _ACTION.items()
        if _follows(verb, inspection) and allows(caller, action, _owner(verb, inspection))
    )


def _follows(verb: InspectionVerb, inspection: Inspection) -> bool:
    state = inspection.state
    match verb:
        case InspectionVerb.ASSIGN:
            return state in ASSIGNABLE and inspection.village is not None
        case InspectionVerb.RECALL:
            return state is InspectionState.ASSIGNED
        case InspectionVerb.RETURN:
            unseen = inspection.village is not None and not inspection.visits
            return state in BEFORE_THE_DOOR and unseen
        case InspectionVerb.PLACE:
            return placeable(inspection)
        case InspectionVerb.DISPOSE:
            return state is InspectionState.DISPOSING and inspection.disposal is None
        case _:
            return state is InspectionState.CLASSIFYING


def _owner(verb: InspectionVerb, inspection: Inspection) -> Owner:
    if verb is InspectionVerb.DISPOSE:
        return Owner(inspection.home, inspection.town)
    if verb is InspectionVerb.CLASSIFY:
        return Owner(inspection.unit, inspection.town)
    return Owner(inspection.home, town_of(inspection.home))
