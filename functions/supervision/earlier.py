"""Tasks that were stored with their last days alone, before they had clocks, keep limits (A13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from functions.shared.calendar import shanghai_day
from functions.shared.table import Record


def with_clocks(record: Record) -> Record:
    """The record of a task with `clocks`, also where it was written with `deadlines`.

    Since when each runs follows from the steps. When it is near was not kept, so it is near on its
    last day, until it is counted again. The record is written so with the task's next step.
    """
    if "deadlines" not in record or "clocks" in record:
        return record
    deadlines, provisional = record["deadlines"], record.get("provisional", ())
    clocks = {
        stage: {
            "since": since.isoformat(),
            "due": deadlines[stage],
            "remind": deadlines[stage],
            "calendar": "",
            "provisional": stage in provisional,
        }
        for stage, since in _begun(record).items()
        if stage in deadlines
    }
    return record | {"clocks": clocks}


def _begun(record: Record) -> dict[str, date]:
    """Since when each stage runs at the unit that has the task; the office to which a task is
    returned had no limit of its own."""
    pushed = _day(record["pushed_at"])
    begun = {"receive": pushed, "close": pushed}
    for step in record.get("steps", ()):
        day = _day(step["at"])
        match step["verb"]:
            case "receive":
                begun.setdefault("verify", day)
            case "verify":
                begun.setdefault("handle", day)
            case "reassign" | "redirect":
                begun = {"receive": day, "close": pushed}
            case "return":
                begun = {"close": pushed}
    return begun


def _day(instant: Any) -> date:
    return shanghai_day(datetime.fromisoformat(instant))
