"""How much of a returned sheet is read, and its cells (A9)."""

from __future__ import annotations

from functions.shared.sheets import MOST_ABOVE as MOST_ABOVE
from functions.shared.sheets import Bounds
from functions.shared.sheets import cells_of as read_cells
from functions.shared.workbooks import Cell

MOST_ROWS = 5_000  # of tasks, out and in
_BOUNDS = Bounds(size=5, unpacked=64, rows=MOST_ROWS)


def cells_of(data: bytes, sheet: str) -> list[list[Cell]]:
    """The cells of `sheet`, else of the first sheet; row 1 of Excel is the first of the list.

    Raises Invalid for what is not an .xlsx (an encrypted one is not) or holds Excel's error values,
    TooLarge for more than 5 MB, 5,000 rows or 100 columns.
    """
    return read_cells(data, sheet, _BOUNDS)
