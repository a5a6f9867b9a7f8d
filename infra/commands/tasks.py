"""`sanwei tasks` and `sanwei feedback`: a receiver's worklist, and what it reports back."""

from __future__ import annotations

import base64
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.client import Api, Call, fault_line
from infra.commands.calling import As, AsJson, Failed, city
from infra.commands.worklist import Limit, Since, post_for, read_rows, show_rows
from infra.showing import Screen

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BATCH = 100


class Reported(StrEnum):
    """The steps that a receiver reports; all others are somebody else's."""

    RECEIVE = "receive"
    VERIFY = "verify"
    HANDLE = "handle"
    CLOSE = "close"
    RETURN = "return"


def tasks(
    unit: Annotated[str, typer.Option(help="Whose, e.g. scjg.441900106000.")] = "",
    state: Annotated[str, typer.Option(help="pushed, received, handling …")] = "",
    item: Annotated[str, typer.Option(help="Only of this supervision item.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only what has to be done.")] = False,
    light: Annotated[str, typer.Option(help="Only green, yellow or red.")] = "",
    claimed: Annotated[str, typer.Option(help="Only of: me, nobody, or a person's id.")] = "",
    since: Since = None,
    limit: Limit = 1000,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Write the open ones as a sheet to fill in.")
    ] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show the tasks of a unit's worklist."""
    screen, api = Screen(as_json=as_json), city(who)
    if xlsx:
        _write_sheet(screen, api, unit, xlsx)
        return
    query = {"unit": unit, "state": state, "item": item, "light": light, "claimed": claimed}
    query |= {"kind": "task", "open": "true" if only_open else ""}
    asked = {name: value for name, value in query.items() if value}
    show_rows(screen, read_rows(api, asked, since, limit))


def feedback(
    task: Annotated[str, typer.Argument(help="The task's id.")] = "",
    verb: Annotated[Reported | None, typer.Option(help="Which step; needed with a task.")] = None,
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
    changed = city(who or post_for(task)).post(f"/v1/tasks/{task}/feedback", body)
    screen.result(changed)
    if not as_json:
        screen.say(f"{changed['id']} of {changed['unit']} is now {changed['state']}")


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


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise Failed(f"--show takes NAME=VALUE, not {text!r}")
        pairs[name] = value
    return pairs
