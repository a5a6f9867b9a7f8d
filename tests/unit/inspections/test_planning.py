"""Credit grades plan visits, and make some needless; nothing is lost or doubled (C12, B3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.inspections.assigning import assign
from functions.inspections.desk import Plan
from functions.inspections.domain import Inspection, inspection_id
from functions.inspections.orders import Assignment
from functions.inspections.planning import plan_jobs, planned_id, take_grade, visit_planned
from functions.inspections.plans import plan_of
from functions.inspections.store import DUE, OPEN
from functions.shared.authorization import Role
from functions.shared.errors import NotFound
from functions.shared.events.credit import Grade, GradeTold, SubjectKind
from functions.shared.events.inspections import InspectionOutcome, InspectionState, Reason
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.unit.inspections.hamlet import (
    BOOK,
    CODE,
    NOW,
    OTHER_TOWN,
    TOWN_OFFICE,
    VILLAGE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
    somebody,
)
from tests.unit.inspections.registrations import (
    all_of,
    cancellation,
    dossier,
    opened,
    registration,
    take,
)
from tests.unit.inspections.rosters import with_roster

VISITS = {Grade.GOOD: "fewer", Grade.DISHONEST: "more", Grade.SERIOUS: "more"}


def told(grade: Grade, **more: Any) -> GradeTold:
    given: dict[str, Any] = {
        "subject": CODE,
        "kind": SubjectKind.ENTERPRISE,
        "name": "东莞市晴禾食品有限公司",
        "grade": grade,
        "before": Grade.ORDINARY,
        "rules": "2026.1",
        "visits": VISITS.get(grade, ""),
        "graded_at": NOW,
    }
    return GradeTold.model_validate({**given, **more})


def grade(hamlet: Hamlet, to: Grade, sequence: int = 1, **more: Any) -> Plan | None:
    news = told(to, **{"graded_at": hamlet.now, **more})
    return take_grade(news, sequence, hamlet.desk)


def sweep(hamlet: Hamlet) -> None:
    for job in plan_jobs(hamlet.now):
        looked = visit_planned(job, hamlet.store, hamlet.desk, lambda: True)
        assert not looked.failed
        assert looked.left is None


def plan(hamlet: Hamlet) -> Plan:
    found = hamlet.store.plans.get(CODE)
    assert found
    return found.value


def visited(hamlet: Hamlet, one: Inspection) -> None:
    """Somebody was there, and all was well."""
    done = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.PASSED, "unit": ""}
    hamlet.put(hamlet.get(one.id).model_copy(update=done))


@pytest.fixture
def hamlet() -> Hamlet:
    """A village whose one shop was visited when it was new."""
    made = Hamlet()
    visited(made, opened(made, registration()))
    return made


def until(hamlet: Hamlet, day: str) -> None:
    """It is that day, just after midnight in Shanghai."""
    hamlet.now = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=8)


def test_c12_whom_the_rules_call_seriously_dishonest_is_visited_every_three_months(
    hamlet: Hamlet,
) -> None:
    grade(hamlet, Grade.SERIOUS)
    assert plan(hamlet).next_on == date(2026, 6, 2)
    until(hamlet, "2026-06-01")
    sweep(hamlet)
    assert len(all_of(hamlet)) == 1
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    sweep(hamlet)
    visit = hamlet.get(planned_id(CODE, 1))
    assert (visit.reason, visit.unit, visit.address) == (
        Reason.CREDIT,
        VILLAGE,
        "东莞市某镇某村一路1号",
    )
    assert {one.stage: str(one.due) for one in visit.clocks} == {
        "assign": "2026-06-03",
        "visit": "2026-06-16",
    }
    assert [one.id for one in hamlet.store.list_open(VILLAGE)] == [visit.id]
    assert (plan(hamlet).next_on, plan(hamlet).last) == (date(2026, 9, 2), visit.id)
    visited(hamlet, visit)
    until(hamlet, "2026-09-02")
    sweep(hamlet)
    assert hamlet.get(planned_id(CODE, 2)).open


def test_c12_a_missed_sweep_costs_no_visit_and_doubles_none(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2027-01-15")
    sweep(hamlet)
    assert hamlet.get(planned_id(CODE, 1)).open
    assert hamlet.store.inspections.get(planned_id(CODE, 2)) is None
    assert plan(hamlet).next_on == date(2027, 4, 15)


def test_c12_late_news_of_a_grade_changes_nothing(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS, 2)
    before = plan(hamlet)
    grade(hamlet, Grade.GOOD, 1)
    grade(hamlet, Grade.SERIOUS, 2)
    assert plan(hamlet) == before


def test_c12_who_is_ordinary_again_is_visited_like_everybody(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS, 1)
    grade(hamlet, Grade.ORDINARY, 2)
    until(hamlet, "2027-01-15")
    sweep(hamlet)
    assert len(all_of(hamlet)) == 1


def test_c12_nothing_is_planned_for_whom_no_rule_promises_it(hamlet: Hamlet) -> None:
    assert grade(hamlet, Grade.ORDINARY) is None
    assert grade(hamlet, Grade.SERIOUS, kind=SubjectKind.ORGANISATION) is None
    assert hamlet.store.plans.get(CODE) is None
    grade(hamlet, Grade.SERIOUS, 2, visits="")
    assert hamlet.store.plans.get(CODE) is None


def test_c12_a_worse_grade_shortens_the_interval_that_runs(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.DISHONEST, 1)
    assert plan(hamlet).next_on == date(2027, 3, 2)
    until(hamlet, "2026-04-10")
    grade(hamlet, Grade.SERIOUS, 2)
    assert plan(hamlet).next_on == date(2026, 6, 2)
    until(hamlet, "2026-08-01")
    grade(hamlet, Grade.DISHONEST, 3)
    grade(hamlet, Grade.SERIOUS, 4)
    assert plan(hamlet).next_on == date(2026, 8, 1)


def test_c12_who_is_visited_anyway_is_not_visited_twice(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-01")
    opened(hamlet, registration(2, address="东莞市某镇某村二路2号"))
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    assert hamlet.store.inspections.get(planned_id(CODE, 1)) is None
    assert plan(hamlet).next_on == date(2026, 9, 2)


def test_c12_a_registration_replaces_a_planned_visit_that_nobody_has_begun(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    hamlet.later(days=3)
    newer = opened(hamlet, registration(2, address="东莞市某镇某村二路2号"))
    planned = hamlet.get(planned_id(CODE, 1))
    assert (planned.outcome, planned.next) == (InspectionOutcome.SUPERSEDED, newer.id)
    limits = {one.stage: one.due for one in newer.clocks}
    assert limits["visit"] == date(2026, 6, 16)  # that of the visit that it replaces


def test_c12_a_cancellation_ends_planned_visits_and_plans_none(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    take(hamlet, cancellation(2))
    assert hamlet.get(planned_id(CODE, 1)).outcome is InspectionOutcome.ENTITY_CANCELLED
    until(hamlet, "2026-12-01")
    sweep(hamlet)
    assert hamlet.store.inspections.get(planned_id(CODE, 2)) is None


def test_c12_an_entity_that_nobody_heard_of_is_asked_for_again_a_week_later() -> None:
    hamlet = Hamlet()
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    assert plan(hamlet).next_on == date(2026, 6, 9)
    opened(hamlet, registration())
    until(hamlet, "2026-06-09")
    sweep(hamlet)
    assert plan(hamlet).turn == 2


def test_b3_a_good_grade_needs_no_visit_for_a_change_of_scope_alone(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.GOOD)
    changed = registration(2, scope="食品销售；旅馆")
    assert take(hamlet, changed) is None
    assert take(hamlet, changed) is None
    assert list(all_of(hamlet)) == [1]
    [skipped] = dossier(hamlet).skipped
    assert (skipped.edition, skipped.reason, skipped.grade) == (2, Reason.SCOPE, Grade.GOOD)


@pytest.mark.parametrize(
    "change",
    [
        {"address": "东莞市某镇某村二路2号"},
        {"address": "东莞市某镇某村二路2号", "scope": "旅馆"},
    ],
)
def test_b3_who_has_moved_is_visited_whatever_the_grade(
    hamlet: Hamlet, change: dict[str, str]
) -> None:
    grade(hamlet, Grade.GOOD)
    assert opened(hamlet, registration(2, **change)).reason is Reason.ADDRESS


def test_b3_who_is_new_is_visited_whatever_the_grade() -> None:
    hamlet = Hamlet()
    grade(hamlet, Grade.GOOD)
    assert opened(hamlet, registration()).reason is Reason.ESTABLISHMENT


@pytest.mark.parametrize("to", [Grade.ORDINARY, Grade.DISHONEST, Grade.SERIOUS])
def test_b3_no_other_grade_saves_a_visit(hamlet: Hamlet, to: Grade) -> None:
    grade(hamlet, to)
    assert opened(hamlet, registration(2, scope="旅馆")).reason is Reason.SCOPE


def test_b3_who_goes_there_anyway_goes_for_the_newest_scope() -> None:
    hamlet = Hamlet()
    first = opened(hamlet, registration())
    grade(hamlet, Grade.GOOD)
    second = opened(hamlet, registration(2, scope="旅馆"))
    assert hamlet.get(first.id).next == second.id


def test_c12_after_a_visit_was_left_out_a_planned_one_looks_at_the_newest_scope(
    hamlet: Hamlet,
) -> None:
    grade(hamlet, Grade.GOOD, 1)
    take(hamlet, registration(2, scope="食品销售；旅馆"))
    grade(hamlet, Grade.SERIOUS, 2)
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    visit = hamlet.get(planned_id(CODE, 1))
    assert visit.scope == "食品销售；旅馆"
    assert "licence.GA01" in {one.key for one in visit.checks}
    opened(hamlet, registration(3, address="东莞市某镇某村二路2号"))
    assert dossier(hamlet).skipped[0].registration is None


def test_b1_a_planned_visit_is_assigned_like_any_other(hamlet: Hamlet) -> None:
    with_roster(hamlet)
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    sweep(hamlet)
    id = planned_id(CODE, 1)
    assign(id, Assignment(), VILLAGE_DISPATCHER, hamlet.desk)
    assert hamlet.get(id).state is InspectionState.ASSIGNED


def test_d3_the_plan_is_shown_to_who_may_see_the_inspections(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.GOOD)
    take(hamlet, registration(2, scope="旅馆"))
    for caller in (VILLAGE_DISPATCHER, TOWN_OFFICE):
        shown = plan_of(CODE, caller, hamlet.desk)
        assert (shown.grade, shown.months, shown.skips) == (Grade.GOOD, None, (Reason.SCOPE,))
        assert [one.edition for one in shown.skipped] == [2]
    stranger = somebody("other", f"office.{OTHER_TOWN}", Role.TOWN_OFFICE)
    for caller in (WALKER, stranger):
        with pytest.raises(NotFound):
            plan_of(CODE, caller, hamlet.desk)


def test_d3_the_plan_names_the_inspections_that_its_reader_may_see(hamlet: Hamlet) -> None:
    take(hamlet, registration(1))
    shown = plan_of(CODE, TOWN_OFFICE, hamlet.desk)
    [line] = shown.inspections
    assert (line.reason, line.state) == (Reason.ESTABLISHMENT, hamlet.get(line.id).state)
    assert hamlet.get(line.id).code == CODE


def test_d4_a_plan_may_leave_out_no_new_address() -> None:
    with pytest.raises(ValueError, match=r"plan\.A\.skips"):
        type(BOOK).model_validate(
            {**BOOK.model_dump(by_alias=True), "plan": {"A": {"skips": ["address"]}}}
        )


class Died(Exception):
    pass


@contextmanager
def dying(hamlet: Hamlet, after: int) -> Iterator[None]:
    """The process dies after so many writes."""
    left = after

    class Mortal(FakeTable):
        def put(self, record: Record, *, over: int | None) -> None:
            nonlocal left
            if left == 0:
                raise Died
            left -= 1
            hamlet_table.put(record, over=over)

    hamlet_table = hamlet.table
    mortal = Mortal(OPEN, DUE, PROVISIONAL)
    for name in ("get", "get_many", "query", "__iter__"):
        setattr(mortal, name, getattr(hamlet_table, name))
    hamlet.table = mortal
    try:
        yield
    finally:
        hamlet.table = hamlet_table


@pytest.mark.parametrize("writes", range(4))
def test_c12_whoever_dies_while_a_visit_is_planned_leaves_it_to_the_next_sweep(
    hamlet: Hamlet, writes: int
) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    with dying(hamlet, writes):
        for job in plan_jobs(hamlet.now):
            visit_planned(job, hamlet.store, hamlet.desk, lambda: True)
    sweep(hamlet)
    assert hamlet.get(planned_id(CODE, 1)).open
    assert (plan(hamlet).turn, plan(hamlet).next_on) == (2, date(2026, 9, 2))
    assert hamlet.store.inspections.get(planned_id(CODE, 2)) is None
    assert [one.id for one in hamlet.store.list_open(VILLAGE)] == [planned_id(CODE, 1)]


def test_c12_a_registration_between_the_two_halves_of_a_plan_wins(hamlet: Hamlet) -> None:
    grade(hamlet, Grade.SERIOUS)
    until(hamlet, "2026-06-02")
    with dying(hamlet, 1):  # the dossier names the visit; it is not written
        for job in plan_jobs(hamlet.now):
            visit_planned(job, hamlet.store, hamlet.desk, lambda: True)
    newer = opened(hamlet, registration(2, address="东莞市某镇某村二路2号"))
    sweep(hamlet)
    assert [one.id for one in hamlet.store.list_open(VILLAGE)] == [newer.id]
    assert newer.id == inspection_id(CODE, 2)
    assert plan(hamlet).turn == 2
    visited(hamlet, newer)
    until(hamlet, "2026-09-02")
    sweep(hamlet)
    assert hamlet.get(planned_id(CODE, 2)).address == "东莞市某镇某村二路2号"
