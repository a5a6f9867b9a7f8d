"""`sanwei inspections`: a unit's board, and whatever is done about an inspection (B)."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared.calendar import shanghai_day
from functions.shared.directory import office
from functions.shared.trail import fingerprint
from infra import client
from infra.client import Api
from infra.commands.calling import As, AsJson, Failed, city
from infra.commands.clues import upload
from infra.commands.inspection import proposed, show
from infra.commands.visiting import (
    Id,
    Note,
    Pictures,
    Ref,
    home,
    now_in,
    pairs,
    recheck,
    visit,
)
from infra.commands.worklist import post_at, whole_city
from infra.showing import Screen

app = typer.Typer(
    invoke_without_command=True,
    help="Inspections at the door, to joint disposal.",
)


@app.callback()
def board(
    context: typer.Context,
    unit: Annotated[str, typer.Option(help="A village, or office.TOWN.")] = "",
    state: Annotated[str, typer.Option(help="Only in this state, e.g. waiting.")] = "",
    inspector: Annotated[str, typer.Option(help="Only whose they are.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show a unit's board: what is due first, with who is proposed for what waits."""
    if context.invoked_subcommand:
        return
    if not unit:
        raise Failed("--unit is missing: whose board, a village's by its code or office.TOWN's")
    asked = {"unit": unit, "state": state, "inspector": inspector}
    screen, api = Screen(as_json=as_json), city(who or post_at(unit))
    rows = _board(api, {name: one for name, one in asked.items() if one}, limit)
    screen.result({"unit": unit, "inspections": rows})
    if not as_json:
        columns = ["Id", "Entity", "Address", "State", "Due", "Assigned to, or proposed"]
        screen.table(f"{len(rows):,} inspections", columns, list(map(_line, rows)))


@app.command()
def assign(
    id: Id,
    grid: Annotated[str, typer.Option(help="The grid's id; else as proposed.")] = "",
    inspector: Annotated[str, typer.Option(help="The inspector's id; else as proposed.")] = "",
    note: Note = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give an inspection to an inspector: to whom it is proposed, or whom you name."""
    told = {"grid": grid, "inspector": inspector, "note": note, "ref": ref}
    _post(id, "assign", {name: one for name, one in told.items() if one}, who, as_json=as_json)


@app.command()
def accept(
    village: Annotated[str, typer.Argument(metavar="VILLAGE", help="The village's code.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give all that waits in a village to whom it is proposed."""
    screen, api = Screen(as_json=as_json), city(who or post_at(village))
    told = api.post(f"/v1/villages/{village}/assign", {})
    screen.result(told)
    if not as_json:
        rows = [[one["inspection"], one["inspector"], one["grid"]] for one in told.get("given", [])]
        screen.table(f"{len(rows):,} given out", ["Id", "To", "Grid"], rows)
        if left := told.get("left"):
            screen.say(f"{left:,} are left: no proposal can be made, or say it again")


@app.command()
def recall(
    id: Id,
    note: Annotated[str, typer.Option(help="Why.")],
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Call an inspection back from its inspector."""
    _post(id, "recall", {"note": note, "ref": ref}, who, as_json=as_json)


@app.command()
def place(
    id: Id,
    village: Annotated[str, typer.Argument(help="The village's code.")],
    note: Annotated[str, typer.Option(help="How that is known.")],
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Say in which village the address lies."""
    body = {"village": village, "note": note, "ref": ref}
    _post(id, "place", body, who, as_json=as_json)


app.command()(visit)
app.command()(recheck)


@app.command()
def dispose(
    id: Id,
    note: Annotated[str, typer.Option(help="What was done.")],
    solved: Annotated[list[str] | None, typer.Option(help="A check that is right now.")] = None,
    unsolved: Annotated[list[str] | None, typer.Option(help="One that is not.")] = None,
    held_on: Annotated[str, typer.Option(metavar="DAY", help="When; else today.")] = "",
    took_part: Annotated[list[str] | None, typer.Option("--with", help="Who took part.")] = None,
    photo: Pictures = None,
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Record the result of joint disposal; what is unsolved goes to whoever must act."""
    one = city(who).get(f"/v1/inspections/{id}")
    post, unit = who or post_at(home(one)), home(one)
    results = dict.fromkeys(solved or [], "solved") | dict.fromkeys(unsolved or [], "unsolved")
    body: dict[str, Any] = {"results": results, "participants": took_part or [], "note": note}
    body["held_on"] = held_on or shanghai_day(now_in(one)).isoformat()
    body["ref"] = ref or fingerprint([id, body])[:32]
    body["photos"] = [upload(city(post), picture, unit) for picture in photo or []]
    _post(id, "disposal", body, post, as_json=as_json)


@app.command()
def classify(
    id: Id,
    give: Annotated[
        list[str],
        typer.Argument(metavar="CHECK=ITEM…", help="Or CHECK=address, =general, =nobody."),
    ],
    note: Annotated[str, typer.Option(help="Why; needed for nobody.")] = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Say who must act where no rule does: which items' departments, or by which route."""
    checks: dict[str, dict[str, Any]] = {}
    for check, whose in pairs(give, "CHECK=ITEM"):
        if whose in ("address", "general", "nobody"):
            checks[check] = {"route": whose, "note": note}
        else:
            chosen = checks.setdefault(check, {"items": [], "note": note})
            chosen.setdefault("items", []).append(whose)
    body = {"checks": checks, "ref": ref or fingerprint([id, checks])[:32]}
    _post(id, "classify", body, who, as_json=as_json)


@app.command()
def notice(
    id: Id,
    out: Annotated[Path, typer.Option(help="Where to write it, e.g. notice.pdf.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Fetch the printed notice of correction (PDF)."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/inspections/{id}/notice")
    body = client.send(urllib.request.Request(told["url"])).body
    out.write_bytes(body)
    screen.result({**told, "file": str(out), "bytes": len(body)})
    if not as_json:
        screen.say(f"{out}: {len(body):,} bytes")


def _board(api: Api, asked: dict[str, str], limit: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while len(rows) < limit:
        page = api.get("/v1/inspections", **asked, after=after)
        rows += page["inspections"]
        after = page.get("after")
        if not after:
            break
    return rows[:limit]


def _line(one: dict[str, Any]) -> list[str]:
    due = min((clock["due"] for clock in one.get("clocks", [])), default="")
    proposal = one.get("proposal")
    whom = one.get("inspector") or (f"proposed: {proposed(proposal)}" if proposal else "")
    return [one["id"], one["name"], one["address"], one["state"], due, whom]


def _post(id: str, verb: str, body: dict[str, Any], who: str, *, as_json: bool) -> None:
    screen, path = Screen(as_json=as_json), f"/v1/inspections/{id}"
    post = who or _acting(id, verb)
    told = city(post).post(f"{path}/{verb}", body)
    screen.result(told)
    if not as_json:
        show(screen, told)


def _acting(id: str, verb: str) -> str:
    """In a local city, where one is signed in as the whole city: who acts there."""
    if not whole_city():
        return ""
    one = city().get(f"/v1/inspections/{id}")
    unit = office(one.get("town")) if verb in ("place", "classify") else home(one)
    return post_at(unit)
