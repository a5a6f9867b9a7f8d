"""The dispatcher gives an inspection to an inspector, calls it back, or places it (B1, B4).

Each is one write of one record: a crash before it has changed nothing, one after it lost only the
answer. Said twice, it counts once: by the sender's `ref`, or because it stands so already.
"""

from __future__ import annotations

from functions.inspections.desk import Desk, Roster, change
from functions.inspections.domain import Begins, Inspection, InspectionVerb, stepped
from functions.inspections.orders import (
    Assignment,
    Placement,
    Recall,
    check_state,
    repeated,
    step_of,
)
from functions.inspections.placing import BEFORE_THE_DOOR, keeping, placeable, placed
from functions.inspections.proposing import Load, Proposal, proposed
from functions.inspections.seen import Frozen
from functions.shared.authorization import Action, Caller, Owner, allows, require
from functions.shared.directory import Directory, town_of, town_of_village
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.inspections import InspectionState
from functions.shared.rules_in_force import Rules

MOST_AT_ONCE = 100  # inspections that one call gives out: the API has 29 seconds

ASSIGNABLE = (
    InspectionState.WAITING,
    InspectionState.ASSIGNED,
    InspectionState.CORRECTING,
    InspectionState.RECHECKING,
)


class Given(Frozen):
    """One inspection that was given out, and to whom."""

    inspection: str
    grid: str
    inspector: str


class GivenOut(Frozen):
    """What accepting all proposals of a village did; `left` are still to be given out."""

    village: str
    given: tuple[Given, ...] = ()
    left: int = 0


def assign(id: str, assignment: Assignment, caller: Caller, desk: Desk) -> Inspection:
    """Give an inspection to an inspector; of one that somebody has, to another, in the same state.

    Raises NotFound where it is not the caller's to give, Invalid for a grid or inspector that is
    not on the roster of the village, Conflict where nobody can be sent, or no proposal can be made.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        verb, action = InspectionVerb.ASSIGN, Action.INSPECTION_ASSIGN
        if repeated(inspection, verb, assignment, action, caller):
            return inspection
        return after_assignment(inspection, assignment, caller, rules, desk)

    return change(id, step, desk, by=caller.id)


def after_assignment(
    inspection: Inspection, assignment: Assignment, caller: Caller, rules: Rules, desk: Desk
) -> Inspection:
    """`inspection` with whom `assignment` names, by a caller who may; the same where it stands so.

    Raises Invalid and Conflict as `assign` does.
    """
    if _stands(inspection, assignment):
        return inspection
    check_state(inspection, InspectionVerb.ASSIGN, ASSIGNABLE)
    proposal = _chosen(inspection, assignment, desk)
    return _assigned(inspection, proposal, assignment, caller, rules, desk)


def assign_all(village: str, caller: Caller, desk: Desk) -> GivenOut:
    """Accept the proposals for all of a village's inspections that nobody has, the earliest due
    first, at most a hundred at once. Done again, it gives out what is left.

    Raises NotFound where the village is not the caller's, Conflict where it has no roster.
    """
    owner = Owner(village, town_of(village))
    require(caller, Action.INSPECTION_ASSIGN, owner, "village")
    roster = _roster(village, desk)
    open_ones = desk.cabinet.list_open(village)
    unassigned = [row.id for row in open_ones if not row.inspector]
    found = desk.cabinet.inspections.get_many(unassigned)
    waiting = [
        id for id in unassigned if id in found and found[id].value.state is InspectionState.WAITING
    ]
    load = Load.of(open_ones)
    given: list[Given] = []
    for id in waiting[:MOST_AT_ONCE]:
        proposal = proposed(found[id].value.address, roster, load)
        if proposal is None:
            raise Conflict.of("roster_missing", "village", village=village)
        if _give(id, proposal, caller, desk):
            load.add(proposal)
            given.append(Given(inspection=id, grid=proposal.grid, inspector=proposal.inspector))
    left = max(0, len(waiting) - MOST_AT_ONCE)
    return GivenOut(village=village, given=tuple(given), left=left)


def recall(id: str, recall: Recall, caller: Caller, desk: Desk) -> Inspection:
    """Call an inspection back from its inspector, so that it waits to be given to another. The time
    to do so runs anew, the time to visit runs on.

    Raises NotFound, Conflict where nobody has it or a notice was issued: then it is reassigned.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        if repeated(inspection, InspectionVerb.RECALL, recall, Action.INSPECTION_ASSIGN, caller):
            return inspection
        return after_recall(inspection, recall, caller, rules, desk)

    return change(id, step, desk, by=caller.id)


def after_recall(
    inspection: Inspection, recall: Recall, caller: Caller, rules: Rules, desk: Desk
) -> Inspection:
    """`inspection` with nobody, by a caller who may; the same where the caller's recall was its
    latest step. Raises Conflict as `recall` does."""
    last = inspection.steps[-1]
    waits = inspection.state is InspectionState.WAITING
    if waits and (last.verb, last.by) == (InspectionVerb.RECALL, caller.id):
        return inspection
    check_state(inspection, InspectionVerb.RECALL, (InspectionState.ASSIGNED,))
    after = stepped(
        inspection,
        step_of(inspection, InspectionVerb.RECALL, recall, caller, desk),
        begins=Begins.RECEIVED,
        time=desk.time(rules),
        state=InspectionState.WAITING,
        grid=None,
        inspector=None,
    )
    return keeping(after, inspection.clocks)


