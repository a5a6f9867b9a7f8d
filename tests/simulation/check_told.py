"""What must hold of what others are told and shown, and of the archive, at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from functions.shared.directory import office
from functions.shared.events.registry import RELEASED
from functions.shared.inbox import Row, RowKind
from functions.supervision.store import case_in, task_in
from functions.trail.domain import unpacked
from functions.trail.usecases import check_histories
from tests.simulation.city import is_claim
from tests.simulation.endings import Ending


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with it."""
    yield from _trail(ending)
    yield from _told(ending)
    yield from _worklists(ending)
    yield from _others(ending)


def _trail(ending: Ending) -> Iterator[str]:
    """The archive holds every version of every record, in unbroken chains (D1)."""
    days = sorted({date.fromisoformat(key.split("/")[1]) for key in ending.city.trail})
    for fault in check_histories(days, ending.city.trail):
        yield f"the trail does not hold: {fault}"
    kept = {
        (key.split("/")[2], record["pk"], record["sk"], record["version"])
        for key in ending.city.trail
        for record in unpacked(ending.city.trail.read(key))
    }
    for name in ("registry", "supervision", "alerts", "clues", "inspections", "worklist"):
        for change in ending.city.tables[name].changes:
            if name == "worklist" and not is_claim(change):
                continue
            written = (name, change.new["pk"], change.new["sk"], change.new["version"])
            if written not in kept:
                yield f"the trail does not have {written}"


def _told(ending: Ending) -> Iterator[str]:
    """The newest version of everything was told."""
    told: dict[tuple[str, str], int] = defaultdict(int)
    released: set[tuple[str, int]] = set()
    for event in ending.city.topic.told.values():
        key = event.type.partition(".")[0], event.subject
        told[key] = max(told[key], event.sequence)
        if event.type == RELEASED:
            released.add((event.subject, event.data["edition"]))
    for record in ending.city.tables["supervision"].inner:
        case, task = case_in(record), task_in(record)
        if case:
            subject = "case", case.code
        elif task and task.unit:
            subject = "task", task.id
        else:
            continue
        if told[subject] != record["version"]:
            yield f"{subject} is at version {record['version']}, told was {told[subject]}"
    for code, entity in ending.entities.items():
        if (code, entity.edition) not in released:
            yield f"{code} edition {entity.edition} was never told"


def _worklists(ending: Ending) -> Iterator[str]:
    """Each open task and inspection stands in the worklist of its unit, nobody else's (A8)."""
    shown: dict[str, list[Row]] = defaultdict(list)
    for row in ending.rows:
        if row.open:
            shown[row.subject].append(row)
    for id, one in ending.inspections.items():
        right = [one.unit] if one.unit else []
        if [row.unit for row in shown[id]] != right:
            yield f"inspection {id} stands in {shown[id]}, should in {right}: {one.steps}"
    for id, task in ending.tasks.items():
        rows = [(row.unit, row.state) for row in shown[id]]
        with_it = [(task.unit, task.state)] if task.open and task.unit else []
        if rows != with_it:
            yield f"task {id} stands in {rows}, should in {with_it}: {task.steps}"


def _others(ending: Ending) -> Iterator[str]:
    """No row of a task or case ever stood with anybody who never had it (D3)."""
    towns: dict[str, set[str]] = defaultdict(set)
    for _, case in ending.decisions:
        towns[case.code].add(office(case.town))
    for row in ending.rows:
        if row.kind is RowKind.TASK:
            task = ending.tasks[row.subject]
            had = {task.unit, *(step.unit for step in task.steps)}
        elif row.kind is RowKind.CASE:
            had = towns[row.subject]
        elif row.kind is RowKind.INSPECTION:
            had = set(ending.inspections[row.subject].units)
        else:
            continue
        if row.unit not in had:
            yield f"{row.kind} {row.subject} was never for {row.unit}"
