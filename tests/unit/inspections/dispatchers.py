"""What dispatchers do, and who is none of them."""

from __future__ import annotations

from typing import Any

import pytest

from functions.inspections.assigning import assign, place, recall
from functions.inspections.domain import Inspection
from functions.inspections.orders import Assignment, Placement, Recall, Return
from functions.inspections.returning import give_back
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Problem
from tests.unit.inspections.hamlet import (
    NEXT_VILLAGE,
    OTHER_TOWN,
    TOWN,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
    somebody,
)
from tests.unit.inspections.registrations import opened, registration
from tests.unit.inspections.rosters import with_roster

OTHERS = [
    somebody("v", NEXT_VILLAGE, Role.VILLAGE),
    somebody("t", f"office.{OTHER_TOWN}", Role.TOWN_OFFICE),
    somebody("o", f"scjg.{TOWN}", Role.OFFICER),
    somebody("s", "oversight", Role.OVERSIGHT),
    WALKER,
    Caller("nobody"),
]


def waiting(**more: Any) -> tuple[Hamlet, Inspection]:
    """A village with its roster, and an inspection that waits there (at 一路)."""
    hamlet = with_roster(Hamlet())
    return hamlet, opened(hamlet, registration(**more))


def give(
    hamlet: Hamlet, one: Inspection, caller: Caller = VILLAGE_DISPATCHER, **said: Any
) -> Inspection:
    return assign(one.id, Assignment(**said), caller, hamlet.desk)


def call_back(
    hamlet: Hamlet, one: Inspection, caller: Caller = VILLAGE_DISPATCHER, **said: Any
) -> Inspection:
    return recall(one.id, Recall(**{"note": "请病假", **said}), caller, hamlet.desk)


def put(
    hamlet: Hamlet, one: Inspection, village: str, caller: Caller = TOWN_OFFICE, **said: Any
) -> Inspection:
    return place(one.id, Placement(village=village, note="电话核实", **said), caller, hamlet.desk)


def send_back(
    hamlet: Hamlet, one: Inspection, caller: Caller = VILLAGE_DISPATCHER, **said: Any
) -> Inspection:
    return give_back(one.id, Return(**{"note": "地址不在本村", **said}), caller, hamlet.desk)


def faults(refused: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refused.value.faults]
