"""The book of periods: how grave a decision is, and so how long the public sees it (C7).

Rules are data with the days of decision for which they hold. Of those of one id the first that fits
the source and the day applies; in it the first class of which one condition is met.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from functions.credit.catalogue import Frozen

_Version = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Decision(Frozen):
    """What a rule looks at: the kinds of a penalty, and its fine in yuan (None: no fine)."""

    sorts: tuple[str, ...] = ()
    fine: Decimal | None = None


class Condition(Frozen):
    """When a class holds; all that is said here must be so. `only`: every kind is among these;
    `any`: one kind is among these, also as `kind-…`. Fines are in yuan, the limits included; a
    decision without a fine passes `fine_to` and not `fine_from`."""

    only: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    fine_to: Decimal | None = None
    fine_from: Decimal | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("a condition must say something")
        return self

    def met(self, decision: Decision) -> bool:
        """Whether a decision is so."""
        sorts = [one.partition("-")[0] for one in decision.sorts]
        return (
            (not self.only or bool(sorts) and all(one in self.only for one in sorts))
            and (not self.any or any(one in self.any for one in sorts))
            and (self.fine_to is None or (decision.fine or 0) <= self.fine_to)
            and (self.fine_from is None or _at_least(decision.fine, self.fine_from))
        )


class Class(Frozen):
    """Decisions of one gravity: shown for at most `months` from the day of decision (0: never), and
    not to be repaired before `least` months are over (0: once the duties are done)."""

    severity: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$")]
    when: tuple[Condition, ...] = ()
    months: int = Field(ge=0, le=1200)
    least: int = Field(default=0, ge=0, le=1200)


class PeriodRule(Frozen):
    """How long the decisions of certain sources (none named: of all) are shown that were made on
    the days `since` to `until`, by which law. `within`: so many working days after the decision the
    law wants it shown. What no class knows is of the last that bears the severity that the
    catalogue gives, else of `otherwise`."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    law: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    within: int | None = Field(default=None, ge=1, le=365)
    otherwise: str
    classes: tuple[Class, ...]

    @model_validator(mode="after")
    def _otherwise_known(self) -> Self:
        """Raises ValueError where no class has the severity that holds otherwise."""
        if all(one.severity != self.otherwise for one in self.classes):
            raise ValueError(f"no class: {self.otherwise}")
        return self

    def fits(self, source: str, decided: date) -> bool:
        """Whether it applies to a decision of that source and day."""
        begun = self.since is None or self.since <= decided
        lasts = self.until is None or decided <= self.until
        return begun and lasts and (not self.sources or source in self.sources)

    def class_of(self, decision: Decision, severity: str = "") -> Class:
        """How grave a decision is; `severity` is what the catalogue says where no class knows."""
        for one in self.classes:
            if any(condition.met(decision) for condition in one.when):
                return one
        return self._named(severity) or self._named(self.otherwise) or self.classes[-1]

    def _named(self, severity: str) -> Class | None:
        return next((one for one in reversed(self.classes) if one.severity == severity), None)


class Periods(Frozen):
    """A version of the book."""

    version: _Version
    rules: tuple[PeriodRule, ...]

    def rule(self, id: str, source: str, decided: date) -> PeriodRule:
        """The rule for a source's decision of a day. Raises LookupError where the book does not
        know the id: what nobody has ruled must not be shown by accident."""
        found = (one for one in self.rules if one.id == id and one.fits(source, decided))
        if rule := next(found, None):
            return rule
        raise LookupError(f"no rule on periods: {id}")

    @model_validator(mode="after")
    def _leaves_no_gap(self) -> Self:
        """Raises ValueError where there are days or sources for which an id has no rule."""
        for id in {one.id for one in self.rules}:
            for day in _edges(self.rules, id):
                if not any(one.id == id and one.fits("", day) for one in self.rules):
                    raise ValueError(f"{id}: no rule for the other sources on {day}")
        return self


def parse_periods(text: str) -> Periods:
    """The book of a TOML file (`infra/city/periods.toml`); raises ValueError."""
    return Periods.model_validate(tomllib.loads(text))


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _edges(rules: Collection[PeriodRule], id: str) -> set[date]:
    """Days between which nothing begins or ends: it is enough to look at these."""
    days = {date.min}
    for one in rules:
        if one.id == id:
            days |= {one.since} if one.since else set()
            days |= {date.fromordinal(one.until.toordinal() + 1)} if one.until else set()
    return days


def _at_least(fine: Decimal | None, least: Decimal) -> bool:
    return fine is not None and fine >= least
