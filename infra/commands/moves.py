"""`sanwei redirect`, `reassign`, `extend`, `suspend`, `resume`, `dispatch`: moves of tasks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from infra.client import Api
from infra.commands.calling import As, AsJson, Failed, city
from infra.commands.task import stages_counting, stands_still
from infra.commands.worklist import post_for
from infra.showing import Screen

_PAGE = 200

TaskId = Annotated[str, typer.Argument(help="The task's id.")]
To = Annotated[str, typer.Option(help="The unit that gets it, e.g. scjg.441900108000.")]
Note = Annotated[str, typer.Option(help="In words.")]
Document = Annotated[str, typer.Option(help="The number of the document that decides it.")]


def redirect(task: TaskId, to: To, note: Note, who: As = "", as_json: AsJson = False) -> None:
    """Send a returned task on to whoever is responsible."""
    _move("redirect", task, {"to": to, "note": note}, who, as_json=as_json)


def reassign(task: TaskId, to: To, note: Note, who: As = "", as_json: AsJson = False) -> None:
    """Hand a task to another unit of the same department."""
    _move("reassign", task, {"to": to, "note": note}, who, as_json=as_json)


def extend(
    task: TaskId,
    stage: Annotated[str, typer.Option(help="receive, verify, handle, or close: the whole.")],
    days: Annotated[int, typer.Option(min=1, help="So many more, as the limit counts them.")],
    ground: Annotated[
        str, typer.Option(help="approved_extension, complex_case, collective_decision.")
    ],
    note: Note,
    document: Document,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give a stage of a task, or the whole case, more time."""
    body = {"stage": stage, "days": days, "ground": ground, "note": note, "document": document}
    post = who or post_for(task, lead=True)
    before = city(post).get(f"/v1/tasks/{task}").get("clocks", {}).get(stage, {}).get("due")
    changed = _move("extend", task, body, post, as_json=as_json)
    if not as_json:
        due = changed["clocks"][stage]["due"]
        was = f"it was {before}" if due != before else "this was counted before"
        Screen().say(f"its last day for {stage} is now {due}; {was}")


def suspend(
    task: TaskId,
    ground: Annotated[str, typer.Option(help="hearing, testing, expert_review or force_majeure.")],
    note: Note,
    document: Document,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Let a task's limits stand still."""
    body = {"ground": ground, "note": note, "document": document}
    changed = _move("suspend", task, body, who, as_json=as_json)
    if not as_json:
        stages = ", ".join(stages_counting(changed)) or "none was set"
        Screen().say(f"its limits stand still until `sanwei resume {task}`: {stages}")


def resume(
    task: TaskId, note: Note, document: Document = "", who: As = "", as_json: AsJson = False
) -> None:
    """Let a suspended task's limits run on."""
    body = {"note": note, "document": document}
    changed = _move("resume", task, body, who, as_json=as_json)
    if not as_json:
        clocks = changed["clocks"]
        days = [f"{stage} {clocks[stage]['due']}" for stage in stages_counting(changed)]
        Screen().say(
            f"its limits run on; the last days are now: {', '.join(days) or 'none is set'}"
        )


def dispatch(
    code: Annotated[str, typer.Argument(help="Whose registration is decided; else a list.")] = "",
    town: Annotated[
        str, typer.Option(help="Of the list: whose (else the city's). With a code: where it lies.")
    ] = "",
    village: Annotated[str, typer.Option(help="Where in the town.")] = "",
    items: Annotated[
        list[str] | None, typer.Option("--item", help="What applies; again for further ones.")
    ] = None,
    nothing: Annotated[bool, typer.Option("--no-item", help="Nothing applies.")] = False,
    note: Annotated[str, typer.Option(help="On what the decision rests.")] = "",
    edition: Annotated[
        int | None, typer.Option(help="The one that you looked at; else the newest.")
    ] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List what waits for manual dispatch, or decide one."""
    screen, api = Screen(as_json=as_json), city(who)
    if not code:
        _show_waiting(screen, _waiting(api, town))
        return
    if not note:
        raise Failed("--note is missing: on what does the decision rest?")
    body: dict[str, Any] = {"edition": edition or api.get(f"/v1/cases/{code}")["edition"]}
    told = {"note": note, "town": town, "village": village}
    body |= {name: value for name, value in told.items() if value}
    if items or nothing:
        body["items"] = items or []
    case = api.post(f"/v1/manual/{code}", body)
    screen.result(case)
    if not as_json:
        outcome = case["outcomes"][-1]["outcome"]
        screen.say(f"{case['code']} {case['name']}: {outcome}, {len(case['needs'])} tasks")


def _move(verb: str, task: str, body: dict[str, Any], who: str, *, as_json: bool) -> dict[str, Any]:
    screen = Screen(as_json=as_json)
    told = {name: value for name, value in body.items() if value != ""}
    changed = city(who or post_for(task, lead=True)).post(f"/v1/tasks/{task}/{verb}", told)
    screen.result(changed)
    if not as_json:
        state = "suspended" if stands_still(changed) else changed["state"]
        screen.say(f"{changed['id']} of {changed['unit']} is now {state}")
    return dict(changed)


def _waiting(api: Api, town: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = api.get("/v1/manual", town=town or None, limit=_PAGE, after=after)
        cases += page["cases"]
        after = page.get("after")
        if not after:
            return cases


def _show_waiting(screen: Screen, cases: list[dict[str, Any]]) -> None:
    screen.result({"cases": cases})
    if screen.as_json:
        return
    rows = [
        [
            case["code"],
            str(case["edition"]),
            case["name"],
            ", ".join(case["reasons"]),
            (case.get("registration") or {}).get("address", ""),
        ]
        for case in cases
    ]
    columns = ["Code", "Edition#", "Entity", "Because", "Address"]
    screen.table(f"{len(rows):,} wait for a person", columns, rows)
