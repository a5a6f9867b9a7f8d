"""Which key a clue and a town's switch stand under in the table of clues."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from functions.clues.desk import AutoAssign
from functions.clues.domain import Clue
from functions.shared.records import Shelf, read_as
from functions.shared.table import Record, Table

_CLUE, _SWITCH = "L", "S"


@dataclass(frozen=True)
class Store:
    """The table of clues."""

    table: Table

    @cached_property
    def clues(self) -> Shelf[Clue]:
        """Clues by id."""
        return Shelf(self.table, Clue, lambda id: (f"L#{id}", _CLUE), lambda clue: clue.id)

    @cached_property
    def switches(self) -> Shelf[AutoAssign]:
        """Switches by town."""
        return Shelf(
            self.table, AutoAssign, lambda town: (f"S#{town}", _SWITCH), lambda one: one.town
        )


def clue_in(record: Record) -> Clue | None:
    """The clue that a record of the table holds, if it holds one."""
    return read_as(Clue, record) if record["sk"] == _CLUE else None
