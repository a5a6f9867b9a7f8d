"""A source hands in a batch: rows at once, or a file that it then sends (C4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from functions.credit import folders
from functions.credit.batches import Batch
from functions.credit.desk import Desk
from functions.credit.intake import gate
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, NotFound
from functions.shared.events.credit import BatchState


def announce(batch: Batch, desk: Desk) -> Batch:
    """Take up a batch before its rows are here; the same id again gives the batch that has it.

    Raises Invalid where the catalogue does not let it in (`intake.gate`), NotFound where it
    replaces no batch of this source and item, Conflict where the id is another item's batch.
    """
    today = shanghai_day(desk.now)
    gate(desk.books.catalogue.on(today), batch.source, batch.item, today)
    if batch.replaces:
        _require_own(batch, desk)
    stored = desk.cabinet.batches.change(
        batch.id, lambda old: old or batch, by=batch.by, now=desk.now
    )
    stored = stored or batch
    if (stored.item, stored.form) != (batch.item, batch.form):
        raise Conflict.of("batch_id_taken", "id", item=stored.item)
    return stored


def submit(batch: Batch, rows: Sequence[dict[str, Any]], desk: Desk) -> Batch:
    """Announce a batch and send its rows the way of every file. A repeat sends them again only
    where the first call died before they arrived."""
    stored = announce(batch, desk)
    if stored.state is BatchState.AWAITED:
        body = json.dumps({"rows": rows})
        desk.files.write(folders.inbox_key(stored), body.encode())
    return stored


def _require_own(batch: Batch, desk: Desk) -> None:
    found = desk.cabinet.batches.get(batch.replaces)
    if found is None or (found.value.source, found.value.item) != (batch.source, batch.item):
        raise NotFound("replaces")
