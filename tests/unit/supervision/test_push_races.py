"""Whoever is overtaken or dies at any point: the tasks agree with the case in the end (A2, A6, A7).

In each test one process is interrupted before and after every call to its table, by the other
process at work, and by its own death with a later repetition.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, NotFound
from functions.shared.events.registry import Registration
from functions.supervision.cases import Ruling
from functions.supervision.desk import Desk
from functions.supervision.domain import Feedback, Verb
from functions.supervision.usecases import decide_registration, record_feedback, rule_on
from tests.unit.supervision.smalltown import (
    CODE,
    DISPATCHER,
    EAST,
    WEST,
    Act,
    Town,
    cancelled,
    everywhere,
    registration,
    ruling,
    unplaced,
)

BOTH = "食品零售；劳务派遣"


def having(*registrations: Registration) -> Callable[[], Town]:
    """A town where these were decided."""

    def prepare() -> Town:
        town = Town()
        for one in registrations:
            town.decide(one)
        return town

    return prepare


def decides(one: Registration) -> Act:
    return lambda desk: decide_registration(one, desk)


def rules(given: Ruling) -> Act:
    """A person who sends the ruling until it is answered, and takes a no for an answer."""

    def act(desk: Desk) -> None:
        try:
            rule_on(CODE, given, DISPATCHER, desk)
        except Conflict:
            return

    return act


def reports(verb: Verb) -> Act:
    """The unit that has the task of FD01 reports on it, and takes a no for an answer."""
    officer = Caller("li", frozenset({Grant(f"scjg.{EAST}", Role.OFFICER)}))

    def act(desk: Desk) -> None:
        found = desk.cases.get(CODE)
        task = found.value.needs.get(f"FD01@scjg.{EAST}") if found else None
        if task is None:
            return
        try:
            record_feedback(task, Feedback(verb=verb, ref="r1"), officer, desk)
        except (Conflict, NotFound):
            return

    return act


def nothing(desk: Desk) -> None:
    """Nobody comes again."""


FIRST, RETURNS = registration(1, BOTH), registration(3, BOTH)
LESS, MOVED = registration(2, "劳务派遣"), registration(2, BOTH, town=WEST, name="示例新公司")


@pytest.mark.parametrize(
    ("before", "first", "meanwhile"),
    [
        ([], decides(FIRST), decides(FIRST)),
        ([], decides(FIRST), decides(LESS)),
        ([], decides(FIRST), decides(MOVED)),
        ([], decides(FIRST), decides(cancelled(2))),
        ([], decides(FIRST), decides(unplaced(2, BOTH))),
        ([FIRST], decides(FIRST), decides(LESS)),
        ([FIRST], decides(FIRST), decides(MOVED)),
        ([FIRST], decides(LESS), decides(RETURNS)),
        ([FIRST], decides(MOVED), decides(RETURNS)),
        ([FIRST], decides(MOVED), decides(cancelled(3))),
        ([FIRST], decides(cancelled(2)), decides(RETURNS)),
        ([FIRST], decides(unplaced(2, BOTH)), decides(RETURNS)),
        ([FIRST], decides(registration(2, "N/A")), decides(MOVED)),
        ([FIRST], decides(LESS), reports(Verb.RECEIVE)),
        ([FIRST], decides(MOVED), reports(Verb.RECEIVE)),
        ([FIRST], reports(Verb.RECEIVE), decides(MOVED)),
        ([FIRST], reports(Verb.RECEIVE), decides(LESS)),
        ([unplaced()], rules(ruling(town=EAST)), rules(ruling(town=EAST))),
        ([unplaced()], rules(ruling(town=EAST)), rules(ruling(town=WEST))),
        ([unplaced()], rules(ruling(town=EAST)), decides(MOVED)),
        ([unplaced()], decides(MOVED), rules(ruling(town=EAST))),
        ([unplaced()], decides(cancelled(2)), rules(ruling(town=EAST))),
    ],
)
def test_a2_a7_whoever_is_overtaken_or_dies(
    before: list[Registration], first: Act, meanwhile: Act
) -> None:
    assert not everywhere(having(*before), first, meanwhile, nothing)


@pytest.mark.parametrize("newest", [LESS, MOVED, cancelled(2)])
def test_a7_three_at_once(newest: Registration) -> None:
    """An old message comes again while a change is being decided that was itself overtaken."""

    def first(desk: Desk) -> None:
        decide_registration(FIRST, desk)
        decide_registration(registration(3, "食品零售", town=WEST), desk)

    assert not everywhere(having(), first, decides(newest), decides(FIRST))
