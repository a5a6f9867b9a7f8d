"""What must hold of what nobody could solve: everybody who licenses it has a task, and nobody else;
their answers close the inspection (B9, B10)."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from functions.inspections.domain import Inspection, InspectionVerb, Solved
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.events.supervision import End
from functions.supervision.domain import Task
from tests.simulation.check_push import MAY_DIFFER
from tests.simulation.endings import Ending
from tests.simulation.truths import Stop, truth_of
from tests.simulation.villages import said

_HERE = Path(__file__).parent
_BOOK = _HERE.parents[1] / "infra" / "city" / "inspection_items.toml"
_LOCAL = ("town", "city")
Place = tuple[str, str]  # supervision item, unit


class Owed(NamedTuple):
    """Who must act on a finding; `waits` where the town has not said so yet."""

    places: set[Place]
    waits: bool = False


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    by: dict[str, list[Task]] = {}
    for task in ending.tasks.values():
        if task.inspection:
            by.setdefault(task.inspection, []).append(task)
    for id, one in ending.inspections.items():
        if one.disposal and one.outcome is not InspectionOutcome.ENTITY_CANCELLED:
            yield from _owed(one, by.get(id, []))
        elif by.get(id) and not one.disposal:
            yield f"inspection {id} has tasks without joint disposal: {by[id]}"
        yield from _answers(one, by.get(id, []))
        yield from _tasks(one, by.get(id, []), ending)
    for id in by.keys() - ending.inspections.keys():
        yield f"tasks of {id}, which is no inspection: {by[id]}"


def _owed(one: Inspection, tasks: list[Task]) -> Iterator[str]:
    """Each unsolved finding is with everybody who must act, or waits for the town."""
    if InspectionVerb.RECHECK not in {step.verb for step in one.steps}:
        yield f"inspection {one.id} was disposed of before two visits failed (B9)"
    truth = truth_of(one)
    solved = {key for key, end in one.disposal.results.items() if end is Solved.SOLVED}  # type: ignore[union-attr]
    if truth.failed_twice - solved != truth.unsolved:
        yield f"inspection {one.id}: {one.disposal} should leave {truth.unsolved}"
    owed = {key: list(_owed_for(one, key)) for key in truth.unsolved}
    must = {place for ways in owed.values() if len(ways) == 1 for place in ways[0].places}
    may = {place for ways in owed.values() for way in ways for place in way.places}
    there = {(task.item, referral_unit(task)) for task in tasks}
    if not must <= there <= may:
        yield f"inspection {one.id} owes {owed}, its tasks are {there}: {truth}"
    waits = {any(way.waits for way in ways) for ways in owed.values()}
    sure = all(len(ways) == 1 for ways in owed.values())
    if sure and (True in waits) != (one.state is InspectionState.CLASSIFYING):
        yield f"inspection {one.id} is {one.state}, the town has yet to classify: {owed}"
    goes_on = tasks or True in waits or not sure
    if not goes_on and one.outcome is not InspectionOutcome.DISPOSED:
        yield f"inspection {one.id} goes to nobody, but is {one.state} {one.outcome}"


def _owed_for(one: Inspection, key: str) -> Iterator[Owed]:
    """Who must act on a finding, by the book or by what the town says; where it depends on the day
    whether the item holds, either."""
    check = one.check(key)
    assert check
    route = _route(check.item, truth_of(one).first[key].kind)
    known: set[Place] = set()
    if route == "licensed" and check.licence:
        known, whole = units_of(check.licence.item, one.town)
        if whole:
            yield Owed(known)
        if whole and check.licence.item not in MAY_DIFFER:
            return
    elif route != "unclear":
        yield Owed(_by_route(one, route))
        return
    if truth_of(one).stops is Stop.CLASSIFYING:
        yield Owed(known, waits=True)
        return
    choice = said(one, key)
    chosen = (units_of(code, one.town)[0] for code in choice.items)
    yield Owed(known.union(*chosen, _by_route(one, str(choice.route or ""))))


def referral_unit(task: Task) -> str:
    """To whom the task first came."""
    return (task.referral or "").partition("@")[2]


def _by_route(one: Inspection, route: str) -> set[Place]:
    item = _book()["referrals"].get(route)
    return units_of(item, one.town)[0] if item else set()


def _route(item: str, kind: str) -> str:
    found = (one for one in _book()["kinds"] if (one["item"], one["code"]) == (item, kind))
    return str(next(found, {"route": "unclear"})["route"])


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads(_BOOK.read_text(encoding="utf-8"))


@cache
def units_of(code: str, town: str | None) -> tuple[set[Place], bool]:
    """Every department of an item, by its unit in the town where it has one; whether all are
    known."""
    rows = list(csv.DictReader((_HERE / "departments.csv").read_text("utf-8").splitlines()))
    items = tomllib.loads((_HERE / "items.toml").read_text(encoding="utf-8"))["items"]
    item = next(one for one in items if one["code"] == code)
    found = set()
    for name in item["departments"]:
        named = (row for row in rows if name in (row["name"], *row["aliases"].split("|")))
        if (row := next(named, None)) is None:
            continue
        here = row["towns"] == "*" or (town or "-") in row["towns"].split("|")
        local = town and here and item["level"] in _LOCAL
        found.add((code, f"{row['id']}.{town}" if local else row["id"]))
    return found, len(found) == len(item["departments"])


def _answers(one: Inspection, tasks: list[Task]) -> Iterator[str]:
    """There is a task for each referral; what ended is answered; once all are, it is closed."""
    referrals = {referral.key for referral in one.referrals}
    keys = [task.referral for task in tasks]
    if sorted(referrals) != sorted(map(str, keys)):
        yield f"inspection {one.id} refers {sorted(referrals)}, tasks serve {keys}"
    ended = {task.referral: task for task in tasks if not task.open}
    if one.open and one.answers.keys() != ended.keys():
        yield f"inspection {one.id} has answers {one.answers}, ended are {ended.keys()}"
    for key, answer in one.answers.items():
        if key not in ended or (answer.task, answer.end) != (ended[key].id, ended[key].end):
            yield f"inspection {one.id}: {key} was answered by {answer}, ended as {ended.get(key)}"
    if one.state is InspectionState.REFERRED and tasks and len(ended) == len(tasks):
        yield f"inspection {one.id} is answered, and still referred"
    if one.outcome is InspectionOutcome.HANDLED and len(ended) < len(tasks):
        yield f"inspection {one.id} was handled, with tasks open: {tasks}"


def _tasks(one: Inspection, tasks: list[Task], ending: Ending) -> Iterator[str]:
    """They carry the trail, end with the company, and are not withdrawn with a word of a scope."""
    cancelled = ending.cases.get(one.code) and ending.cases[one.code].cancelled
    for task in tasks:
        if task.end is End.ENTITY_CANCELLED and not cancelled:
            yield f"task {task.id} of inspection {one.id} ended with the company, which lives"
        if task.end is End.WITHDRAWN:
            yield f"task {task.id} of inspection {one.id} was withdrawn: a finding does not vanish"
        if task.open and cancelled:
            yield f"task {task.id} of inspection {one.id} is open, the company is cancelled"
        if not task.trail:
            yield f"task {task.id} does not carry the trail of inspection {one.id}"
