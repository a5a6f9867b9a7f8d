"""How late a row was handed in: working days after its limit (C1, C5)."""

from __future__ import annotations

from datetime import date

from functions.credit.catalogue import Due
from functions.shared.calendar import Calendar, Limit, shanghai_day
from functions.shared.clocks import strikes

_FIRST = date(2000, 1, 1)  # the first day that the statutory holidays cover


def days_late(due: Due, decided: date, received: date, calendar: Calendar) -> int:
    """Working days from the end of the limit to the day of receipt; 0 within the limit.

    What was decided before 2000 counts from there: no calendar knows the days before.
    """
    limit = Limit(n=due.n, unit=due.unit, start="decided")
    end = calendar.deadline(limit, strikes(max(decided, _FIRST))).due
    return max(0, calendar.working_days_between(shanghai_day(end), received))
