"""What is shown of a task: its marked scope, the others there, what may be done (A5, A10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import NotFound
from functions.shared.events.supervision import End, State
from functions.shared.matching.items import Milestone, Stage
from functions.shared.matching.marking import MarkKind
from functions.supervision.domain import Verb
from functions.supervision.offers import FORMS
from functions.supervision.reading import TaskShown, show_case, show_task
from tests.unit.supervision.life import CLOSED, OFFICE, RETURN, UNIT, Life
from tests.unit.supervision.smalltown import CODE, EAST, WEST, Town, registration, ruling, unplaced


def person(unit: str, role: Role) -> Caller:
    return Caller("li", frozenset({Grant(unit, role)}))


OFFICER, LEAD = person(UNIT, Role.OFFICER), person(UNIT, Role.LEAD)
TOWN_OFFICE = person(OFFICE, Role.TOWN_OFFICE)
OVERSIGHT = person("oversight", Role.OVERSIGHT)


def shown(town: Town, item: str, caller: Caller = OVERSIGHT) -> TaskShown:
    return show_task(town.task(item).id, caller, town.desk())


def may(life: Life, caller: Caller) -> set[str]:
    return {str(verb) for verb in shown(life.town, "FD01", caller).may}


def test_a5_a_task_shows_the_whole_scope_with_its_words_and_what_is_excluded() -> None:
    town = Town()
    scope = "𠮷鞋销售；食品零售；文具（不含危险化学品储存）"
    town.decide(registration(scope=scope))
    told = shown(town, "FD01").scope
    assert told
    assert told.text == scope
    parts = [(one.kind, scope[one.start : one.end], one.why) for one in told.spans]
    assert parts == [
        (MarkKind.MATCHED, "食品零售", ""),
        (MarkKind.EXCLUDED, "不含危险化学品储存", "不含危险化学品储存"),
    ]


def test_a5_a_task_keeps_the_scope_that_called_for_it_when_a_later_one_reads_otherwise() -> None:
    town = Town()
    town.decide(registration(), registration(2, scope="文具销售；食品零售"))
    told = shown(town, "FD01").scope
    assert told
    assert told.text == "食品零售"


def test_a6_what_a_person_called_for_marks_no_words() -> None:
    town = Town()
    town.decide(unplaced(scope="食品零售；劳务派遣"))
    town.rule(ruling(town=EAST, items=("FD01",)))
    told = shown(town, "FD01").scope
    assert told
    assert told.spans == ()


def test_a5_a_task_from_before_scopes_were_kept_has_none() -> None:
    town = Town()
    town.decide(registration())
    desk = replace(town.desk(), scopes=Town().store.scopes)
    assert show_task(town.task("FD01").id, OVERSIGHT, desk).scope is None


def test_a5_departments_at_one_entity_see_that_others_act_and_not_how() -> None:
    town = Town()
    town.decide(registration(scope="食品零售；危险化学品储存"))
    told = shown(town, "FD01", OFFICER).beside
    assert [(one.unit, one.item, one.state, one.id) for one in told] == [
        (f"gaj.{EAST}", "DG01", State.PUSHED, None),
        (f"yjj.{EAST}", "DG01", State.PUSHED, None),
    ]
    assert all(one.id for one in shown(town, "FD01", TOWN_OFFICE).beside)


def test_d3_a_task_of_another_unit_is_shown_to_nobody_else() -> None:
    town = Town()
    town.decide(registration())
    with pytest.raises(NotFound):
        shown(town, "FD01", person(f"gaj.{EAST}", Role.OFFICER))


def test_a10_each_may_do_what_his_role_and_the_state_allow() -> None:
    life = Life()
    assert may(life, OFFICER) == {"receive", "return"}
    assert may(life, LEAD) == {"receive", "return", "reassign", "extend"}
    assert may(life, OVERSIGHT) == set()
    life.report(verb="receive")
    assert may(life, OFFICER) == {"verify", "handle", "close", "return"}
    life.suspend()
    assert may(life, OFFICER) == {"close"}
    assert may(life, LEAD) == {"close", "resume"}
    life.resume()
    life.report(**RETURN)
    with pytest.raises(NotFound):  # it is the office's now
        may(life, OFFICER)
    assert may(life, TOWN_OFFICE) == {"handle", "close", "redirect"}


def test_a10_who_may_do_a_step_can_do_it() -> None:
    """What is offered is what the use case then takes."""
    life = Life().report(verb="receive")
    assert Verb.CLOSE in shown(life.town, "FD01", OFFICER).may
    life.report(verb="close", evidence=CLOSED)
    assert shown(life.town, "FD01", LEAD).may == ()


def test_a16_a_close_offers_the_ends_of_its_kind_with_the_fields_of_their_evidence() -> None:
    life = Life()
    assert shown(life.town, "FD01", OFFICER).offers.ends == ()
    life.report(verb="receive")
    ends = {one.end: one.fields for one in shown(life.town, "FD01", OFFICER).offers.ends}
    assert End.FILED not in ends
    assert End.WITHDRAWN not in ends
    told = [(one.name, one.kind, one.required) for one in ends[End.LICENSED]]
    assert told == [
        ("licence_number", "text", True),
        ("issued_on", "date", True),
        ("valid_until", "date", False),
    ]
    penalised = {one.name: one.kind for one in FORMS[End.PENALISED]}
    assert (penalised["penalty"], penalised["fine"]) == ("long", "number")


def test_a10_a_return_says_which_grounds_need_a_name_and_who_could_be_responsible() -> None:
    offers = shown(Life().town, "FD01", OFFICER).offers
    assert {one.ground: one.responsible for one in offers.returns} == {
        "not_in_scope": False,
        "not_our_duty": True,
        "not_our_area": True,
    }
    assert f"yjj.{EAST}" in offers.other_units
    assert f"yjj.{WEST}" not in offers.other_units
    assert f"scjg.{WEST}" in offers.own_units
    assert UNIT not in offers.own_units


def test_a10_whom_a_return_named_in_another_town_is_offered_to_the_office() -> None:
    life = Life()
    named = f"scjg.{WEST}"
    assert named not in shown(life.town, "FD01", TOWN_OFFICE).offers.other_units
    life.report(verb="return", ground="not_our_area", note="不在辖区", responsible=named)
    assert named in shown(life.town, "FD01", TOWN_OFFICE).offers.other_units
    assert life.redirect(named).task.unit == named


def test_a13_milestones_and_limits_are_offered_while_they_can_happen() -> None:
    life = Life()
    [receive, close] = shown(life.town, "FD01", LEAD).offers.longer
    assert (receive.stage, receive.most) == (Stage.RECEIVE, 2)
    assert (close.stage, close.most) == (Stage.CLOSE, 60)
    life.extend("receive", 2)
    assert Stage.RECEIVE not in [one.stage for one in shown(life.town, "FD01", LEAD).offers.longer]
    life.report(verb="receive")
    assert shown(life.town, "FD01", OFFICER).offers.milestones == tuple(Milestone)
    life.report(verb="handle", milestone="accepted", on="2026-03-02", note="受理")
    assert shown(life.town, "FD01", OFFICER).offers.milestones == (Milestone.FILED,)


def test_a13_a_task_says_how_it_stands_today() -> None:
    life = Life()
    standing = shown(life.town, "FD01", OFFICER).standing
    assert (standing.stage, standing.light, standing.days_late) == (Stage.RECEIVE, "green", 0)
    life.on(3, 9)
    standing = shown(life.town, "FD01", OFFICER).standing
    assert (standing.light, standing.days_late) == ("red", 5)


def test_a6_a_case_shows_its_tasks_and_who_may_decide_what_waits() -> None:
    town = Town()
    town.decide(unplaced(scope="食品零售；劳务派遣"))
    dispatcher = person("city", Role.DISPATCHER)
    assert show_case(CODE, dispatcher, town.desk()).may_decide
    assert not show_case(CODE, OVERSIGHT, town.desk()).may_decide
    town.rule(ruling(town=EAST))
    told = show_case(CODE, dispatcher, town.desk())
    assert not told.may_decide
    assert [(one.unit, one.item) for one in told.tasks] == [("rsj", "LB01"), (UNIT, "FD01")]
    assert all(one.id for one in told.tasks)
