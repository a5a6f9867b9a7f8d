"""The next calendar has provisional limits of clues counted again, with old and new (A14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import chain, repeat

import pytest

from functions.clues.domain import MOST_STEPS, Clue, ClueVerb
from functions.clues.recounting import recount
from functions.clues.store import Store
from functions.shared.calendar import parse_calendar
from functions.shared.provisional import SHARDS, Portion, shard_of
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.clues.smalltown import CLOSED, MARKET, POLICE, SmallTown, share
from tests.unit.supervision.nextyear import calendar_text

JANUARY = datetime(2027, 1, 29, 1, tzinfo=UTC)  # a Friday; by the next calendar Sunday is worked
NEXT = parse_calendar(calendar_text())


def begun(now: datetime = JANUARY) -> tuple[SmallTown, Clue]:
    """A clue that the market has received and the police have not."""
    town = SmallTown()
    town.now = now
    clue = town.assign(town.report("无证旅馆"), MARKET, POLICE, note="联合核查")
    return town, town.answer(clue, MARKET, "receive")


def loaded(now: datetime = JANUARY) -> tuple[SmallTown, Clue]:
    """The same, when the next calendar has just been loaded."""
    town, clue = begun(now)
    town.calendar = NEXT
    return town, clue


def recount_all(town: SmallTown, table: Table | None = None) -> None:
    store = Store(table or town.fake)
    for shard in SHARDS:
        town.table = table or town.fake
        assert recount(Portion(shard=shard), store, town.desk, lambda: True) is None
    town.table = town.fake


def waiting(town: SmallTown) -> list[str]:
    """The clues in the index of what is provisional."""
    store = Store(town.fake)
    return [one for shard in SHARDS for one in store.list_provisional(shard, limit=99)[0]]


def recounts(clue: Clue) -> list[str]:
    return [step.note for step in clue.steps if step.verb is ClueVerb.RECOUNT]


def test_a14_the_last_days_of_receivers_move_and_one_step_tells_old_and_new() -> None:
    town, clue = loaded()
    assert share(clue, POLICE).clocks[0].due == date(2027, 2, 2)
    assert share(clue, MARKET).clocks[0].due == date(2027, 2, 23)
    recount_all(town)
    after = town.stored(clue)
    assert share(after, POLICE).clocks[0].due == date(2027, 2, 1)
    assert share(after, MARKET).clocks[0].due == date(2027, 2, 25)
    assert not any(clock.provisional for clock in after.running)
    step = after.steps[-1]
    assert (step.verb, step.by, step.at) == (ClueVerb.RECOUNT, "system", JANUARY)
    assert step.note == (
        f"{MARKET}.handle: 2027-02-23 → 2027-02-25; "
        f"{POLICE}.receive: 2027-02-02 → 2027-02-01 (2027.1)"
    )


def test_a14_the_last_day_of_an_office_is_counted_again_too() -> None:
    town = SmallTown()
    town.now = datetime(2026, 12, 31, 1, tzinfo=UTC)
    clue = town.report()
    assert clue.clocks[0].provisional
    town.calendar = NEXT
    recount_all(town)
    after = town.stored(clue)
    assert not after.clocks[0].provisional
    assert after.steps[-1].note == "office.assign: 2027-01-04 → 2027-01-04 (2027.1)"


def test_a14_only_a_running_provisional_limit_waits_for_the_next_calendar() -> None:
    town, clue = begun()
    assert waiting(town) == [clue.id]
    town.answer(clue, MARKET, "close", evidence=CLOSED)
    clue = town.assign(clue, relieve=[POLICE], note="已由市场办结")
    assert (clue.running, waiting(town)) == ((), [])
    assert waiting(begun(datetime(2026, 3, 2, 1, tzinfo=UTC))[0]) == []


def test_a14_counted_again_twice_or_by_the_same_calendar_nothing_changes() -> None:
    town, _ = begun()
    before = list(town.fake)
    recount_all(town)
    assert list(town.fake) == before
    town.calendar = NEXT
    recount_all(town)
    once = list(town.fake)
    assert once != before
    recount_all(town)
    assert list(town.fake) == once


def test_a14_who_acts_before_the_recount_leaves_the_same_trace() -> None:
    town, clue = loaded()
    clue = town.answer(clue, MARKET, "handle", note="现场检查")
    assert [step.verb for step in clue.steps][-2:] == [ClueVerb.RECOUNT, ClueVerb.HANDLE]
    assert len(recounts(clue)) == 1
    recount_all(town)
    assert town.stored(clue) == clue
    assert town.answer(clue, MARKET, "handle", note="现场检查") == clue  # said again


def test_a14_also_a_clue_of_endless_steps_is_counted_again() -> None:
    town, clue = begun()
    for number in range(len(clue.steps), MOST_STEPS):
        clue = town.answer(clue, MARKET, "handle", note=f"第{number}次检查")
    town.calendar = NEXT
    recount_all(town)
    assert len(recounts(town.stored(clue))) == 1


def interrupted(prepare: Callable[[], tuple[SmallTown, Clue]]) -> range:
    """The points of a recount at which something may happen."""
    town, _ = prepare()
    table = Interrupted(town.fake, 0, crash)
    recount_all(town, table)
    return range(1, table.points + 1)


def test_a14_interrupted_anywhere_the_repeat_does_what_is_left() -> None:
    for nth in interrupted(loaded):
        town, clue = loaded()
        with pytest.raises(Crash):
            recount_all(town, Interrupted(town.fake, nth, crash))
        recount_all(town)
        assert len(recounts(town.stored(clue))) == 1
        assert waiting(town) == []


@pytest.mark.parametrize("stale", [False, True])
def test_a14_whoever_acts_meanwhile_by_either_calendar_keeps_what_he_did(stale: bool) -> None:
    """By the old one may still count whose process began before: the second round finds that."""
    for nth in interrupted(loaded):
        town, clue = loaded()
        other = SmallTown(town.fake)
        other.now, other.calendar = JANUARY, other.calendar if stale else NEXT
        act = Interrupted(
            town.fake,
            nth,
            lambda o=other, c=clue: o.answer(c, POLICE, "receive"),  # type: ignore[misc]
        )
        recount_all(town, act)
        recount_all(town)
        after = town.stored(clue)
        assert [step.verb for step in after.steps].count(ClueVerb.RECEIVE) == 2
        assert share(after, POLICE).clocks == share(after, MARKET).clocks
        assert share(after, POLICE).clocks[0].due == date(2027, 2, 25)
        assert not any(clock.provisional for clock in after.running)
        assert len(recounts(after)) in ((1, 2) if stale else (1,))
        assert len(set(recounts(after))) == len(recounts(after))
        assert waiting(town) == []


def test_a14_a_clue_that_cannot_be_read_holds_up_no_other() -> None:
    town, clue = loaded()
    stored = Store(town.fake).clues.get(clue.id)
    assert stored
    broken = {**stored.record, "pk": "L#0", "place": 5, "provisional_id": "0"}  # stands first
    town.fake.put(broken, over=None)
    with pytest.raises(ValueError, match="place"):
        recount(Portion(shard=shard_of(clue.id)), Store(town.fake), town.desk, lambda: True)
    assert len(recounts(town.stored(clue))) == 1


def test_a14_what_time_leaves_of_a_shard_goes_on_where_it_ended() -> None:
    town = SmallTown()
    town.now = JANUARY
    for number in range(2000):
        town.report("门口有人吵架", ref=str(number))
    town.calendar = NEXT
    store = Store(town.fake)
    started, after = store.list_provisional(3, limit=100)
    assert len(started) == 100
    assert after
    portion: Portion | None = Portion(shard=3)
    calls = 0
    while portion:
        hurry = chain([True], repeat(False))
        portion = recount(portion, store, town.desk, lambda h=hurry: next(h))  # type: ignore[misc]
        portion = portion and Portion.model_validate_json(portion.model_dump_json())
        calls += 1
    assert calls > 1
    assert store.list_provisional(3, limit=100)[0] == []
