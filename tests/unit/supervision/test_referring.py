"""What inspections refer becomes tasks, which end with work or with their entity (B10, A7)."""

from __future__ import annotations

import gzip
from datetime import date
from typing import Any

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import NotFound
from functions.shared.events import CloudEvent
from functions.shared.events.inspections import (
    REFERRAL_CHANGED,
    VisitTold,
)
from functions.shared.events.supervision import (
    TASK_CHANGED,
    TASK_PUSHED,
    End,
    State,
    TaskTold,
)
from functions.supervision.changes import events_of
from functions.supervision.desk import Desk
from functions.supervision.domain import Feedback, Task
from functions.supervision.referring import refer, trail_of
from functions.supervision.retelling import Stretch, retell
from functions.supervision.usecases import (
    decide_registration,
    read_task,
    record_feedback,
    redirect_task,
)
from tests.fakes.objects import MemoryObjects
from tests.unit.supervision.referrals import FIRE, FOOD, POLICE, referred
from tests.unit.supervision.smalltown import (
    EAST,
    NOW,
    Act,
    Town,
    cancelled,
    everywhere,
    registration,
)

OFFICE = f"office.{EAST}"


@pytest.fixture
def town() -> Town:
    return Town()


def officer(task: Task) -> Caller:
    return Caller("li", frozenset({Grant(task.unit, Role.OFFICER)}))


def feed(town: Town, task: Task, **body: Any) -> Task:
    return record_feedback(task.id, Feedback.model_validate(body), officer(task), town.desk())


def test_b10_each_referral_is_one_task_with_its_reason_its_limits_and_the_trail(
    town: Town,
) -> None:
    town.decide(registration(scope="软件开发"))
    refer(referred(FOOD, POLICE, FIRE), town.desk())
    assert town.open() == {FOOD, POLICE, FIRE}
    task = town.task("FD01")
    assert (task.inspection, task.referral, task.edition) == ("I1", FOOD, 1)
    assert (task.words, task.clause) == (("未取得许可从事经营", "食品"), "现场无证经营")
    assert (task.kind, task.law) == ("licence", "《无证无照经营查处办法》第五条")
    assert [(stage, one.due) for stage, one in task.clocks.items()] == [
        ("receive", date(2026, 3, 4))
    ]
    assert task.trail and (task.trail.notice, task.trail.disposal) == ("改1号", "约谈经营者")
    assert [one.round for one in task.trail.visits] == ["first", "recheck"]
    assert task.trail.visits[0].photos == ("photos/a.jpg",)
    assert read_task(task.id, officer(task), town.desk()) == task


def test_b10_a_referral_told_again_makes_nothing_anew(town: Town) -> None:
    refer(referred(FOOD), town.desk())
    task = feed(town, town.task("FD01"), verb="receive")
    refer(referred(FOOD, FIRE), town.desk())
    assert town.open() == {FOOD, FIRE}
    assert town.task("FD01") == task


def test_b10_a_referral_is_a_task_of_its_own_beside_what_the_registration_called_for(
    town: Town,
) -> None:
    town.decide(registration())
    refer(referred(FOOD), town.desk())
    assert len([task for task in town.tasks if task.open and task.item == "FD01"]) == 2
    refer(referred(FOOD, inspection="I2"), town.desk())
    assert len([task for task in town.tasks if task.open and task.item == "FD01"]) == 3


def test_b10_an_entity_that_supervision_does_not_know_has_its_tasks_all_the_same(
    town: Town,
) -> None:
    refer(referred(FOOD), town.desk())
    assert town.open() == {FOOD}
    town.decide(registration(scope="软件开发"))
    assert town.open() == {FOOD}
    town.decide(cancelled(2))
    assert town.task("FD01").end is End.ENTITY_CANCELLED


def test_a7_a_later_scope_does_not_take_back_what_was_found(town: Town) -> None:
    town.decide(registration(scope="食品零售；危险化学品储存"))
    refer(referred(FOOD), town.desk())
    town.decide(registration(2, scope="软件开发", name="新名公司"))
    (left,) = (task for task in town.tasks if task.open)
    assert left.inspection == "I1"


def test_a7_the_end_of_the_entity_ends_what_inspections_referred(town: Town) -> None:
    town.decide(registration())
    refer(referred(FOOD, FIRE), town.desk())
    done = feed(town, town.task("DG01"), verb="receive")
    seen = {"end": "corrected", "checked_on": "2026-03-02", "note": "已搬走"}
    done = feed(town, done, verb="close", evidence=seen)
    town.decide(cancelled(2))
    assert town.open() == set()
    assert town.task("FD01").end is End.ENTITY_CANCELLED
    assert town.task("DG01") == done


