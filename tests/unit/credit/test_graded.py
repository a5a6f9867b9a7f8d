"""What is shown of a grade: the rules in the words by which it was given, as of the day (C12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.credit.graded import show_grade
from functions.credit.regrading import GradeBook, regrade
from functions.shared.errors import NotFound
from functions.shared.events.credit import Category, Grade
from tests.unit.credit.bureau import CITY, CODE, ENTITY, OFFICER, OTHER, TODAY, Bureau

RULES = (CITY / "grading.toml").read_text(encoding="utf-8")


@pytest.fixture
def bureau() -> Bureau:
    made = Bureau()
    made.subject()
    made.record("d1", category=Category.DISHONEST, public_until=date(2026, 4, 30))
    regrade(CODE, made.desk, GradeBook(made.table))
    return made


def test_c12_a_grade_is_shown_as_it_is_on_the_day(bureau: Bureau) -> None:
    shown = show_grade(CODE, OFFICER, bureau.desk)
    assert (shown.grade, shown.again_on) == (Grade.DISHONEST, date(2026, 5, 1))
    bureau.now = datetime(2026, 4, 30, 16, tzinfo=UTC)  # no sweep has come by
    shown = show_grade(CODE, OFFICER, bureau.desk)
    assert (shown.grade, shown.reasons) == (Grade.ORDINARY, ())
    [before] = shown.history
    assert (before.grade, before.reasons[0].rule) == (Grade.DISHONEST, "dishonest_live")


def test_c12_reasons_are_told_in_the_words_of_the_version_that_gave_the_grade(
    bureau: Bureau,
) -> None:
    book: Any = bureau.books.grading
    reworded = RULES.replace("2026.1", "2026.2").replace("有仍在公示期内的失信记录", "失信")
    book.publish(reworded, TODAY, note="", by="credit", now=bureau.now)
    [reason] = show_grade(CODE, OFFICER, bureau.desk).reasons
    assert reason.title.startswith("有仍在公示期内的失信记录")


def test_c12_who_has_no_record_is_ordinary_and_who_is_unknown_is_not_there() -> None:
    bureau = Bureau()
    bureau.subject()
    shown = show_grade(CODE, OFFICER, bureau.desk)
    assert (shown.grade, shown.reasons, shown.since) == (Grade.ORDINARY, (), None)
    with pytest.raises(NotFound):
        show_grade(OTHER, OFFICER, bureau.desk)


def test_d3_an_entity_sees_its_own_grade_alone(bureau: Bureau) -> None:
    bureau.subject(OTHER)
    assert show_grade(CODE, ENTITY, bureau.desk).grade is Grade.DISHONEST
    with pytest.raises(NotFound):
        show_grade(OTHER, ENTITY, bureau.desk)
