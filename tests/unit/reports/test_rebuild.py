"""A rebuild finds what differs from the tasks, nothing else, and can put it right (A20)."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.reports import rebuilding
from functions.reports.domain import Cell, about
from functions.reports.rebuild import differences, expected_cells
from functions.reports.rebuilding import Yard
from functions.reports.runs import SEGMENTS, Result, retold_prefix
from functions.reports.store import Runs, Store
from functions.reports.usecases import count
from functions.shared.authorization import Role
from functions.shared.errors import NotFound
from functions.shared.events.supervision import TaskTold
from functions.shared.table import Addition
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import EAST, due, lives, news, step, task, versions
from tests.unit.reports.smallcity import NOW, OVERSIGHT, caller, done
from tests.unit.reports.test_count import cells

OPERATOR = caller("city", Role.OPERATOR)
HERE, POLICE = f"scjg.{EAST}", "gaj"
TASKS = (
    done("T1", HERE, 5),
    done("T2", HERE, 40),
    task(step("return", 1, HERE), id="T3", unit=f"office.{EAST}"),
    task(id="T4", unit=POLICE, item="GA01"),
    *(done(f"N{number}", POLICE, 9) for number in range(250)),
)
MARCH_2 = (f"M#2026-03#{POLICE}", "02#city#SP01")


class Works:
    """The table, the bucket and the queues of a rebuild; supervision tells the tasks again."""

    def __init__(self, *tasks: TaskTold) -> None:
        self.table = FakeTable()
        self.bucket = MemoryObjects()
        self.tasks = {one.id: one for one in tasks}
        self.queue: list[dict[str, Any]] = []
        self.before_finish: Callable[[], object] = lambda: None
        for one in tasks:
            count(news(one), self.store)

    @property
    def store(self) -> Store:
        return Store(self.table)

    @property
    def yard(self) -> Yard:
        return Yard(Runs(self.table), self.store, self.bucket, NOW)

    def rebuild(self, *, check: bool = True) -> Result:
        """A whole run."""
        run = rebuilding.ask(check, OPERATOR, self.yard, self.queue.append)
        while self.queue:
            self.handle(self.queue.pop(0))
        result = rebuilding.read_run(run.id, OPERATOR, self.yard).result
        assert result is not None
        self.table = renewed(self.table, run.id)
        return result

    def handle(self, message: dict[str, Any]) -> None:
        """What the consumer does with a message."""
        run = message["run"]
        if message.get("finish"):
            self.before_finish()
            rebuilding.finish(run, self.yard)
        elif "segment" in message:
            rebuilding.compare(run, message["segment"], self.yard, self.queue.append)
        else:
            rebuilding.begin(run, self.yard, self.retell)

    def retell(self, message: dict[str, Any]) -> None:
        """What supervision does with a segment; some tasks stand in two parts."""
        mine = [
            one
            for number, one in enumerate(self.tasks.values())
            if number % message["segments"] == message["segment"]
        ]
        for part, tasks in enumerate((mine[:40], mine[30:])):
            lines = "\n".join(news(one).model_dump_json() for one in tasks)
            key = f"{retold_prefix(message['run'], message['segment'])}{part}.jsonl.gz"
            if lines:
                self.bucket.write(key, gzip.compress(lines.encode()))
        self.queue.append({"run": message["run"], "segment": message["segment"]})

    def spoil(self, key: tuple[str, str], **more: int) -> None:
        """Change a cell behind everybody's back."""
        self.table.add(Addition(*key, counts=more))


def renewed(table: FakeTable, run: str) -> FakeTable:
    """The table without a run, so that the next may have the same id at the same instant."""
    fresh = FakeTable()
    for record in table:
        if record["pk"] != f"R#{run}":
            fresh.put(record, over=None)
    return fresh


def test_a20_a_rebuild_of_figures_that_were_counted_finds_no_difference() -> None:
    result = Works(*TASKS).rebuild()
    assert result.equal
    assert (result.tasks, result.in_flight, result.behind) == (len(TASKS), 0, 0)
    assert (result.cells, result.moving) == (len(expected_cells(map(news, TASKS))), 0)


