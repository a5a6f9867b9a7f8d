"""Files of any size: cut into chunks that are taken independently (A1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import IO, Protocol

from functions.registry.domain import Taken
from functions.registry.files import chunks
from functions.registry.uploads import ChunkResult, Progress, Upload
from functions.registry.usecases import Batch, RowResult
from functions.shared.errors import Fault, Invalid, NotFound
from functions.shared.trail import fingerprint

CHUNK_ROWS = 500
# Kept per chunk, whose record ends at 400 KB; each bad row keeps at least one (A1).
_MOST_FAULTS = 1000
_ID = re.compile(r"[\w.-]{1,100}")


class Uploads(Protocol):
    """Where files and the results of their chunks are kept."""

    def change_upload(
        self, id: str, how: Callable[[Upload | None], Upload | None], by: str, now: datetime
    ) -> Upload | None: ...

    def save_result(self, result: ChunkResult, by: str, now: datetime) -> None: ...


class Store(Protocol):
    """Where chunks wait to be taken."""

    def open(self, key: str) -> IO[bytes]: ...

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, body: bytes) -> None: ...


def upload_of(key: str) -> str:
    """The id of the file under `key`: its name without the ending, where that can be an id."""
    name = key.removeprefix("in/")
    stem = name.rpartition(".")[0] or name
    return stem if _ID.fullmatch(stem) else fingerprint(name)[:22]


def split_file(
    key: str,
    received_at: datetime,
    content: str = "",
    *,
    bucket: Store,
    uploads: Uploads,
    send: Callable[[str], None],
) -> Upload:
    """Cut the file that arrived under `key` (`in/<id>.csv`) and send its chunks on their way.

    Repeats write the same chunks under the same keys, and rows taken twice count once. `content`
    names what the file holds: another file under the same key is no repeat. A file that cannot be
    read is marked broken with the fault; nothing further of it is taken.
    """
    upload_id = upload_of(key)
    folder = "/".join(filter(None, ("chunks", upload_id, content)))
    rows = count = 0
    faults: tuple[Fault, ...] = ()
    try:
        for count, chunk in enumerate(chunks(bucket.open(key), CHUNK_ROWS), start=1):
            rows += len(chunk.rows) + len(chunk.faults)
            place = f"{folder}/{count:06d}.json"
            cells = {
                "rows": chunk.rows,
                "faults": [
                    {"code": f.code, "row": f.row, "params": f.params} for f in chunk.faults
                ],
            }
            bucket.write(place, json.dumps(cells).encode())  # ASCII: cells may be undecodable
            send(
                json.dumps(
                    {
                        "upload": upload_id,
                        "content": content,
                        "number": count,
                        "key": place,
                        "received_at": received_at.isoformat(),
                    }
                )
            )
    except Invalid as broken:
        faults = broken.faults

    def done(before: Upload | None) -> Upload:
        before = before or Upload(
            id=upload_id, name=key, sender="exchange", announced_at=received_at
        )
        state = Progress.BROKEN if faults else Progress.SPLIT
        return before.model_copy(
            update={
                "content": content,
                "progress": state,
                "rows": rows,
                "chunks": count,
                "faults": faults,
            }
        )

    stored = uploads.change_upload(upload_id, done, "exchange", received_at)
    if stored is None:
        raise NotFound("file")
    return stored


Take = Callable[[list[tuple[int, dict[str, str] | Fault]], Batch], list[RowResult]]


def take_chunk(
    message: dict[str, str | int], *, bucket: Store, uploads: Uploads, take: Take
) -> ChunkResult:
    """Take the rows of one chunk and record what became of them; a repeat records the same."""
    upload, number = str(message["upload"]), int(message["number"])
    content = str(message.get("content", ""))
    received_at = datetime.fromisoformat(str(message["received_at"]))
    cells = json.loads(bucket.read(str(message["key"])))
    rows: list[tuple[int, dict[str, str] | Fault]] = [tuple(pair) for pair in cells["rows"]]
    rows += [
        (fault["row"], Fault(fault["code"], "row", fault["row"], fault["params"]))
        for fault in cells["faults"]
    ]
    rows.sort(key=lambda pair: pair[0])
    batch = ":".join(filter(None, (upload, content)))
    results = take(rows, Batch(batch, received_at, "exchange"))
    result = result_of(upload, number, results).model_copy(update={"content": content})
    uploads.save_result(result, "exchange", received_at)
    return result


def result_of(upload: str, number: int, results: Iterable[RowResult]) -> ChunkResult:
    """The sums over the rows of a chunk."""
    results = list(results)
    counts = {taken: sum(one.taken is taken for one in results) for taken in Taken}
    first = [fault for one in results for fault in one.faults[:1]]
    further = [fault for one in results for fault in one.faults[1:]]
    faults = sorted([*first, *further][:_MOST_FAULTS], key=lambda fault: fault.row or 0)
    return ChunkResult(
        upload=upload,
        number=number,
        accepted=counts[Taken.ACCEPTED],
        duplicate=counts[Taken.DUPLICATE],
        rejected=counts[Taken.REJECTED],
        registrations=tuple(
            one.registration for one in results if one.taken is Taken.ACCEPTED and one.registration
        ),
        faults=tuple(faults),
    )
