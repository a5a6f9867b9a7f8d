"""`sanwei tasks` and `sanwei feedback`: a receiver's worklist, and what it reports back."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from infra import posts
from infra.client import Api, Call, fault_line
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.showing import Screen

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = 200
_BATCH = 100


def tasks(
    unit: Annotated[str, typer.Option(help="Whose, e.g. scjg.441900106000.")] = "",
    state: Annotated[str, typer.Option(help="pushed, received, handling …")] = "",
    item: Annotated[str, typer.Option(help="Only of this supervision item.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only what has to be done.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Only what changed since this mark ('' to begin).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 1000,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the open ones as a sheet to fill in.")
    ] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show a unit's worklist."""
    screen, api = Screen(as_json=as_json), city(who)
    if xlsx:
        _write_sheet(screen, api, unit, xlsx)
        return
    query = {"unit": unit, "state": state, "item": item, "open": "true" if only_open else ""}
    told = _worklist(api, {name: value for name, value in query.items() if value}, since, limit)
    screen.result(told)
    if not as_json:
        _show(screen, told)


def feedback(
    task: Annotated[str, typer.Argument(help="The task's id.")] = "",
    verb: Annotated[str, typer.Option(help="receive, verify, handle, close or return.")] = "",
    note: Annotated[str, typer.Option(help="In words.")] = "",
    ground: Annotated[
        str, typer.Option(help="Of a return: not_in_scope, not_our_duty, not_our_area.")
    ] = "",
    responsible: Annotated[str, typer.Option(help="Of a return: whose it is instead.")] = "",
    end: Annotated[str, typer.Option(help="Of a close: licensed, filed, penalised …")] = "",
    show: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What proves the end, e.g. licence_number=…"),
    ] = None,
    ref: Annotated[str, typer.Option(help="Your id of this message; it counts once.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="Many at once: the filled-in .xlsx, or .json.")
    ] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report on a task, or on many by a file."""
    screen = Screen(as_json=as_json)
    if bool(task) == bool(file):
        raise Failed("name either a task or a --file")
    if file:
        _feed_back_file(screen, city(who), file)
        return
    if not verb:
        raise Failed("--verb is missing: receive, verify, handle, close or return")
    told = {"verb": verb, "note": note, "ground": ground, "responsible": responsible, "ref": ref}
    body: dict[str, Any] = {name: value for name, value in told.items() if value}
    if end or show:
        body["evidence"] = {"end": end, **_pairs(show or [])}
    api = city(who or _officer_of(task))
    changed = api.post(f"/v1/tasks/{task}/feedback", body)
    screen.result(changed)
    if not as_json:
        screen.say(f"{changed['id']} of {changed['unit']} is now {changed['state']}")


def _worklist(api: Api, query: dict[str, str], since: str | None, limit: int) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = api.get(
            "/v1/worklist", **query, since=since, after=after, limit=min(_PAGE, limit - len(rows))
        )
        rows += page["rows"]
        after = page.get("after")
        ended = not after if since is None else page.get("since") == since
        since = page.get("since")
        if ended or len(rows) >= limit:
            break
    more = {"since": since} if since is not None else {}
    return {"unit": page["unit"], "rows": rows, **more, **({"after": after} if after else {})}


def _show(screen: Screen, told: dict[str, Any]) -> None:
    rows = [_task_line(row) if row.get("task") else _case_line(row) for row in told["rows"]]
    columns = ["Id", "Entity", "Item", "What", "State", "Due"]
    screen.table(f"{len(rows):,} rows of {told['unit']}", columns, rows)
    if "since" in told:
        screen.say(f"next time: --since '{told['since']}'")


def _task_line(row: dict[str, Any]) -> list[str]:
    task = row["task"]
    state = "gone" if row.get("gone") else row.get("state", "")
    reason = f"{task['licence']} ({'、'.join(task['words'])})"
    return [task["id"], task["name"], task["item"], reason, state, row.get("due") or ""]


def _case_line(row: dict[str, Any]) -> list[str]:
    case = row["case"]
    about = ", ".join(case.get("reasons") or case.get("items") or [])
    return [case["code"], case["name"], "", about, case["outcome"], ""]


def _write_sheet(screen: Screen, api: Api, unit: str, out: Path) -> None:
    if not unit:
        raise Failed("--xlsx needs --unit")
    asked = json.dumps({"unit": unit}).encode()
    reply = api.send(Call("POST", "/v1/tasks.xlsx", asked, accept=_XLSX))
    try:
        out.write_bytes(reply.body)
    except OSError as error:
        raise Failed(f"{out}: {error.strerror}") from None
    screen.result({"unit": unit, "file": str(out)})
    if not screen.as_json:
        screen.say(f"the open tasks of {unit} are in {out}")


def _feed_back_file(screen: Screen, api: Api, file: Path) -> None:
    try:
        body = file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None
    if file.suffix.lower() == ".xlsx":
        told = _feed_back_sheet(api, file, body)
    else:
        told = _feed_back_list(api, file, body)
    if told["refused"]:
        first = next(one for one in told["results"] if not one["counted"])
        why = fault_line(first["faults"][0], api.caller) if first["faults"] else "refused"
        text = f"{told['refused']} of {len(told['results'])} refused, the first: {why}"
        raise Failed(text + (f"; see {told['sheet']}" if "sheet" in told else ""), told)
    screen.result(told)
    if not screen.as_json:
        screen.say(f"{told['counted']} counted")


def _feed_back_sheet(api: Api, file: Path, body: bytes) -> dict[str, Any]:
    """Sends a filled-in sheet; where rows were refused, the sheet that says why is put beside."""
    told = api.send(Call("POST", "/v1/feedback.xlsx", body, _XLSX)).json
    results = {"counted": told["counted"], "refused": told["refused"], "results": told["rows"]}
    if told.get("sheet"):
        answer = file.with_name(f"{file.stem}.refused.xlsx")
        answer.write_bytes(base64.b64decode(told["sheet"]))
        results["sheet"] = str(answer)
    return results


def _feed_back_list(api: Api, file: Path, body: bytes) -> dict[str, Any]:
    """Sends `[{"task", "feedback": {"verb", …}}, …]`, also as the body of `/v1/feedback`."""
    try:
        read = json.loads(body)
    except ValueError:
        raise Failed(f"{file.name} is neither .xlsx nor valid JSON") from None
    pieces = read.get("feedback") if isinstance(read, dict) else read
    if not isinstance(pieces, list) or not pieces:
        raise Failed(f'{file.name} must hold a list of {{"task", "feedback"}}')
    results: list[Any] = []
    for start in range(0, len(pieces), _BATCH):
        batch = pieces[start : start + _BATCH]
        results += api.post("/v1/feedback", {"feedback": batch})["results"]
    counted = sum(one["counted"] for one in results)
    return {"counted": counted, "refused": len(results) - counted, "results": results}


def _officer_of(task: str) -> str:
    """In a local city, where one is signed in as the whole city: whoever has the task."""
    me = identity()
    kept = me.kept()
    if "SANWEI_TOKEN" in me.variables or not kept or not kept.state or kept.who != posts.EVERYONE:
        return ""
    unit = city().get(f"/v1/tasks/{task}")["unit"]
    return f"{'town_office' if unit.startswith('office') else 'officer'}:{unit}"


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise Failed(f"--show takes NAME=VALUE, not {text!r}")
        pairs[name] = value
    return pairs
