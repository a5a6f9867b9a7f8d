"""A sheet with more rows than one call has time for is taken as far as it goes (A9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice, repeat

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.events.supervision import State
from functions.supervision.cases import Rulebook
from functions.supervision.desk import Desk
from functions.supervision.sheet_columns import Column
from functions.supervision.sheet_handlers import record_rows
from functions.supervision.spreadsheets import read_feedback
from functions.supervision.store import Store
from tests.fakes.table import FakeTable
from tests.unit.supervision.sheets import NOW, a_task, filled

OFFICER = Caller("somebody", frozenset({Grant("scjg.441900003000", Role.OFFICER)}))


class NoRules:
    """Rules without an item: no limit starts."""

    def in_force(self, now: datetime) -> Rulebook:
        raise AssertionError

    def of(self, version: str, on: datetime | None = None) -> Rulebook:
        return _NoItems()  # type: ignore[return-value]


class _NoItems:
    calendar = None

    def item(self, code: str, version: int | None = None) -> None:
        return None


def _pattern(*answers: bool) -> Iterable[bool]:
    yield from answers
    yield from repeat(False)


def test_a9_rows_for_which_no_time_is_left_say_so_and_are_taken_by_the_next_call() -> None:
    store = Store(FakeTable())
    for nth in range(1, 5):
        store.tasks.save(a_task(nth), before=None, by="system", now=NOW)
    rows = read_feedback(filled(*[{Column.VERB: "核查"}] * 4, count=4))
    desk = Desk(store.cases, store.tasks, NoRules(), NOW, store.referred, store.scopes)

    def call(*answers: bool) -> list[tuple[str, ...]]:
        time = iter(_pattern(*answers))
        results = record_rows(rows, OFFICER, desk, go_on=lambda: next(time))
        return [tuple(fault.code for fault in faults) for _, faults in results]

    late = ("sheet_row_not_reached",)
    assert call(True, True) == [(), (), late, late]
    assert call(*islice(repeat(True), 4)) == [(), (), (), ()]
    states = [store.tasks.get(a_task(nth).id) for nth in range(1, 5)]
    assert [one.value.state for one in states if one] == [State.HANDLING] * 4
    assert [len(one.value.steps) for one in states if one] == [1] * 4
