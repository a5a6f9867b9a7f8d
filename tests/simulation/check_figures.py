"""What must hold of figures: they add up to the tasks behind them, cell by cell (A20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from functions.reports.domain import Cell
from functions.reports.rebuild import Verdict, contribution_of, differences, expected_cells, verdict
from functions.shared.calendar import shanghai_day
from functions.supervision.changes import events_of
from functions.supervision.domain import Verb
from functions.supervision.store import task_in
from tests.simulation.endings import Ending

_COUNTED = {  # what a step counts as, wherever it happens
    Verb.RETURN: "returned",
    Verb.REASSIGN: "passed_on",
    Verb.REDIRECT: "passed_on",
    Verb.WITHDRAW: "withdrawn",
    Verb.CLOSE: "handled",
}


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    books = ending.city.reports.books
    events = [
        event
        for record in ending.city.tables["supervision"].inner
        if task_in(record)
        for event in events_of(None, record)
        if event.type.startswith("task.")
    ]
    for event in events:
        counted = books.get(event.subject)
        if verdict(event, counted) is not Verdict.EQUAL:
            yield f"task {event.subject} stands at {event.sequence}, is counted as {counted}"
    kept = {
        one.cell: one.counts
        for month, department in books.list_partitions()
        for one in books.list_cells(month, department)
    }
    yield from map(str, differences(expected_cells(events), kept))
    entered = {(one["pk"], one["sk"]) for one in ending.city.tables["reports"].inner}
    for event in events:
        for cell in contribution_of(event):
            place = f"{cell.day:%d}#{cell.town}#{cell.item}#{event.subject}"
            if (f"L#{cell.month}#{cell.department}", place) not in entered:
                yield f"{event.subject} is not in the list behind {cell}"
    yield from _by_hand(ending, kept)


def _by_hand(ending: Ending, kept: Mapping[Cell, Mapping[str, int]]) -> Iterator[str]:
    """The same figures, counted from the tasks' steps without asking how reports count them."""
    right: Counter[tuple[str, str]] = Counter()
    for task in ending.tasks.values():
        if not task.unit:
            continue
        right["pushed", shanghai_day(task.pushed_at).isoformat()] += 1
        for step in task.steps:
            if name := _COUNTED.get(step.verb):
                right[name, shanghai_day(step.at).isoformat()] += 1
    shown: Counter[tuple[str, str]] = Counter()
    for cell, counts in kept.items():
        for name in {"pushed", *_COUNTED.values()} & counts.keys():
            shown[name, cell.day.isoformat()] += counts[name]
    if right != shown:
        yield f"by hand {right - shown} more, {shown - right} less than the cells say"