def test_a20_a_cell_that_differs_is_named_and_put_right() -> None:
    works = Works(*TASKS)
    works.spoil(MARCH_2, pushed=3, extended=1)
    works.spoil(("M#2026-03#scjg", f"09#{EAST}#SP99"), handled=1)  # of no task at all
    found = works.rebuild()
    assert not found.equal
    assert [(one.day, one.item, one.found, one.expected) for one in found.named_cells] == [
        ("2026-03-02", "SP01", {"pushed": 253, "extended": 1}, {"pushed": 250}),
        ("2026-03-09", "SP99", {"handled": 1}, {}),
    ]
    assert works.rebuild() == found  # to check changes nothing
    assert works.rebuild(check=False).differing == 2
    assert works.rebuild().equal
    assert cells(works.store) == expected_cells(map(news, TASKS))


def test_a20_a_contribution_that_differs_is_named_and_put_right_with_its_cells() -> None:
    works = Works(*TASKS)
    record = works.table.get("K#T1", "K") or {}
    wrong = {**record, "version": 2, "cells": {f"2026-03-02#scjg#{EAST}#SP01": {"pushed": 2}}}
    works.table.put(wrong, over=1)
    found = works.rebuild()
    assert (found.contributions, found.named_tasks) == (1, ("T1",))
    assert works.rebuild(check=False).contributions == 1
    assert works.rebuild().equal
    assert cells(works.store) == expected_cells(map(news, TASKS))


def test_a20_news_that_adds_nothing_and_arrives_meanwhile_leaves_nobody_behind() -> None:
    works = Works(*TASKS)
    told = task(step("receive", 1), step("handle", 2), step("handle", 3), id="T9")
    works.tasks["T9"] = told
    _, received, handled, again = versions(told)
    count(news(received), works.store)

    def arrive() -> None:
        count(news(handled), works.store)
        count(news(again), works.store)  # adds nothing, and is not written

    works.before_finish = arrive
    found = works.rebuild()
    assert (found.equal, found.behind, found.in_flight) == (True, 0, 1)


def test_a20_a_task_that_was_never_counted_is_behind_and_then_counted() -> None:
    works = Works(*TASKS)
    lost = done("T9", HERE, 6)
    works.tasks["T9"] = lost
    found = works.rebuild()
    assert (found.behind, found.named_tasks, found.equal) == (1, ("T9",), False)
    works.rebuild(check=False)
    assert works.rebuild().equal
    assert cells(works.store) == expected_cells(map(news, (*TASKS, lost)))


def test_a20_news_that_comes_while_it_runs_is_no_difference() -> None:
    works = Works(*TASKS)
    told_before_it_was_counted = done("T9", HERE, 6)
    works.tasks["T9"] = told_before_it_was_counted
    after = task(step("receive", 1, POLICE), id="T4", unit=POLICE, item="GA01")

    def meanwhile() -> None:
        count(news(told_before_it_was_counted), works.store)
        count(news(after), works.store)
        count(news(done("X1", POLICE, 5)), works.store)  # pushed after all were told

    works.before_finish = meanwhile
    result = works.rebuild()
    assert result.equal
    assert (result.in_flight, result.behind) == (1, 0)
    assert result.moving > 0


def test_a20_a_difference_is_found_also_where_the_city_goes_on_elsewhere() -> None:
    works = Works(*TASKS)
    works.spoil(MARCH_2, pushed=1)
    works.before_finish = lambda: count(news(done("X1", HERE, 5)), works.store)
    result = works.rebuild()
    assert (result.differing, result.moving > 0) == (1, True)


def test_a20_a_task_that_moved_on_since_it_was_told_is_in_flight() -> None:
    works = Works(*TASKS)
    works.tasks["T4"] = task(id="T4", unit=POLICE, item="GA01")
    count(news(task(step("receive", 1, POLICE), id="T4", unit=POLICE, item="GA01")), works.store)
    result = works.rebuild()
    assert (result.in_flight, result.equal) == (1, True)


def test_a20_every_message_of_a_run_may_come_twice() -> None:
    works = Works(*TASKS)
    works.spoil(MARCH_2, pushed=3)
    run = rebuilding.ask(True, OPERATOR, works.yard, works.queue.append)
    handled: list[dict[str, Any]] = []
    while works.queue:
        message = works.queue.pop(0)
        for _ in range(2 if message not in handled else 1):
            works.handle(message)
        handled.append(message)
    result = rebuilding.read_run(run.id, OPERATOR, works.yard).result
    assert result is not None
    assert (result.tasks, result.differing) == (len(TASKS), 1)


