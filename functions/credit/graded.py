"""A subject's grade as people and systems read it: why, by which records, since when (C12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import AwareDatetime, BaseModel

from functions.credit.desk import Desk
from functions.credit.domain import CreditRecord, Graded, kind_of
from functions.credit.grading import GradingBook, is_graded
from functions.credit.regrading import graded_now
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import NotFound
from functions.shared.events.credit import Category, Grade, RecordState, SubjectKind


class ReasonTold(BaseModel):
    """A rule that led to a grade, and the document that it stands in."""

    rule: str
    title: str
    basis: str = ""


class RecordLine(BaseModel):
    """A record that counted."""

    id: str
    item: str
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: date | None = None
    state: RecordState
    disputed: bool = False
    public_until: date | None = None


class EarlierTold(BaseModel):
    """What the grade was before, from when until when, and why."""

    grade: Grade
    rules: str
    since: AwareDatetime
    until: AwareDatetime
    reasons: tuple[ReasonTold, ...] = ()
    records: tuple[str, ...] = ()


class GradeShown(BaseModel):
    """A subject's grade on this day, by the version `rules` of the published rules.

    `counter` and `visits` are what it brings. `again_on` is the day on which time alone will change
    it. Whoever has no record that speaks for or against him is ordinary, without reasons.
    """

    subject: str
    kind: SubjectKind
    name: str
    town: str | None = None
    grade: Grade
    rules: str
    reasons: tuple[ReasonTold, ...] = ()
    records: tuple[RecordLine, ...] = ()
    counter: tuple[str, ...] = ()
    visits: str = ""
    since: AwareDatetime | None = None
    again_on: date | None = None
    history: tuple[EarlierTold, ...] = ()


def show_grade(code: str, caller: Caller, desk: Desk) -> GradeShown:
    """The grade of a subject as it is on this day, whether or not a sweep came by.

    Raises NotFound for who is not known, for key persons, and where it is not the caller's.
    """
    require(caller, Action.GRADE_READ, Owner(code), "subject")
    if not is_graded(kind_of(code)):
        raise NotFound("subject")
    found = desk.cabinet.grades.get(code)
    graded = found.value if found else None
    if graded is None or (graded.again_on and graded.again_on <= shanghai_day(desk.now)):
        graded = graded_now(code, graded, desk)
    return _shown(graded, desk) if graded else _unmarked(code, desk)


def _unmarked(code: str, desk: Desk) -> GradeShown:
    subject = desk.cabinet.subjects.get(code)
    if subject is None:
        raise NotFound("subject")
    known = subject.value
    book: GradingBook = desk.books.grading.on(shanghai_day(desk.now))
    effect = book.effect(Grade.ORDINARY)
    return GradeShown(
        subject=code,
        kind=known.kind,
        name=known.name,
        town=known.town,
        grade=Grade.ORDINARY,
        rules=book.version,
        counter=tuple(effect.counter),
        visits=effect.visits or "",
    )


def _shown(graded: Graded, desk: Desk) -> GradeShown:
    counted = desk.cabinet.records.get_many(graded.records)
    lines = (_line(counted[id].value) for id in graded.records if id in counted)
    same = ("subject", "kind", "name", "town", "grade", "rules", "counter", "visits", "again_on")
    return GradeShown(
        reasons=_reasons(graded.rules, graded.reasons, desk),
        records=tuple(lines),
        since=graded.since or graded.graded_at,
        history=tuple(_history(graded, desk)),
        **{name: getattr(graded, name) for name in same},
    )


def _history(graded: Graded, desk: Desk) -> Iterable[EarlierTold]:
    """The newest first; each lasted until the one after it began."""
    until = graded.since or graded.graded_at
    for one in reversed(graded.history):
        yield EarlierTold(
            grade=one.grade,
            rules=one.rules,
            since=one.since,
            until=until,
            reasons=_reasons(one.rules, one.reasons, desk),
            records=one.records,
        )
        until = one.since


def _reasons(version: str, ids: Iterable[str], desk: Desk) -> tuple[ReasonTold, ...]:
    """Rules in the words of the version by which it was graded."""
    try:
        book: GradingBook | None = desk.books.grading.of(version)
    except NotFound:  # the sample city's first version was replaced in the configuration
        book = None
    named = ((id, book.rule(id) if book else None) for id in ids)
    return tuple(
        ReasonTold(rule=id, title=rule.title if rule else id, basis=rule.basis if rule else "")
        for id, rule in named
    )


def _line(record: CreditRecord) -> RecordLine:
    same = RecordLine.model_fields.keys() - {"disputed"}
    return RecordLine(
        disputed=bool(record.disputes), **{name: getattr(record, name) for name in same}
    )
