"""The figures of towns are those of the grades behind them, whatever is repeated (C9)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.credit.domain import Graded, kind_of
from functions.credit.regrading import GradeBook
from functions.credit.tallies import Tallies, additions
from functions.shared.events.credit import Grade
from functions.shared.table import Stale
from tests.unit.credit.bureau import NOW, TOWN, Bureau, code_of

TOWNS = (TOWN, "441900106000", None)
CODES = [code_of(number) for number in range(5)]


def graded(code: str, grade: Grade, town: str | None) -> Graded:
    return Graded(
        subject=code, kind=kind_of(code), grade=grade, town=town, rules="1", graded_at=NOW
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(CODES), st.sampled_from(list(Grade)), st.sampled_from(TOWNS)),
        max_size=30,
    )
)
def test_c9_a_town_counts_exactly_its_subjects(
    changes: list[tuple[str, Grade, str | None]],
) -> None:
    bureau = Bureau()
    book = GradeBook(bureau.table)
    for code, grade, town in changes:
        before = bureau.store.grades.get(code)
        book.save(graded(code, grade, town), before=before, now=NOW)
        with pytest.raises(Stale):  # who read the version before comes too late, and counts nothing
            book.save(graded(code, Grade.SERIOUS, TOWN), before=before, now=NOW)
    found = [bureau.store.grades.get(code) for code in CODES]
    behind = Counter((one.value.town, one.value.grade) for one in found if one)
    for town in TOWNS:
        told = Tallies(bureau.table).of(town)
        assert {grade: n for grade, n in told.items() if n} == {
            grade: n for (where, grade), n in behind.items() if where == town
        }


def test_c9_what_leaves_a_grade_as_it_was_adds_nothing() -> None:
    same = graded(CODES[0], Grade.GOOD, TOWN)
    assert additions(same, same.model_copy(update={"reasons": ("other",)})) == []


def test_c9_who_moves_is_counted_in_the_new_town_alone() -> None:
    old = graded(CODES[0], Grade.GOOD, TOWN)
    moved = additions(old, old.model_copy(update={"town": None}))
    assert [(one.pk, dict(one.counts)) for one in moved] == [
        (f"T#{TOWN}", {"A": -1}),
        ("T#-", {"A": 1}),
    ]
