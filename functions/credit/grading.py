"""The published rules by which a subject is graded, and what they make of its records (C12). Pure.

A grade follows from the records and the day alone: whoever reads the rules, the records and the
reasons comes to the same grade.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from functions.credit.catalogue import Frozen
from functions.credit.domain import CreditRecord
from functions.shared.calendar import shanghai_day
from functions.shared.dates import months_after
from functions.shared.events.credit import Category, Grade, RecordState, SubjectKind

# What a licence, a commitment or a figure says is neither good nor bad (`Category`): it is not
# counted, so it never costs a grading.
GRADABLE = frozenset({Category.PENALTY, Category.DISHONEST, Category.SERIOUS, Category.GOOD})
MOST_RECORDS = 200  # ids of records that a grade names, the newest
_WORST_FIRST = (Grade.SERIOUS, Grade.DISHONEST, Grade.ORDINARY, Grade.GOOD)
_END = date.max
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Counter(StrEnum):
    """What a department's counter does with a subject."""

    GREEN_CHANNEL = "green_channel"  # 绿色通道
    TOLERATE_MISSING = "tolerate_missing"  # 容缺受理
    PRIORITY = "priority"  # 优先办理
    RESTRICTED = "restricted"  # looked at closely, without simplified procedures
    BANNED = "banned"  # 市场禁入


class Visits(StrEnum):
    """How often inspectors come, beside everybody."""

    FEWER = "fewer"
    MORE = "more"


class Condition(Frozen):
    """At least `count` records of these `categories`, `items` and `severities` (empty: of any), of
    the last `months` from the day of decision; `live`: only while they are public."""

    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    items: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    count: int = Field(default=1, ge=1, le=1000)
    months: int | None = Field(default=None, ge=1, le=1200)
    live: bool = False

    @field_validator("categories")
    @classmethod
    def _says_something(cls, categories: tuple[Category, ...]) -> tuple[Category, ...]:
        if neither := sorted(set(categories) - GRADABLE):
            raise ValueError(f"neither good nor bad: {', '.join(neither)}")
        return categories

    def span(self, record: CreditRecord) -> tuple[date, date] | None:
        """The days on which it counts a record: from the first to before the second."""
        if record.category not in self.categories:
            return None
        if self.items and record.item not in self.items:
            return None
        if self.severities and record.severity not in self.severities:
            return None
        since = record.decided_on or shanghai_day(record.provenance.received_at)
        until = months_after(since, self.months) if self.months else _END
        if self.live:
            if record.public_from is None:
                return None
            since = max(since, record.public_from)
            if record.public_until and record.public_until < _END:
                until = min(until, record.public_until + timedelta(days=1))
        return (since, until) if since < until else None


class GradeRule(Frozen):
    """Who gets a `grade`: whoever meets all of `all_of`, one of `any_of` (where there are any) and
    nothing of `none_of`. `basis` is the document that it stands in."""

    id: _Id
    title: _Text
    grade: Grade
    basis: Annotated[str, StringConstraints(max_length=300)] = ""
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All of them."""
        return (*self.all_of, *self.any_of, *self.none_of)

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if not (self.all_of or self.any_of):
            raise ValueError("a rule needs all_of or any_of")
        return self


class Effect(Frozen):
    """What a grade brings: at every counter, and in the plan of inspections."""

    counter: tuple[Counter, ...] = ()
    visits: Visits | None = None


class GradingBook(Frozen):
    """One version of the rules (`infra/city/grading.toml`). Key persons are not graded."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    title: _Text
    rules: Annotated[tuple[GradeRule, ...], Field(min_length=1)]
    effects: dict[Grade, Effect] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [one.id for one in self.rules]
        if len(set(ids)) < len(ids):
            raise ValueError("a rule stands there twice")
        return self

    @cached_property
    def _by_id(self) -> dict[str, GradeRule]:
        return {one.id: one for one in self.rules}

    def rule(self, id: str) -> GradeRule | None:
        """The rule with this id."""
        return self._by_id.get(id)

    def effect(self, grade: Grade) -> Effect:
        """What a grade brings."""
        return self.effects.get(grade, Effect())


