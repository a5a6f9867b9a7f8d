"""What the use cases of interfaces work with: where things are kept, and how they go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from pydantic import BaseModel

from functions.interfaces.domain import Answer, Delivery, First
from functions.interfaces.lines import Line
from functions.interfaces.replays import Replay
from functions.shared.joined import Client, System
from functions.shared.records import Stored

SYSTEM = "system"
T = TypeVar("T", bound=BaseModel)


class Kept(Protocol[T]):
    """Where the records of one kind are kept, by id."""

    def get(self, id: str) -> Stored[T] | None: ...

    def save(self, value: T, *, before: Stored[T] | None, by: str, now: datetime) -> Stored[T]: ...

    def change(
        self, id: str, how: Callable[[T | None], T | None], *, by: str, now: datetime
    ) -> T | None: ...


class Records(Protocol):
    """All that interfaces keeps, and what of it waits."""

    @property
    def systems(self) -> Kept[System]: ...

    @property
    def clients(self) -> Kept[Client]: ...

    @property
    def lines(self) -> Kept[Line]: ...

    @property
    def deliveries(self) -> Kept[Delivery]: ...

    @property
    def replays(self) -> Kept[Replay]: ...

    def list_units(self) -> list[str]: ...

    def list_due(self, unit: str, until: datetime, limit: int) -> list[str]: ...

    def list_since(self, unit: str, since: str, limit: int) -> list[Delivery]: ...


class Post(Protocol):
    """Makes a POST; whatever a receiver does comes back as an answer."""

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


Start = Callable[[First], object]
"""Puts what has no record yet on its way through the queue, in the group of its unit."""
Send = Callable[[Delivery], object]
"""Puts a delivery that has a record on its way, the same way."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The records and the present instant."""

    records: Records
    now: datetime
