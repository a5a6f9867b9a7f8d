"""Rows of the worklist follow what they show from office to office."""

from __future__ import annotations

from datetime import UTC, datetime

from functions.shared.events import event
from functions.shared.events.supervision import CASE_DECIDED, CaseDecided, Outcome
from functions.shared.inbox import Row
from functions.worklist.usecases import project

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWN, OTHER = "441900106000", "441900107000"


class Rows:
    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def save(self, row: Row) -> bool:
        if row.unit in self.rows and self.rows[row.unit].sequence >= row.sequence:
            return False
        self.rows[row.unit] = row
        return True


def _decided(version: int, town: str | None, outcome: Outcome, *former: str) -> CaseDecided:
    return CaseDecided(
        code="91441900MA0000001X",
        edition=version,
        name="试验",
        town=town,
        former=former,
        outcome=outcome,
        item_set="v1",
        decided_at=NOW,
    )


def test_a6_a_case_that_was_placed_leaves_the_office_where_it_waited_whatever_comes_first() -> None:
    waits = event(CASE_DECIDED, "c", 1, _decided(1, None, Outcome.MANUAL), NOW)
    placed = event(CASE_DECIDED, "c", 2, _decided(2, TOWN, Outcome.PUSHED, ""), NOW)
    moved = event(CASE_DECIDED, "c", 3, _decided(3, OTHER, Outcome.PUSHED, TOWN), NOW)
    for order in ((waits, placed, moved), (moved, placed, waits), (placed, waits, moved, placed)):
        rows = Rows()
        for one in order:
            project(one, rows, NOW)
        assert {unit: row.gone for unit, row in rows.rows.items()} == {
            "office": True,
            f"office.{TOWN}": True,
            f"office.{OTHER}": False,
        }
