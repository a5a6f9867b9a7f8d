"""Tells every task once more as it stands now, for whoever recomputes from them all (A20)."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable

from pydantic import BaseModel, ConfigDict

from functions.shared.events.supervision import TASK_CHANGED, TASK_PUSHED
from functions.shared.objects import Objects
from functions.shared.table import Record, Whole
from functions.shared.trail import fingerprint
from functions.supervision.changes import events_of

_PAGE = 200
_MOST_RECORDS = 5_000  # of one part: some megabytes before they are packed


class Stretch(BaseModel):
    """A segment of the table of one run, from `after` on (None: from its beginning)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: str
    segment: int
    segments: int
    after: Record | None = None

    @property
    def done(self) -> str:
        """What its end tells, as JSON."""
        return self.model_dump_json(exclude={"after"})


def retell(
    stretch: Stretch, table: Whole, bucket: Objects, go_on: Callable[[], bool]
) -> Stretch | None:
    """Write the tasks of a segment as events, part after part, as far as `go_on` allows; what is
    left of it (None: nothing).

    A part bears the name of where it begins and ends. So whoever comes twice, or goes on where
    another died, writes the same part again or one beside it, and never a shorter one over a longer
    one: a task may stand in two parts, but none is missing once the end is told.
    """
    while True:
        records, after = _read(stretch, table, go_on)
        if lines := _lines(records):
            name = fingerprint([stretch.after, after])[:16]
            bucket.write(f"retold/{stretch.run}/{stretch.segment}-{name}.jsonl.gz", lines)
        if after is None:
            return None
        stretch = stretch.model_copy(update={"after": after})
        if not go_on():
            return stretch


def _read(
    stretch: Stretch, table: Whole, go_on: Callable[[], bool]
) -> tuple[list[Record], Record | None]:
    """The records of one part, at least a page, and where the next begins (None: nowhere)."""
    records: list[Record] = []
    after = stretch.after
    while True:
        page = table.scan(stretch.segment, stretch.segments, limit=_PAGE, after=after)
        records += page.records
        after = page.after
        if after is None or len(records) >= _MOST_RECORDS or not go_on():
            return records, after


def _lines(records: Iterable[Record]) -> bytes:
    """The events of the tasks among `records`, a line each, packed; the same for the same."""
    told = (event for record in records if record["sk"] == "T" for event in events_of(None, record))
    tasks = (event for event in told if event.type in (TASK_PUSHED, TASK_CHANGED))
    text = "\n".join(event.model_dump_json() for event in tasks)
    return gzip.compress(text.encode(), mtime=0) if text else b""
