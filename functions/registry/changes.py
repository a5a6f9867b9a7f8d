"""What the registry's table tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.registry.domain import told
from functions.registry.store import entity_in
from functions.shared.events import CloudEvent, event
from functions.shared.events.registry import RECEIVED, RELEASED
from functions.shared.table import Record


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """Each new edition of an entity at once, for whom no sweep may delay (B4), and a released
    entity once per release (A2). What only says the same again is not told.

    A change that is told by redrive has no `old`: then both are told again, as it stands now.
    """
    entity = entity_in(new)
    if entity is None:
        return
    before = entity_in(old) if old else None
    version, body = new["version"], told(entity)
    if before is None or before.edition != entity.edition:
        yield event(RECEIVED, entity.code, version, body, entity.received_at)
    released = not entity.pending and entity.released_at
    if released and (before is None or before.pending):
        yield event(RELEASED, entity.code, version, body, released)
