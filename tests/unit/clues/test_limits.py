"""Offices and receivers of clues have their time, by data and the calendar (A13, A14)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from functions.clues.limits import Event, Timekeeper, parse_limits
from functions.shared.clocks import ClockTold
from tests.fakes.rules import calendar
from tests.unit.clues.smalltown import LIMITS, NOW

TIME = Timekeeper(parse_limits(LIMITS.read_text(encoding="utf-8")), calendar())


def test_a13_each_event_starts_its_own_limit() -> None:
    (assign,) = TIME.started(Event.WAITING, NOW)
    (receive,) = TIME.started(Event.ASSIGNED, NOW)
    (handle,) = TIME.started(Event.RECEIVED, NOW)
    day = date(2026, 3, 2)
    assert assign == ClockTold(stage="assign", since=day, due=date(2026, 3, 3), remind=day)
    assert (receive.stage, receive.due) == ("receive", date(2026, 3, 4))
    assert (handle.stage, handle.due, handle.remind) == (
        "handle",
        date(2026, 3, 23),
        date(2026, 3, 19),
    )


def test_a13_the_day_is_that_of_shanghai() -> None:
    (clock,) = TIME.started(Event.WAITING, datetime(2026, 3, 1, 17, tzinfo=UTC))
    assert (clock.since, clock.due) == (date(2026, 3, 2), date(2026, 3, 3))


def test_a13_a_limit_may_say_itself_when_it_is_near_or_count_calendar_days() -> None:
    limits = parse_limits(
        '[[limits]]\nstage = "assign"\nn = 12\nunit = "calendar"\nfrom = "waiting"\nremind = 0'
    )
    (clock,) = Timekeeper(limits, calendar()).started(Event.WAITING, NOW)
    assert (clock.due, clock.remind) == (date(2026, 3, 16), date(2026, 3, 16))


def test_a14_a_provisional_clock_is_counted_again_from_where_it_began() -> None:
    (clock,) = TIME.started(Event.RECEIVED, datetime(2026, 12, 28, 1, tzinfo=UTC))
    assert clock.provisional
    wrong = clock.model_copy(update={"due": date(2027, 1, 1)})
    final = wrong.model_copy(update={"provisional": False})
    assert TIME.recounted([wrong, final]) == (clock, final)


def test_d4_limits_that_are_not_valid_are_refused() -> None:
    with pytest.raises(ValueError, match="limits.0.stage"):
        parse_limits('[[limits]]\nstage = "x"\nn = 1\nunit = "working"\nfrom = "waiting"')
