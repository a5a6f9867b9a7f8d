"""A rebuild as it goes: what was asked for, how far it is, and what it found (A20)."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.reports.rebuild import Difference
from functions.shared.trail import fingerprint

SEGMENTS = 4  # of the tasks, retold side by side
MOST_NAMED = 50  # cells and tasks in the result


class Result(BaseModel):
    """What a rebuild found. Of `tasks`, `in_flight` were counted while it ran and are left alone;
    `behind` were not counted up to their newest version, also at a second look: their news is on
    its way, or lost; `contributions` differ; `unlisted` are missing in a list behind their figures.
    Of `cells`, `moving` changed while it ran and were not compared; `differing` hold other numbers
    than the tasks behind them. The first 50 are named.
    """

    model_config = ConfigDict(frozen=True)

    tasks: int
    in_flight: int
    behind: int
    contributions: int
    unlisted: int = 0
    cells: int
    moving: int
    differing: int
    named_tasks: tuple[str, ...] = ()
    named_cells: tuple[Difference, ...] = ()
    done_at: AwareDatetime

    @property
    def equal(self) -> bool:
        """Whether the figures are those of the tasks, and their lists whole."""
        return not (self.behind or self.contributions or self.differing or self.unlisted)


class Run(BaseModel):
    """One rebuild. With `check` it only compares; else it puts right what differs. `done` are the
    segments of the tasks that were compared."""

    model_config = ConfigDict(frozen=True)

    id: str
    check: bool
    started_at: AwareDatetime
    segments: int = SEGMENTS
    done: tuple[int, ...] = ()
    result: Result | None = None

    @property
    def compared(self) -> bool:
        """Whether all tasks were."""
        return len(self.done) == self.segments


def run_id(by: str, now: datetime) -> str:
    """The id of a run that somebody asks for now."""
    tail = fingerprint([by, now.isoformat()])[:8].replace("-", "0").replace("_", "1")
    return f"{now:%Y%m%d%H%M%S}{tail}"


def retold_prefix(run: str, segment: int) -> str:
    """Where supervision puts the tasks of a segment, in parts."""
    return f"retold/{run}/{segment}-"


def snapshot_key(run: str) -> str:
    """Where it stands at which version each cell was before anything was compared."""
    return f"rebuilt/{run}/cells.jsonl.gz"


def sums_key(run: str, segment: int) -> str:
    """Where the sums of a segment's contributions stand."""
    return f"rebuilt/{run}/{segment}.jsonl.gz"


def found_key(run: str, segment: int) -> str:
    """Where it stands what was found about a segment's tasks."""
    return f"rebuilt/{run}/{segment}.json"
