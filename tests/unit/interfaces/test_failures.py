"""What failed is shown and sent again, by operators alone (A22)."""

import pytest

from functions.interfaces.failures import (
    NAMES,
    PARKED,
    QUEUES,
    Letter,
    Way,
    list_failures,
    redrive,
    way_of,
)
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Invalid, NotFound
from infra import policies
from tests.unit.interfaces.desk import LEAD, OPERATOR, START


class FakeLetters:
    """Queues by name, each a list of ids; remembers what was moved."""

    def __init__(self, **waiting: list[str]) -> None:
        self.waiting = {name.replace("_", "-"): ids for name, ids in waiting.items()}
        self.looked: list[str] = []

    def count(self, queue: str) -> int:
        return len(self.waiting.get(queue, []))

    def look(self, queue: str, most: int) -> list[Letter]:
        self.looked.append(queue)
        return [
            Letter(id=one, sent_at=START, receives=5, body="{}")
            for one in self.waiting.get(queue, [])[:most]
        ]

    def move(self, way: Way, most: int) -> int:
        here = self.waiting.get(way.source, [])
        self.waiting.setdefault(way.target, []).extend(here[:most])
        moved = len(here[:most])
        del here[:most]
        return moved


def test_a22_what_lies_anywhere_is_listed_and_only_there_is_looked() -> None:
    letters = FakeLetters(push_plan_dead=["a", "b", "c"], registry_parked=["d"])
    piles = list_failures(None, 2, OPERATOR, letters)
    assert [(one.queue, one.waiting, len(one.messages)) for one in piles] == [
        ("push-plan", 3, 2),
        ("registry-parked", 1, 1),
    ]
    assert letters.looked == ["push-plan-dead", "registry-parked"]


def test_a22_an_asked_queue_is_looked_into_though_the_estimate_says_it_is_empty() -> None:
    class Late(FakeLetters):
        def count(self, queue: str) -> int:
            return 0

    [pile] = list_failures("push-plan", 10, OPERATOR, Late(push_plan_dead=["a"]))
    assert (pile.waiting, [one.id for one in pile.messages]) == (1, ["a"])


def test_a22_dead_letters_go_back_to_their_queue_and_parked_changes_to_be_told_again() -> None:
    letters = FakeLetters(push_plan_dead=["a", "b", "c"], registry_parked=["d"])
    assert redrive("push-plan", 2, OPERATOR, letters) == 2
    assert redrive("registry-parked", 500, OPERATOR, letters) == 1
    assert letters.waiting["push-plan"] == ["a", "b"]
    assert letters.waiting["push-plan-dead"] == ["c"]
    assert letters.waiting["registry-redrive"] == ["d"]


def test_d3_only_an_operator_sees_failures_or_redrives() -> None:
    letters = FakeLetters(push_plan_dead=["a"])
    oversight = Caller("o", frozenset({Grant("city", Role.OVERSIGHT)}))
    for caller in (LEAD, oversight, Caller("x")):
        with pytest.raises(NotFound):
            list_failures(None, 10, caller, letters)
        with pytest.raises(NotFound):
            redrive("nonsense", 10, caller, letters)
    assert letters.waiting == {"push-plan-dead": ["a"]}


@pytest.mark.parametrize("name", ["", "push-plan-dead", "registry-redrive-dead", "nonsense"])
def test_d4_a_queue_that_is_none_is_told_so(name: str) -> None:
    with pytest.raises(Invalid):
        redrive(name, 10, OPERATOR, FakeLetters())


def test_a22_no_queue_of_the_city_is_forgotten() -> None:
    """Each may be looked into and sent again to, and the API's policy knows them all."""
    assert set(QUEUES) == set(policies.QUEUES)
    assert set(PARKED) == set(policies.PARKED)
    assert {way_of(name).source for name in NAMES} == {*policies.DEAD, *policies.PARKED}
    assert {way_of(name).target for name in NAMES} == set(policies.QUEUES)
