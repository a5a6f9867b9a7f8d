"""Finds identity numbers again that a returned sheet showed masked (C5, C8).

A corrected sheet comes back with the mask where the number was. The row that it was, in the batch
that it replaces, still has the number as it was sent, for as long as that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions.credit import folders
from functions.credit.batches import Batch
from functions.credit.catalogue import Entry, FieldType
from functions.credit.desk import Desk
from functions.credit.headings import NUMBER
from functions.shared.csvfiles import Cells
from functions.shared.errors import NotFound

_SHOWN = 4  # characters at each end of a masked number, and never more than half of it
_NUMBER = re.compile(r"[0-9]{1,9}")


def masked(text: str) -> str:
    """A number of which only both ends show."""
    whole = text.strip()
    shown = min(_SHOWN, len(whole) // 4) if len(whole) > 2 * _SHOWN else 0
    hidden = "*" * (len(whole) - 2 * shown)
    return whole[:shown] + hidden + whole[len(whole) - shown :]


def restored(
    rows: Iterable[tuple[int, Cells]], batch: Batch, entry: Entry, desk: Desk
) -> list[tuple[int, Cells]]:
    """`rows` with the identity numbers behind their masks, where the batch that theirs replaces has
    a row of that number whose mask is the same; everything else as it came."""
    found = desk.cabinet.batches.get(batch.replaces) if batch.replaces else None
    before = RawRows(found.value, desk) if found else None
    secret = [one.name for one in entry.fields if one.type is FieldType.IDENTITY]
    return [(row, _unmasked(cells, secret, before)) for row, cells in rows]


def _unmasked(cells: Cells, secret: list[str], before: RawRows | None) -> Cells:
    known = {name: text for name, text in cells.items() if name != NUMBER}
    hidden = [name for name in secret if "*" in known.get(name, "")]
    number = cells.get(NUMBER, "").strip()
    if not (hidden and before and _NUMBER.fullmatch(number)):
        return known
    sent = before.cells(int(number))
    same = [name for name in hidden if masked(sent.get(name, "")) == known[name].strip()]
    return {**known, **{name: sent[name] for name in same}}


@dataclass
class RawRows:
    """The rows of a batch as they were sent, one chunk at a time."""

    batch: Batch
    desk: Desk
    number: int = 0
    rows: Mapping[int, Cells] | None = None

    def cells(self, row: int) -> Cells:
        """The cells of a row; none once they are forgotten, after 180 days."""
        if self.rows is None or row not in self.rows:
            self._find(row)
        return (self.rows or {}).get(row, {})

    def _find(self, row: int) -> None:
        """Chunks of very long rows are shorter: look from where the row would be at least."""
        first = max((row - 1) // folders.CHUNK_ROWS + 1, 1)
        for number in range(first, self.batch.chunks + 1):
            if number != self.number:
                self.number, self.rows = number, self._read(number)
            if row in (self.rows or {}) or max(self.rows or {0: {}}) > row:
                return

    def _read(self, number: int) -> dict[int, Cells]:
        try:
            return dict(folders.read_raw(self.batch, number, self.desk.files).rows)
        except NotFound:
            return {}
