"""The tasks behind a figure: all that it counts, nothing else, page by page (A19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.reports.domain import About, Cell, Measure, Stage, number_of
from functions.reports.handlers import behind_told
from functions.reports.listing import Behind, Sought, list_behind
from functions.reports.reading import read_figures
from functions.reports.scope import Scope
from functions.reports.store import Store
from functions.reports.usecases import count
from functions.shared.authorization import Role
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.supervision import TaskTold
from functions.shared.table import Record
from tests.bench.meter import Meter, MeteredTable
from tests.fakes.interrupted import Crash
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import EAST, WEST, lives, news, step, task, versions
from tests.unit.reports.smallcity import (
    EVERYTHING,
    NAMES,
    OVERSIGHT,
    City,
    caller,
    done,
    march,
    small_city,
)


def behind(city: City, *measures: Measure | Stage, limit: int = 50, **place: str) -> list[Behind]:
    """Every task behind a figure of March and April, page after page."""
    sought = Sought(replace(march(**place), last=date(2026, 4, 30)), measures, limit)
    found: list[Behind] = []
    for _ in range(100):
        page = list_behind(sought, EVERYTHING, city.desk())
        assert len(page.found) <= limit
        found += page.found
        if not page.after:
            return found
        sought = replace(sought, after=page.after)
    raise AssertionError("the list has no end")


def ids(found: list[Behind]) -> list[str]:
    return [one.counted.task for one in found]


def test_a19_a_figure_leads_to_the_tasks_that_it_counts() -> None:
    city = small_city()
    assert ids(behind(city, Measure.HANDLED)) == ["T2", "T1", "T3"]
    assert ids(behind(city, Measure.LATE)) == ["T3"]
    assert ids(behind(city, Measure.RETURNED)) == ["T6"]
    assert ids(behind(city, Measure.WITHDRAWN)) == []
    assert ids(behind(city, Measure.PUSHED, department="gaj")) == ["T4", "T5"]


def test_a19_the_list_says_whose_task_it_was_in_whose_hands_and_when() -> None:
    [one] = behind(small_city(), Measure.RETURNED)
    assert (one.counted.about, one.cell) == (
        About("东莞市示例有限公司", f"office.{EAST}", EAST),
        Cell(date(2026, 3, 4), "scjg", EAST, "SP01"),
    )


def test_a19_the_list_is_of_the_days_the_town_and_the_item_asked_for() -> None:
    city = small_city()
    assert ids(behind(city, Measure.HANDLED, town=WEST)) == ["T3"]
    assert ids(behind(city, Measure.PUSHED, item="GA01", town="city")) == ["T5"]
    early = Sought(replace(march(), last=date(2026, 3, 6)), (Measure.HANDLED,))
    later = Sought(replace(march(), first=date(2026, 3, 7)), (Measure.HANDLED,))
    found = [list_behind(one, EVERYTHING, city.desk()).found for one in (early, later)]
    assert [[one.counted.task for one in part] for part in found] == [["T2"], ["T1"]]


def test_a19_several_measures_are_one_list() -> None:
    assert ids(behind(small_city(), Measure.PUSHED, Measure.TAKEN_OVER, town=EAST)) == [
        *("T4", "T6", "T1", "T2", "T6"),
    ]


@settings(max_examples=60, deadline=None)
@given(lives("T1"), lives("T2"), lives("T3"), st.randoms(use_true_random=False))
def test_a19_the_list_adds_up_to_the_figure_whatever_the_lives(
    one: TaskTold, other: TaskTold, third: TaskTold, chance: Random
) -> None:
    city = City()
    events = [news(told) for life in (one, other, third) for told in versions(life)]
    chance.shuffle(events)
    for event in events:
        count(event, city.store)
    asked = replace(march("item"), last=date(2027, 2, 1))
    total = read_figures(asked, EVERYTHING, city.desk()).total
    for measure in Measure:
        page = list_behind(Sought(asked, (measure,), 500), EVERYTHING, city.desk())
        assert not page.after
        assert sum(
            number_of(one.counted.cells[one.cell], measure) for one in page.found
        ) == getattr(total, measure)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a19_pages_of_any_size_are_the_whole_list_once(limit: int) -> None:
    city = small_city()
    city.live(*(done(f"N{number}", f"scjg.{EAST}", number % 9 + 2) for number in range(20)))
    whole = behind(city, Measure.RECEIVED, Measure.HANDLED)
    assert behind(city, Measure.RECEIVED, Measure.HANDLED, limit=limit) == whole
    assert len(set(ids(whole))) == 24


def test_a19_a_rare_task_among_many_is_on_the_first_page_and_costs_no_more() -> None:
    def units(others: int) -> float:
        meter, city = Meter(), City()
        city.store = Store(MeteredTable("reports", meter))
        city.live(done("T3", f"scjg.{WEST}", 40))
        city.live(*(task(id=f"N{n}", unit=f"gaj.{EAST}", item="GA02") for n in range(others)))
        meter.reads.clear()
        assert ids(behind(city, Measure.LATE)) == ["T3"]
        return sum(meter.reads.values())

    assert units(2000) == units(2)


def test_a19_the_days_of_a_stage_lead_to_the_tasks_whose_stage_ended() -> None:
    city = City()
    here = f"scjg.{EAST}"
    city.live(
        task(step("receive", 1), step("handle", 2), step("close", 10), id="T1"),
        task(step("receive", 1), step("close", 9), id="T2"),
    )
    assert ids(behind(city, Measure.HANDLED)) == ["T2", "T1"]
    [handled] = behind(city, Stage.HANDLE)
    assert behind_told(handled, OVERSIGHT, NAMES).days == {Stage.HANDLE: 8, Stage.WHOLE: 10}
    assert ids(behind(city, Stage.VERIFY)) == ["T1", "T2"]
    assert {one.cell.unit for one in behind(city, Stage.WHOLE)} == {here}


def test_a19_a_task_that_left_is_not_the_readers_to_open() -> None:
    [returned] = behind(small_city(), Measure.RETURNED)
    lead = behind_told(returned, caller(f"scjg.{EAST}", Role.LEAD), NAMES)
    assert (lead.may_read, lead.holder) == (False, f"office.{EAST}")
    assert behind_told(returned, OVERSIGHT, NAMES).may_read
    [own] = behind(small_city(), Measure.HANDLED, town=EAST, item="SP01")[:1]
    assert behind_told(own, caller(f"scjg.{EAST}", Role.LEAD), NAMES).may_read


def test_d4_a_mark_of_another_question_reaches_no_further_than_this_one() -> None:
    city = small_city()
    for after in ("2026-03#scjg#01#", "2026", "zzz", "2026-03#gaj#04#", "\u202e"):
        asked = Sought(replace(march(), first=date(2026, 3, 5)), tuple(Measure), after=after)
        found = list_behind(asked, EVERYTHING, city.desk()).found
        assert all(one.cell.day >= date(2026, 3, 5) for one in found)


def test_d3_the_list_holds_nothing_that_is_not_the_callers() -> None:
    city = small_city()
    here = Scope(caller(f"scjg.{EAST}", Role.LEAD))
    page = list_behind(Sought(march(), tuple(Measure)), here, city.desk())
    assert {one.counted.task for one in page.found} == {"T1", "T2", "T6"}
    assert {one.cell.unit for one in page.found} == {f"scjg.{EAST}"}
    with pytest.raises(NotFound):
        list_behind(Sought(march(department="gaj"), (Measure.PUSHED,)), here, city.desk())


def test_a19_a_period_that_ends_before_it_begins_is_refused() -> None:
    asked = replace(march(), first=date(2026, 4, 1))
    with pytest.raises(Invalid):
        list_behind(Sought(asked, (Measure.PUSHED,)), EVERYTHING, small_city().desk())


def test_a20_a_crash_between_the_entry_and_its_number_leaves_no_task_in_the_list() -> None:
    city = City()
    told = task(step("receive", 1))
    with pytest.raises(Crash):
        count(news(told), Store(Dying(city.table)))
    assert behind(city, Measure.PUSHED) == []
    count(news(told), city.store)
    assert ids(behind(city, Measure.PUSHED)) == ["T1"]


class Dying(FakeTable):
    """A view of `table` that dies before its first transaction."""

    def __init__(self, table: FakeTable) -> None:
        self.__dict__ = table.__dict__

    def put_with(self, record: Record, *, over: int | None, additions: object) -> None:
        raise Crash
