"""A roster for the village of the tests: two grids, three inspectors."""

from __future__ import annotations

from functions.inspections.desk import Grid, Inspector, Roster
from tests.unit.inspections.hamlet import INSPECTOR, SECOND, VILLAGE, Hamlet

FIRST_GRID, SECOND_GRID = f"{VILLAGE}-01", f"{VILLAGE}-02"
THIRD = f"{INSPECTOR}#3"
ROSTER = Roster(
    village=VILLAGE,
    grids=(
        Grid(id=FIRST_GRID, name="第一网格", places=("一路", "工业区一路")),
        Grid(id=SECOND_GRID, name="第二网格", places=("二路",)),
    ),
    inspectors=(
        Inspector(id=INSPECTOR, name="甲", grids=(FIRST_GRID,)),
        Inspector(id=SECOND, name="乙", grids=(FIRST_GRID, SECOND_GRID)),
        Inspector(id=THIRD, name="丙", grids=(SECOND_GRID,)),
    ),
)


def with_roster(hamlet: Hamlet, roster: Roster = ROSTER) -> Hamlet:
    """`hamlet` with a roster for its village."""
    hamlet.store.rosters.change(roster.village, lambda _: roster, by="test", now=hamlet.now)
    return hamlet