@dataclass(frozen=True, slots=True)
class Result:
    """A grade on one day: the `reasons` are the rules that led to it, `records` exactly those that
    these rules counted (of more than `MOST_RECORDS` the newest)."""

    grade: Grade
    reasons: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grading:
    """A result, and the first day on which time alone makes it another (None: none does)."""

    result: Result
    again_on: date | None = None


def parse_grading(text: str) -> GradingBook:
    """The rules of a TOML file; raises ValueError that names the field or the line."""
    return GradingBook.model_validate(tomllib.loads(text))


def is_graded(kind: SubjectKind) -> bool:
    """Whether such subjects are graded: key persons are not (C8)."""
    return kind is not SubjectKind.PERSON


def speaks(record: CreditRecord) -> bool:
    """Whether a record can matter to a grade by any rules."""
    return record.category in GRADABLE


def grade_of(records: Iterable[CreditRecord], book: GradingBook, today: date) -> Grading:
    """The grade of whoever has these records, on a day of Shanghai: the worst of all rules that
    hold. Records that were repaired or withdrawn do not count; disputed ones do, until a dispute
    is decided."""
    counted = [one for one in records if one.state is RecordState.LIVE and speaks(one)]
    counted.sort(key=_newest_first, reverse=True)
    tally = _Tally.of(counted, book)
    result = tally.on(today)
    days = (day for day in tally.days() if day > today)
    return Grading(result, next((day for day in days if tally.on(day) != result), None))


_Span = tuple[date, date, str]  # from, before, the record's id


@dataclass(frozen=True, slots=True)
class _Tally:
    """On which days each condition counts which records."""

    book: GradingBook
    spans: dict[int, list[_Span]]  # by the identity of the condition, in the order of the records

    @classmethod
    def of(cls, records: list[CreditRecord], book: GradingBook) -> _Tally:
        conditions = [one for rule in book.rules for one in rule.conditions]
        return cls(book, {id(one): list(_spans(one, records)) for one in conditions})

    def days(self) -> list[date]:
        """The days on which a condition begins or ceases to count a record."""
        found = {day for spans in self.spans.values() for span in spans for day in span[:2]}
        return sorted(found - {_END})

    def on(self, day: date) -> Result:
        """The result on a day."""
        made = ((rule, self._made(rule, day)) for rule in self.book.rules)
        held = [(rule, records) for rule, records in made if records is not None]
        for grade in _WORST_FIRST:
            if led := [(rule.id, records) for rule, records in held if rule.grade is grade]:
                named = dict.fromkeys(one for _, records in led for one in records)
                return Result(grade, tuple(id for id, _ in led), tuple(named)[:MOST_RECORDS])
        return Result(Grade.ORDINARY)

    def _made(self, rule: GradeRule, day: date) -> list[str] | None:
        """The records by which a rule holds on a day; None where it does not hold."""
        if any(self._met(one, day) for one in rule.none_of):
            return None
        every = [self._met(one, day) for one in rule.all_of]
        some = [met for one in rule.any_of if (met := self._met(one, day))]
        if not all(every) or (rule.any_of and not some):
            return None
        return [record for met in (*every, *some) for record in met]

    def _met(self, condition: Condition, day: date) -> list[str]:
        """The records that a condition counts on a day; none where they are too few."""
        spans = self.spans[id(condition)]
        found = [record for since, until, record in spans if since <= day < until]
        return found if len(found) >= condition.count else []


def _spans(condition: Condition, records: list[CreditRecord]) -> Iterator[_Span]:
    for record in records:
        if span := condition.span(record):
            yield (*span, record.id)


def _newest_first(record: CreditRecord) -> tuple[date, str]:
    return record.decided_on or shanghai_day(record.provenance.received_at), record.id
