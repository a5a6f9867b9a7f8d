"""How people see a bulletin or its draft: the head, what is overdue, the rankings, their rule."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from functions.shared.calendar import SHANGHAI
from infra.commands.calling import language
from infra.showing import Screen

_RANKING = (
    *("Pushed#", "Received#", "Received late#", "Handled#", "On time#"),
    *("Overdue#", "Share on time#"),
)


def show_draft(screen: Screen, told: dict[str, Any], order: dict[str, Any], who: str) -> None:
    """What would be published, and by which command it is."""
    screen.result(told)
    if screen.as_json:
        return
    show_bulletin(screen, told)
    options = [one for name, value in order.items() for one in (f"--{name}", str(value))]
    options += ["--as", who] if who else []
    screen.say("This is a draft: it has no number, and nothing was published. To publish it:")
    screen.say(f"  {shlex.join(['sanwei', 'reports', 'bulletin', *options, '--publish'])}")


def show_bulletin(screen: Screen, told: dict[str, Any], most: int | None = None) -> None:
    """A bulletin's head, its note, its rankings (`most` rows of each) and their rule."""
    mark = told.get("mark", "(draft)")
    screen.say(f"{mark}  {told['title']}  {told['from']} – {told['to']}")
    if told["note"]:
        screen.say(told["note"])
    total = told["total"]
    screen.say(
        f"{total['pushed']:,} pushed, {total['received']:,} received, of them "
        f"{total['received_late']:,} late; {total['handled']:,} handled, of them "
        f"{total['on_time']:,} on time"
    )
    at = datetime.fromisoformat(told["as_at"]).astimezone(SHANGHAI)
    screen.say(
        f"overdue as at {at:%Y-%m-%d %H:%M}: {told['overdue_tasks']:,} tasks, "
        f"{told['overdue_clues']:,} clues"
    )
    for by in ("department", "town"):
        rows = told[f"{by}s"]
        screen.table(
            f"{by.capitalize()}s{_first(rows, most)}",
            ["Rank#", by.capitalize(), *_RANKING],
            [_ranked(row, by) for row in rows[:most]],
        )
    screen.say(told["rule"][language()])


def _ranked(row: dict[str, Any], by: str) -> list[str]:
    names = ("pushed", "received", "received_late", "handled", "on_time", "overdue")
    share = f"{row['timely_share']:.1%}" if "timely_share" in row else ""
    counts = [f"{row.get(name) or 0:,}" for name in names]
    named = str(row.get(f"{by}_name") or row.get(by) or "")
    return [str(row.get("rank", "–")), named, *counts, share]


def _first(rows: Sequence[Any], most: int | None) -> str:
    return f" (the first {most} of {len(rows)})" if most and len(rows) > most else ""
