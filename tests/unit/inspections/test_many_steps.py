"""An inspection that is given out and called back for ever ends with somebody who has it."""

from __future__ import annotations

import pytest

from functions.inspections.assigning import assign, recall
from functions.inspections.desk import Grid, Inspector, Roster
from functions.inspections.domain import MOST_STEPS
from functions.inspections.orders import Assignment, Recall
from functions.shared.errors import Conflict
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.hamlet import INSPECTOR, VILLAGE, VILLAGE_DISPATCHER, Hamlet


def test_b4_who_gives_it_out_and_calls_it_back_for_ever_is_stopped_while_somebody_has_it() -> None:
    hamlet = Hamlet()
    grids = (Grid(id=f"{VILLAGE}-01", name="一"),)
    people = (Inspector(id=INSPECTOR, name="甲"),)
    roster = Roster(village=VILLAGE, grids=grids, inspectors=people)
    hamlet.store.rosters.save(roster, before=None, by="test", now=hamlet.now)
    id = hamlet.opened().id
    with pytest.raises(Conflict) as refused:
        for number in range(MOST_STEPS):
            hamlet.later(minutes=1)
            recall(id, Recall(note="改派", ref=f"r{number}"), VILLAGE_DISPATCHER, hamlet.desk)
            assign(id, Assignment(ref=f"a{number}"), VILLAGE_DISPATCHER, hamlet.desk)
    assert refused.value.faults[0].code == "inspection_too_many_steps"
    assert hamlet.get(id).state is InspectionState.ASSIGNED
    assert len(hamlet.get(id).steps) <= MOST_STEPS + 1
