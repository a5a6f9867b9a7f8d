"""Takes a registry's export into a city: batches over HTTPS, a sweep, every row's outcome."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from functions.registry.columns import unread
from functions.registry.files import read_file
from functions.shared import messages
from functions.shared.encodings import decoded_lines
from functions.shared.errors import Fault, Invalid
from infra.client import CallFailed

BATCH_ROWS = 500
_BATCH_BYTES = 3_000_000  # a call may carry 6 MB
_ASKED = 500  # outcomes of one call
_POLL = 1.5  # seconds
_SWEEP_AGAIN = 45.0  # seconds without news after which another sweep is started
OUTCOMES = ("pushed", "no_item", "manual")

Row = tuple[int, dict[str, str] | Fault]
Told = Callable[[int], None]  # how many have come so far


class NotLoadable(Exception):
    """The file cannot be read; the text says why, and nothing of it was sent."""


class NotSettled(Exception):
    """Some registrations have no outcome yet; `so_far` is what there is."""

    def __init__(self, text: str, so_far: Settled) -> None:
        super().__init__(text)
        self.so_far = so_far


class Posts(Protocol):
    """What loading needs of a city."""

    language: str

    def post(self, path: str, body: Any = None) -> Any: ...


@dataclass
class Loaded:
    """What became of a file's rows: `rows` = accepted + duplicate + rejected.

    `registrations` are the ids of the accepted rows; `errors` say what was wrong, by row from 1.
    """

    rows: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    registrations: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """The counts, for scripts."""
        counts = ("rows", "accepted", "duplicate", "rejected")
        return {name: getattr(self, name) for name in counts}


@dataclass
class Settled:
    """What became of registrations: how many of each outcome, and for how many tasks."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    tasks_by_code: dict[str, int] = field(default_factory=dict)

    @property
    def registrations(self) -> int:
        return sum(self.counts.values())

    @property
    def tasks(self) -> int:
        return sum(self.tasks_by_code.values())

    def add(self, told: dict[str, Any]) -> None:
        """Counts one outcome; the tasks are the entity's, however often it was registered."""
        self.counts[told["outcome"]] += 1
        self.tasks_by_code[told["registration"].rpartition(".")[0]] = told.get("tasks", 0)


def count_rows(file: Path, language: str) -> int:
    """How many rows `file` holds, having read it to its end; raises NotLoadable."""
    return sum(1 for _ in _rows(file, language))


def unread_columns(file: Path) -> list[str]:
    """The headings of `file` that say nothing to the city; call `count_rows` before."""
    with file.open("rb") as stream:
        heading = next((line for line in decoded_lines(stream) if line.strip()), "")
    return unread(heading)


def load(file: Path, city: Posts, told: Told, load_id: str = "") -> Loaded:
    """Sends the rows of `file` in batches, in their order. Raises NotLoadable, CallFailed.

    Call `count_rows` before: a file that breaks off half way must not be sent at all. A load that
    was broken off is finished under the same `load_id`: rows that were taken are answered as then.
    """
    loaded, load_id = Loaded(), load_id or uuid4().hex
    for batch in batches(_rows(file, city.language)):
        for result in _sent(batch, load_id, city):
            _count(result, loaded)
        told(loaded.rows)
    return loaded


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """`rows` in portions that one call may carry."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row[1])) if isinstance(row[1], dict) else 0
        if batch and (len(batch) == BATCH_ROWS or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch


def settle(
    registrations: Iterable[str],
    city: Posts,
    told: Told,
    *,
    patience: float,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Settled:
    """Sweeps, and waits until every one of `registrations` has its outcome.

    Sweeps again when some stay behind. Raises NotSettled after `patience` seconds without news,
    and CallFailed.
    """
    waiting, settled = deque(registrations), Settled()
    news = swept = now()
    if waiting:
        city.post("/v1/sweeps")
    while waiting:
        asked = [waiting.popleft() for _ in range(min(_ASKED, len(waiting)))]
        outcomes = city.post("/v1/outcomes", {"registrations": asked})["outcomes"]
        come = [one for one in outcomes if one.get("outcome")]
        for one in come:
            settled.add(one)
        waiting.extend(one["registration"] for one in outcomes if not one.get("outcome"))
        if come:
            news = now()
            told(settled.registrations)
        if now() - news > patience:
            raise NotSettled(_gave_up(len(waiting), patience), settled)
        if now() - max(news, swept) > _SWEEP_AGAIN:
            city.post("/v1/sweeps")
            swept = now()
        if waiting and len(come) * 2 < len(asked):
            pause(_POLL)
    return settled


def _gave_up(waiting: int, patience: float) -> str:
    return (
        f"{waiting} registrations have no outcome, and none came for {patience / 60:g} minutes; "
        "`sanwei redrive --list` shows what failed"
    )


def _rows(file: Path, language: str) -> Iterator[Row]:
    try:
        with file.open("rb") as stream:
            yield from read_file(stream)
    except Invalid as broken:
        first = broken.faults[0]
        text = messages.text(first.code, language, **first.params)
        raise NotLoadable(f"{file.name}: {text}") from None
    except OSError as error:
        raise NotLoadable(f"{file}: {error.strerror or error}") from None


def _sent(batch: list[Row], load_id: str, city: Posts) -> Iterator[dict[str, Any]]:
    """What became of each row of `batch`; one that is too large to send is cut in two.

    A row that could not be cut into cells goes as an empty one, so that the numbers stay the
    file's; what is told about it is its own fault.
    """
    first = batch[0][0]
    rows = [cells if isinstance(cells, dict) else {} for _, cells in batch]
    try:
        results = city.post("/v1/registrations", {"id": load_id, "first_row": first, "rows": rows})[
            "rows"
        ]
    except CallFailed as failed:
        if failed.status != 413:
            raise
        if len(batch) == 1:
            yield _rejected(first, {"field": "row", "code": "too_large", "message": str(failed)})
            return
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            yield from _sent(half, load_id, city)
        return
    for (number, cells), result in zip(batch, results, strict=True):
        if isinstance(cells, Fault):
            message = messages.text(cells.code, city.language, **cells.params)
            fault = {"field": cells.field, "code": cells.code, "message": message}
            yield _rejected(number, fault)
        else:
            yield result


def _rejected(row: int, fault: dict[str, Any]) -> dict[str, Any]:
    return {"row": row, "taken": "rejected", "faults": [fault]}


def _count(result: dict[str, Any], loaded: Loaded) -> None:
    loaded.rows += 1
    taken = result["taken"]
    setattr(loaded, taken, getattr(loaded, taken) + 1)
    if taken == "accepted":
        loaded.registrations.append(result["registration"])
    if taken == "rejected":
        loaded.errors += [
            {"row": result["row"], **{name: fault[name] for name in ("field", "code", "message")}}
            for fault in result.get("faults", [])
        ]
