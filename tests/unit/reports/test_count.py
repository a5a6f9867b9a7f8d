"""Events are counted once, in any order, and cells are always the sum of contributions (A20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.reports.domain import Cell, Counts, contribution, total
from functions.reports.store import Store
from functions.reports.usecases import count
from functions.shared.events.supervision import TaskTold
from functions.shared.table import Addition, Record, Stale
from tests.fakes.interrupted import Crash
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import due, lives, news, step, task, versions

LIFE = task(step("receive", 1, due=due(2)), step("verify", 3), step("close", 9))


def cells(store: Store) -> dict[Cell, Counts]:
    """Every cell that is not empty."""
    found = [
        kept for part in store.list_partitions() for kept in store.list_cells(*part) if kept.counts
    ]
    return {kept.cell: kept.counts for kept in found}


def expected(tasks: Iterable[TaskTold]) -> dict[Cell, Counts]:
    """The cells by the tasks behind them."""
    return total(contribution(told) for told in tasks)


def test_a20_every_step_is_counted_as_it_happens() -> None:
    store = Store(FakeTable())
    for told in versions(LIFE):
        assert count(news(told), store)
        assert cells(store) == expected([told])


def test_a20_an_event_that_comes_twice_counts_once() -> None:
    store = Store(FakeTable())
    assert [count(news(LIFE), store) for _ in range(3)] == [True, False, False]
    assert cells(store) == expected([LIFE])


def test_a20_news_that_adds_nothing_writes_nothing() -> None:
    table = FakeTable()
    store = Store(table)
    count(news(task(step("receive", 1))), store)
    before = list(table)
    assert not count(news(task(step("receive", 1), step("recount", 2))), store)
    assert list(table) == before


@settings(max_examples=200, deadline=None)
@given(lives("T1"), lives("T2"), st.randoms(use_true_random=False), st.booleans())
def test_a20_late_and_repeated_events_in_any_order_end_in_the_same_figures(
    one: TaskTold, other: TaskTold, chance: Random, all_of_them: bool
) -> None:
    events = [news(told) for life in (one, other) for told in versions(life)]
    events += events[: len(events) // 2]
    chance.shuffle(events)
    store = Store(FakeTable())
    for number, event in enumerate(events):
        if all_of_them or number % 3:
            count(event, store)
    for life in (one, other):
        count(news(life), store)
    assert cells(store) == expected([one, other])


def test_a20_a_life_that_touches_many_cells_at_once_is_put_in_portions() -> None:
    told = many_moves(70)
    store = Store(FakeTable())
    assert count(news(told), store)
    assert cells(store) == expected([told])
    assert store.get("T1").sequence == 71


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a20_a_crash_between_two_portions_is_made_good_by_the_repeat(nth: int) -> None:
    told, table = many_moves(120), FakeTable()
    with pytest.raises(Crash):
        count(news(told), Store(Dying(table, nth)))
    count(news(versions(told)[60]), Store(table))  # older news comes in between
    count(news(told), Store(table))
    assert cells(Store(table)) == expected([told])


def many_moves(moves: int) -> TaskTold:
    """A task that is sent back and forth, each day to the other."""
    units = ("scjg", "scjg.441900119000")
    return task(
        *(step("reassign", day, units[day % 2]) for day in range(moves)), unit=units[moves % 2]
    )


def test_a20_two_that_count_the_same_event_at_once_count_it_once() -> None:
    table = FakeTable()
    rival = Store(table)
    store = Store(Overtaken(table, lambda: count(news(versions(LIFE)[2]), rival)))
    count(news(LIFE), store)
    assert cells(rival) == expected([LIFE])


def test_a20_who_is_overtaken_again_and_again_says_so() -> None:
    table = FakeTable()
    rival = Store(table)
    steps = iter(range(2, 20))

    def overtake() -> None:
        told = task(*(step("extend", day) for day in range(next(steps))))
        count(news(told), rival)

    life = task(*(step("extend", day) for day in range(30)))
    with pytest.raises(Stale):
        count(news(life), Store(Overtaken(table, overtake, always=True)))


def test_a20_a_cell_is_put_with_its_contribution_and_stays_narrow() -> None:
    table = FakeTable()
    store = Store(table)
    for told in versions(LIFE):
        count(news(told), store)
    record = table.get("K#T1", "K")
    assert record is not None
    assert len(str(record)) < 1000
    assert table.get("M#2026-03#scjg", "11#441900119000#SP01") == {
        **{"pk": "M#2026-03#scjg", "sk": "11#441900119000#SP01", "version": 1},
        **{"handled": 1, "on_time": 1, "handle_days": 6, "handle_d6": 1},
        **{"whole_days": 9, "whole_d9": 1},
    }


class Dying(FakeTable):
    """A view of `table` that dies at the `nth` transaction, before it."""

    def __init__(self, table: FakeTable, nth: int) -> None:
        self.__dict__ = table.__dict__
        self._left = nth

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        self._left -= 1
        if self._left == 0:
            raise Crash
        super().put_with(record, over=over, additions=additions)


class Overtaken(FakeTable):
    """A view of `table` on which a rival acts before the first transaction, or before each."""

    def __init__(
        self, table: FakeTable, rival: Callable[[], object], *, always: bool = False
    ) -> None:
        self.__dict__ = dict(table.__dict__)
        self._rival: Callable[[], object] | None = rival
        self._always = always

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        if self._rival:
            self._rival()
            if not self._always:
                self._rival = None
        super().put_with(record, over=over, additions=additions)