def test_a7_what_is_referred_after_the_entity_has_ended_is_closed_at_once(town: Town) -> None:
    town.decide(registration(), cancelled(2))
    refer(referred(FOOD), town.desk())
    task = next(task for task in town.tasks if task.inspection)
    assert (task.state, task.end) == (State.CLOSED, End.ENTITY_CANCELLED)
    refer(referred(FOOD), town.desk())
    assert next(one for one in town.tasks if one.inspection) == task


def test_b10_an_item_that_its_set_does_not_hold_is_not_guessed(town: Town) -> None:
    with pytest.raises(NotFound):
        refer(referred("XX01@scjg"), town.desk())
    assert not town.tasks


def _refers(desk: Desk) -> None:
    refer(referred(FOOD, FIRE), desk)


def _ends(desk: Desk) -> None:
    decide_registration(cancelled(2), desk)


@pytest.mark.parametrize(("first", "other"), [(_refers, _ends), (_ends, _refers)])
def test_a7_a_referral_and_the_end_of_its_entity_meet_anywhere_and_leave_nothing_open(
    first: Act, other: Act
) -> None:
    towns: list[Town] = []

    def prepare() -> Town:
        towns.append(Town())
        towns[-1].decide(registration())
        return towns[-1]

    assert everywhere(prepare, first, other, _refers) == []
    ended = [[one.end for one in town.tasks if one.inspection] for town in towns[1:]]
    assert ended == [[End.ENTITY_CANCELLED] * 2] * len(ended)


def test_b10_what_becomes_of_it_is_told_to_inspections_and_of_no_other_task(town: Town) -> None:
    town.decide(registration())
    refer(referred(FIRE), town.desk())
    kinds = {
        record["item"]: [event.type for event in events_of(None, record)]
        for record in town.table  # type: ignore[attr-defined]
        if record["sk"] == "T"
    }
    assert kinds == {"FD01": [TASK_PUSHED], "DG01": [TASK_PUSHED, REFERRAL_CHANGED]}
    task = feed(town, town.task("DG01"), verb="receive")
    stored = town.store.tasks.get(task.id)
    assert stored
    changed, answer = events_of(None, stored.record)
    assert (changed.type, answer.type) == (TASK_CHANGED, REFERRAL_CHANGED)
    told = TaskTold.model_validate(answer.data)
    assert (told.inspection, told.referral, told.state) == ("I1", FIRE, State.RECEIVED)


def test_a10_a_referral_that_is_returned_and_sent_on_keeps_its_key(town: Town) -> None:
    refer(referred(FOOD), town.desk())
    task = feed(
        town, town.task("FD01"), verb="return", ground="not_in_scope", note="不涉及食品经营"
    )
    assert task.unit == OFFICE
    office = Caller("wang", frozenset({Grant(OFFICE, Role.TOWN_OFFICE)}))
    task = redirect_task(task.id, f"yjj.{EAST}", "应由应急部门处理", office, town.desk())
    assert (task.unit, task.referral, task.state) == (f"yjj.{EAST}", FOOD, State.PUSHED)


def test_a20_a_task_of_an_inspection_is_retold_once(town: Town) -> None:
    refer(referred(FOOD), town.desk())
    bucket = MemoryObjects()
    retell(Stretch(run="r", segment=0, segments=1), town.table, bucket, lambda: True)  # type: ignore[arg-type]
    (part,) = bucket
    (line,) = gzip.decompress(bucket.read(part)).splitlines()
    assert CloudEvent.model_validate_json(line).type == TASK_PUSHED


def test_b10_a_trail_that_is_too_long_is_cut_and_keeps_what_failed_first() -> None:
    visit = VisitTold(
        round="first",
        at=NOW,
        by="li",
        findings=tuple(f"许可{nth}: failed {'无' * 900}" for nth in range(80)),
        photos=tuple(f"photos/441900119001/{nth:032}.jpeg" for nth in range(300)),
    )
    whole = referred(FOOD, visits=(visit, visit), disposal="谈" * 1000)
    trail = trail_of(whole)
    assert len(trail.model_dump_json().encode()) <= 8_000
    assert trail.visits[1].findings[0].startswith("许可0: failed 无")
    assert trail.disposal.endswith("…")
    assert trail_of(referred(FOOD)).visits == referred(FOOD).visits


def test_a7_what_an_entity_is_charged_with_after_it_was_established_again_stays_open(
    town: Town,
) -> None:
    """Inspections hear of a registration at once, supervision by the next sweep."""
    town.decide(registration(), cancelled(2))
    refer(referred(FOOD, edition=3), town.desk())
    (task,) = (one for one in town.tasks if one.inspection)
    assert task.state is State.PUSHED
