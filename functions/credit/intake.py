"""The door of public credit: what is in the catalogue comes in, chunk by chunk (C3, C4).

Everything comes as an object `in/<source>/<item>/<name>.<json|csv|xlsx>` of the room's bucket:
rows over HTTPS, announced files, files that operators put there. An object is claimed for a batch,
passes the gate, and is cut into chunks; the batch is `checking` before the first of them is sent,
so none meets a batch that it does not know. A repeat writes the same chunks, or, once they are
there, sends those that are not done, so dying anywhere costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from pathlib import PurePath

from functions.credit import folders
from functions.credit.batches import Batch, Form, Step
from functions.credit.catalogue import Catalogue, Entry
from functions.credit.desk import SYSTEM, Desk
from functions.credit.forms import read_rows
from functions.credit.headings import Headings
from functions.shared.calendar import shanghai_day
from functions.shared.csvfiles import in_chunks
from functions.shared.errors import Invalid, NotFound, Problem
from functions.shared.events.credit import BatchState
from functions.shared.objects import Objects
from functions.shared.trail import fingerprint

ROWS_QUEUE = "credit-rows"
UNKNOWN_COLUMNS = "columns_unknown"  # a reason that holds nothing up
_NAME = re.compile(r"[\w.:-]{1,100}")
_BLOCK = 1 << 20


def batch_id(source: str, name: str) -> str:
    """The id of the batch that a source calls `name`."""
    return f"{source}.{name}"


def gate(catalogue: Catalogue, source: str, item: str, day: date) -> Entry:
    """The entry by which rows of `item` from `source` are checked on `day` (C3).

    Raises Invalid: `source_unknown`, `entry_unknown`, `entry_not_in_force`, `item_not_yours`.
    """
    if catalogue.source(source) is None:
        raise Invalid.of("source_unknown", "source", source=source)
    if all(one.id != item for one in catalogue.entries):
        raise Invalid.of("entry_unknown", "item", item=item)
    entry = catalogue.entry(item, day)
    if entry is None:
        raise Invalid.of("entry_not_in_force", "item", item=item, day=day.isoformat())
    if not entry.takes_from(source):
        raise Invalid.of("item_not_yours", "item", item=item, source=source)
    return entry


def entry_of(batch: Batch, desk: Desk) -> Entry:
    """The entry by which a batch is checked, though the catalogue may have changed since."""
    catalogue = desk.books.catalogue.of(batch.catalogue)
    key = (batch.item, batch.entry_version)
    return next(one for one in catalogue.entries if (one.id, one.version) == key)


def content_of(key: str, files: Objects) -> str:
    """A name for what an object holds, "" where it is gone. The bucket's own tag is none: of what
    is encrypted, it is another one each time that the same bytes are put."""
    found = sha256()
    try:
        with files.open(key) as stream:
            while block := stream.read(_BLOCK):
                found.update(block)
    except NotFound:
        return ""
    return found.hexdigest()[:32]


def take_file(
    key: str,
    content: str,
    desk: Desk,
    *,
    arrived: datetime | None = None,
    size: int = folders.CHUNK_ROWS,
) -> Batch:
    """Take the object that arrived under `key`, in chunks of `size` rows; `content` names what it
    holds (`content_of`). It was received when it `arrived` (left out: now): what waits here makes
    no source late, and no older file newer.

    What cannot be read at all, or is not in the catalogue, is `broken` with its faults. The same
    content again is a repeat, another one under the same key a batch of its own. Raises ValueError
    for a key that names neither source nor item.
    """
    folder, source, item, name = [*key.split("/"), "", "", ""][:4]
    if folder != "in" or not (source and item and name):
        raise ValueError(f"no batch of anybody's: {key}")
    came = min(arrived or desk.now, desk.now)
    batch = _claim(source, item, PurePath(name), content or "0", came, desk)
    if batch.state is BatchState.CHECKING:
        send_chunks(batch, Step.CHECK, desk)
    if batch.state is not BatchState.AWAITED:
        return batch
    try:
        catalogue = desk.books.catalogue.on(shanghai_day(batch.received_at))
        entry = gate(catalogue, batch.source, batch.item, shanghai_day(batch.received_at))
        headings = Headings(entry)
        rows, chunks = _cut(batch, key, headings, size, desk)
    except Problem as problem:
        broken = {"state": BatchState.BROKEN, "faults": problem.faults, "done_at": desk.now}
        return _next(batch, broken, desk)
    checking = {
        "state": BatchState.CHECKING,
        "entry_version": entry.version,
        "catalogue": catalogue.version,
        "rows": rows,
        "chunks": chunks,
        "unknown": headings.unknown,
        "reasons": (UNKNOWN_COLUMNS,) if headings.unknown else (),
    }
    batch = _next(batch, checking, desk)
    if batch.state is BatchState.CHECKING:
        send_chunks(batch, Step.CHECK, desk)
    return batch


def send_chunks(batch: Batch, step: Step, desk: Desk) -> None:
    """Send those chunks of a batch on their way that have no result of a step yet."""
    done = {
        one.number
        for one in desk.cabinet.list_chunks(batch.id)
        if one.step is step and one.content == batch.content
    }
    for number in _without(range(1, batch.chunks + 1), done):
        message = {"batch": batch.id, "content": batch.content, "number": number, "step": step}
        desk.send(ROWS_QUEUE, json.dumps(message))


def _without(numbers: Iterable[int], done: set[int]) -> list[int]:
    return [number for number in numbers if number not in done]


def _cut(batch: Batch, key: str, headings: Headings, size: int, desk: Desk) -> tuple[int, int]:
    """Keep what was sent, chunk by chunk; how many rows and chunks there are."""
    rows = number = 0
    read = read_rows(batch.form, desk.files.open(key), headings)
    for number, chunk in enumerate(in_chunks(read, size), start=1):
        if number == 1:
            folders.write_headings(batch, headings.sent, desk.files)
        folders.write_raw(batch, number, chunk, desk.files)
        rows += len(chunk.rows) + len(chunk.faults)
    return rows, number


def _claim(
    source: str, item: str, name: PurePath, content: str, came: datetime, desk: Desk
) -> Batch:
    """The batch that an object is: the announced one, else one of the object's own name; where
    that came with another content, one of this content's."""
    stem = name.stem if _NAME.fullmatch(name.stem) else fingerprint(name.stem)[:22]
    announced = desk.cabinet.batches.get(stem) if stem.startswith(f"{source}.") else None
    id = stem if announced else batch_id(source, f"{item}.{stem}")
    given = _given(source, item, name, came, desk)
    batch = _claimed(Batch.model_validate({"id": id, **given}), content, desk)
    if batch.content == content and batch.item == item:
        return batch
    again = {"id": f"{id}.{content[:8]}", **given}
    return _claimed(Batch.model_validate(again), content, desk)


