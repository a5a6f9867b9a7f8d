"""Figures as they are asked for: rows, sums, shares, days, and what is overdue now (A19)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.reports.domain import Measure, Stage, bucket_name, bucket_of, days_name
from functions.reports.figures import Figures, StageFigures, stage_figures
from functions.reports.publishing import list_told
from functions.reports.reading import list_overdue, narrowed, read_figures
from functions.reports.scope import Scope
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Invalid, NotFound, TooLarge
from functions.shared.events.alerts import Watched
from functions.shared.table import Addition, Key, Record
from functions.shared.watches import LATE
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import EAST, WEST, step, task
from tests.unit.reports.smallcity import (
    EVERYTHING,
    City,
    caller,
    done,
    march,
    named,
    small_city,
)


def test_a19_figures_by_department_in_the_city_s_order_with_their_sum() -> None:
    told = read_figures(march("department"), EVERYTHING, small_city().desk())
    columns = ("department_name", "pushed", "received", "handled", "returned", "overdue")
    assert named(told.rows, *columns) == [
        ("市场监督管理局", 4, 3, 2, 1, 0),
        ("公安局", 2, 1, 0, 0, 2),
        ("镇街商改办", 0, 0, 0, 0, 0),
    ]
    assert named([told.total], *columns[1:]) == [(6, 4, 2, 1, 2)]
    assert told.rows[2].taken_over == 1


def test_a19_figures_by_town_count_where_the_unit_lies() -> None:
    told = read_figures(march("town"), EVERYTHING, small_city().desk())
    assert named(told.rows, "town", "pushed", "overdue") == [
        ("city", 1, 1),
        (EAST, 4, 1),
        (WEST, 1, 0),
    ]


def test_a19_figures_by_item_name_it_and_know_the_item_of_what_is_overdue() -> None:
    told = read_figures(march("item"), EVERYTHING, small_city().desk())
    assert named(told.rows, "item", "item_name", "pushed", "overdue") == [
        ("GA01", "GA01", 2, 2),
        ("SP01", "食品经营许可证", 4, 0),
    ]


def test_a19_figures_by_day_have_no_overdue_which_is_of_today() -> None:
    told = read_figures(march("day"), EVERYTHING, small_city().desk())
    assert told.rows[0].day == date(2026, 3, 2)
    assert {row.overdue for row in told.rows} == {None}
    assert told.total.overdue == 2


def test_a19_figures_by_two_things_and_by_unit() -> None:
    desk = small_city().desk()
    pairs = read_figures(march("department", "town"), EVERYTHING, desk).rows
    units = read_figures(march("unit"), EVERYTHING, desk).rows
    assert named(pairs, "department", "town", "pushed")[:2] == [
        ("scjg", EAST, 3),
        ("scjg", WEST, 1),
    ]
    assert named(units, "unit", "unit_name", "pushed")[:3] == [
        (f"scjg.{EAST}", "市场监督管理局（凤岗镇）", 3),
        (f"scjg.{WEST}", "市场监督管理局（塘厦镇）", 1),
        ("gaj", "公安局", 1),
    ]


def test_a19_figures_of_one_department_town_and_item_are_part_of_the_whole() -> None:
    desk = small_city().desk()
    for filters, pushed, overdue in [
        ({"department": "gaj"}, 2, 2),
        ({"town": "city"}, 1, 1),
        ({"town": EAST, "department": "scjg"}, 3, 0),
        ({"item": "GA01"}, 2, 2),
        ({"item": "SP01", "town": WEST}, 1, 0),
    ]:
        told = read_figures(march("department", **filters), EVERYTHING, desk)
        assert (told.total.pushed, told.total.overdue) == (pushed, overdue), filters


def test_a19_the_rows_of_every_division_have_the_same_sum() -> None:
    desk = small_city().desk()
    totals = [
        read_figures(march(*by), EVERYTHING, desk).total
        for by in (("department",), ("town",), ("item",), ("day",), ("unit",), ("day", "unit"))
    ]
    assert all(one == totals[0] for one in totals)


def test_a19_days_outside_the_period_do_not_count() -> None:
    desk = small_city().desk()
    asked = march("department")
    for first, last, handled in [
        (date(2026, 3, 12), date(2026, 4, 11), 2),  # T1 on its first day, T3 on its last
        (date(2026, 3, 13), date(2026, 4, 11), 1),
        (date(2026, 3, 12), date(2026, 4, 10), 1),
        (date(2026, 4, 1), date(2026, 4, 30), 1),
    ]:
        period = type(asked)(first, last, asked.by)
        assert read_figures(period, EVERYTHING, desk).total.handled == handled


def test_a19_shares_means_and_percentiles() -> None:
    city = City()
    here = f"scjg.{EAST}"
    city.live(*(done(f"T{day}", here, day, limit=9) for day in range(2, 12)))
    total = read_figures(march("department"), EVERYTHING, city.desk()).total
    assert (total.handled, total.on_time, total.late, total.on_time_share) == (10, 8, 2, 0.8)
    assert total.whole == StageFigures(n=10, mean=6.5, p90=10)
    assert total.receive == StageFigures(n=10, mean=1.0, p90=1)
    assert total.handle == StageFigures(n=10, mean=4.5, p90=8)


def test_a19_where_nothing_was_done_there_is_no_share_and_no_mean() -> None:
    told = read_figures(march("department"), EVERYTHING, City().desk())
    assert (told.rows, told.total) == ((), Figures(overdue=0))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_a19_the_percentile_is_that_of_the_days_themselves_up_to_sixty(days: list[int]) -> None:
    counts: dict[str, int] = {days_name(Stage.WHOLE): sum(days)}
    for one in days:
        name = bucket_name(Stage.WHOLE, bucket_of(one))
        counts[name] = counts.get(name, 0) + 1
    found = stage_figures(Stage.WHOLE, counts)
    exact = sorted(days)[ceil(len(days) * 0.9) - 1]
    assert found is not None
    assert found.p90 == bucket_of(exact)
    assert found.mean == pytest.approx(sum(days) / len(days), abs=0.01)


@pytest.mark.parametrize(
    ("who", "departments", "towns"),
    [
        (caller("scjg", Role.LEAD), {"scjg"}, {EAST, WEST}),
        (caller(f"scjg.{EAST}", Role.OFFICER), {"scjg"}, {EAST}),
        (caller(f"office.{EAST}", Role.TOWN_OFFICE), {"scjg", "gaj", "office"}, {EAST}),
        (caller("city", Role.DISPATCHER), {"scjg", "gaj", "office"}, {"city", EAST, WEST}),
        (caller("yjj", Role.LEAD), set(), set()),
    ],
    ids=str,
)
def test_d3_without_a_filter_a_caller_sees_what_is_his(
    who: Caller, departments: set[str], towns: set[str]
) -> None:
    told = read_figures(march("department", "town"), Scope(who), small_city().desk())
    assert {row.department for row in told.rows} == departments
    assert {row.town for row in told.rows} == towns


def test_d3_what_is_another_s_is_not_there() -> None:
    desk = small_city().desk()
    officer = Scope(caller(f"scjg.{EAST}", Role.OFFICER))
    office = Scope(caller(f"office.{EAST}", Role.TOWN_OFFICE))
    nobody = Scope(Caller("x"))
    rules = Scope(caller("city", Role.RULES))
    for scope, filters in [
        (officer, {"department": "gaj"}),
        (officer, {"town": WEST}),
        (officer, {"town": "city"}),
        (officer, {"department": "scjg", "town": WEST}),
        (office, {"town": WEST}),
        (office, {"town": "city"}),
        (nobody, {}),
        (rules, {}),
    ]:
        with pytest.raises(NotFound):
            read_figures(march("department", **filters), scope, desk)
        with pytest.raises(NotFound):
            list_overdue(filters.get("department"), filters.get("town"), scope, desk)
    their_part = read_figures(march("department", department="gaj"), office, desk)
    assert (their_part.total.pushed, their_part.total.overdue) == (1, 1)


def test_a19_what_is_overdue_now_is_listed_longest_first_and_only_to_those_it_concerns() -> None:
    city = small_city()
    city.late(f"scjg.{WEST}", date(2026, 3, 15), "C1", kind=Watched.CLUE)
    desk = city.desk()
    found = list_overdue(None, None, EVERYTHING, desk)
    assert [(one.subject, one.days_late, one.stage) for one in list_told(found, desk)] == [
        ("T5", 22, "receive"),
        ("C1", 17, "receive"),
        ("T4", 12, "receive"),
    ]
    office = Scope(caller(f"office.{EAST}", Role.TOWN_OFFICE))
    assert [one.passed.subject for one in list_overdue(None, None, office, desk)] == ["T4"]
    assert [one.passed.subject for one in list_overdue("gaj", None, EVERYTHING, desk)] == [
        "T5",
        "T4",
    ]
    clues_are_no_tasks = read_figures(march("department"), EVERYTHING, desk)
    tasks = narrowed(found, None, desk, tasks=True)
    assert clues_are_no_tasks.total.overdue == len(tasks) == 2
    for row in read_figures(march("item"), EVERYTHING, desk).rows:
        behind = narrowed(found, row.item, desk, tasks=False)
        assert len(behind) == row.overdue, row.item


def test_b12_inspections_that_are_late_are_neither_tasks_nor_clues() -> None:
    city = small_city()
    for unit in (f"office.{EAST}", "441900106001"):
        city.late(unit, date(2026, 3, 15), "I1", kind=Watched.INSPECTION)
    desk = city.desk()
    found = list_overdue(None, None, EVERYTHING, desk)
    assert [one.passed.subject for one in found] == ["T5", "T4"]
    assert read_figures(march("department"), EVERYTHING, desk).total.overdue == 2


def test_c13_what_is_late_in_credit_and_joint_discipline_is_nobodys_task_and_in_no_list() -> None:
    city = small_city()
    city.late("scjg", date(2026, 3, 15), "J1@scjg", kind=Watched.CONSTRAINT)
    city.late("scjg", date(2026, 3, 15), "Y1", kind=Watched.DISPUTE)
    city.late("credit", date(2026, 3, 15), "J1", kind=Watched.SANCTION)
    desk = city.desk()
    found = list_overdue(None, None, EVERYTHING, desk)
    assert [one.passed.subject for one in found] == ["T5", "T4"]
    assert read_figures(march("department"), EVERYTHING, desk).total.overdue == 2


def test_a19_a_hundred_thousand_overdue_are_counted_without_reading_one_of_them() -> None:
    class IndexOnly(FakeTable):
        def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
            raise AssertionError("the API has 29 seconds")

    city = City()
    city.alerts = IndexOnly(LATE)
    for number in range(6000):  # more than a page
        city.late(f"scjg.{WEST}", date(2026, 3, 15), f"T{number}")
    assert read_figures(march("department"), EVERYTHING, city.desk()).total.overdue == 6000


def test_a19_a_limit_that_ends_today_is_not_overdue() -> None:
    city = small_city()
    assert len(list_overdue(None, None, EVERYTHING, city.desk(date(2026, 3, 20)))) == 1
    assert len(list_overdue(None, None, EVERYTHING, city.desk(date(2026, 3, 21)))) == 2


def test_a19_a_period_is_a_period() -> None:
    desk, asked = small_city().desk(), march("department")
    backwards = type(asked)(asked.last, asked.first, asked.by)
    long = type(asked)(asked.first, asked.first + timedelta(days=366), asked.by)
    for wrong, code in ((backwards, "period_reversed"), (long, "period_too_long")):
        with pytest.raises(Invalid) as refused:
            read_figures(wrong, EVERYTHING, desk)
        assert refused.value.faults[0].code == code
    leap_year = type(asked)(asked.first, asked.first + timedelta(days=365), asked.by)
    read_figures(leap_year, EVERYTHING, desk)


def test_a19_an_answer_that_would_be_too_large_says_so() -> None:
    city = City()
    for number in range(4100):
        cell = Addition("M#2026-03#scjg", f"02#{EAST}#X{number}", {Measure.PUSHED: 1})
        city.table.add(cell)
    city.table.put({"pk": "P", "sk": "2026-03#scjg", "version": 1}, over=None)
    with pytest.raises(TooLarge):
        read_figures(march("item"), EVERYTHING, city.desk())


def test_a19_a_returned_task_counts_at_the_town_office_too() -> None:
    city = City()
    here = f"scjg.{EAST}"
    office = f"office.{EAST}"
    city.live(task(step("return", 1, here), step("close", 4, office), unit=office))
    rows = read_figures(march("unit"), EVERYTHING, city.desk()).rows
    assert named(rows, "unit", "taken_over", "handled", "returned") == [
        (here, 0, 0, 1),
        (office, 1, 1, 0),
    ]
