"""A task: why it came, its clocks, its life, and what can be done with it (A5, A10-A13, A16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalice import Blueprint

from functions.portal import wording
from functions.portal.page import Page, page
from functions.portal.rendering import visible
from functions.portal.scope_marks import Stretch, stretches
from functions.portal.task_deeds import DEEDS
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.calendar import shanghai_day

bp = Blueprint(__name__)
_MOST_REASONS = 10
_STAGES = ("receive", "verify", "handle", "close")  # in the order of a task's life
_FIRST = ("receive", "redirect", "verify", "handle", "resume")  # the step that mostly comes next


@page(bp, "/tasks/{task_id}", Page("task.html", Action.TASK_READ), do=DEEDS)
def task(visit: Visit, task_id: str) -> dict[str, Any]:
    """One task; 404 where it is not the reader's."""
    found = visit.api.get("/v1/tasks/{task_id}", {"task_id": task_id})
    step = _step(visit, found["may"])
    parts = list(stretches(found.get("scope")))
    offers = found["offers"]
    return {
        "task": found,
        "clocks": [(one, found["clocks"][one]) for one in _STAGES if one in found["clocks"]],
        "steps": list(reversed(found["steps"])),
        "stretches": parts,
        "taken": _taken(parts),
        "watches": _watches(visit, task_id),
        "step": step,
        "ends": [(one["end"], one["fields"]) for one in offers["ends"]],
        "end": _end(visit, offers),
        "own_units": _named(visit, offers["own_units"]),
        "other_units": _named(visit, offers["other_units"]),
        "named": _responsible(found),
        "late": _late,
        "quoted": lambda words: wording.word("task.comma", visit.language).join(
            f"“{visible(word)}”" for word in words
        ),
        "worded": lambda group, values: [
            (value, wording.term(group, value, visit.language)) for value in values
        ],
        "sees_cases": visit.may(Action.CASE_READ),
        "sees_inspections": visit.may(Action.INSPECTION_READ),
    }


def _step(visit: Visit, may: list[str]) -> str:
    """The step whose form is open: what was sent, what was asked for, what mostly comes next."""
    sent = visit.form.get("do").removeprefix("task_")
    asked = [sent, visit.query.get("step", ""), *_FIRST]
    return next((one for one in asked if one in may), "")


def _end(visit: Visit, offers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The end whose evidence is asked for: the one that was chosen."""
    chosen = visit.form.get("evidence.end") or visit.query.get("end", "")
    return next((one for one in offers["ends"] if one["end"] == chosen), None)


def _taken(parts: list[Stretch]) -> list[Stretch]:
    """What is struck for a reason that stands elsewhere, each once; the first of many."""
    told = (one for one in parts if one.kind == "excluded" and one.why != one.text)
    return list(dict.fromkeys(told))[:_MOST_REASONS]


def _responsible(task: Mapping[str, Any]) -> str:
    """Whom the last return of a task named."""
    returns = [one for one in task["steps"] if one["verb"] == "return"]
    return str(returns[-1].get("responsible", "")) if returns else ""


def _late(step: Mapping[str, Any]) -> bool:
    """Whether a step came after the last day of the limit that it ended."""
    return shanghai_day(datetime.fromisoformat(step["at"])).isoformat() > str(step["due"])


def _watches(visit: Visit, task_id: str) -> list[dict[str, Any]]:
    """The alerts about a task, of every unit that had it."""
    if not visit.may(Action.ALERT_READ):
        return []
    found = visit.api.find("/v1/alerts/{subject}", {"subject": task_id})
    watches = found["watches"] if found else []
    return [{"unit": one["unit"], **alert} for one in watches for alert in one["alerts"]]


def _named(visit: Visit, units: list[str]) -> list[tuple[str, str]]:
    return [(unit, visit.named.unit(unit, visit.language)) for unit in units]