def _given(source: str, item: str, name: PurePath, came: datetime, desk: Desk) -> dict[str, object]:
    ending = name.suffix.removeprefix(".").lower()
    form = Form(ending) if ending in set(Form) else Form.CSV
    return {
        **{"source": source, "item": item, "name": name.name, "form": form},
        **{"by": SYSTEM, "received_at": came, "changed_at": desk.now},
    }


def _claimed(new: Batch, content: str, desk: Desk) -> Batch:
    def claimed(old: Batch | None) -> Batch:
        if old is None:
            return new.model_copy(update={"content": content})
        if old.content or old.item != new.item:
            return old
        came = new.received_at
        arrived = {"content": content, "received_at": came, "changed_at": desk.now}
        return old.model_copy(update=arrived)

    stored = desk.cabinet.batches.change(new.id, claimed, by=SYSTEM, now=desk.now)
    return stored or new


def _next(batch: Batch, changes: dict[str, object], desk: Desk) -> Batch:
    """The batch a state further, unless it went further meanwhile."""

    def further(old: Batch | None) -> Batch | None:
        if old is None or old.state is not BatchState.AWAITED:
            return old
        return old.model_copy(update={**changes, "changed_at": desk.now})

    return desk.cabinet.batches.change(batch.id, further, by=SYSTEM, now=desk.now) or batch
