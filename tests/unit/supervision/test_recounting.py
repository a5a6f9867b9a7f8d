"""The next calendar has provisional limits counted again, with a trace of old and new (A14)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import chain, repeat

import pytest

from functions.shared.calendar import parse_calendar
from functions.shared.matching.items import Stage
from functions.shared.provisional import SHARDS, Portion, shard_of
from functions.shared.table import Table
from functions.supervision.domain import Verb
from functions.supervision.recounting import recount
from functions.supervision.store import Store
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.supervision.life import CLOSED, OTHER, RETURN, Life
from tests.unit.supervision.nextyear import calendar_text
from tests.unit.supervision.smalltown import Town, registration

DECEMBER = datetime(2026, 12, 21, 1, tzinfo=UTC)
NEXT = parse_calendar(calendar_text())


@pytest.fixture
def life() -> Life:
    """A task pushed so late that the case's 60 days end on 19 February 2027."""
    return Life(DECEMBER)


def load(life: Life) -> None:
    life.town.rules.calendar = NEXT


def recount_all(town: Town, table: Table | None = None) -> None:
    store = Store(table or town.table)
    for shard in SHARDS:
        assert recount(Portion(shard=shard), store, town.desk(table), lambda: True) is None


def waiting(town: Town) -> list[str]:
    """The tasks in the index of what is provisional."""
    return [one for shard in SHARDS for one in town.store.list_provisional(shard, limit=99)[0]]


def test_a14_the_last_day_moves_and_the_step_tells_old_and_new(life: Life) -> None:
    before = life.task.clocks[Stage.CLOSE]
    assert (before.due, before.provisional, before.calendar) == (date(2027, 2, 19), True, "2026.1")
    load(life)
    recount_all(life.town)
    after = life.task.clocks[Stage.CLOSE]
    assert (after.due, after.provisional, after.calendar) == (date(2027, 2, 19), False, "2027.1")
    step = life.task.steps[-1]
    assert (step.verb, step.by) == (Verb.RECOUNT, "system")
    assert step.note == "close: 2027-02-19 → 2027-02-19 (2027.1)"


def test_a14_every_limit_that_runs_and_was_provisional_is_counted_again(life: Life) -> None:
    life.on(12, 22).report(verb="receive").on(12, 23).report(verb="verify")
    life.extend("handle", 12)
    assert life.told.due == date(2027, 2, 10)
    load(life)
    recount_all(life.town)
    assert life.task.steps[-1].note == (
        "handle: 2027-02-10 → 2027-02-15; close: 2027-02-19 → 2027-02-19 (2027.1)"
    )
    assert life.told.due == date(2027, 2, 15)
    assert [clock.provisional for clock in life.told.clocks] == [False, False]


def test_a11_a_move_that_is_sent_again_after_a_recount_still_counts_once(life: Life) -> None:
    life.on(12, 22).report(**RETURN).on(12, 23).redirect(OTHER)
    load(life)
    recount_all(life.town)
    once = life.task
    assert once.steps[-1].verb is Verb.RECOUNT
    assert life.redirect(OTHER).task == once


def test_a14_only_open_tasks_with_a_provisional_limit_wait_for_the_next_calendar(
    life: Life,
) -> None:
    assert waiting(life.town) == [life.task.id]
    life.report(verb="receive").suspend()
    assert waiting(life.town) == []  # what stands still is counted when it goes on
    life.resume()
    assert waiting(life.town) == [life.task.id]
    load(life)
    recount_all(life.town)
    assert waiting(life.town) == []
    closed = Life(DECEMBER).report(verb="receive").report(verb="close", evidence=CLOSED)
    assert waiting(closed.town) == []
    assert waiting(Life().town) == []  # pushed in March


def test_a14_counted_again_twice_or_by_the_same_calendar_nothing_changes(life: Life) -> None:
    before = life.town.store.tasks.get(life.task.id)
    recount_all(life.town)
    assert life.town.store.tasks.get(life.task.id) == before
    load(life)
    recount_all(life.town)
    once = life.town.store.tasks.get(life.task.id)
    recount_all(life.town)
    assert life.town.store.tasks.get(life.task.id) == once


def test_a14_a_task_that_goes_on_after_the_load_is_counted_by_the_next_calendar(
    life: Life,
) -> None:
    life.report(verb="receive").suspend()
    load(life)
    recount_all(life.town)
    assert life.task.steps[-1].verb is Verb.SUSPEND
    life.on(12, 23).resume()
    assert {clock.calendar for clock in life.task.clocks.values() if clock.due.year > 2026} == {
        "2027.1"
    }


def test_a14_interrupted_anywhere_by_death_or_by_an_officer_the_end_is_the_same() -> None:
    def prepare() -> Life:
        life = Life(DECEMBER)
        load(life)
        return life

    counting = prepare()
    table = Interrupted(counting.town.table, 0, crash)
    recount_all(counting.town, table)
    for nth in range(1, table.points + 1):
        life = prepare()
        with pytest.raises(Crash):
            recount_all(life.town, Interrupted(life.town.table, nth, crash))
        recount_all(life.town)
        _is_counted_once(life)

        life = prepare()
        raced = Interrupted(
            life.town.table,
            nth,
            lambda life=life: life.report(verb="receive"),  # type: ignore[misc]
        )
        recount_all(life.town, raced)
        _is_counted_once(life)
        assert Verb.RECEIVE in [step.verb for step in life.task.steps]


def _is_counted_once(life: Life) -> None:
    verbs = [step.verb for step in life.task.steps]
    assert verbs.count(Verb.RECOUNT) == 1
    assert life.task.clocks[Stage.CLOSE].calendar == "2027.1"
    assert waiting(life.town) == []


def test_a14_a_task_that_cannot_be_read_holds_up_no_other(life: Life) -> None:
    task, table = life.task, life.town.table
    stored = life.town.store.tasks.get(task.id)
    assert stored
    broken = {**stored.record, "pk": "T#0", "state": "?", "provisional_id": "0"}  # stands first
    table.put(broken, over=None)
    load(life)
    shard = shard_of(task.id)
    with pytest.raises(ValueError, match="state"):
        recount(Portion(shard=shard), life.town.store, life.town.desk(), lambda: True)
    after = life.town.store.tasks.get(task.id)
    assert after and not after.value.clocks[Stage.CLOSE].provisional


def test_a14_what_time_leaves_of_a_shard_goes_on_where_it_ended() -> None:
    town = Town()
    town.now = DECEMBER
    codes = [f"91441900MA{nth:08d}" for nth in range(2500)]
    life = Life(DECEMBER)
    for code in codes:
        life.town.decide(registration(code=code))
    load(life)
    started = len(waiting_in(life, 3))
    assert started > 100
    portion: Portion | None = Portion(shard=3)
    calls = 0
    while portion:
        hurry = chain([True], repeat(False))
        portion = recount(portion, life.town.store, life.town.desk(), lambda h=hurry: next(h))  # type: ignore[misc]
        portion = portion and Portion.model_validate_json(portion.model_dump_json())
        calls += 1
    assert calls > 1
    assert waiting_in(life, 3) == []


def waiting_in(life: Life, shard: int) -> list[str]:
    return life.town.store.list_provisional(shard, limit=999)[0]
