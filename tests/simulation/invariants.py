"""What must hold at the end, whatever went wrong on the way: each check yields what does not."""

from __future__ import annotations

from collections.abc import Iterator

from functions.shared.events.registry import Happening
from functions.supervision.domain import Task
from tests.simulation import (
    check_alerts,
    check_claims,
    check_clocks,
    check_clue_clocks,
    check_clues,
    check_figures,
    check_inspections,
    check_push,
    check_rechecks,
    check_referrals,
    check_rows,
    check_tasks,
    check_told,
    check_visits,
)
from tests.simulation.check_push import MAY_DIFFER
from tests.simulation.endings import Ending
from tests.simulation.script import Script


def faults(ending: Ending, script: Script) -> list[str]:
    """Everything that is wrong with an ending."""
    return [
        *_unfinished(ending),
        *check_push.wrong(ending, script),
        *check_tasks.wrong(ending),
        *check_told.wrong(ending),
        *check_clocks.wrong(ending),
        *check_alerts.wrong(ending),
        *check_claims.wrong(ending),
        *check_clues.wrong(ending, script),
        *check_clue_clocks.wrong(ending),
        *check_figures.wrong(ending),
        *check_inspections.wrong(ending),
        *check_visits.wrong(ending),
        *check_rechecks.wrong(ending),
        *check_referrals.wrong(ending),
        *check_rows.wrong(ending),
        *ending.systems.wrong(),
    ]


def _unfinished(ending: Ending) -> Iterator[str]:
    city = ending.city
    for queue in city.queues.values():
        for body, reason in queue.dead:
            yield f"{queue.name} has a dead letter: {reason} {body[:200]}"
    for name, parking in city.parking.items():
        yield from (f"{name} has parked {key}" for key in parking.parked)
    yield from ending.exchange.contradictions


def differences(calm: Ending, storm: Ending) -> Iterator[str]:
    """Where two endings of one script differ in more than times, ids and the way there."""
    one, other = _likeness(calm), _likeness(storm)
    for code in sorted(one.keys() | other.keys()):
        if one.get(code) != other.get(code):
            yield f"{code} was {one.get(code)} in calm, is {other.get(code)}"


def _likeness(ending: Ending) -> dict[str, object]:
    alike: dict[str, object] = {}
    for code, entity in ending.entities.items():
        case = ending.cases.get(code)
        if case is None:
            continue
        tasks = {
            key: _fate(ending.tasks[id])
            for key, id in case.needs.items()
            if key.partition("@")[0] not in MAY_DIFFER and id in ending.tasks
        }
        alike[code] = (
            (entity.name, entity.scope, entity.address, entity.town, entity.village),
            entity.happening is Happening.CANCELLATION,
            case.reasons,
            case.town,
            None if case.reasons else tasks,
        )
    for clue in ending.clues.values():
        shares = sorted((share.unit, share.state, share.end) for share in clue.shares)
        alike[clue.id] = clue.state, clue.offices, shares
    return alike


def _fate(task: Task) -> tuple[object, ...]:
    place = (task.name, task.town) if task.open else None  # a closed task follows nobody
    return task.item, task.unit, task.state, task.end, place
