"""How much villages and offices have to do, and who of a village how much (B1, B4)."""

from __future__ import annotations

import pytest

from functions.inspections.loads import loads_of
from functions.inspections.reading import list_for
from functions.shared.authorization import Caller, Role
from functions.shared.errors import NotFound
from tests.unit.inspections.hamlet import (
    CITY,
    INSPECTOR,
    NEXT_VILLAGE,
    OFFICE,
    SECOND,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
    somebody,
)


def test_b4_a_village_has_so_many_unassigned_and_late_and_each_inspector_his() -> None:
    hamlet = Hamlet()
    hamlet.opened(edition=1)
    hamlet.later(days=60)
    hamlet.opened(edition=2)
    hamlet.opened(edition=3, inspector=SECOND, inspectors=(SECOND,))
    hamlet.opened(edition=4, assigned=False)
    (load,) = loads_of([VILLAGE], VILLAGE_DISPATCHER, hamlet.desk)
    assert (load.unit, load.open, load.unassigned, load.late) == (VILLAGE, 4, 1, 1)
    hands = {one: (had.open, had.late) for one, had in load.inspectors.items()}
    assert hands == {INSPECTOR: (2, 1), SECOND: (1, 0)}


def test_b1_a_town_and_the_city_ask_for_many_at_once_in_their_order() -> None:
    hamlet = Hamlet()
    hamlet.opened(edition=1)
    hamlet.opened(edition=2, assigned=False, village=None, unit=OFFICE, units=(OFFICE,))
    units = [OFFICE, NEXT_VILLAGE, VILLAGE, OFFICE]
    for caller in (TOWN_OFFICE, CITY):
        told = loads_of(units, caller, hamlet.desk)
        assert [(one.unit, one.open) for one in told] == [
            (OFFICE, 1),
            (NEXT_VILLAGE, 0),
            (VILLAGE, 1),
        ]


@pytest.mark.parametrize(
    "caller",
    [WALKER, VILLAGE_DISPATCHER, somebody("market", "scjg", Role.OFFICER)],
    ids=lambda one: one.id,
)
def test_d3_the_load_of_others_is_not_there_nor_is_it_for_who_only_walks(caller: Caller) -> None:
    with pytest.raises(NotFound):
        loads_of([VILLAGE, NEXT_VILLAGE], caller, Hamlet().desk)
    if caller is WALKER:
        with pytest.raises(NotFound):
            loads_of([VILLAGE], caller, Hamlet().desk)


def test_b4_a_board_says_of_each_what_its_reader_may_do() -> None:
    hamlet = Hamlet()
    hamlet.opened(edition=1)
    hamlet.opened(edition=2, assigned=False)
    rows, _ = list_for(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk)
    assert {one.edition: one.may for one in rows} == {
        1: ("assign", "recall", "return"),
        2: ("assign", "return"),
    }
    (walked,) = list_for(VILLAGE, WALKER, hamlet.desk)[0]
    assert walked.may == ()
