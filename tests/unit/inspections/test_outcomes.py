"""How inspections ended is counted by town and listed, to whoever may see figures there (A19)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from functions.inspections.domain import InspectionVerb
from functions.inspections.outcomes import Asked, count_ended, list_ended
from functions.shared.authorization import Role
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from tests.unit.inspections.hamlet import (
    NOW,
    OTHER_TOWN,
    TOWN,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    Hamlet,
    somebody,
)

MARCH = Asked(date(2026, 3, 1), date(2026, 3, 31))
OVERSIGHT = somebody("oversight", "oversight", Role.OVERSIGHT)


def end(
    hamlet: Hamlet,
    number: int,
    outcome: InspectionOutcome = InspectionOutcome.PASSED,
    *,
    town: str = TOWN,
    at: datetime = NOW,
) -> None:
    """One inspection that has ended."""
    opened = hamlet.opened(town=town)
    step = opened.steps[-1].model_copy(update={"at": at})
    change = {
        "id": f"I{number:04d}",
        "state": InspectionState.CLOSED,
        "outcome": outcome,
        "unit": "",
        "steps": (step,),
    }
    closed = opened.model_copy(update=change)
    shelf = hamlet.desk.cabinet.inspections
    shelf.change(closed.id, lambda _: closed, by="test", now=at)


def test_a19_inspections_are_counted_by_town_and_outcome_in_the_period() -> None:
    hamlet = Hamlet()
    hamlet.opened()  # has not ended
    end(hamlet, 1)
    end(hamlet, 2, InspectionOutcome.CORRECTED)
    end(hamlet, 3, town=OTHER_TOWN, at=NOW + timedelta(days=1))
    end(hamlet, 4, at=NOW - timedelta(days=2))  # in February
    counts = count_ended(MARCH, OVERSIGHT, hamlet.desk)
    assert counts == {TOWN: {"passed": 1, "corrected": 1}, OTHER_TOWN: {"passed": 1}}
    assert count_ended(MARCH, TOWN_OFFICE, hamlet.desk).keys() == {TOWN}
    two = Asked(date(2026, 2, 1), date(2026, 3, 2), TOWN, InspectionOutcome.PASSED)
    assert count_ended(two, OVERSIGHT, hamlet.desk) == {TOWN: {"passed": 2}}


def test_a19_what_departments_answer_after_the_end_moves_no_count_to_another_month() -> None:
    hamlet = Hamlet()
    end(hamlet, 1, InspectionOutcome.ENTITY_CANCELLED)
    one = hamlet.get("I0001")
    cancel = one.steps[-1].model_copy(update={"verb": InspectionVerb.CANCEL})
    answer = cancel.model_copy(
        update={"verb": InspectionVerb.ANSWER, "at": NOW + timedelta(days=60)}
    )
    hamlet.put(one.model_copy(update={"steps": (cancel, answer)}))
    counted = count_ended(Asked(MARCH.first, date(2026, 12, 31)), OVERSIGHT, hamlet.desk)
    assert count_ended(MARCH, OVERSIGHT, hamlet.desk) == counted
    assert counted == {TOWN: {"entity_cancelled": 1}}


def test_a19_those_behind_a_number_are_listed_page_by_page() -> None:
    hamlet = Hamlet()
    for number in range(60):
        end(hamlet, number, at=NOW + timedelta(hours=number))
    first, mark = list_ended(MARCH, OVERSIGHT, hamlet.desk)
    rest, none = list_ended(MARCH, OVERSIGHT, hamlet.desk, mark or "")
    assert (len(first), len(rest), none) == (50, 10, None)
    assert [one.id for one in (*first, *rest)] == [f"I{number:04d}" for number in range(60)]


def test_d3_who_sees_no_town_s_figures_sees_none() -> None:
    hamlet = Hamlet()
    end(hamlet, 1)
    elsewhere = Asked(MARCH.first, MARCH.last, OTHER_TOWN)
    for caller, asked in ((VILLAGE_DISPATCHER, MARCH), (TOWN_OFFICE, elsewhere)):
        with pytest.raises(NotFound):
            count_ended(asked, caller, hamlet.desk)


def test_d4_a_period_that_cannot_be_is_refused() -> None:
    for last in (date(2026, 2, 1), date(2028, 1, 1)):
        with pytest.raises(Invalid):
            count_ended(Asked(MARCH.first, last), OVERSIGHT, Hamlet().desk)
