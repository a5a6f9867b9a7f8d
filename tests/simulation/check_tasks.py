"""What must hold of tasks and of their lives at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict
from functions.shared.events.supervision import End, State
from functions.supervision.domain import Verb, after
from tests.simulation.endings import Ending

_SYSTEM_ENDS = {End.WITHDRAWN, End.ENTITY_CANCELLED}


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    yield from _tasks(ending)
    yield from _versions(ending)
    yield from _steps(ending)


def _tasks(ending: Ending) -> Iterator[str]:
    """Nothing lost, nothing doubled, nothing left open, nothing without its reason (A2, A5, A7)."""
    serves = Counter(task for _, _, task in ending.needed())
    for case, key, id in ending.needed():
        task = ending.tasks.get(id)
        if task is None:
            yield f"{case.code} needs {key}, but its task {id} was never pushed"
        elif task.end in _SYSTEM_ENDS:
            yield f"{case.code} needs {key}, but its task is {task.end}"
        elif (task.code, task.item) != (case.code, key.partition("@")[0]):
            yield f"task {id} serves {key} of {case.code}, but is for {task.item} of {task.code}"
        elif task.open and (task.name, task.town) != (case.name, case.town) and not case.reasons:
            yield f"task {id} was left behind at {task.name} {task.town}: {case}"
    for id, task in ending.tasks.items():
        if serves[id] > 1:
            yield f"task {id} serves {serves[id]} needs"
        if task.open and not serves[id] and not task.inspection:
            yield f"task {id} ({task.item} of {task.code}) is open, and nothing needs it"
        if task.unit and not (task.law and task.item_version and (task.words or task.clause)):
            yield f"task {id} says no reason: {task}"


def _versions(ending: Ending) -> Iterator[str]:
    """A task shows the version of its item that was in force when it was decided on (A4)."""
    decided: dict[str, datetime] = {}
    for _, case in ending.decisions:
        for id in case.needs.values():
            decided.setdefault(id, case.decided_at)
    for id, task in ending.tasks.items():
        if task.item == "VR01" and not task.inspection:
            version = 1 if shanghai_day(decided[id]) <= date(2026, 3, 2) else 2
            if task.item_version != version:
                yield f"task {id} decided on {decided[id]} has version {task.item_version}"


def _steps(ending: Ending) -> Iterator[str]:
    """No step counted twice, none that was answered lost, none that could not follow (A11)."""
    for id, task in ending.tasks.items():
        refs = Counter((step.by, step.ref) for step in task.steps)
        yield from (f"task {id} counts {ref} {n} times" for ref, n in refs.items() if n > 1)
        papers = Counter((step.verb, step.document) for step in task.steps if step.document)
        yield from (f"task {id} counts {one} {n} times" for one, n in papers.items() if n > 1)
        state = State.PUSHED
        for step in task.steps:
            try:
                state = after(state, step.verb)
            except Conflict as conflict:
                yield f"task {id}: {conflict} in {task.steps}"
        if state is not task.state:
            yield f"task {id} is {task.state}, its steps lead to {state}"
    for id, ref in ending.departments.counted:
        steps = [
            step
            for step in ending.tasks[id].steps
            if step.ref == ref or (step.verb is Verb.VERIFY and ref == f"verify {step.unit}")
        ]
        if not steps:
            yield f"task {id}: {ref} was answered as counted, but is not there"
