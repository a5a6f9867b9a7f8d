"""What the use cases of public credit work with, as tiny ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from functions.credit.batches import (
    Article,
    Batch,
    ChunkResult,
    Habits,
    HeldRow,
    Holder,
    LookUp,
    Parcel,
    Quality,
    Receipt,
)
from functions.credit.catalogue import Catalogue
from functions.credit.disputing import Dispute
from functions.credit.domain import OFFICE as OFFICE
from functions.credit.domain import SYSTEM as SYSTEM
from functions.credit.domain import CreditRecord, Graded, Named, Subject
from functions.credit.names import NO_REGIONS, Regions
from functions.shared.objects import Objects
from functions.shared.records import Collection
from functions.shared.rules_in_force import Rules
from functions.shared.table import Key, Record
from functions.shared.vault import Vault

B = TypeVar("B", covariant=True)


class Cabinet(Protocol):
    """Everything that the room keeps (`store.Store`, which says under which ids)."""

    @property
    def subjects(self) -> Collection[Subject]: ...

    @property
    def names(self) -> Collection[Named]: ...

    @property
    def records(self) -> Collection[CreditRecord]: ...

    @property
    def grades(self) -> Collection[Graded]: ...

    @property
    def batches(self) -> Collection[Batch]: ...

    @property
    def chunks(self) -> Collection[ChunkResult]: ...

    @property
    def held(self) -> Collection[HeldRow]: ...

    @property
    def habits(self) -> Collection[Habits]: ...

    @property
    def qualities(self) -> Collection[Quality]: ...

    @property
    def parcels(self) -> Collection[Parcel]: ...

    @property
    def receipts(self) -> Collection[Receipt]: ...

    @property
    def holders(self) -> Collection[Holder]: ...

    @property
    def disputes(self) -> Collection[Dispute]: ...

    @property
    def look_ups(self) -> Collection[LookUp]: ...

    @property
    def articles(self) -> Collection[Article]: ...

    def list_names(self, key: str, limit: int) -> list[Named]: ...

    def list_records(self, subject: str) -> list[CreditRecord]: ...

    def list_chunks(self, batch: str) -> list[ChunkResult]: ...

    def list_held(self, batch: str) -> list[HeldRow]: ...

    def list_qualities(self, source: str, since: str, until: str) -> list[Quality]: ...

    def list_articles(self, column: str, after: str, limit: int) -> list[Article]: ...

    def list_look_ups(self, unit: str, since: str, until: str) -> list[LookUp]: ...

    def list_due(
        self, kind: str, shard: int, until: str, *, limit: int, after: Record | None = None
    ) -> tuple[list[Key], Record | None]: ...

    def list_open(self, unit: str, kind: str, limit: int | None = None) -> list[str]: ...


class RuleSource(Protocol):
    """The rules of the city that hold now: calendar, directory, items."""

    def on(self, now: datetime) -> Rules: ...


class Book(Protocol[B]):
    """A book of rules: what holds on a day, and what a version says (`shared.handbooks`)."""

    def on(self, day: date) -> B: ...

    def of(self, version: str) -> B: ...


@dataclass(frozen=True, slots=True)
class Books:
    """The room's books: the catalogue, the periods of publicity, the grading rules, the rules on
    objection and repair."""

    catalogue: Book[Catalogue]
    periods: Book[Any]
    grading: Book[Any]
    repair: Book[Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: the cabinet, the books, the city's rules, the room's bucket, the
    vault (None where this function may not keep identity numbers), now, a way to itself, and the
    regions before names."""

    cabinet: Cabinet
    books: Books
    rules: RuleSource
    files: Objects
    vault: Vault | None
    now: datetime
    send: Callable[[str, str], None]  # queue, body
    regions: Regions = NO_REGIONS
