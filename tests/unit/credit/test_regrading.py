"""A grade follows its records, the days and the rules; it is written when it changes (C12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from functions.credit.changes import events_of
from functions.credit.domain import CreditRecord, Graded, kind_of
from functions.credit.regrading import GradeBook, GradeJob, graded_now, regrade_shard, take_record
from functions.credit.store import DUE, OPEN
from functions.credit.tallies import Tallies
from functions.shared.events.credit import Category, Grade, RecordState, RecordTold, SubjectKind
from functions.shared.provisional import PROVISIONAL, SHARDS
from functions.shared.table import Record
from tests.fakes.table import FakeTable
from tests.unit.credit.bureau import CODE, OTHER, TOWN, Bureau

RULES = """
version = "{version}"
title = "t"
[[rules]]
id = "{id}"
title = "x"
grade = "{grade}"
any_of = [{{ categories = ["penalty"], months = 12 }}]
"""


@dataclass
class Grader:
    """A bureau whose grades are written to a table that counts its writes."""

    bureau: Bureau = field(default_factory=Bureau)
    written: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        def heard(old: Record | None, new: Record) -> None:
            if new["sk"] == "G":
                self.written.append(new)

        self.bureau.table = FakeTable(OPEN, DUE, PROVISIONAL, on_write=heard)

    @property
    def book(self) -> GradeBook:
        return GradeBook(self.bureau.table)

    def hear(self, record: CreditRecord, **more: Any) -> Graded | None:
        """The event of a record, as it is told."""
        same = RecordTold.model_fields.keys() - {"disputed", "batch"}
        told = RecordTold(**{name: getattr(record, name) for name in same})
        told = told.model_copy(update=more)
        return take_record(told, self.bureau.desk, self.book)

    def record(self, digest: str, category: Category = Category.DISHONEST, **more: Any) -> Any:
        return self.bureau.record(digest, category=category, **more)

    def grade(self, code: str = CODE) -> Graded:
        found = self.bureau.store.grades.get(code)
        assert found
        return found.value

    def sweep(self, *, until: datetime | None = None) -> None:
        """The hourly sweep, every shard to its end."""
        for shard in SHARDS:
            job: GradeJob | None = GradeJob(shard=shard, until=until or self.bureau.now)
            while job:
                job = regrade_shard(job, self.bureau.desk, self.book, lambda: False)

    def tally(self, town: str | None = TOWN) -> dict[str, int]:
        return {one.value: n for one, n in Tallies(self.bureau.table).of(town).items() if n}


def test_c12_a_record_changes_the_grade_and_says_by_which_rule_and_record() -> None:
    grader = Grader()
    grader.bureau.subject()
    listed = grader.record("d1")
    grader.hear(listed)
    found = grader.grade()
    assert (found.grade, found.before) == (Grade.DISHONEST, Grade.ORDINARY)
    assert (found.reasons, found.records) == (("dishonest_live",), (listed.id,))
    assert (found.counter, found.visits) == (("restricted",), "more")


def test_c12_nothing_is_written_for_whom_nothing_changed() -> None:
    grader = Grader()
    listed = grader.record("d1")
    for _ in range(3):
        grader.hear(listed)
    grader.hear(grader.record("l1", Category.LICENCE))
    grader.hear(grader.record("o1", Category.OTHER))
    grader.hear(grader.record("l2", Category.LICENCE, code=OTHER))
    grader.sweep()
    assert len(grader.written) == 1
    assert grader.bureau.store.grades.get(OTHER) is None


def test_c12_late_and_doubled_events_end_in_the_same_grade() -> None:
    grader = Grader()
    first = grader.record("d1")
    grader.hear(first)
    repaired = grader.record("d1", state=RecordState.REPAIRED)
    grader.hear(repaired)
    grader.hear(first)  # what was told before comes once more
    assert grader.grade().grade is Grade.ORDINARY
    assert len(grader.written) == 2


def test_c12_of_two_who_grade_at_once_the_one_with_older_records_begins_again() -> None:
    grader = Grader()
    listed = grader.record("d1")
    stale = grader.bureau.desk

    class Slow(GradeBook):
        def save(self, *given: Any, **more: Any) -> None:
            """Somebody else grades by a newer record before this one can write."""
            if not grader.written:
                grader.hear(grader.record("d1", state=RecordState.WITHDRAWN))
                grader.hear(grader.record("d2", Category.SERIOUS))
            super().save(*given, **more)

    same = RecordTold.model_fields.keys() - {"disputed", "batch"}
    told = RecordTold(**{name: getattr(listed, name) for name in same})
    take_record(told, stale, Slow(grader.bureau.table))
    assert grader.grade().grade is Grade.SERIOUS


def test_c12_time_alone_changes_a_grade_at_its_day() -> None:
    grader = Grader()
    grader.hear(grader.record("d1", public_until=date(2026, 4, 30)))
    assert grader.grade().again_on == date(2026, 5, 1)
    grader.bureau.now = datetime(2026, 4, 30, 15, 59, tzinfo=UTC)  # still the 30th in Shanghai
    grader.sweep()
    assert grader.grade().grade is Grade.DISHONEST
    grader.bureau.now = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)
    grader.sweep()
    found = grader.grade()
    assert (found.grade, found.again_on) == (Grade.ORDINARY, None)
    grader.sweep()
    assert len(grader.written) == 2


def test_c12_before_the_sweep_comes_by_whoever_asks_gets_the_grade_of_the_day() -> None:
    grader = Grader()
    grader.hear(grader.record("d1", public_until=date(2026, 4, 30)))
    grader.bureau.now = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)
    now = graded_now(CODE, grader.grade(), grader.bureau.desk)
    assert now and now.grade is Grade.ORDINARY
    assert grader.grade().grade is Grade.DISHONEST


def test_c12_other_rules_are_applied_to_all_on_the_day_from_which_they_hold() -> None:
    grader = Grader()
    for number, code in enumerate((CODE, OTHER)):
        grader.hear(grader.record(f"p{number}", Category.PENALTY, code=code))
    assert grader.grade().grade is Grade.ORDINARY
    text = RULES.format(version="2", id="any", grade="C")
    when = date(2026, 4, 9)
    now = grader.bureau.now
    grader.bureau.books.grading.publish(text, when, note="", by="credit", now=now)  # type: ignore[attr-defined]
    grader.sweep()
    assert {grader.grade(code).grade for code in (CODE, OTHER)} == {Grade.ORDINARY}
    grader.bureau.later(days=2)
    grader.sweep()
    assert {grader.grade(code).grade for code in (CODE, OTHER)} == {Grade.DISHONEST}
    assert {grader.grade(code).rules for code in (CODE, OTHER)} == {"2"}
    writes = len(grader.written)
    grader.sweep()
    assert len(grader.written) == writes


def test_c12_new_rules_are_noted_only_once_everybody_was_graded_by_them() -> None:
    grader = Grader()
    grader.hear(grader.record("p1", Category.PENALTY))
    grader.hear(grader.record("p2", Category.PENALTY, code=OTHER))
    text = RULES.format(version="2", id="any", grade="C")
    now = grader.bureau.now
    grader.bureau.books.grading.publish(text, now.date(), note="", by="c", now=now)  # type: ignore[attr-defined]
    broken = True

    class Failing(GradeBook):
        def save(self, graded: Graded, **more: Any) -> None:
            if broken and graded.subject == CODE:
                raise OSError("away")
            super().save(graded, **more)

    def sweep() -> list[str]:
        wrong = []
        for shard in SHARDS:
            try:
                job = GradeJob(shard=shard, until=grader.bureau.now)
                table = grader.bureau.table
                assert regrade_shard(job, grader.bureau.desk, Failing(table), lambda: True) is None
            except OSError:
                wrong.append(str(shard))
        return wrong

    assert len(sweep()) == 1
    assert grader.grade(OTHER).grade is Grade.DISHONEST
    broken = False
    assert sweep() == []
    assert grader.grade().grade is Grade.DISHONEST


def test_c12_the_history_says_what_the_grade_was_before_and_why() -> None:
    grader = Grader()
    listed = grader.record("d1")
    grader.hear(listed)
    grader.bureau.later(days=1)
    grader.hear(grader.record("d2", Category.SERIOUS))
    grader.bureau.later(days=1)
    grader.hear(grader.record("d2", Category.SERIOUS, state=RecordState.WITHDRAWN))
    grades = [(one.grade, one.reasons) for one in grader.grade().history]
    assert grades == [
        (Grade.DISHONEST, ("dishonest_live",)),
        (Grade.SERIOUS, ("serious_list",)),
    ]
    assert grader.grade().history[0].records == (listed.id,)
    for number in range(30):
        state = RecordState.LIVE if number % 2 else RecordState.WITHDRAWN
        grader.hear(grader.record("d1", state=state))
    assert len(grader.grade().history) == 20


def test_c8_key_persons_are_not_graded() -> None:
    grader = Grader()
    person = "P" + "A" * 26
    assert kind_of(person) is SubjectKind.PERSON
    record = grader.record("d1", code=person, kind=SubjectKind.PERSON)
    assert grader.hear(record) is None
    assert not grader.written


def test_c9_a_town_has_exactly_the_grades_of_its_subjects() -> None:
    grader = Grader()
    grader.bureau.subject()
    first = grader.record("d1")
    grader.hear(first)
    grader.hear(first)
    assert grader.tally() == {"C": 1}
    grader.bureau.subject(OTHER)
    grader.hear(grader.record("d2", code=OTHER))
    assert grader.tally() == {"C": 2}
    grader.hear(grader.record("d2", code=OTHER, state=RecordState.REPAIRED))
    assert grader.tally() == {"B": 1, "C": 1}
    grader.bureau.subject(town="441900106000")
    grader.hear(grader.record("d3"))
    assert grader.tally() == {"B": 1}
    assert grader.tally("441900106000") == {"C": 1}


def test_d1_a_grade_is_told_with_what_it_brings() -> None:
    grader = Grader()
    grader.hear(grader.record("d1", Category.SERIOUS))
    [told] = events_of(None, grader.written[0])
    assert told.type == "grade.changed"
    assert (told.data["grade"], told.data["before"]) == ("D", "B")
    assert (told.data["counter"], told.data["visits"]) == (["banned"], "more")


@pytest.mark.parametrize("category", [Category.LICENCE, Category.OTHER])
def test_c12_a_record_that_stopped_speaking_is_noticed_where_the_grade_names_it(
    category: Category,
) -> None:
    grader = Grader()
    grader.hear(grader.record("d1"))
    grader.hear(grader.record("d1", category))
    assert grader.grade().grade is Grade.ORDINARY
