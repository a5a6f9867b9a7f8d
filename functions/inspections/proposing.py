"""Which grid an address lies in, and who of its inspectors has the least to do (B4)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.inspections.desk import Grid, Inspector, Roster, Waiting
from functions.inspections.seen import Frozen


class Proposal(Frozen):
    """Who should go, and why. Reasons read `place: <the word of the address>`, `fewest: <how many
    open inspections>` or `named`; the same roster and load always give the same proposal."""

    grid: str
    grid_reason: str
    inspector: str
    inspector_reason: str


@dataclass(frozen=True, slots=True)
class Load:
    """How many open inspections each grid and each inspector of a village has."""

    grids: Counter[str]
    inspectors: Counter[str]

    @classmethod
    def of(cls, waiting: Iterable[Waiting], *, without: str = "") -> Load:
        """The load by the index of the village; one inspection may be left out."""
        rows = [row for row in waiting if row.id != without]
        return cls(Counter(row.grid for row in rows), Counter(row.inspector for row in rows))

    def add(self, proposal: Proposal) -> None:
        """Count one more, where several are given out together."""
        self.grids[proposal.grid] += 1
        self.inspectors[proposal.inspector] += 1


def proposed(
    address: str,
    roster: Roster | None,
    load: Load,
    *,
    grid: str | None = None,
    inspector: str | None = None,
) -> Proposal | None:
    """Who should go to `address`; `grid` and `inspector` are what the dispatcher has named already,
    and must be on the roster. None where the roster has nobody, or no grid.

    The grid is the one whose place stands in the address (the longest word wins), else that with
    the fewest open inspections; the inspector the one of that grid with the fewest, or of the whole
    village where nobody walks the grid. Ties go by id.
    """
    if roster is None or not (roster.grids and roster.inspectors):
        return None
    walker = next((one for one in roster.inspectors if one.id == inspector), None)
    if grid:
        where, why = grid, "named"
    else:
        where, why = _grid(address, _walked_by(walker, roster), load)
    if walker:
        return Proposal(grid=where, grid_reason=why, inspector=walker.id, inspector_reason="named")
    candidates = [one for one in roster.inspectors if where in one.grids] or roster.inspectors
    who = min(candidates, key=lambda one: (load.inspectors[one.id], one.id))
    fewest = f"fewest: {load.inspectors[who.id]}"
    return Proposal(grid=where, grid_reason=why, inspector=who.id, inspector_reason=fewest)


def _walked_by(inspector: Inspector | None, roster: Roster) -> Sequence[Grid]:
    """The grids among which to choose: those of the named inspector, where there are any."""
    own = [one for one in roster.grids if inspector and one.id in inspector.grids]
    return own or roster.grids


def _grid(address: str, grids: Sequence[Grid], load: Load) -> tuple[str, str]:
    text = _plain(address)
    places = [
        (-len(_plain(place)), one.id, place)
        for one in grids
        for place in one.places
        if _plain(place) in text
    ]
    if places:
        _, id, place = min(places)
        return id, f"place: {place}"
    fewest = min(grids, key=lambda one: (load.grids[one.id], one.id))
    return fewest.id, f"fewest: {load.grids[fewest.id]}"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
