"""What is pushed to whom, what is withdrawn, what waits for a person (A2, A3, A6, A7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.registry import Happening
from functions.shared.events.supervision import End, Outcome
from functions.supervision.cases import Decided
from functions.supervision.domain import Feedback, Verb
from functions.supervision.usecases import record_feedback, rule_on
from tests.unit.supervision.smalltown import (
    CODE,
    EAST,
    NORTH,
    WEST,
    Town,
    cancelled,
    item,
    items,
    registration,
    ruling,
    unplaced,
)


@pytest.fixture
def town() -> Town:
    return Town()


def test_a3_a_task_goes_to_the_departments_unit_in_the_town_else_to_the_city(town: Town) -> None:
    town.decide(registration(scope="食品零售；危险化学品储存；劳务派遣", town=WEST))
    assert town.open() == {f"FD01@scjg.{WEST}", f"DG01@yjj.{WEST}", "DG01@gaj", "LB01@rsj"}


def test_a3_a_provincial_item_goes_to_its_contact_in_the_city(town: Town) -> None:
    town.decide(registration(scope="测绘服务"))
    assert town.open() == {"SV01@zrj"}


def test_a3_an_item_of_several_departments_makes_one_task_for_each(town: Town) -> None:
    town.decide(registration(scope="危险化学品储存"))
    assert town.open() == {f"DG01@yjj.{EAST}", f"DG01@gaj.{EAST}"}
    assert len(town.case.needs) == 2


def test_a5_a_task_says_which_words_which_item_version_and_which_law(town: Town) -> None:
    town.decide(registration(scope="软件开发；食品零售"))
    [task] = town.tasks
    assert (task.words, task.clause) == (("食品零售",), "食品零售")
    assert (task.item_version, task.item_set, task.law) == (1, "1", "示例条例第一条")


def test_a13_a_pushed_task_has_the_limit_that_starts_with_the_push(town: Town) -> None:
    town.decide(registration())
    [task] = town.tasks
    assert [(stage, one.due) for stage, one in task.clocks.items()] == [
        ("receive", date(2026, 3, 4))
    ]


def test_a6_a_readable_scope_that_matches_nothing_is_no_item_with_the_version(town: Town) -> None:
    case = town.decide(registration(scope="软件开发"))
    assert (case.outcome, case.item_set, case.needs) == (Outcome.NO_ITEM, "1", {})
    assert not town.tasks


@pytest.mark.parametrize(
    ("scope", "reason"), [("N/A", "scope_not_available"), ("食品零售（", "scope_cut_off")]
)
def test_a6_a_scope_that_cannot_be_read_waits_with_its_reason(
    town: Town, scope: str, reason: str
) -> None:
    case = town.decide(registration(scope=scope))
    assert (case.outcome, case.reasons) == (Outcome.MANUAL, (reason,))
    assert [one.code for one in town.store.list_waiting(EAST, limit=9)[0]] == [CODE]


def test_a6_what_a_cut_off_scope_still_says_is_pushed_at_once(town: Town) -> None:
    town.decide(registration(scope="食品零售；测绘服务（"))
    assert town.open() == {f"FD01@scjg.{EAST}", "SV01@zrj"}


def test_a6_an_address_without_a_town_waits_and_pushes_nothing(town: Town) -> None:
    case = town.decide(unplaced(scope="食品零售；劳务派遣"))
    assert (case.outcome, case.reasons) == (Outcome.MANUAL, ("town_unknown",))
    assert not town.tasks


def test_a6_an_item_whose_department_nobody_knows_waits_and_the_others_are_pushed(
    town: Town,
) -> None:
    case = town.decide(registration(scope="卫星导航服务；食品零售"))
    assert (case.outcome, case.reasons) == (Outcome.MANUAL, ("department_unknown:NX01",))
    assert town.open() == {f"FD01@scjg.{EAST}"}


def test_a6_each_registration_counts_once_and_keeps_its_outcome(town: Town) -> None:
    town.decide(registration(), registration(2, "软件开发"), unplaced(4))
    case = town.case
    outcomes = [case.outcome_of(edition) for edition in range(1, 6)]
    manual = Outcome.MANUAL  # edition 3 was replaced by 4 before its sweep
    assert outcomes == [Outcome.PUSHED, Outcome.NO_ITEM, manual, manual, None]


def test_a6_a_long_life_keeps_its_newest_outcomes(town: Town) -> None:
    town.decide(*(registration(edition) for edition in range(1, 31)))
    assert [one.edition for one in town.case.outcomes] == list(range(11, 31))
    assert isinstance(town.case.outcomes[0], Decided)


def test_a2_the_same_registration_twice_pushes_once(town: Town) -> None:
    town.decide(registration(scope="食品零售；劳务派遣"))
    before = sorted(map(str, town.table))  # type: ignore[call-overload]
    town.decide(registration(scope="食品零售；劳务派遣"))
    assert sorted(map(str, town.table)) == before  # type: ignore[call-overload]


def test_a2_an_older_registration_changes_nothing(town: Town) -> None:
    town.decide(registration(2, "劳务派遣"), registration(1, "食品零售"))
    assert town.case.edition == 2
    assert town.open() == {"LB01@rsj"}


def test_a7_a_change_pushes_only_what_is_new_and_withdraws_what_no_longer_applies(
    town: Town,
) -> None:
    town.decide(registration(scope="食品零售；劳务派遣"))
    kept = town.task("LB01").id
    town.decide(registration(2, "劳务派遣；测绘服务"))
    assert town.open() == {"LB01@rsj", "SV01@zrj"}
    assert town.task("LB01").id == kept
    gone = town.task("FD01")
    assert gone.end is End.WITHDRAWN
    assert gone.steps[-1].ref == f"{CODE}.2"


def test_a7_a_move_withdraws_from_one_town_and_pushes_to_the_other(town: Town) -> None:
    town.decide(registration(scope="食品零售；劳务派遣"))
    town.decide(registration(2, "食品零售；劳务派遣", town=WEST))
    assert town.open() == {f"FD01@scjg.{WEST}", "LB01@rsj"}
    assert town.task("LB01").town == WEST


def test_a7_a_cancellation_closes_what_is_open_with_its_trace(town: Town) -> None:
    town.decide(registration(scope="食品零售；劳务派遣"), cancelled(2))
    assert town.open() == set()
    assert {task.end for task in town.tasks} == {End.ENTITY_CANCELLED}
    assert town.case.outcome is Outcome.NO_ITEM


def test_a7_what_trades_again_is_pushed_anew(town: Town) -> None:
    again = registration(3, happening=Happening.ESTABLISHMENT)
    town.decide(registration(), cancelled(2), again)
    assert len(town.tasks) == 2
    assert town.open() == {f"FD01@scjg.{EAST}"}
    assert not town.wrong()


def test_a7_a_need_that_comes_back_is_pushed_anew(town: Town) -> None:
    town.decide(registration(), registration(2, "软件开发"), registration(3))
    assert town.open() == {f"FD01@scjg.{EAST}"}
    assert len(town.tasks) == 2


def test_a7_nothing_is_withdrawn_because_an_address_or_a_scope_cannot_be_read(town: Town) -> None:
    town.decide(registration(scope="食品零售；劳务派遣"))
    for unclear in (unplaced(2, "软件开发"), registration(3, "N/A"), registration(4, "软件（")):
        town.decide(unclear)
        assert town.case.outcome is Outcome.MANUAL
        assert town.open() == {f"FD01@scjg.{EAST}", "LB01@rsj"}
    assert town.task("LB01").town == EAST, "a task does not follow its entity to nowhere"
    town.decide(registration(5, "软件开发"))
    assert town.open() == set()


def test_a7_an_open_task_follows_its_entity_to_another_name(town: Town) -> None:
    town.decide(registration(), registration(2, name="示例新公司"))
    assert town.task("FD01").name == "示例新公司"


def test_a7_an_open_task_follows_its_entity_to_another_address_in_the_same_village(
    town: Town,
) -> None:
    town.decide(registration(address="东路1号"))
    assert town.task("FD01").address == "东路1号"
    town.decide(registration(2, address="东路2号"))
    assert town.task("FD01").address == "东路2号"


def test_a4_an_item_of_establishments_stays_when_something_else_changes(town: Town) -> None:
    town.decide(registration(scope="公章刻制"))
    assert town.open() == {f"ES01@gaj.{EAST}"}
    town.decide(registration(2, "公章刻制", name="示例新公司"))
    assert town.open() == {f"ES01@gaj.{EAST}"}
    town.decide(registration(3, "公章刻制", town=WEST))
    assert town.open() == {"ES01@gaj"}


def test_a4_an_item_of_establishments_is_not_pushed_for_a_change(town: Town) -> None:
    town.decide(registration(scope="软件开发"), registration(2, "公章刻制"))
    assert town.open() == set()


def test_a4_an_establishment_counts_though_a_change_replaced_it_before_the_sweep(
    town: Town,
) -> None:
    town.decide(registration(2, "公章刻制"))
    assert town.open() == {f"ES01@gaj.{EAST}"}


def test_a4_an_establishment_counts_though_a_person_had_to_place_it_first(town: Town) -> None:
    town.decide(unplaced(1, "公章刻制"), unplaced(2, "公章刻制"))
    town.rule(ruling(2, town=EAST))
    assert town.open() == {f"ES01@gaj.{EAST}"}


def test_a4_a_new_version_decides_from_then_on_and_a_repeat_keeps_the_old_one(town: Town) -> None:
    first = registration(scope="食品零售；软件开发")
    town.decide(first)
    town.rules.put(items(item("IT01", "软件开发", "市场局"), version="2"))
    town.decide(first)
    assert town.open() == {f"FD01@scjg.{EAST}"}
    town.decide(registration(2, "食品零售；软件开发"))
    assert town.open() == {f"FD01@scjg.{EAST}", f"IT01@scjg.{EAST}"}
    assert (town.task("FD01").item_set, town.task("IT01").item_set) == ("1", "2")


def test_a4_a_repeat_after_an_item_has_ended_still_pushes_what_was_decided(town: Town) -> None:
    ends = item("EX01", "烟花零售", "市场局", more="holds_until = 2026-03-02")
    town.rules.put(items(ends, version="2"))
    case = town.decide(registration(scope="烟花零售"))
    assert set(case.needs) == {f"EX01@scjg.{EAST}"}
    lost = Town()
    lost.rules = town.rules
    lost.store.cases.save(case, before=None, by="system", now=town.now)  # and there it died
    lost.now = town.now + timedelta(days=2)
    lost.decide(registration(scope="烟花零售"))
    assert lost.open() == {f"EX01@scjg.{EAST}"}


def test_a6_a_person_places_an_address(town: Town) -> None:
    town.decide(unplaced(scope="食品零售；劳务派遣"))
    case = town.rule(ruling(town=NORTH, village=f"{NORTH[:-3]}001"))
    assert (case.outcome, case.reasons) == (Outcome.PUSHED, ())
    assert town.open() == {f"FD01@scjg.{NORTH}", "LB01@rsj"}
    assert {task.village for task in town.tasks} == {f"{NORTH[:-3]}001"}


@pytest.mark.parametrize("village", [f"{EAST[:-3]}001", NORTH, "441900999001", "某村"])
def test_a6_a_village_of_another_town_is_refused_by_its_field(town: Town, village: str) -> None:
    town.decide(unplaced())
    with pytest.raises(Invalid, match="village_not_in_town") as refused:
        town.rule(ruling(town=NORTH, village=village))
    assert [fault.field for fault in refused.value.faults] == ["village"]
    assert not town.tasks


def test_a6_a_person_says_what_applies_where_a_scope_cannot_be_read(town: Town) -> None:
    town.decide(registration(scope="N/A"))
    town.rule(ruling(items=("LB01", "ES01")))
    assert town.open() == {"LB01@rsj", f"ES01@gaj.{EAST}"}
    assert town.task("LB01").clause == "电话核实", "the reason of the push is the person's"


def test_a6_a_person_says_that_nothing_applies(town: Town) -> None:
    town.decide(registration(scope="N/A"))
    assert town.rule(ruling(items=())).outcome is Outcome.NO_ITEM


def test_a6_a_second_ruling_need_not_repeat_the_first(town: Town) -> None:
    town.decide(unplaced(scope="N/A"))
    assert town.rule(ruling(town=WEST)).reasons == ("scope_not_available",)
    case = town.rule(ruling(items=("FD01",)))
    assert (case.outcome, case.town) == (Outcome.PUSHED, WEST)
    assert town.open() == {f"FD01@scjg.{WEST}"}


def test_a6_who_comes_back_to_what_he_ruled_first_is_served(town: Town) -> None:
    town.decide(registration(scope="N/A"))
    for named in (("FD01", "NX01"), ("LB01", "NX01"), ("FD01",)):
        town.rule(ruling(items=named))
    assert town.open() == {f"FD01@scjg.{EAST}"}
    assert not town.wrong()


def test_a6_a_ruling_sent_twice_counts_once_and_another_one_comes_too_late(town: Town) -> None:
    town.decide(registration(scope="N/A"))
    first = town.rule(ruling(items=("FD01",)))
    assert town.rule(ruling(items=("FD01",))) == first
    with pytest.raises(Conflict) as refused:
        town.rule(ruling(items=("LB01",)))
    assert refused.value.faults[0].code == "nothing_waits"


def test_a6_a_ruling_on_a_replaced_registration_comes_too_late(town: Town) -> None:
    town.decide(registration(scope="N/A"), registration(2, "N/A"))
    with pytest.raises(Conflict):
        town.rule(ruling(1, items=("FD01",)))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (ruling(items=("FD01",)), "town_needed"),
        (ruling(town="441900999000"), "town_not_ours"),
        (ruling(town=EAST, items=("FD01", "QQ99")), "item_unknown"),
    ],
)
def test_a6_a_ruling_that_settles_nothing_is_refused_and_changes_nothing(
    town: Town, given: object, code: str
) -> None:
    before = town.decide(unplaced(scope="N/A"))
    with pytest.raises(Invalid) as refused:
        town.rule(given)  # type: ignore[arg-type]
    assert refused.value.faults[0].code == code
    assert town.case == before


def test_d3_a_town_office_rules_in_its_own_town_only(town: Town) -> None:
    town.decide(registration(scope="N/A"))
    other = Caller("west", frozenset({Grant(f"office.{WEST}", Role.TOWN_OFFICE)}))
    with pytest.raises(NotFound):
        rule_on(CODE, ruling(items=()), other, town.desk())
    own = Caller("east", frozenset({Grant(f"office.{EAST}", Role.TOWN_OFFICE)}))
    assert rule_on(CODE, ruling(items=()), own, town.desk()).outcome is Outcome.NO_ITEM


_TWO_VERSIONS = """
holds_until = 2026-03-02
[[items.limits]]
stage = "receive"
n = 2
unit = "working"
from = "pushed"
[[items.limits]]
stage = "verify"
n = 10
unit = "working"
from = "received"
"""


def test_a4_a_task_runs_by_the_limits_of_the_version_that_made_it(town: Town) -> None:
    """Both versions stand in one set; a day later the second holds, with less time to verify."""
    newer = _TWO_VERSIONS.replace("n = 10", "n = 3").replace("until", "from")
    newer = newer.replace("03-02", "03-03")
    second = item("VR01", "歌舞娱乐", "公安局", more=newer).replace(
        'code = "VR01"', 'code = "VR01"\nversion = 2'
    )
    town.rules.put(items(item("VR01", "歌舞娱乐", "公安局", more=_TWO_VERSIONS), second))
    town.now += timedelta(days=1)
    town.decide(registration(scope="歌舞娱乐"))
    [task] = town.tasks
    assert task.item_version == 2
    officer = Caller("gaj", frozenset({Grant(task.unit, Role.OFFICER)}))
    task = record_feedback(task.id, Feedback(verb=Verb.RECEIVE), officer, town.desk())
    assert task.due == date(2026, 3, 6)
