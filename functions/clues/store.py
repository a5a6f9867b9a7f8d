"""Which key a clue and a town's switch stand under in the table of clues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from functions.clues.desk import AutoAssign
from functions.clues.domain import Clue
from functions.shared import provisional
from functions.shared.records import Shelf, read_as
from functions.shared.table import Record, Table

_CLUE, _SWITCH = "L", "S"


@dataclass(frozen=True)
class Store:
    """The table of clues."""

    table: Table

    @cached_property
    def clues(self) -> Shelf[Clue]:
        """Clues by id; those with a limit to be counted again are indexed by shard."""
        return Shelf(
            self.table, Clue, lambda id: (f"L#{id}", _CLUE), lambda clue: clue.id, _unsettled
        )

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the ids of clues with a running limit that no published calendar covers."""
        return provisional.list_provisional(self.table, shard, limit=limit, after=after)

    @cached_property
    def switches(self) -> Shelf[AutoAssign]:
        """Switches by town."""
        return Shelf(
            self.table, AutoAssign, lambda town: (f"S#{town}", _SWITCH), lambda one: one.town
        )


def _unsettled(clue: Clue) -> dict[str, str]:
    waits = any(clock.provisional for clock in clue.running)
    return provisional.attributes(clue.id) if waits else {}


def clue_in(record: Record) -> Clue | None:
    """The clue that a record of the table holds, if it holds one."""
    return read_as(Clue, record) if record["sk"] == _CLUE else None
