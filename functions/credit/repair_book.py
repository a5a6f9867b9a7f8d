"""The book of objection and repair: how long everybody has, what may be repaired and when (C11).

A dispute is decided by the version that held when it was filed.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from functions.credit.catalogue import Frozen
from functions.credit.domain import CreditRecord
from functions.credit.periods import Class, months_after
from functions.shared import timekeeping
from functions.shared.events.credit import Category, DisputeKind

_Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DisputeStage(StrEnum):
    """What must be done in time."""

    ASSESS = "assess"  # the credit office asks the source, or decides
    ANSWER = "answer"  # the source says whether the record stands
    DECIDE = "decide"  # the credit office, once it has the answer
    CLOSE = "close"  # the whole of it


class DisputeEvent(StrEnum):
    """From what a limit counts."""

    FILED = "filed"
    ASKED = "asked"
    ANSWERED = "answered"


class DisputeLimit(timekeeping.Limit):
    """The limit of one stage of an objection or a repair."""

    kind: DisputeKind
    stage: DisputeStage
    start: DisputeEvent = Field(alias="from")


class Repairs(Frozen):
    """Whether records of some categories or items may be repaired: after `least` months from the
    decision, where it says so, else after those of the record's period of publicity. `never` says
    why they may not."""

    categories: tuple[Category, ...] = ()
    items: tuple[str, ...] = ()
    least: int | None = Field(default=None, ge=0, le=1200)
    never: str = Field(default="", max_length=200)

    def fits(self, record: CreditRecord) -> bool:
        """Whether it speaks of a record."""
        return record.item in self.items or record.category in self.categories


class RepairBook(Frozen):
    """A version of the book: `extension` is by how many days a source may lengthen its limit,
    once."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    law: _Text
    extension: int = Field(ge=1, le=60)
    limits: tuple[DisputeLimit, ...]
    repairs: tuple[Repairs, ...]

    def limits_of(self, kind: DisputeKind, *, extended: bool = False) -> tuple[DisputeLimit, ...]:
        """The limits of an objection or a repair; `extended`: the source took more time."""
        return tuple(
            one.model_copy(update={"n": one.n + self.extension})
            if extended and one.stage is DisputeStage.ANSWER
            else one
            for one in self.limits
            if one.kind is kind
        )

    def repair_of(self, record: CreditRecord) -> Repairs | None:
        """What holds for a record: the first that speaks of it; None: nothing bad is said there
        that could be repaired."""
        return next((one for one in self.repairs if one.fits(record)), None)

    @model_validator(mode="after")
    def _each_stage_once(self) -> Self:
        """Raises ValueError where a stage has two limits: which one would be counted again?"""
        stages = [(one.kind, one.stage) for one in self.limits]
        if len(set(stages)) < len(stages):
            raise ValueError("a stage has two limits")
        return self


def opens_on(rule: Repairs, found: Class | None, decided: date) -> date:
    """The first day on which a repair may be asked for: after the last day of the least time for
    which a decision of that day must be shown."""
    least = rule.least if rule.least is not None else found.least if found else 0
    return months_after(decided, least) + timedelta(days=1) if least else decided


def parse_repair(text: str) -> RepairBook:
    """The book of a TOML file (`infra/city/repair.toml`); raises ValueError."""
    return RepairBook.model_validate(tomllib.loads(text))
