"""Licences and penalties that end tasks become credit records by themselves (A16, C).

No door of its own: what ended a task is put into the department's inbox as a batch of one row, so
it passes the same gate, checks and matching as what the department hands in, counts in its quality,
and comes back to it where something is wrong. The department's own row of the same document (double
publicity) has the same key, and replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from functions.credit.batches import Form
from functions.credit.catalogue import Catalogue, CheckKind, Entry
from functions.credit.desk import Desk
from functions.credit.intake import batch_id
from functions.shared.calendar import shanghai_day
from functions.shared.directory import body_of
from functions.shared.events.supervision import End, ProofTold, TaskTold

# An entity that held its licence before is no news: that licence has a record, or is owed one.
ITEMS = {End.LICENSED: "task_licence", End.PENALISED: "task_penalty"}


def take_task(told: TaskTold, desk: Desk) -> str | None:
    """Hand in what ended a task, in the name of the department whose unit ended it; the key of what
    was handed in.

    None where the task has not ended so, the catalogue has no such item, or it was handed in
    before. Whoever dies in between leaves the event, and a second batch of the same row would be
    a duplicate. A department that is no source of the catalogue has its batch refused at the gate,
    where the credit office sees it.
    """
    item = ITEMS.get(told.end) if told.end else None
    catalogue = desk.books.catalogue.on(shanghai_day(desk.now))
    entry = catalogue.entry(item, shanghai_day(desk.now)) if item else None
    if entry is None or told.proof is None:
        return None
    source, name = body_of(told.unit), f"loop-{told.id}"
    found = desk.cabinet.batches.get(batch_id(source, f"{entry.id}.{name}"))
    if found and found.value.content:
        return None
    key = f"in/{source}/{entry.id}/{name}.{Form.JSON}"
    row = row_of(told, told.proof, entry, catalogue)
    desk.files.write(key, json.dumps({"rows": [row]}, ensure_ascii=False).encode())
    return key


def row_of(
    told: TaskTold, proof: ProofTold, entry: Entry, catalogue: Catalogue
) -> Mapping[str, str]:
    """What ended a task as a row of the catalogue's `entry`, whose roles say what goes where."""
    roles, source = entry.roles, catalogue.source(body_of(told.unit))
    cells = {
        roles.name: told.name,
        roles.code: told.code,
        roles.document: proof.number,
        roles.decided: proof.on.isoformat(),
        roles.valid_until: proof.valid_until.isoformat() if proof.valid_until else "",
        roles.organ: source.code if source else "",
        roles.organ_name: source.name if source else "",
        roles.content: proof.text or told.licence,
        roles.amount: _amount(proof.fine, entry),
    }
    return {field: text for field, text in cells.items() if field and text}


def _amount(fine: Decimal | None, entry: Entry) -> str:
    """A fine in the unit of the entry's field for it: so many yuan each."""
    if fine is None:
        return ""
    checks = (one for one in entry.checks if one.kind is CheckKind.AMOUNT_IN_TEXT)
    unit = next((one.unit for one in checks if one.field == entry.roles.amount), 1)
    return f"{(fine / unit).normalize():f}"
