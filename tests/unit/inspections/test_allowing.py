"""What a reader of an inspection is told that he may do about it now (B1, B4, B9, B10)."""

from __future__ import annotations

from typing import Any

import pytest

from functions.inspections.allowing import _ACTION
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.reading import life_of
from functions.shared.authorization import Caller
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import InspectionState
from tests.unit.inspections.dispatchers import OTHERS, call_back, give, put, send_back
from tests.unit.inspections.disposing import decide, dispose, failed_twice, unsolved
from tests.unit.inspections.hamlet import (
    CITY,
    NEXT_VILLAGE,
    OFFICE,
    SECOND,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
)
from tests.unit.inspections.rosters import with_roster

HERE = InspectionState
ASSIGN, PLACE = InspectionVerb.ASSIGN, InspectionVerb.PLACE
RECALL, RETURN = InspectionVerb.RECALL, InspectionVerb.RETURN


def may(hamlet: Hamlet, inspection: Inspection, reader: Caller) -> tuple[InspectionVerb, ...]:
    return life_of(inspection, hamlet.desk, reader).may


@pytest.mark.parametrize(
    ("state", "villages", "towns"),
    [
        (HERE.WAITING, (ASSIGN, RETURN), (ASSIGN, RETURN, PLACE)),
        (HERE.ASSIGNED, (ASSIGN, RECALL, RETURN), (ASSIGN, RECALL, RETURN, PLACE)),
        (HERE.CORRECTING, (ASSIGN,), (ASSIGN,)),
        (HERE.REFERRED, (), ()),
        (HERE.CLOSED, (), ()),
    ],
)
def test_b4_what_a_village_and_its_town_may_do_follows_from_where_it_stands(
    state: InspectionState,
    villages: tuple[InspectionVerb, ...],
    towns: tuple[InspectionVerb, ...],
) -> None:
    hamlet = Hamlet()
    one = hamlet.opened(state=state)
    assert may(hamlet, one, VILLAGE_DISPATCHER) == villages
    assert may(hamlet, one, TOWN_OFFICE) == may(hamlet, one, CITY) == towns
    assert may(hamlet, one, WALKER) == ()


def test_b4_what_lies_in_no_village_is_placed_first() -> None:
    hamlet = Hamlet()
    one = hamlet.opened(village=None, assigned=False)
    assert may(hamlet, one, TOWN_OFFICE) == (PLACE,)


def test_b9_the_village_disposes_of_what_failed_twice_and_the_town_classifies() -> None:
    hamlet = Hamlet()
    one = hamlet.get(failed_twice(hamlet, {"address": "not_found"}))
    assert may(hamlet, one, VILLAGE_DISPATCHER) == (InspectionVerb.DISPOSE,)
    assert may(hamlet, one, TOWN_OFFICE) == ()
    assert life_of(one, hamlet.desk).wrong == ("address",)
    solved = dispose(hamlet, one.id, {"address": "solved"})
    assert may(hamlet, solved, VILLAGE_DISPATCHER) == ()
    assert life_of(solved, hamlet.desk).wrong == ()


def test_b10_only_the_office_classifies_what_no_rule_sends_anywhere() -> None:
    hamlet = Hamlet()
    one = unsolved(hamlet, {"scope": "other"}, note="疑似无证经营旅馆")
    assert one.state is HERE.CLASSIFYING
    assert may(hamlet, one, TOWN_OFFICE) == (InspectionVerb.CLASSIFY,)
    assert may(hamlet, one, CITY) == (InspectionVerb.CLASSIFY,)
    assert may(hamlet, one, VILLAGE_DISPATCHER) == ()


def do(verb: InspectionVerb, hamlet: Hamlet, one: Inspection, caller: Caller) -> None:
    """Say that verb, with all that it wants."""
    match verb:
        case InspectionVerb.ASSIGN:
            give(hamlet, one, caller, inspector=SECOND)
        case InspectionVerb.RECALL:
            call_back(hamlet, one, caller)
        case InspectionVerb.RETURN:
            send_back(hamlet, one, caller)
        case InspectionVerb.PLACE:
            put(hamlet, one, NEXT_VILLAGE, caller)
        case InspectionVerb.DISPOSE:
            dispose(hamlet, one.id, {"address": "solved"}, caller)
        case _:
            decide(hamlet, one.id, caller, address={"route": "nobody", "note": "已停业"})


@pytest.mark.parametrize("state", HERE)
@pytest.mark.parametrize("village", [VILLAGE, None])
def test_b4_exactly_what_an_inspection_says_may_be_done_is_taken(
    state: InspectionState, village: str | None
) -> None:
    def begin() -> tuple[Hamlet, Inspection]:
        hamlet = with_roster(Hamlet())
        waits = state is HERE.WAITING or village is None
        unit = OFFICE if village is None or state is HERE.CLASSIFYING else VILLAGE
        unit = "" if state in (HERE.REFERRED, HERE.CLOSED) else unit
        more: dict[str, Any] = {"state": state, "village": village, "unit": unit}
        return hamlet, hamlet.opened(assigned=not waits, **more)

    hamlet, one = begin()
    for caller in (VILLAGE_DISPATCHER, TOWN_OFFICE, CITY, *OTHERS):
        taken = []
        offered = may(hamlet, one, caller)
        for verb in _ACTION:
            try:
                do(verb, hamlet, one, caller)
            except (Conflict, NotFound):
                continue
            except Invalid:  # it may be said, only not so
                pass
            taken.append(verb)
            hamlet, one = begin()
        assert tuple(taken) == offered, caller
