"""A village sends back what does not lie in it; its town's office places it anew (B4).

One write of one record, as placing is: a crash before it has changed nothing, one after it lost
only the answer. Said twice, it counts once: by the sender's `ref`, or because it lies there.
"""

from __future__ import annotations

from functions.inspections.desk import Desk, change
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.orders import Return, check_state, repeated, step_of
from functions.inspections.placing import BEFORE_THE_DOOR, RETURNED, moved
from functions.shared.authorization import Action, Caller
from functions.shared.directory import office, town_of_village
from functions.shared.errors import Conflict
from functions.shared.rules_in_force import Rules


def give_back(id: str, said: Return, caller: Caller, desk: Desk) -> Inspection:
    """Send an inspection from its village back to the office of its town. The visit that the
    village owes is owed still.

    Raises NotFound where it is not the caller's, Conflict once somebody has stood at the door, or
    where it never had a village.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        verb = InspectionVerb.RETURN
        if repeated(inspection, verb, said, Action.INSPECTION_ASSIGN, caller):
            return inspection
        check_state(inspection, verb, BEFORE_THE_DOOR)
        if inspection.village is None:
            if inspection.place_problem == RETURNED:
                return inspection
            raise Conflict.of("inspection_not_placed", "inspection")
        if inspection.visits:
            raise Conflict.of("inspection_visited", "inspection")
        town = town_of_village(inspection.village)
        back = step_of(inspection, verb, said, caller, desk)
        back = back.model_copy(update={"to": office(town)})
        after = moved(inspection, back, town, None, desk.time(rules))
        return after.model_copy(update={"place_problem": RETURNED})

    return change(id, step, desk, by=caller.id)
