"""The ladder: when each rung strikes, over weekends and holidays, and whom it reaches (A15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from functions.alerts.ladder import Rules, parse_ladder
from functions.shared.clocks import strikes
from functions.shared.events.alerts import Watched
from tests.fakes.rules import calendar
from tests.unit.alerts.watching import EAST, LADDER, limit, rules

DAY = timedelta(days=1)


def struck(due: date, remind: date | None = None) -> dict[str, datetime]:
    clock = limit("receive", date(2026, 1, 5), due, remind)
    return {strike.rung.name: strike.at for strike in rules().strikes_of(clock, Watched.TASK)}


def test_a15_the_rungs_strike_in_the_morning_until_the_limit_is_passed_and_then_at_midnight() -> (
    None
):
    assert struck(date(2026, 3, 4), date(2026, 3, 3)) == {
        "reminder": datetime(2026, 3, 3, 0, tzinfo=UTC),  # eight in Shanghai
        "warning": datetime(2026, 3, 4, 0, tzinfo=UTC),
        "overdue": datetime(2026, 3, 4, 16, tzinfo=UTC),  # the first instant of the fifth there
        "town_office": datetime(2026, 3, 9, 16, tzinfo=UTC),  # after Thu, Fri and Mon
        "oversight": datetime(2026, 3, 11, 16, tzinfo=UTC),
    }


@pytest.mark.parametrize("start", [date(2026, 1, 20), date(2026, 4, 1), date(2026, 9, 10)])
def test_a14_working_days_are_counted_over_holidays_and_made_up_weekends(start: date) -> None:
    for due in (start + DAY * n for n in range(40)):
        for rung, days in (("town_office", 3), ("oversight", 5)):
            day, left = due, days
            while left:
                day += DAY
                left -= calendar().is_working(day)
            assert struck(due)[rung] == strikes(day + DAY), (due, rung)


def test_a14_what_no_published_calendar_covers_may_strike_sooner() -> None:
    last = date(calendar().years[-1], 12, 30)
    clock = limit("close", last, last)
    found = {one.rung.name: one for one in rules().strikes_of(clock, Watched.TASK)}
    assert found["overdue"].earliest == found["overdue"].at
    assert found["town_office"].earliest == strikes(last + 4 * DAY) < found["town_office"].at


def test_a15_a_rung_reaches_each_unit_once() -> None:
    reached = {rung.name: rung.units for rung in rules().ladder.rungs}
    assert reached["overdue"](f"scjg.{EAST}", EAST) == (f"scjg.{EAST}", "scjg")
    assert reached["overdue"]("scjg", EAST) == ("scjg",)
    assert reached["overdue"](f"office.{EAST}", EAST) == (f"office.{EAST}", "office")
    assert reached["town_office"]("scjg", EAST) == (f"office.{EAST}",)
    assert reached["town_office"]("scjg", None) == ("office",)
    assert reached["oversight"]("scjg", None) == ("oversight",)


def test_b12_an_inspection_climbs_from_its_inspector_to_village_town_and_city() -> None:
    village = "441900119001"
    climbed = [
        (rung.name, rung.units(village, EAST))
        for rung in rules().ladder.rungs_for(Watched.INSPECTION)
    ]
    assert climbed == [
        ("reminder", (village,)),
        ("warning", (village,)),
        ("overdue", (village,)),
        ("town_office", (f"office.{EAST}",)),
        ("city", ("office",)),
    ]
    for kind in (Watched.TASK, Watched.CLUE):
        names = [rung.name for rung in rules().ladder.rungs_for(kind)]
        assert names == ["reminder", "warning", "overdue", "town_office", "oversight"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (('\non = "due"', '\non = "later"'), "rungs.1.on"),
        (("passed = 3", 'passed = 3\non = "due"'), "town_office needs either on or passed"),
        (("passed = 5", ""), "oversight needs either on or passed"),
        (('name = "warning"', 'name = "reminder"'), "two rungs have the same name"),
        (('to = ["oversight"]', "to = []"), "rungs.4.to"),
        (("morning = 8", "morning = 24"), "morning"),
        (('of = ["inspection"]', 'of = ["case"]'), "rungs.5.of"),
    ],
)
def test_d4_a_ladder_that_cannot_hold_says_where(wrong: tuple[str, str], told: str) -> None:
    text = LADDER.read_text(encoding="utf-8").replace(*wrong, 1)
    with pytest.raises(ValueError, match=told):
        parse_ladder(text)


def test_a15_another_ladder_is_another_file() -> None:
    text = 'version = "x"\nmorning = 9\n[[rungs]]\nname = "near"\non = "remind"\nto = ["officer"]'
    own = Rules(parse_ladder(text), calendar())
    clock = limit("receive", date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 3))
    assert [one.at for one in own.strikes_of(clock, Watched.TASK)] == [strikes(date(2026, 3, 3), 9)]
