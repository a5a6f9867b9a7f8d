"""Grading again whoever something changed for: a record, a day, the rules (C12).

A grade follows from the records alone. It is read first, then the records, and it is written over
the version that was read: so of two that grade at once the one with older records begins again, and
whatever comes late, twice or out of order ends in the same grade.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, Protocol

from pydantic import AwareDatetime

from functions.credit.catalogue import Frozen
from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import CreditRecord, Earlier, Graded, kind_of
from functions.credit.grading import GRADABLE, Grading, GradingBook, grade_of, is_graded, speaks
from functions.credit.store import OPEN, Store
from functions.credit.tallies import additions
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import Grade, RecordTold
from functions.shared.records import Shelf, Stored
from functions.shared.table import Ledger, Record, Stale

MOST_HISTORY = 20  # earlier grades that are shown; the trail keeps every version
_MOST_SHOWN = 20  # ids of records that an earlier grade keeps
_TRIES = 8
_PAGE = 100


class Progress(Frozen):
    """By which version of the rules all subjects of a shard were graded last."""

    shard: str
    rules: str


class GradeJob(Frozen):
    """Subjects of a shard to grade again, from `after` on: those for whom the time has come by
    `until`, or all of them by other `rules`."""

    kind: Literal["grade"] = "grade"
    shard: int
    until: AwareDatetime
    rules: str = ""
    after: Record | None = None
    failed: bool = False  # somebody could not be graded


class Grades(Protocol):
    """Where grades are written, together with what is counted of them."""

    def save(self, graded: Graded, *, before: Stored[Graded] | None, now: datetime) -> None: ...

    def list_graded(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...

    def rules_of(self, shard: int) -> str: ...

    def set_rules(self, shard: int, rules: str, now: datetime) -> None: ...


@dataclass(frozen=True)
class GradeBook:
    """`Grades` in the table of public credit."""

    table: Ledger

    def save(self, graded: Graded, *, before: Stored[Graded] | None, now: datetime) -> None:
        """Write a grade and the figures of its town in one; raises Stale."""
        stored = Store(self.table).grades.sealed(graded, before=before, by=SYSTEM, now=now)
        over = before.record["version"] if before else None
        if added := additions(before.value if before else None, graded):
            self.table.put_with(stored.record, over=over, additions=added)
        else:
            self.table.put(stored.record, over=over)

    def list_graded(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of all subjects of a shard that have a grade."""
        page = self.table.query(f"grades/{shard:02d}", index=OPEN, limit=limit, after=after)
        return [one["open_due"].partition("|")[2] for one in page.records], page.after

    def rules_of(self, shard: int) -> str:
        """The version by which all of a shard were graded last ("": never)."""
        found = self._progress.get(f"{shard:02d}")
        return found.value.rules if found else ""

    def set_rules(self, shard: int, rules: str, now: datetime) -> None:
        """Remember that all of a shard are graded by a version."""
        progress = Progress(shard=f"{shard:02d}", rules=rules)
        self._progress.change(progress.shard, lambda old: progress, by=SYSTEM, now=now)

    @cached_property
    def _progress(self) -> Shelf[Progress]:
        return Shelf(self.table, Progress, lambda shard: ("T#RULES", shard), lambda p: p.shard)


def take_record(told: RecordTold, desk: Desk, grades: Grades) -> Graded | None:
    """Grade the subject of a record that came or changed, where that can matter: a licence or a
    figure says nothing, unless its subject was graded for it before it was replaced."""
    if not is_graded(told.kind):
        return None
    if told.category not in GRADABLE:
        found = desk.cabinet.grades.get(told.subject)
        if found is None or told.id not in found.value.records:
            return found.value if found else None
    return regrade(told.subject, desk, grades)


def regrade(subject: str, desk: Desk, grades: Grades) -> Graded | None:
    """Grade a subject by its records as they are now; written only where the result changed.

    Returns the grade that holds; None for whom no record ever spoke for or against. Raises Stale
    where others keep grading the same subject, and the message comes again.
    """
    for _ in range(_TRIES):
        before = desk.cabinet.grades.get(subject)
        graded = graded_now(subject, before.value if before else None, desk)
        if graded is None or (before and _same(before.value, graded)):
            return before.value if before else None
        try:
            grades.save(graded, before=before, now=desk.now)
        except Stale:
            continue
        return graded
    raise Stale(subject)


