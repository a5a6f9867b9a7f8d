"""The grade of a subject follows from published rules, its records and the day (C12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.credit.domain import CreditRecord
from functions.credit.grading import GradingBook, grade_of, parse_grading
from functions.shared.events.credit import Category, Grade, RecordState
from tests.unit.credit.bureau import CITY, CODE, TODAY, Bureau

BOOK = parse_grading((CITY / "grading.toml").read_text(encoding="utf-8"))
SMALL = parse_grading(
    """
version = "t"
title = "t"
[[rules]]
id = "listed"
title = "x"
grade = "D"
any_of = [{ categories = ["serious"], live = true }]
[[rules]]
id = "often"
title = "x"
grade = "C"
all_of = [{ categories = ["penalty"], months = 12, count = 2 }]
[[rules]]
id = "good"
title = "x"
grade = "A"
all_of = [{ categories = ["good"], months = 6, count = 2 }]
none_of = [{ categories = ["penalty"], months = 24 }]
"""
)
_TEMPLATE = Bureau().record()


def record(number: int, category: Category, on: date, **more: Any) -> CreditRecord:
    public = {"public_from": on, "public_until": None}
    change = {"id": f"{CODE}.{number}", "category": category, "decided_on": on, **public, **more}
    return _TEMPLATE.model_copy(update=change)


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_c12_who_has_no_record_is_ordinary_for_good() -> None:
    found = grade_of([], BOOK, TODAY)
    assert (found.result.grade, found.result.reasons, found.again_on) == (Grade.ORDINARY, (), None)


def test_c12_the_worst_of_all_rules_that_hold_is_the_grade() -> None:
    good = [record(n, Category.GOOD, TODAY) for n in (1, 2)]
    assert grade_of(good, SMALL, TODAY).result.grade is Grade.GOOD
    listed = record(3, Category.SERIOUS, TODAY)
    found = grade_of([*good, listed], SMALL, TODAY).result
    assert (found.grade, found.reasons, found.records) == (
        Grade.SERIOUS,
        ("listed",),
        (listed.id,),
    )


def test_c12_a_grade_names_exactly_the_records_that_made_it() -> None:
    old = record(1, Category.PENALTY, day("2025-04-07"))  # twelve months ago to the day: no more
    two = [record(n, Category.PENALTY, day("2026-01-01")) for n in (2, 3)]
    found = grade_of([old, *two], SMALL, TODAY)
    assert found.result.grade is Grade.DISHONEST
    assert set(found.result.records) == {one.id for one in two}
    assert found.again_on == day("2027-01-01")


def test_c12_what_is_counted_by_months_ends_on_the_same_day_of_a_later_month() -> None:
    two = [record(n, Category.PENALTY, day("2025-08-31")) for n in (1, 2)]
    assert grade_of(two, SMALL, day("2026-08-30")).result.grade is Grade.DISHONEST
    assert grade_of(two, SMALL, day("2026-08-31")).result.grade is Grade.ORDINARY


def test_c12_what_counts_while_it_is_public_counts_on_its_last_day() -> None:
    listed = record(1, Category.SERIOUS, TODAY, public_until=day("2026-12-31"))
    assert grade_of([listed], SMALL, day("2026-12-31")).result.grade is Grade.SERIOUS
    assert grade_of([listed], SMALL, day("2027-01-01")).result.grade is Grade.ORDINARY
    assert grade_of([listed], SMALL, TODAY).again_on == day("2027-01-01")


def test_c12_a_record_without_a_last_day_counts_for_good() -> None:
    for last in (None, date.max):
        found = grade_of([record(1, Category.SERIOUS, TODAY, public_until=last)], SMALL, TODAY)
        assert (found.result.grade, found.again_on) == (Grade.SERIOUS, None)


def test_c12_only_two_good_records_and_nothing_bad_make_the_best_grade() -> None:
    two = [record(n, Category.GOOD, TODAY) for n in (1, 2)]
    assert grade_of(two[:1], BOOK, TODAY).result.grade is Grade.ORDINARY
    assert grade_of(two, BOOK, TODAY).result.grade is Grade.GOOD
    penalty = record(3, Category.PENALTY, day("2024-05-01"), severity="ordinary")
    spoiled = grade_of([*two, penalty], BOOK, TODAY)
    assert spoiled.result.grade is Grade.ORDINARY
    assert spoiled.again_on == day("2026-05-01")  # its 24 months are over
    assert grade_of([*two, penalty], BOOK, day("2026-05-01")).result.grade is Grade.GOOD


@pytest.mark.parametrize("state", [RecordState.REPAIRED, RecordState.WITHDRAWN])
def test_c11_what_was_repaired_or_withdrawn_does_not_count(state: RecordState) -> None:
    listed = record(1, Category.SERIOUS, TODAY, state=state)
    assert grade_of([listed], BOOK, TODAY).result.grade is Grade.ORDINARY


def test_c11_what_is_disputed_counts_until_it_is_decided() -> None:
    listed = record(1, Category.SERIOUS, TODAY, disputes=("D1",))
    assert grade_of([listed], BOOK, TODAY).result.grade is Grade.SERIOUS


def test_c12_licences_and_figures_say_nothing() -> None:
    for category in (Category.LICENCE, Category.OTHER):
        assert grade_of([record(1, category, TODAY)], BOOK, TODAY).result.records == ()


def test_c12_a_light_penalty_spoils_no_good_grade() -> None:
    two = [record(n, Category.GOOD, TODAY) for n in (1, 2)]
    warned = [record(n, Category.PENALTY, TODAY, severity="light") for n in (3, 4, 5)]
    assert grade_of([*two, *warned], BOOK, TODAY).result.grade is Grade.GOOD
    fined = [one.model_copy(update={"severity": "ordinary"}) for one in warned]
    assert grade_of([*two, *fined], BOOK, TODAY).result.grade is Grade.DISHONEST


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ('grade = "E"\nany_of = [{ categories = ["good"] }]', "rules.0.grade"),
        ('grade = "D"\nany_of = [{ categories = ["other"] }]', "rules.0.any_of.0.categories"),
        ('grade = "D"\nany_of = [{ categories = ["good"], count = 0 }]', "rules.0.any_of.0.count"),
        ('grade = "D"\nany_of = [{ categories = ["good"], cuont = 1 }]', "rules.0.any_of.0.cuont"),
        ('grade = "D"\nnone_of = [{ categories = ["good"] }]', "rules.0"),
    ],
)
def test_d4_broken_rules_name_the_field(broken: str, named: str) -> None:
    text = f'version = "1"\ntitle = "t"\n[[rules]]\nid = "one"\ntitle = "t"\n{broken}\n'
    with pytest.raises(ValidationError) as caught:
        parse_grading(text)
    places = {".".join(map(str, one["loc"])) for one in caught.value.errors()}
    assert named in places


_days = st.dates(day("2024-01-01"), day("2027-12-31"))
_kinds = st.sampled_from([Category.PENALTY, Category.GOOD, Category.SERIOUS, Category.DISHONEST])
_records = st.lists(
    st.tuples(_kinds, _days, st.one_of(st.none(), st.integers(0, 500))), min_size=1, max_size=7
)


@settings(max_examples=60, deadline=None)
@given(_records, st.sampled_from([BOOK, SMALL]))
def test_c12_time_changes_a_grade_only_on_the_day_that_was_told(
    given_records: list[tuple[Category, date, int | None]], book: GradingBook
) -> None:
    records = [
        record(n, kind, on, public_until=None if span is None else on + timedelta(span))
        for n, (kind, on, span) in enumerate(given_records)
    ]
    today = day("2024-01-01")
    while today < day("2029-12-31"):
        found = grade_of(records, book, today)
        until = found.again_on or day("2033-01-01")
        assert until > today
        steps = max((until - today).days // 6, 1)
        between = (today + timedelta(n) for n in range(0, (until - today).days, steps))
        for one in (*between, until - timedelta(1)):
            assert grade_of(records, book, one).result == found.result
        if found.again_on:
            assert grade_of(records, book, until).result != found.result
        today = until


def test_c12_day_by_day_over_six_years_a_grade_changes_on_no_other_day() -> None:
    grave = {"severity": "ordinary"}
    records = [
        record(1, Category.GOOD, day("2024-02-29")),
        record(2, Category.GOOD, day("2025-01-31")),
        record(3, Category.PENALTY, day("2024-06-30"), **grave),
        record(4, Category.PENALTY, day("2025-03-01"), **grave),
        record(5, Category.PENALTY, day("2025-05-31"), **grave),
        record(6, Category.SERIOUS, day("2026-02-01"), public_until=day("2026-07-31")),
        record(7, Category.DISHONEST, day("2025-12-01"), public_until=day("2026-12-01")),
        record(8, Category.GOOD, day("2029-01-01")),
    ]
    first = day("2024-01-01")
    foretold = grade_of(records, BOOK, first)
    changes = 0
    for one in (first + timedelta(n) for n in range(6 * 365)):
        found = grade_of(records, BOOK, one)
        assert (found.result != foretold.result) == (one == foretold.again_on), one
        changes += found.result != foretold.result
        foretold = found
    assert changes == 6
