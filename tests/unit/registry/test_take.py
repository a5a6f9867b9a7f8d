"""Rows are taken once, whatever comes twice, late or at once, and released by sweeps (A1, A2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from functions.registry.addresses import Divisions
from functions.registry.changes import events_of
from functions.registry.domain import SHARDS, Entity, Taken
from functions.registry.store import PENDING, Store
from functions.registry.sweeps import release_shard, shards_to_release
from functions.registry.usecases import Batch, RowResult, take_rows
from functions.shared.codes import uscc_check_digit
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.registry import RECEIVED, RELEASED, Happening, Registration
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
EAST = "441900119000"
_DIVISIONS = Path(__file__).parents[3] / "infra" / "city" / "divisions.csv"
Rows = list[Mapping[str, Any]]


@cache
def divisions() -> Divisions:
    return Divisions.from_csv(_DIVISIONS.read_text(encoding="utf-8-sig"))


def code(number: int = 1) -> str:
    first = f"91441900MA{number:07d}"
    return first + uscc_check_digit(first)


def row(scope: str = "食品零售", number: int = 1, **more: str) -> dict[str, str]:
    return {
        "name": "示例公司",
        "code": code(number),
        "scope": scope,
        "address": "东莞市长安镇锦厦社区示例路1号",
        **more,
    }


class Registry:
    """The registry on a table in memory, which remembers what its stream would tell."""

    def __init__(self) -> None:
        self.told: list[CloudEvent] = []
        self.table = FakeTable(
            PENDING, on_write=lambda old, new: self.told.extend(events_of(old, new))
        )
        self.now = NOW

    def take(self, rows: Rows, id: str = "b1", table: Table | None = None) -> list[RowResult]:
        """Take a batch, a minute after whatever was before."""
        self.now += timedelta(minutes=1)
        store = Store(table or self.table)
        numbered = list(enumerate(rows, start=1))
        batch = Batch(id, self.now, "exchange")
        return take_rows(numbered, batch, divisions=divisions(), entities=store.entities)

    def sweep(self, table: Table | None = None) -> None:
        """Release all that has arrived."""
        self.now += timedelta(minutes=30)
        store = Store(table or self.table)
        for shard in SHARDS:
            release_shard(shard, self.now, entities=store.entities, index=store, go_on=lambda: True)

    def entity(self, number: int = 1) -> Entity:
        """An entity as it stands."""
        found = Store(self.table).entities.get(code(number))
        assert found
        return found.value

    def released(self) -> list[Registration]:
        """What was told as released, in order."""
        return [body_of(one, Registration) for one in self.told if one.type == RELEASED]

    def received(self) -> list[Registration]:
        """What was told as received, in order."""
        return [body_of(one, Registration) for one in self.told if one.type == RECEIVED]


@pytest.fixture
def registry() -> Registry:
    return Registry()


def taken(results: list[RowResult]) -> list[str]:
    return [str(one.taken) for one in results]


def test_a1_good_rows_are_taken_and_each_bad_one_comes_back_with_its_reason(
    registry: Registry,
) -> None:
    bad = row(name="", code="91441900MA00000019")
    results = registry.take([row(), bad, row(number=2)])
    assert taken(results) == ["accepted", "rejected", "accepted"]
    assert {(f.row, f.field, f.code) for f in results[1].faults} == {
        (2, "code", "code_check_digit"),
        (2, "name", "name_missing"),
    }
    assert results[2].registration == f"{code(2)}.1"


def test_a1_the_same_batch_again_has_the_same_answers_and_changes_nothing(
    registry: Registry,
) -> None:
    rows: Rows = [row(), row("软件开发"), row(number=2), row(number=2)]
    first = registry.take(rows)
    before = list(registry.table)
    assert taken(first) == ["accepted", "accepted", "accepted", "duplicate"]
    assert registry.take(rows) == first
    assert list(registry.table) == before


def test_a1_the_same_batch_again_does_not_undo_what_came_between(registry: Registry) -> None:
    first: Rows = [row(), row(number=2)]
    answers = registry.take(first, "b1")
    registry.take([row("软件开发")], "b2")
    assert registry.take(first, "b1") == answers
    assert registry.entity().scope == "软件开发"


def test_a1_a_duplicate_again_does_not_undo_what_came_between(registry: Registry) -> None:
    registry.take([row()], "b1")
    assert taken(registry.take([row()], "b2")) == ["duplicate"]
    registry.take([row("软件开发")], "b3")
    assert taken(registry.take([row()], "b2")) == ["duplicate"]
    assert registry.entity().scope == "软件开发"


def test_a1_the_same_content_from_elsewhere_is_one_registration(registry: Registry) -> None:
    registry.take([row()], "b1")
    results = registry.take([row()], "b2")
    assert (results[0].taken, results[0].registration) == (Taken.DUPLICATE, f"{code()}.1")
    assert registry.entity().edition == 1


def test_a7_a_change_says_what_changed(registry: Registry) -> None:
    registry.take([row()], "b1")
    registry.take([row("软件开发", name="示例新公司")], "b2")
    entity = registry.entity()
    assert (entity.edition, entity.happening) == (2, Happening.CHANGE)
    assert entity.changed == ("name", "scope")


def test_a7_a_cancelled_entity_that_is_registered_again_is_established(
    registry: Registry,
) -> None:
    registry.take([row()], "b1")
    registry.take([row(event="注销")], "b2")
    assert registry.entity().happening is Happening.CANCELLATION
    registry.take([row()], "b3")
    assert registry.entity().happening is Happening.ESTABLISHMENT
    assert len(registry.entity().earlier) == 2


def at(hour: int) -> str:
    return f"2026-02-28T{hour:02d}:00:00+08:00"


_SAID = [
    row("食品零售", as_of=at(1)),
    row("软件开发", as_of=at(2)),
    row("食品零售", as_of=at(3)),
    row("食品零售", as_of=at(5)),
    row("劳务派遣", as_of=at(4)),
]


@pytest.mark.parametrize("order", ["01234", "43210", "30142", "24013", "13042", "40312"])
def test_a1_the_newest_word_stands_in_whatever_order_the_rows_arrive(
    registry: Registry, order: str
) -> None:
    for place in order:
        registry.take([_SAID[int(place)]], f"b{place}")
    assert registry.entity().scope == "食品零售"


def test_a1_of_rows_as_of_the_same_day_the_later_batch_wins(registry: Registry) -> None:
    day = "2026-02-28T00:00:00+08:00"
    registry.take([row(number=2), row(number=3), row(as_of=day)], "morning")
    assert taken(registry.take([row("软件开发", as_of=day)], "evening")) == ["accepted"]
    assert registry.entity().scope == "软件开发"


def test_a1_in_a_batch_the_later_row_wins(registry: Registry) -> None:
    day = "2026-02-28T00:00:00+08:00"
    registry.take([row("软件开发", as_of=day), row(as_of=day), row(number=2)])
    assert registry.entity().scope == "食品零售"


@pytest.mark.parametrize("as_of", ["", "2026-02-28T00:00:00+08:00"])
def test_a1_rows_of_a_batch_follow_by_number_whichever_repetition_brings_them(
    registry: Registry, as_of: str
) -> None:
    """A later repetition died after the first row, and an earlier one is still at work."""
    rows: Rows = [row("软件开发", as_of=as_of), row("劳务派遣", as_of=as_of)]
    registry.take(rows[:1], "b1")
    registry.now -= timedelta(minutes=10)
    assert taken(registry.take(rows, "b1")) == ["accepted", "accepted"]
    assert registry.entity().scope == "劳务派遣"


def test_a2_nothing_is_told_before_a_sweep_and_everything_once_after_it(
    registry: Registry,
) -> None:
    registry.take([row(), row(number=2)])
    assert not registry.released()
    registry.sweep()
    registry.sweep()
    assert sorted(one.code for one in registry.released()) == [code(1), code(2)]
    assert not registry.entity().pending


def test_a2_a_missed_sweep_loses_nothing_and_the_next_tells_the_newest(
    registry: Registry,
) -> None:
    registry.take([row()], "b1")
    registry.take([row("软件开发")], "b2")
    registry.sweep()
    [told] = registry.released()
    assert (told.edition, told.scope) == (2, "软件开发")
    assert told.happened == (Happening.ESTABLISHMENT, Happening.CHANGE)


def test_a2_what_is_said_again_is_not_told_again(registry: Registry) -> None:
    registry.take([row()], "b1")
    registry.sweep()
    registry.take([row()], "b2")
    registry.sweep()
    assert len(registry.released()) == 1


def test_b4_every_new_edition_is_told_at_once_and_once() -> None:
    registry = Registry()
    registry.take([row(), row(number=2)], "b1")
    registry.take([row()], "b2")  # says the same again
    registry.take([row("软件开发")], "b3")
    registry.take([row("软件开发")], "b3")
    assert [(one.code, one.edition) for one in registry.received()] == [
        (code(1), 1),
        (code(2), 1),
        (code(1), 2),
    ]
    registry.sweep()
    assert len(registry.received()) == 3
    assert len({one.id for one in registry.told}) == len(registry.told)


def test_b4_what_was_received_says_where_and_whether_many_share_the_address() -> None:
    registry = Registry()
    registry.take([row(), row(number=2, address="东莞市长安镇锦厦社区示例路1号（集群注册）")])
    first, second = registry.received()
    assert (first.town, first.cluster, second.cluster) == (EAST, False, True)
    assert first.received_at == registry.now


def test_b4_a_redrive_tells_the_edition_that_was_not_told_though_it_was_released_since() -> None:
    registry = Registry()
    registry.take([row()])
    [waiting] = registry.table
    assert [one.type for one in events_of(None, waiting)] == [RECEIVED]
    registry.sweep()
    [record] = registry.table
    assert [one.type for one in events_of(None, record)] == [RECEIVED, RELEASED]


def test_a2_a_sweep_takes_a_shard_page_by_page_to_its_end(registry: Registry) -> None:
    rows: Rows = [row(number=number) for number in range(2500)]
    registry.take(rows[:1250], "b1")
    registry.take(rows[1250:], "b2")
    registry.sweep()
    assert len({one.code for one in registry.released()}) == 2500


def test_a2_a_sweep_that_ran_out_of_time_says_so_and_is_gone_on_with(registry: Registry) -> None:
    rows: Rows = [row(number=number) for number in range(2500)]
    registry.take(rows)
    store = Store(registry.table)
    until = registry.now
    shard = registry.entity().shard
    turns = iter([True, False])
    left = {"entities": store.entities, "index": store}
    assert not release_shard(shard, until, go_on=lambda: next(turns), **left)  # type: ignore[arg-type]
    assert len(registry.released()) == 100
    assert release_shard(shard, until, go_on=lambda: True, **left)  # type: ignore[arg-type]
    assert len(registry.released()) > 100


def test_a2_a_sweep_leaves_what_arrives_after_it_began(registry: Registry) -> None:
    until = registry.now
    registry.take([row()])
    store = Store(registry.table)
    for shard in SHARDS:
        release_shard(shard, until, entities=store.entities, index=store, go_on=lambda: True)
    assert registry.entity().pending


def test_a2_a_sweep_sends_each_shard_once() -> None:
    assert len(set(shards_to_release(NOW))) == len(SHARDS)


Act = Callable[[Registry, Table], object]
FIRST: Rows = [row(), row(number=2), row("软件开发"), row("软件开发")]
OTHER: Rows = [row("测绘服务"), row("劳务派遣", number=2)]


def takes(rows: Rows, id: str) -> Act:
    return lambda registry, table: registry.take(rows, id, table)


def sweeps(registry: Registry, table: Table) -> None:
    registry.sweep(table)


@pytest.mark.parametrize(
    ("before", "first", "meanwhile"),
    [
        ([], takes(FIRST, "b1"), takes(FIRST, "b1")),
        ([], takes(FIRST, "b1"), takes(OTHER, "b2")),
        ([row()], takes(FIRST, "b1"), takes(OTHER, "b2")),
        ([row()], takes(FIRST, "b1"), sweeps),
        ([row()], sweeps, takes(FIRST, "b1")),
        (OTHER, sweeps, sweeps),
    ],
)
def test_a1_a2_whoever_is_overtaken_or_dies_at_any_point(
    before: Rows, first: Act, meanwhile: Act
) -> None:
    """Every entity ends with the newest word and is told it, and no answer is taken back."""
    counting = Registry()
    counting.take(before, "b0")
    table = Interrupted(counting.table, 0, crash)
    first(counting, table)
    for nth in range(1, table.points + 1):
        raced = Registry()
        raced.take(before, "b0")
        others = Interrupted(raced.table, nth, partial(meanwhile, raced, raced.table))
        answers = [first(raced, others)]
        _check(raced, answers, first, meanwhile)

        died = Registry()
        died.take(before, "b0")
        try:
            first(died, Interrupted(died.table, nth, crash))
        except Crash:
            answers = [meanwhile(died, died.table), first(died, died.table)]
        _check(died, answers, first, meanwhile)


def _check(registry: Registry, answers: list[Any], first: Act, meanwhile: Act) -> None:
    for again in (first, meanwhile, first):  # late repetitions change nothing
        before = {number: registry.entity(number).edition for number in (1, 2)}
        again(registry, registry.table)
        assert {number: registry.entity(number).edition for number in (1, 2)} == before
    registry.sweep()
    for number in (1, 2):
        entity = registry.entity(number)
        told = [one for one in registry.released() if one.code == entity.code]
        assert (told[-1].edition, told[-1].scope) == (entity.edition, entity.scope)
        assert len({one.edition for one in told}) == len(told), "told twice"
    for results in filter(None, answers):
        assert "rejected" not in taken(results)


def test_a1_the_second_row_of_a_company_in_a_batch_is_measured_against_the_first() -> None:
    """A late row is answered with the registration that stands for it, the one just taken."""
    registry = Registry()
    registry.take([row("食品零售", as_of="2026-03-01T08:00:00+08:00")], "b0")
    rows: list[Mapping[str, Any]] = [
        row("劳务派遣"),
        row("软件开发", as_of="2026-02-01T08:00:00+08:00"),
    ]
    first = registry.take(rows, "b1")
    assert taken(first) == ["accepted", "duplicate"]
    assert [one.registration for one in first] == [f"{code()}.2"] * 2
    assert [one.registration for one in registry.take(rows, "b1")] == [f"{code()}.2"] * 2
