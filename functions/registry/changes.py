"""What the registry's table tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.registry.domain import told
from functions.registry.store import entity_in
from functions.shared.events import CloudEvent, event
from functions.shared.events.registry import RELEASED
from functions.shared.table import Record


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """A released entity is told once per release; arrivals wait for their sweep (A2)."""
    entity = entity_in(new)
    if entity is None or entity.pending or entity.released_at is None:
        return
    before = entity_in(old) if old else None
    if before and not before.pending:
        return
    yield event(RELEASED, entity.code, new["version"], told(entity), entity.released_at)