def graded_now(subject: str, before: Graded | None, desk: Desk) -> Graded | None:
    """A subject's grade as it follows from its records now, after what it was `before`."""
    today = shanghai_day(desk.now)
    book: GradingBook = desk.books.grading.on(today)
    records = [one for one in desk.cabinet.list_records(subject) if speaks(one)]
    if not is_graded(kind_of(subject)) or (before is None and not records):
        return None
    return _after(before, grade_of(records, book, today), book, _Whose.of(subject, records, desk))


def regrade_shard(
    job: GradeJob, desk: Desk, grades: Grades, go_on: Callable[[], bool]
) -> GradeJob | None:
    """Grade again whom time changes, of one shard; then, where other rules hold than those by which
    the shard was graded last, all of it. What time left of the job (None: nothing).

    Nobody has to announce new rules: the hourly sweep finds that they hold, also those that were
    published long before. Whoever dies in between leaves the old version noted, and the next hour
    begins again. Who fails holds up nobody else: that is raised at the end.
    """
    rules = desk.books.grading.on(shanghai_day(desk.now)).version
    wrong: list[Exception] = []
    left: GradeJob | None = job
    while left:
        subjects, after = _page(left, desk, grades)
        for subject in subjects:
            try:
                regrade(subject, desk, grades)
            except Exception as error:
                wrong.append(error)
        left = left.model_copy(update={"after": after, "failed": left.failed or bool(wrong)})
        if after is None:
            left = _following(left, rules, grades, desk.now)
        if not go_on():
            break
    if wrong and left is None:
        raise wrong[0]
    return left


def _page(job: GradeJob, desk: Desk, grades: Grades) -> tuple[list[str], Record | None]:
    if job.rules:
        return grades.list_graded(job.shard, limit=_PAGE, after=job.after)
    until = job.until.astimezone(UTC).isoformat(timespec="seconds")
    keys, after = desk.cabinet.list_due("grade", job.shard, until, limit=_PAGE, after=job.after)
    return [pk.partition("#")[2] for pk, _ in keys], after


def _following(job: GradeJob, rules: str, grades: Grades, now: datetime) -> GradeJob | None:
    """What comes after the last page: all of the shard where the rules changed; then it is noted,
    unless somebody could not be graded."""
    if not job.rules and grades.rules_of(job.shard) != rules:
        return job.model_copy(update={"rules": rules})
    if job.rules and not job.failed:
        grades.set_rules(job.shard, job.rules, now)
    return None


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose grade it is: as the registry knows the subject, else as its newest record does."""

    code: str
    name: str
    town: str | None
    now: datetime

    @classmethod
    def of(cls, code: str, records: list[CreditRecord], desk: Desk) -> _Whose:
        found = desk.cabinet.subjects.get(code)
        known = found.value if found else max(records, key=lambda r: r.changed_at, default=None)
        return cls(code, known.name if known else "", known.town if known else None, desk.now)


def _after(before: Graded | None, grading: Grading, book: GradingBook, whose: _Whose) -> Graded:
    result, effect = grading.result, book.effect(grading.result.grade)
    since, history = whose.now, before.history if before else ()
    if before and (before.grade, before.reasons) == (result.grade, result.reasons):
        since = before.since or before.graded_at
    elif before:
        history = (*history, _earlier(before))[-MOST_HISTORY:]
    return Graded(
        subject=whose.code,
        kind=kind_of(whose.code),
        name=whose.name,
        town=whose.town,
        grade=result.grade,
        before=before.grade if before else Grade.ORDINARY,
        rules=book.version,
        reasons=result.reasons,
        records=result.records,
        counter=tuple(effect.counter),
        visits=effect.visits or "",
        again_on=grading.again_on,
        since=since,
        history=history,
        graded_at=whose.now,
    )


def _earlier(graded: Graded) -> Earlier:
    return Earlier(
        grade=graded.grade,
        rules=graded.rules,
        reasons=graded.reasons,
        records=graded.records[:_MOST_SHOWN],
        since=graded.since or graded.graded_at,
    )


def _same(old: Graded, new: Graded) -> bool:
    """Whether nothing changed but the instant, and the version of rules that say the same."""
    aside = {"before": old.before, "rules": old.rules, "graded_at": old.graded_at}
    return old == new.model_copy(update=aside)
