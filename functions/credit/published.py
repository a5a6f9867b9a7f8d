"""The rules of objection and repair as everybody may read them: who has how long, what may be
repaired and when (C11)."""

from __future__ import annotations

from pydantic import BaseModel

from functions.credit.catalogue import Catalogue
from functions.credit.desk import Desk
from functions.credit.repair_book import DisputeStage, RepairBook, Repairs
from functions.shared.calendar import Unit, shanghai_day
from functions.shared.events.credit import Category, DisputeKind


class LimitTold(BaseModel):
    """How long one stage of an objection or a repair may take."""

    kind: DisputeKind
    stage: DisputeStage
    days: int
    unit: Unit


class RepairTold(BaseModel):
    """Which records: of these categories, or under these titles. `months` after the decision they
    may be repaired; without it, after the least time for which such a record must be public.
    `never`: they may not, and why."""

    categories: tuple[Category, ...] = ()
    titles: tuple[str, ...] = ()
    months: int | None = None
    never: str = ""


class RepairRules(BaseModel):
    """The rules that hold today. The first of `repairs` that speaks of a record counts; a record of
    which none speaks cannot be repaired, only objected to. `extension`: by how many days a source
    may lengthen its own limit, once."""

    version: str
    law: str
    extension: int
    limits: tuple[LimitTold, ...]
    repairs: tuple[RepairTold, ...]


def repair_rules(desk: Desk) -> RepairRules:
    """The rules of objection and repair that hold today."""
    today = shanghai_day(desk.now)
    book: RepairBook = desk.books.repair.on(today)
    catalogue: Catalogue = desk.books.catalogue.on(today)
    return RepairRules(
        version=book.version,
        law=book.law,
        extension=book.extension,
        limits=tuple(
            LimitTold(kind=one.kind, stage=one.stage, days=one.n, unit=one.unit)
            for one in book.limits
        ),
        repairs=tuple(_told(one, catalogue) for one in book.repairs),
    )


def _told(rule: Repairs, catalogue: Catalogue) -> RepairTold:
    titles = {one.id: one.title for one in catalogue.entries}
    return RepairTold(
        categories=rule.categories,
        titles=tuple(titles.get(item, item) for item in rule.items),
        months=rule.least,
        never=rule.never,
    )
