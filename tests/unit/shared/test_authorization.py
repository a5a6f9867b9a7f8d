"""Who × what × whose (D3)."""

import pytest

from functions.shared.authorization import (
    ANYONE,
    RULES,
    Action,
    Caller,
    Grant,
    Owner,
    Role,
    Whose,
    allows,
    require,
)
from functions.shared.errors import NotFound

TOWN, OTHER = "441900106000", "441900107000"


def caller(*grants: str) -> Caller:
    parsed = [Grant.parse(text) for text in grants]
    return Caller("somebody", frozenset(grant for grant in parsed if grant))


def test_d3_every_action_has_a_rule_and_no_rule_is_empty() -> None:
    assert set(RULES) == set(Action)
    assert all(RULES.values())


def test_d3_nobody_may_do_anything() -> None:
    owners = [ANYONE, Owner("scjg", TOWN), Owner("", "")]
    assert not any(allows(caller(), action, owner) for action in Action for owner in owners)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_d3_a_foreign_unit_in_a_foreign_town_is_nobodys_but_the_citys(
    action: Action, role: Role
) -> None:
    foreign = Owner(f"yjgl.{OTHER}", OTHER)
    allowed = allows(caller(f"scjg.{TOWN}:{role}"), action, foreign)
    assert allowed == (RULES[action].get(role) is Whose.ALL)


def test_a_unit_sees_its_own_and_a_department_what_lies_below_it() -> None:
    task = Owner(f"scjg.{TOWN}", TOWN)
    assert allows(caller(f"scjg.{TOWN}:officer"), Action.TASK_READ, task)
    assert allows(caller("scjg:officer"), Action.TASK_READ, task)
    assert not allows(caller("scj:officer"), Action.TASK_READ, task)
    assert not allows(caller(f"scjg.{OTHER}:officer"), Action.TASK_READ, task)


def test_a_department_does_not_feed_back_for_its_unit_below() -> None:
    task = Owner(f"scjg.{TOWN}", TOWN)
    assert allows(caller(f"scjg.{TOWN}:officer"), Action.TASK_FEED_BACK, task)
    assert not allows(caller("scjg:officer"), Action.TASK_FEED_BACK, task)


def test_a_town_office_reads_the_tasks_of_its_town_only() -> None:
    office = caller(f"office.{TOWN}:town_office")
    assert allows(office, Action.TASK_READ, Owner(f"scjg.{TOWN}", TOWN))
    assert not allows(office, Action.TASK_READ, Owner(f"scjg.{OTHER}", OTHER))
    assert not allows(office, Action.TASK_READ, Owner("scjg", None))


def test_a_town_office_of_no_town_sees_nothing_that_has_no_town() -> None:
    assert not allows(caller("office:town_office"), Action.CASE_READ, Owner(town=None))


def test_not_yours_raises_what_not_there_raises() -> None:
    with pytest.raises(NotFound) as error:
        require(caller("scjg:officer"), Action.TASK_READ, Owner("yjgl"), "task")
    assert error.value.faults == NotFound("task").faults


@pytest.mark.parametrize("text", ["", "officer", ":officer", "scjg:", "scjg:king", "a/b c"])
def test_a_foreign_group_grants_nothing(text: str) -> None:
    assert Grant.parse(text) is None