def place(id: str, placement: Placement, caller: Caller, desk: Desk) -> Inspection:
    """Say in which village the address lies, or that it lies in another (B4).

    Raises NotFound, Invalid for a village that is none of the city's, or of a town where the caller
    does not dispatch, Conflict once somebody has stood at the door.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        if repeated(inspection, InspectionVerb.PLACE, placement, Action.INSPECTION_PLACE, caller):
            return inspection
        if inspection.village == placement.village:
            return inspection
        town = _town(inspection, placement.village, caller, rules.directory)
        if not placeable(inspection):
            check_state(inspection, InspectionVerb.PLACE, BEFORE_THE_DOOR)
            raise Conflict.of("inspection_visited", "inspection")
        to = step_of(inspection, InspectionVerb.PLACE, placement, caller, desk)
        to = to.model_copy(update={"to": placement.village})
        return placed(inspection, to, town, placement.village, desk.time(rules))

    return change(id, step, desk, by=caller.id)


def proposal_for(inspection: Inspection, desk: Desk) -> Proposal | None:
    """Whom the system would send; None unless it waits in a village that has a roster."""
    if inspection.state is not InspectionState.WAITING or inspection.village is None:
        return None
    roster = desk.cabinet.rosters.get(inspection.village)
    if roster is None:
        return None
    load = Load.of(desk.cabinet.list_open(inspection.village), without=inspection.id)
    return proposed(inspection.address, roster.value, load)


def _assigned(
    inspection: Inspection,
    proposal: Proposal,
    said: Assignment,
    caller: Caller,
    rules: Rules,
    desk: Desk,
) -> Inspection:
    """`inspection` in the hands of the proposed inspector, the present one last of all it had."""
    step = step_of(inspection, InspectionVerb.ASSIGN, said, caller, desk)
    to = {"to": proposal.inspector, "grid": proposal.grid}
    others = tuple(one for one in inspection.inspectors if one != proposal.inspector)
    waits = inspection.state is InspectionState.WAITING
    return stepped(
        inspection,
        step.model_copy(update=to),
        time=desk.time(rules),
        state=InspectionState.ASSIGNED if waits else inspection.state,
        grid=proposal.grid,
        inspector=proposal.inspector,
        inspectors=(*others, proposal.inspector),
    )


def _give(id: str, proposal: Proposal, caller: Caller, desk: Desk) -> bool:
    """Accept one proposal where the inspection still waits."""
    given = False

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        nonlocal given
        given = inspection.state is InspectionState.WAITING
        if not given:
            return inspection
        return _assigned(inspection, proposal, Assignment(), caller, rules, desk)

    change(id, step, desk, by=caller.id)
    return given


def _stands(inspection: Inspection, assignment: Assignment) -> bool:
    """Whether it is with exactly who is named; where nobody is, whether anybody has it."""
    return (
        inspection.state in ASSIGNABLE
        and inspection.inspector is not None
        and assignment.grid in (None, inspection.grid)
        and assignment.inspector in (None, inspection.inspector)
    )


def _roster(village: str | None, desk: Desk) -> Roster:
    if village is None:
        raise Conflict.of("inspection_not_placed", "inspection")
    found = desk.cabinet.rosters.get(village)
    if found is None:
        raise Conflict.of("roster_missing", "village", village=village)
    return found.value


def _chosen(inspection: Inspection, assignment: Assignment, desk: Desk) -> Proposal:
    roster = _roster(inspection.village, desk)
    if assignment.grid and all(one.id != assignment.grid for one in roster.grids):
        raise Invalid.of("grid_unknown", "grid", grid=assignment.grid)
    if assignment.inspector and all(one.id != assignment.inspector for one in roster.inspectors):
        raise Invalid.of("inspector_unknown", "inspector", inspector=assignment.inspector)
    load = Load.of(desk.cabinet.list_open(roster.village), without=inspection.id)
    given = {"grid": assignment.grid, "inspector": assignment.inspector}
    proposal = proposed(inspection.address, roster, load, **given)
    if proposal is None:
        raise Conflict.of("roster_missing", "village", village=roster.village)
    return proposal


def _town(inspection: Inspection, village: str, caller: Caller, directory: Directory) -> str:
    """The town of `village`, which only who dispatches there too may choose for that of another."""
    town = town_of_village(village)
    if not directory.has_village(village):
        raise Invalid.of("village_not_ours", "village", village=village)
    there = allows(caller, Action.INSPECTION_PLACE, Owner(village, town))
    if inspection.town not in (None, town) and not there:
        raise Invalid.of("village_not_in_town", "village", village=village, town=inspection.town)
    return town
