"""Late, early, doubled, lost and sent again: whatever order it comes in, it ends in one state (B7).

Exhaustive: every standing of the room that any order leads to, with everything in it that may
happen next, as often as it likes.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from functions.inspections.domain import InspectionVerb
from functions.inspections.store import Store
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.simulation.orders import Room, all_standings, timeless

_WAYS = ("steps",)  # how it came there may differ, where it is may not


@pytest.mark.parametrize("swept", [False, True], ids=["machine", "sweep"])
@pytest.mark.parametrize("corrected", [True, False], ids=["corrected", "failed"])
def test_b7_all_orders_of_results_end_in_one_state(corrected: bool, swept: bool) -> None:
    ends: dict[str, Any] = {}
    through: Counter[InspectionState] = Counter()
    for room in all_standings(corrected=corrected, swept=swept):
        through[room.inspection.state] += 1
        _check_steps(room)
        last = room.copy()
        last.settle()
        ends[_end(last)] = last.inspection
        assert not list(last.machine.running())
        timer = Store(last.table).timers.get(last.id)
        assert timer is None or timer.value.over
    assert len(ends) == 1, "\n".join(ends)
    (end,) = ends.values()
    if corrected:
        assert (end.state, end.outcome) == (InspectionState.CLOSED, InspectionOutcome.CORRECTED)
    else:
        assert end.state is InspectionState.DISPOSING
    assert through.keys() >= {InspectionState.CORRECTING, InspectionState.RECHECKING}


def _end(room: Room) -> str:
    found = timeless(room.inspection.model_dump(mode="json"))
    kept = {name: value for name, value in found.items() if name not in _WAYS}
    return json.dumps(kept, sort_keys=True)


def _check_steps(room: Room) -> None:
    """At no time has anything counted twice."""
    verbs = Counter(step.verb for step in room.inspection.steps)
    for verb in (
        InspectionVerb.VISIT,
        InspectionVerb.NOTICE,
        InspectionVerb.SEND,
        InspectionVerb.RECHECK,
    ):
        assert verbs[verb] <= 1, room.inspection.steps
    decided = [visit for visit in room.inspection.visits if visit.decided_at]
    assert len(decided) == verbs[InspectionVerb.VISIT] + verbs[InspectionVerb.RECHECK]


def test_the_orders_are_many() -> None:
    """Whether as much happens as the other test believes: what is lost, early and late besides."""
    rooms = list(all_standings(corrected=True, swept=False))
    attempts = {len(room.machine.executions) for room in rooms}
    early = [
        room
        for room in rooms
        if room.inspection.outcome is InspectionOutcome.CORRECTED
        and InspectionVerb.SEND not in {step.verb for step in room.inspection.steps}
    ]
    assert len(rooms) > 50
    assert max(attempts) > 1
    assert early
