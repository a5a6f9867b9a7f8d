"""What a task says may be done is what its use cases then take, for every role and state (A10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.shared.authorization import Caller, Role
from functions.shared.errors import Conflict, NotFound
from functions.supervision import usecases
from functions.supervision.desk import Desk
from functions.supervision.domain import Feedback, Task, Verb
from functions.supervision.extensions import Extension, Resumption, Suspension
from functions.supervision.reading import show_task
from tests.unit.supervision.life import CLOSED, OFFICE, RETURN, UNIT, Life
from tests.unit.supervision.smalltown import EAST, WEST
from tests.unit.supervision.test_reading import person

READERS = (
    person(UNIT, Role.OFFICER),
    person(UNIT, Role.LEAD),
    person("scjg", Role.LEAD),
    person("scjg", Role.OFFICER),
    person(OFFICE, Role.TOWN_OFFICE),
    person("office", Role.DISPATCHER),
    person("oversight", Role.OVERSIGHT),
    person(f"gaj.{EAST}", Role.LEAD),
    person(f"office.{WEST}", Role.TOWN_OFFICE),
)
STATES: dict[str, Callable[[Life], Any]] = {
    "pushed": lambda life: life,
    "received": lambda life: life.report(verb="receive"),
    "handling": lambda life: life.report(verb="receive").report(verb="verify"),
    "suspended": lambda life: life.report(verb="receive").suspend(),
    "returned": lambda life: life.report(**RETURN),
    "closed": lambda life: life.report(verb="receive").report(verb="close", evidence=CLOSED),
}
_ACT = {"note": "另一次", "document": "另1号"}


def do(verb: Verb, task: Task, caller: Caller, desk: Desk) -> None:
    """Make that step, with all that it wants."""
    id = task.id
    match verb:
        case Verb.REASSIGN:
            to = f"scjg.{WEST}" if task.unit != f"scjg.{WEST}" else "scjg"
            usecases.reassign_task(id, to, "另一次", caller, desk)
        case Verb.REDIRECT:
            usecases.redirect_task(id, f"scjg.{WEST}", "另一次", caller, desk)
        case Verb.EXTEND:
            said = {"stage": "close", "days": 1, "ground": "complex_case", **_ACT}
            usecases.extend_limit(id, Extension.model_validate(said), caller, desk)
        case Verb.SUSPEND:
            act = Suspension.model_validate({"ground": "hearing", **_ACT})
            usecases.suspend_task(id, act, caller, desk)
        case Verb.RESUME:
            usecases.resume_task(id, Resumption(note="另一次"), caller, desk)
        case _:
            more: dict[str, Any] = {"verb": verb, "note": "另一次"}
            more |= {"ground": "not_in_scope"} if verb is Verb.RETURN else {}
            more |= {"evidence": CLOSED} if verb is Verb.CLOSE else {}
            usecases.record_feedback(id, Feedback.model_validate(more), caller, desk)


def told(task: Task, caller: Caller, desk: Desk) -> tuple[Verb, ...]:
    try:
        return show_task(task.id, caller, desk).may
    except NotFound:
        return ()


@pytest.mark.parametrize("state", STATES)
def test_a10_exactly_what_a_task_says_may_be_done_is_taken(state: str) -> None:
    def begin() -> Life:
        life = Life()
        STATES[state](life)
        return life

    life = begin()
    for caller in READERS:
        taken = []
        may = told(life.task, caller, life.town.desk())
        for verb in (one for one in Verb if one not in (Verb.RECOUNT, Verb.WITHDRAW)):
            try:
                do(verb, life.task, caller, life.town.desk())
            except (Conflict, NotFound):
                continue
            taken.append(verb)
            life = begin()
        assert tuple(taken) == may, (state, caller)
