"""The check at the counter: one read, and only what the asking department takes part in (C13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from functions.discipline import counter, standing, usecases
from functions.discipline.counter import CounterTold
from functions.discipline.store import Store
from functions.discipline.usecases import SanctionReason
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.clocks import strikes
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.credit import Grade, SubjectKind
from functions.shared.table import Key, Page, Record
from tests.fakes.table import FakeTable
from tests.unit.discipline.chamber import (
    CODE,
    INITIATOR,
    OTHER,
    TOWN,
    Chamber,
    somebody,
)

WHY = SanctionReason(note="已纠正")


@pytest.fixture
def chamber() -> Chamber:
    return Chamber()


def ask(chamber: Chamber, unit: str, code: str = CODE, asked: str = "") -> CounterTold:
    return counter.check(code, asked, somebody(unit, Role.OFFICER), chamber.desk)


def codes(told: CounterTold) -> list[str]:
    return [one.code for one in told.measures]


def test_c13_each_department_gets_its_own_measures_with_their_law_and_nobody_elses(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.active()
    told = ask(chamber, "zwfw")
    assert codes(told) == ["M08"]
    assert told.measures[0].law.startswith("《行政许可法》")
    assert told.measures[0].constraint == f"{sanction.id}@zwfw"
    assert codes(ask(chamber, "scjg")) == ["M05", "M07"]
    assert codes(ask(chamber, "swsj")) == []


def test_c13_a_units_town_counts_as_its_department(chamber: Chamber) -> None:
    chamber.ground()
    chamber.active()
    told = ask(chamber, f"zwfw.{TOWN}")
    assert (told.unit, codes(told)) == (f"zwfw.{TOWN}", ["M08"])


def test_c13_a_code_that_nobody_knows_looks_like_one_with_nothing_to_do(chamber: Chamber) -> None:
    chamber.ground()
    chamber.active()
    nothing = ask(chamber, "swsj").model_dump(exclude={"code"})
    assert ask(chamber, "swsj", OTHER).model_dump(exclude={"code"}) == nothing
    assert nothing == {"unit": "swsj", "measures": (), "effects": ()}


def test_c13_what_is_proposed_refused_or_lifted_stands_at_no_counter(chamber: Chamber) -> None:
    chamber.ground()
    proposed = chamber.proposed()
    assert codes(ask(chamber, "zwfw")) == []
    chamber.active()
    assert codes(ask(chamber, "zwfw")) == ["M08"]
    usecases.lift(proposed.id, WHY, INITIATOR, chamber.desk)
    chamber.settle()
    assert codes(ask(chamber, "zwfw")) == []


def test_c13_a_measure_ends_with_its_last_day_also_where_no_sweep_ran(chamber: Chamber) -> None:
    chamber.ground()
    until = chamber.active().until
    assert until
    chamber.now = strikes(until + timedelta(days=1)) - timedelta(seconds=1)
    assert codes(ask(chamber, "zwfw")) == ["M08"]
    chamber.later(seconds=1)
    assert codes(ask(chamber, "zwfw")) == []


def test_c13_two_sanctions_by_one_instrument_show_a_measure_once_with_the_longer_time(
    chamber: Chamber,
) -> None:
    chamber.ground()
    first = chamber.active()
    chamber.later(days=30)
    second = chamber.active(ref="2")
    told = ask(chamber, "zwfw").measures
    assert [(one.code, one.until) for one in told] == [("M08", second.until)]
    usecases.lift(second.id, WHY, INITIATOR, chamber.desk)
    chamber.settle()
    assert [one.until for one in ask(chamber, "zwfw").measures] == [first.until]


class Counting(FakeTable):
    """Counts what a request asks of the table."""

    def __init__(self, table: FakeTable) -> None:
        self._table = table
        self.calls: Counter[str] = Counter()

    def get(self, pk: str, sk: str) -> Record | None:
        self.calls["get"] += 1
        return self._table.get(pk, sk)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        self.calls["get_many"] += 1
        return self._table.get_many(keys)

    def query(self, pk: str, **query: Any) -> Page:
        self.calls["query"] += 1
        return self._table.query(pk, **query)


def test_c13_the_counter_reads_one_record_however_many_sanctions_stand(chamber: Chamber) -> None:
    chamber.ground()
    for number in range(12):
        chamber.active(ref=str(number))
    standing.take_grade(chamber.grade("banned"), chamber.desk)
    desk = chamber.desk
    table = Counting(chamber.table)
    counted = type(desk)(Store(table), desk.constraints, desk.instruments, chamber, chamber.now)
    told = counter.check(CODE, "", somebody("scjg", Role.OFFICER), counted)
    assert (codes(told), told.effects) == (["M05", "M07"], ("banned",))
    assert table.calls == {"get": 1}


def test_c12_every_counter_does_what_the_rules_say_about_a_grade(chamber: Chamber) -> None:
    standing.take_grade(chamber.grade("banned", sequence=1), chamber.desk)
    assert ask(chamber, "swsj").effects == ("banned",)
    assert ask(chamber, "wsj").effects == ("banned",)
    good = chamber.grade("green_channel", "tolerate_missing", sequence=3, grade=Grade.GOOD)
    standing.take_grade(good, chamber.desk)
    standing.take_grade(chamber.grade("restricted", sequence=2), chamber.desk)
    assert ask(chamber, "swsj").effects == ("green_channel", "tolerate_missing")


def test_c12_a_grade_that_brings_nothing_forgets_no_order(chamber: Chamber) -> None:
    standing.take_grade(chamber.grade(sequence=2, grade=Grade.ORDINARY), chamber.desk)
    standing.take_grade(chamber.grade("banned", sequence=1), chamber.desk)
    assert ask(chamber, "swsj").effects == ()


def test_c12_an_ordinary_first_grade_writes_nothing(chamber: Chamber) -> None:
    standing.take_grade(chamber.grade(grade=Grade.ORDINARY), chamber.desk)
    assert list(chamber.table) == []


def test_c8_key_persons_are_at_no_counter(chamber: Chamber) -> None:
    told = chamber.grade("banned", code="Pabc")
    told = told.model_copy(update={"data": {**told.data, "kind": SubjectKind.PERSON}})
    standing.take_grade(told, chamber.desk)
    assert list(chamber.table) == []
    with pytest.raises(Invalid):
        ask(chamber, "scjg", "Pabc")


def test_d3_a_counter_asks_for_its_own_unit_alone(chamber: Chamber) -> None:
    with pytest.raises(NotFound):
        ask(chamber, "scjg", asked="zwfw")
    with pytest.raises(NotFound):
        ask(chamber, "zwfw", asked=f"zwfw.{TOWN}")
    with pytest.raises(NotFound):
        counter.check(CODE, "", Caller("nobody"), chamber.desk)
    several = Caller("two", frozenset({Grant("scjg", Role.OFFICER), Grant("zwfw", Role.OFFICER)}))
    with pytest.raises(Invalid, match="unit_needed"):
        counter.check(CODE, "", several, chamber.desk)


def test_d4_what_is_no_code_is_told(chamber: Chamber) -> None:
    with pytest.raises(Invalid):
        ask(chamber, "scjg", "91441900")


def test_c13_events_in_any_order_and_twice_end_in_the_same_standing(chamber: Chamber) -> None:
    chamber.ground()
    chamber.follows = False
    sanction = chamber.active()
    usecases.lift(sanction.id, WHY, INITIATOR, chamber.desk)
    chamber.follow()
    before = chamber.store.standings.get(CODE)
    for _ in range(3):
        standing.take_sanction(sanction.id, chamber.desk)
    assert chamber.store.standings.get(CODE) == before
    assert codes(ask(chamber, "zwfw")) == []