def test_a20_a_begin_that_comes_again_keeps_the_versions_that_it_noted() -> None:
    works = Works(*TASKS)
    run = rebuilding.ask(True, OPERATOR, works.yard, works.queue.append)
    works.handle(works.queue.pop(0))
    works.handle(works.queue.pop(0))  # a segment was compared
    count(news(task(step("receive", 1, POLICE), id="T4", unit=POLICE, item="GA01")), works.store)
    works.handle({"run": run.id})
    while works.queue:
        works.handle(works.queue.pop(0))
    result = rebuilding.read_run(run.id, OPERATOR, works.yard).result
    assert result is not None
    assert result.equal


def test_a20_two_rebuilds_at_once_put_right_once() -> None:
    works = Works(*TASKS)
    works.spoil(MARCH_2, pushed=3)
    works.tasks["T9"] = done("T9", HERE, 6)
    other = caller("city2", Role.OPERATOR)
    runs = [rebuilding.ask(False, one, works.yard, works.queue.append) for one in (OPERATOR, other)]
    while works.queue:
        works.handle(works.queue.pop(0))
    assert len({run.id for run in runs}) == 2
    assert all(rebuilding.read_run(run.id, OPERATOR, works.yard).result for run in runs)
    assert cells(works.store) == expected_cells(map(news, works.tasks.values()))


def test_a20_a_rebuild_enters_what_was_counted_before_there_were_lists() -> None:
    works = Works(*TASKS[:4])
    before, works.table = works.table, FakeTable()
    for record in before:
        if not record["pk"].startswith("L#"):
            record.pop("about", None)
            works.table.put(record, over=None)
    assert (works.rebuild().unlisted, entries(works.table)) == (4, [])
    assert not works.rebuild().equal
    works.rebuild(check=False)
    assert works.rebuild().equal
    assert entries(works.table) == entries(before) != []
    assert all(works.store.get(one.id).about == about(one) for one in TASKS[:4])


def test_a20_a_repair_of_what_is_right_writes_nothing_of_it() -> None:
    works = Works(*TASKS[:4])
    before = [record for record in works.table if record["pk"].startswith(("L#", "K#", "M#"))]
    assert works.rebuild(check=False).equal
    assert [one for one in works.table if one["pk"].startswith(("L#", "K#", "M#"))] == before


def entries(table: FakeTable) -> list[tuple[str, str]]:
    """Where tasks stand behind cells."""
    return sorted((one["pk"], one["sk"]) for one in table if one["pk"].startswith("L#"))


def test_d3_only_operators_rebuild() -> None:
    works = Works()
    run = rebuilding.ask(True, OPERATOR, works.yard, works.queue.append)
    with pytest.raises(NotFound):
        rebuilding.ask(True, OVERSIGHT, works.yard, works.queue.append)
    with pytest.raises(NotFound):
        rebuilding.read_run(run.id, OVERSIGHT, works.yard)
    with pytest.raises(NotFound):
        rebuilding.read_run("none", OPERATOR, works.yard)
    assert run.segments == SEGMENTS


@settings(max_examples=60, deadline=None)
@given(st.lists(lives(), min_size=1, max_size=6), st.data())
def test_a20_after_any_part_of_the_news_a_rebuild_leads_to_the_tasks(
    told: list[TaskTold], data: st.DataObject
) -> None:
    tasks = [one.model_copy(update={"id": f"T{place}"}) for place, one in enumerate(told)]
    works = Works()
    for one in tasks:
        works.tasks[one.id] = one
        for version in versions(one):
            if data.draw(st.booleans()):
                count(news(version), works.store)
    works.rebuild(check=False)
    assert works.rebuild().equal
    assert cells(works.store) == expected_cells(map(news, tasks))


def test_a20_differences_name_what_should_be_and_what_is() -> None:
    cell = Cell(due(0), "scjg", EAST, "SP01")
    other = cell._replace(item="SP02")
    [first, second] = differences(
        {cell: {"pushed": 2}}, {cell: {"pushed": 1, "late": 0}, other: {"late": 1}}
    )
    assert (first.expected, first.found) == ({"pushed": 2}, {"pushed": 1})
    assert (second.expected, second.found, second.item) == ({}, {"late": 1}, "SP02")
    assert differences({cell: {"pushed": 1}}, {cell: {"pushed": 1, "late": 0}}) == []
