"""`sanwei task`: one task: why it was pushed, its limits, and every step of its life."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from infra.commands.calling import As, AsJson, city
from infra.showing import Screen, moment

_PRESENT = {"pushed": "receive", "received": "verify", "handling": "handle", "returned": "receive"}
_STAGES = ("receive", "verify", "handle", "close")


def task(
    id: Annotated[str, typer.Argument(metavar="ID", help="The task's id.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show one task: why, its limits, every step."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/tasks/{id}")
    screen.result(told)
    if not as_json:
        show(screen, told)


def show(screen: Screen, task: dict[str, Any]) -> None:
    """What a person sees of a task."""
    state = "suspended" if stands_still(task) else task["state"]
    end = f" ({task['end']})" if task.get("end") else ""
    screen.say(f"{task['id']} of {task['unit']} is {state}{end}: {task['name']} {task['code']}")
    screen.say(f"item {task['item']}, version {task['item_version']}: {task['licence']}")
    screen.say(f"words: {'、'.join(task['words'])}")
    screen.say(f"clause: {task['clause']}")
    screen.say(f"law: {task['law']}")
    by = f"inspection {task['inspection']}" if task.get("inspection") else "registration"
    screen.say(f"pushed {moment(task['pushed_at'])} by the {by} of edition {task['edition']}")
    if trail := task.get("trail"):
        _show_trail(screen, trail)
    clocks = task.get("clocks", {})
    rows = [_clock_line(task, stage, clocks[stage]) for stage in _STAGES if stage in clocks]
    columns = ["Stage", "Since", "Near from", "Due", "Extended#", "Calendar", "Now"]
    screen.table("its limits", columns, rows)
    rows = [_step_line(step) for step in task.get("steps", [])]
    screen.table("its life", ["When", "Who", "Unit", "Step", "Due", "What", "Note"], rows)


def _show_trail(screen: Screen, trail: dict[str, Any]) -> None:
    """What inspectors and village saw and did before; photos are seen with the inspection."""
    screen.say(f"notice of correction: {trail.get('notice', 'none')}")
    rows = [
        [moment(visit["at"]), visit["by"], visit["round"], one]
        for visit in trail.get("visits", [])
        for one in visit.get("findings", [])
    ]
    screen.table("what was found", ["When", "Who", "Visit", "Finding"], rows)
    photos = sum(len(visit.get("photos", [])) for visit in trail.get("visits", []))
    screen.say(f"photos: {photos}; joint disposal: {trail.get('disposal', '')}")


def stands_still(task: dict[str, Any]) -> bool:
    """Whether the limits of an open task stand still: its last such step suspended it."""
    verbs = [step["verb"] for step in task.get("steps", [])]
    turns = [verb for verb in verbs if verb in ("suspend", "resume")]
    return task["state"] != "closed" and turns[-1:] == ["suspend"]


def stages_counting(task: dict[str, Any]) -> list[str]:
    """The stages whose limits are not over: the present one, what a milestone started, the whole
    case."""
    if task["state"] == "closed":
        return []
    clocks = task.get("clocks", {})
    there = (_PRESENT[task["state"]], "close")
    return [
        stage
        for stage in _STAGES
        if stage in clocks
        and (stage in there or (clocks[stage].get("start") and task["state"] != "returned"))
    ]


def _clock_line(task: dict[str, Any], stage: str, clock: dict[str, Any]) -> list[str]:
    if stage not in stages_counting(task):
        now = "over"
    else:
        now = "stands still" if stands_still(task) else "runs"
    extra = f"{clock['extra']:,}" if clock.get("extra") else ""
    due = clock["due"] + (" (provisional)" if clock.get("provisional") else "")
    return [stage, clock["since"], clock["remind"], due, extra, clock["calendar"], now]


def _step_line(step: dict[str, Any]) -> list[str]:
    """A step. `Due` is the last day of the limit that it ended, or that it extended as it was until
    then; the note of a recount says old and new days."""
    days = f"{step['days']} days more for {step['stage']}" if step.get("days") else ""
    days += f" than {step['due']}" if days and step.get("due") else ""
    evidence = step.get("evidence") or {}
    milestone = f"{step['milestone']} on {step.get('on')}" if step.get("milestone") else ""
    to = f"to {step['to']}" if step.get("to") else ""
    responsible = f"responsible: {step['responsible']}" if step.get("responsible") else ""
    said = (days, step.get("ground"), to, responsible, milestone, evidence.get("end"))
    what = [*said, step.get("document")]
    about = ", ".join(str(one) for one in what if one)
    head = (moment(step["at"]), step["by"], step["unit"], step["verb"], step.get("due") or "")
    return [*head, about, step.get("note", "")]
