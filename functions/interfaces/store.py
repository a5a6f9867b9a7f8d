"""Which key a system and a delivery stand under in the table of interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from functions.interfaces.domain import Delivery, State, unit_of
from functions.shared import joined
from functions.shared.joined import System
from functions.shared.records import Shelf
from functions.shared.table import Index, Key, Page, Record, Table

DUE = Index("due", "due_bucket", "due_at")


@dataclass(frozen=True)
class Store:
    """The table of interfaces.

    Deliveries stand by unit and time, and those that wait are indexed by unit and due time: what
    piles up for one receiver is nobody else's partition, in the table and in the index.
    """

    table: Table

    @cached_property
    def systems(self) -> Shelf[System]:
        """Systems by their unit."""
        return joined.shelf(self.table)

    @cached_property
    def deliveries(self) -> Shelf[Delivery]:
        """Deliveries by id."""
        return Shelf(self.table, Delivery, _key, lambda delivery: delivery.id, _due)

    def list_units(self) -> list[str]:
        """The units that have ever joined with a system."""
        return joined.list_units(self.table)

    def list_due(self, unit: str, until: datetime, limit: int) -> list[str]:
        """At most `limit` ids of a unit that were due by `until`, longest due first."""
        page = self.table.query(partition(unit), index=DUE, until=_instant(until), limit=limit)
        return [record["sk"].removeprefix("D#") for record in page.records]

    def list_by_unit(self, unit: str, *, limit: int, after: Record | None) -> Page:
        """A page of a unit's deliveries, oldest first."""
        return self.table.query(partition(unit), begins="D#", limit=limit, after=after)

    def read(self, page: Page) -> Iterator[Delivery]:
        """The deliveries of a page."""
        return (self.deliveries.read(record).value for record in page.records)


def partition(unit: str) -> str:
    """Where a unit's deliveries stand."""
    return f"U#{unit}"


def _key(id: str) -> Key:
    return partition(unit_of(id)), f"D#{id}"


def _due(delivery: Delivery) -> dict[str, str]:
    if delivery.state is not State.PENDING:
        return {}
    return {"due_bucket": partition(delivery.unit), "due_at": _instant(delivery.due_at)}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
