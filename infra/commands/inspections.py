"""`sanwei inspections`: a unit's board, and whatever is done about an inspection (B)."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared.calendar import shanghai_day
from functions.shared.directory import is_unit, is_village, office
from functions.shared.trail import fingerprint
from infra import client
from infra.city import roster, whoswho
from infra.client import Api
from infra.commands.awaited import why_at_office
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.commands.clues import upload
from infra.commands.inspection import proposed, show
from infra.commands.visited import pairs
from infra.commands.visiting import (
    Id,
    Note,
    Pictures,
    Ref,
    home,
    now_in,
    recheck,
    visit,
)
from infra.commands.worklist import post_at, whole_city
from infra.posts import EVERYONE, NobodyThere, grants_of
from infra.showing import Screen, counted

app = typer.Typer(
    invoke_without_command=True,
    help="Inspections at the door, to joint disposal.",
)


_COLUMNS = (
    *("Id", "Light", "Due", "Entity", "Address", "Reason", "State"),
    "With, proposed, or why it waits",
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
    unit = unit or _own_unit(who)
    if not unit:
        raise Failed("--unit is missing: whose board, a village's by its code or office.TOWN's")
    if state in ("referred", "closed"):
        raise Failed(
            f"a board holds what somebody of the grid must act on, nothing that is {state}: see "
            f"sanwei worklist --unit {unit} --kind inspection"
        )
    asked = {"unit": unit, "state": state, "inspector": inspector}
    screen, api = Screen(as_json=as_json), city(who or post_at(unit) if _known(unit) else who)
    rows = _board(api, {name: one for name, one in asked.items() if one}, limit)
    if not rows and not _known(unit):
        raise Failed(f"no unit {unit!r}: villages and towns stand in infra/city/divisions.csv")
    screen.result({"unit": unit, "inspections": rows})
    if not as_json:
        screen.table(counted(len(rows), "inspection"), _COLUMNS, list(map(_line, rows)))


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
        screen.table(counted(len(rows), "inspection") + " given out", ["Id", "To", "Grid"], rows)
        if left := told.get("left"):
            are = counted(left, "is left", "are left")
            screen.say(f"{are}: no proposal can be made, or say it again")


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


@app.command("return")
def give_back(
    id: Id,
    note: Annotated[str, typer.Option(help="Why the address is not the village's.")],
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Send an inspection back from its village to the office of its town."""
    _post(id, "return", {"note": note, "ref": ref}, who, as_json=as_json)


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
    if both := sorted({*(solved or [])} & {*(unsolved or [])}):
        raise Failed(f"said to be both solved and unsolved: {', '.join(both)}")
    one = city(who).get(f"/v1/inspections/{id}")
    post, unit = who or post_at(home(one)), home(one)
    results = dict.fromkeys(solved or [], "solved") | dict.fromkeys(unsolved or [], "unsolved")
    body: dict[str, Any] = {"results": results, "participants": took_part or [], "note": note}
    before = one.get("disposal") or {}  # sent again on another day, it says the same
    body["held_on"] = held_on or before.get("held_on") or shanghai_day(now_in(one)).isoformat()
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
    grid = f", grid {one['grid']}" if one.get("grid") else ""
    whom = why_at_office(one) or (f"proposed: {proposed(proposal)}" if proposal else "")
    if one.get("inspector") and one["state"] != "classifying":
        whom = f"{one['inspector']}{grid}"
    light = one.get("light", "")
    told = [one["name"], one["address"], one["reason"], one["state"]]
    return [one["id"], light, due, *told, whom]


def _own_unit(who: str) -> str:
    """The unit of who calls, where that is one; else ""."""
    kept = identity().kept()
    post = who or (kept.who if kept else EVERYONE)
    try:
        grants = grants_of(post)
    except NobodyThere:
        return ""
    return grants[0].unit if len(grants) == 1 else ""


def _known(unit: str) -> bool:
    """Whether there is such a unit, as far as is known here: only of a local city it is."""
    kept = identity().kept()
    if not (kept and kept.state):
        return True
    if is_village(unit):
        return unit in roster.villages()
    return is_unit(unit, whoswho.directory())


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
