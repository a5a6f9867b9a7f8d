"""Tasks as supervision tells them: lives written by hand, and any life that its table allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from functions.shared.events import CloudEvent, event
from functions.shared.events.supervision import (
    TASK_CHANGED,
    TASK_PUSHED,
    State,
    StepTold,
    TaskTold,
)

EAST, WEST = "441900119000", "441900121000"
PUSHED = datetime(2026, 3, 2, 1, tzinfo=UTC)
CASE_DUE = date(2026, 4, 30)
_OFFICE = f"office.{EAST}"
_UNITS = (f"scjg.{EAST}", f"scjg.{WEST}", "scjg", f"gaj.{EAST}", "gaj")


def at(day: int, hour: int = 1) -> datetime:
    """`day` days after the push, at an hour in UTC."""
    return (PUSHED + timedelta(days=day)).replace(hour=hour)


def due(day: int) -> date:
    """A limit that ends `day` days after the push."""
    return at(day).date()


def step(verb: str, day: int, unit: str = f"scjg.{EAST}", **more: Any) -> StepTold:
    """A step `day` days after the push."""
    return StepTold(verb=verb, at=at(day), unit=unit, **more)


def task(*steps: StepTold, unit: str = f"scjg.{EAST}", **more: Any) -> TaskTold:
    """A task with these steps, now in `unit`."""
    closed = bool(steps) and steps[-1].verb in ("close", "withdraw")
    told: dict[str, Any] = {
        "id": "T1",
        "code": "91441900MA0000001X",
        "name": "东莞市示例有限公司",
        "item": "SP01",
        "item_version": 1,
        "licence": "食品经营许可证",
        "town": EAST,
        "words": ("食品",),
        "clause": "食品销售",
        "law": "示例条例",
        "state": State.CLOSED if closed else State.RECEIVED,
        "case_due": CASE_DUE,
        "pushed_at": PUSHED,
        "changed_at": steps[-1].at if steps else PUSHED,
    }
    return TaskTold(unit=unit, steps=steps, **{**told, **more})


def news(told: TaskTold) -> CloudEvent:
    """The event of a task's present version: one for the push and one for each step."""
    sequence = len(told.steps) + 1
    kind = TASK_PUSHED if sequence == 1 else TASK_CHANGED
    return event(kind, told.id, sequence, told, told.changed_at)


def versions(told: TaskTold) -> list[TaskTold]:
    """Every version of a task's life, from the push to the present one."""
    units = [*(one.unit for one in told.steps), told.unit]
    return [
        told.model_copy(
            update={
                "steps": told.steps[:number],
                "unit": units[number],
                "changed_at": told.steps[number - 1].at if number else told.pushed_at,
                "case_due": told.case_due,
            }
        )
        for number in range(len(units))
    ]


_AFTER = {
    "pushed": ("receive", "return", "reassign", "withdraw", "extend", "recount"),
    "received": ("verify", "handle", "close", "return", "reassign", "suspend", "withdraw"),
    "handling": ("verify", "handle", "close", "return", "reassign", "extend", "suspend"),
    "suspended": ("resume", "close", "withdraw"),
    "returned": ("redirect", "handle", "close", "withdraw"),
}
_STATE = {
    "receive": "received",
    "verify": "handling",
    "handle": "handling",
    "return": "returned",
    "reassign": "pushed",
    "redirect": "pushed",
    "suspend": "suspended",
}


@st.composite
def lives(draw: st.DrawFn, id: str = "T1") -> TaskTold:
    """Any life that supervision allows, of up to twelve steps over up to a year."""
    unit = draw(st.sampled_from(_UNITS))
    state, day, resumed = "pushed", 0, ""
    steps: list[StepTold] = []
    for _ in range(draw(st.integers(0, 12))):
        verb = draw(st.sampled_from(_AFTER[state]))
        day += draw(st.integers(0, 30))
        limit = draw(st.none() | st.integers(0, 400).map(due))
        steps.append(step(verb, day, unit, due=limit))
        unit = draw(st.sampled_from(_next_units(verb, unit)))
        if verb in ("close", "withdraw"):
            break
        if verb == "suspend":
            resumed = state
        if not (state == "returned" and verb == "handle"):
            state = resumed if verb == "resume" else _STATE.get(verb, state)
    case_due = draw(st.none() | st.integers(0, 400).map(due))
    return task(*steps, unit=unit, id=id, case_due=case_due)


def _next_units(verb: str, unit: str) -> Sequence[str]:
    match verb:
        case "return":
            return (_OFFICE,)
        case "reassign":
            return tuple(one for one in _UNITS if one != unit and one[:3] == unit[:3])
        case "redirect":
            return _UNITS
    return (unit,)
