"""Where the objects of a batch stand in the room's bucket, and how their rows are written.

`raw/` alone holds what a source sent as it sent it, identity numbers too: it is encrypted with the
stage's key and forgotten after 180 days. `checked/` and `settled/` hold identity numbers sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from functions.credit.batches import Batch, Form, Step, Verdict
from functions.shared.csvfiles import Cells, Chunk
from functions.shared.errors import Fault
from functions.shared.objects import Objects

CHUNK_ROWS = 500
_FOLDERS = {Step.CHECK: "checked", Step.COMMIT: "settled"}
_VERDICTS = TypeAdapter(tuple[Verdict, ...])


class RawChunk(BaseModel):
    """Rows as they were sent: (number, cells by field), and what could not be cut into cells."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    rows: tuple[tuple[int, Cells], ...] = ()
    faults: tuple[Fault, ...] = ()


def inbox_key(batch: Batch) -> str:
    """Where a batch's file is put by its source."""
    return f"in/{batch.source}/{batch.item}/{batch.id}.{batch.form}"


def sheet_key(batch: Batch) -> str:
    """Where the sheet of a batch's returned rows stands."""
    return f"returned/{batch.id}.{Form.XLSX}"


def write_raw(batch: Batch, number: int, chunk: Chunk, files: Objects) -> None:
    """Keep a chunk of what was sent."""
    faults = [
        {"code": f.code, "field": f.field, "row": f.row, "params": f.params} for f in chunk.faults
    ]
    _write(_raw_key(batch, number), {"rows": chunk.rows, "faults": faults}, files)


def read_raw(batch: Batch, number: int, files: Objects) -> RawChunk:
    """A chunk as it was sent; raises NotFound once it is forgotten."""
    return RawChunk.model_validate(json.loads(files.read(_raw_key(batch, number))))


def write_headings(batch: Batch, sent: dict[str, str], files: Objects) -> None:
    """Keep under which heading the source sent each field, in its order."""
    _write(f"{_folder('raw', batch)}/headings.json", sent, files)


def read_headings(batch: Batch, files: Objects) -> dict[str, str]:
    """The heading of each field, in the source's order; raises NotFound once it is forgotten."""
    found: dict[str, str] = json.loads(files.read(f"{_folder('raw', batch)}/headings.json"))
    return found


def write_verdicts(
    batch: Batch, step: Step, number: int, verdicts: Iterable[Verdict], files: Objects
) -> None:
    """Keep what became of a chunk's rows in a step."""
    told = [one.model_dump(mode="json", exclude_defaults=True) for one in verdicts]
    _write(_verdicts_key(batch, step, number), told, files)


def read_verdicts(batch: Batch, step: Step, number: int, files: Objects) -> tuple[Verdict, ...]:
    """What became of a chunk's rows in a step; raises NotFound where it was not done."""
    return _VERDICTS.validate_python(json.loads(files.read(_verdicts_key(batch, step, number))))


def _folder(name: str, batch: Batch) -> str:
    return f"{name}/{batch.id}/{batch.content}"


def _raw_key(batch: Batch, number: int) -> str:
    return f"{_folder('raw', batch)}/{number:06d}.json"


def _verdicts_key(batch: Batch, step: Step, number: int) -> str:
    return f"{_folder(_FOLDERS[step], batch)}/{number:06d}.json"


def _write(key: str, value: Any, files: Objects) -> None:
    files.write(key, json.dumps(value).encode())  # ASCII: cells may be undecodable
