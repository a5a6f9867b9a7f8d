"""The village that the other tests stand on."""

from __future__ import annotations

from functions.inspections.changes import events_of
from tests.unit.inspections.hamlet import VILLAGE, Hamlet


def test_an_open_inspection_is_in_the_index_of_its_village_with_its_inspector() -> None:
    hamlet = Hamlet()
    inspection = hamlet.opened()
    (waiting,) = hamlet.store.list_open(VILLAGE)
    assert (waiting.id, waiting.inspector) == (inspection.id, inspection.inspector)
    assert waiting.due == inspection.clocks[0].due.isoformat()


def test_a_stored_inspection_reads_as_it_was_written_and_is_told() -> None:
    hamlet = Hamlet()
    inspection = hamlet.opened()
    assert hamlet.get(inspection.id) == inspection
    record = hamlet.table.get(f"I#{inspection.id}", "I")
    assert record
    assert [event.type for event in events_of(None, record)] == ["inspection.opened"]
