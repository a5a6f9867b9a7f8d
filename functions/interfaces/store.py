"""Which key a system, a line, a delivery and a replay stand under in the table of interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from functions.interfaces.domain import Delivery, State, unit_of
from functions.interfaces.lines import Line
from functions.interfaces.replays import Replay
from functions.shared import joined
from functions.shared.joined import Client, GiveVault, Systems
from functions.shared.records import Shelf
from functions.shared.table import Index, Key, Page, Record, Table

DUE = Index("due", "due_bucket", "due_at")


@dataclass(frozen=True)
class Store:
    """The table of interfaces.

    Deliveries stand by unit and time. Those that wait are indexed by unit and due time, those that
    are parked beside them: what piles up for one receiver is nobody else's partition, in the table
    and in the index.
    """

    table: Table
    vault: GiveVault | None = None  # for who signs, verifies or agrees on secrets

    @cached_property
    def systems(self) -> Systems:
        """Systems by their unit."""
        return joined.shelf(self.table, self.vault)

    @cached_property
    def clients(self) -> Shelf[Client]:
        """Whose the machine clients are, by their ids."""
        return joined.clients(self.table)

    @cached_property
    def lines(self) -> Shelf[Line]:
        """How systems have answered, by their unit."""
        return Shelf(self.table, Line, lambda unit: (f"H#{unit}", "H"), lambda line: line.unit)

    @cached_property
    def deliveries(self) -> Shelf[Delivery]:
        """Deliveries by id."""
        return Shelf(self.table, Delivery, _key, lambda delivery: delivery.id, _indexed)

    @cached_property
    def replays(self) -> Shelf[Replay]:
        """Replays of many deliveries, by id."""
        return Shelf(self.table, Replay, lambda id: (f"Y#{id}", "Y"), lambda replay: replay.id)

    def list_units(self) -> list[str]:
        """The units that have ever joined with a system."""
        return joined.list_units(self.table)

    def list_due(self, unit: str, until: datetime, limit: int) -> list[str]:
        """At most `limit` ids of a unit that were due by `until`, longest due first."""
        page = self.table.query(partition(unit), index=DUE, until=_instant(until), limit=limit)
        return _ids(page)

    def list_waiting(self, unit: str, limit: int) -> list[str]:
        """At most `limit` ids of a unit that wait, longest due first."""
        return _ids(self.table.query(partition(unit), index=DUE, limit=limit))

    def list_parked(self, unit: str, limit: int) -> list[str]:
        """At most `limit` ids of a unit that are parked, longest parked first."""
        return _ids(self.table.query(_parked(unit), index=DUE, limit=limit))

    def list_by_unit(
        self, unit: str, *, limit: int, since: str = "", after: Record | None = None
    ) -> Page:
        """A page of a unit's deliveries, oldest first; those whose ids come after `since`."""
        above = f"D#{since}" if since else ""
        begins = "" if since else "D#"
        return self.table.query(
            partition(unit), begins=begins, above=above, limit=limit, after=after
        )

    def read(self, page: Page) -> Iterator[Delivery]:
        """The deliveries of a page."""
        return (self.deliveries.read(record).value for record in page.records)

    def list_since(self, unit: str, since: str, limit: int) -> list[Delivery]:
        """`limit` deliveries of a unit whose ids come after `since`, in order; fewer only where no
        more follow: a page of the table ends at 1 MB, which few long events make."""
        found: list[Delivery] = []
        after: Record | None = None
        while len(found) < limit:
            left = limit - len(found)
            page = self.list_by_unit(unit, limit=left, since=since, after=after)
            found += self.read(page)
            after = page.after
            if after is None:
                break
        return found


def partition(unit: str) -> str:
    """Where a unit's deliveries stand."""
    return f"U#{unit}"


def _parked(unit: str) -> str:
    return f"P#{unit}"


def _key(id: str) -> Key:
    return partition(unit_of(id)), f"D#{id}"


def _ids(page: Page) -> list[str]:
    return [record["sk"].removeprefix("D#") for record in page.records]


def _indexed(delivery: Delivery) -> dict[str, str | int]:
    forgotten = {"expires_at": delivery.expires_at}
    if delivery.state is State.PARKED:
        bucket = _parked(delivery.unit)
    elif delivery.state is State.PENDING:
        bucket = partition(delivery.unit)
    else:
        return {**forgotten}
    return {**forgotten, "due_bucket": bucket, "due_at": _instant(delivery.due_at)}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
