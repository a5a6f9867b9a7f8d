"""`sanwei credit dispute`: object to a record, have it repaired, answer, decide (C11)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from infra.commands.calling import As, AsJson, Failed, city, unit_of
from infra.showing import Screen, moment

app = typer.Typer(no_args_is_help=True, help="Objections to records, and their repair.")
Id = Annotated[str, typer.Argument(help="The dispute's id.")]
Note = Annotated[str, typer.Option(help="In words.")]
Ref = Annotated[str, typer.Option(help="Your id of this message; it counts once.")]
_OFFICE = "credit"


@app.command("file")
def file_dispute(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    ground: Annotated[str, typer.Option(help="Why.")],
    repair: Annotated[
        bool, typer.Option("--repair", help="It was made good; else it is wrong.")
    ] = False,
    commitment: Annotated[str, typer.Option(help="Of a repair: what is promised.")] = "",
    duties_done: Annotated[
        str, typer.Option(metavar="DATE", help="Of a repair: when the duties were done.")
    ] = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Object to a record, or ask that it be repaired, as the entity itself (--as entity:CODE)."""
    body: dict[str, Any] = {"kind": "repair" if repair else "objection", "ground": ground}
    given = {"commitment": commitment, "duties_done_on": duties_done, "ref": ref}
    body |= {name: value for name, value in given.items() if value}
    path = f"/v1/credit/records/{quote(record, safe='')}/disputes"
    _post(path, body, who, as_json)


@app.command("show")
def show_dispute(dispute: Id, who: As = "", as_json: AsJson = False) -> None:
    """Show a dispute with its whole life."""
    _tell(Screen(as_json=as_json), city(who).get(_path(dispute)))


@app.command("list")
def list_disputes(
    unit: Annotated[
        str, typer.Argument(help="Whose turn it is, or an entity's code; else yours.")
    ] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List the disputes that wait for a unit, or all of an entity's own."""
    screen, unit = Screen(as_json=as_json), unit_of(unit, who)
    told = city(who).get("/v1/credit/disputes", unit=unit)
    screen.result(told)
    if as_json:
        return
    rows = [
        [one["id"], one["kind"], one["state"], one["title"], one["name"], _due(one)]
        for one in told["disputes"]
    ]
    screen.table(
        unit, ["Id", "Kind", "State", "Item", "Name", "Due"], rows, f"no dispute of {unit}"
    )


@app.command()
def ask(dispute: Id, note: Note, who: As = _OFFICE, as_json: AsJson = False) -> None:
    """Ask the source whether its record stands."""
    _post(f"{_path(dispute)}/ask", {"note": note}, who, as_json)


@app.command()
def answer(
    dispute: Id,
    note: Note,
    stands: Annotated[bool | None, typer.Option("--stands/--wrong", help="The record.")] = None,
    more_time: Annotated[bool, typer.Option("--more-time", help="Once.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Answer as an officer or a lead of the source (--as officer:UNIT or lead:UNIT): the record
    stands, is wrong, or more time is needed."""
    if (stands is None) != more_time:
        raise Failed("say --stands, --wrong or --more-time")
    body = {"note": note, **({"more_time": True} if more_time else {"stands": stands})}
    _post(f"{_path(dispute)}/answer", body, who, as_json)


@app.command()
def decide(
    dispute: Id,
    note: Note,
    uphold: Annotated[bool, typer.Option("--uphold/--refuse", help="The dispute.")],
    correct: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Corrects the record, which else is withdrawn."),
    ] = None,
    who: As = _OFFICE,
    as_json: AsJson = False,
) -> None:
    """Uphold a dispute or refuse it; the record follows at once."""
    body: dict[str, Any] = {"note": note, "uphold": uphold}
    if correct:
        body |= {"outcome": "correct", "values": dict(map(_pair, correct))}
    _post(f"{_path(dispute)}/decide", body, who, as_json)


@app.command()
def close(dispute: Id, note: Note, who: As = "", as_json: AsJson = False) -> None:
    """Give a dispute up."""
    _post(f"{_path(dispute)}/close", {"note": note}, who, as_json)


def show(screen: Screen, told: dict[str, Any]) -> None:
    """What a person sees of a dispute."""
    where = f" with {told['unit']}" if told.get("unit") else ""
    due = f"; due {_due(told)}" if _due(told) else ""
    screen.say(f"{told['id']}: {told['kind']}, {told['state']}{where}{due}")
    screen.say(f"{told['title']} of {told['name']} ({told['record']}): {told['ground']}")
    steps = [
        [moment(one["at"]), one["verb"], one["unit"], one.get("by", ""), one.get("note", "")]
        for one in told["steps"]
    ]
    screen.table("its life", ["When", "What", "Unit", "Who", "Note"], steps)


def _post(path: str, body: dict[str, Any], who: str, as_json: bool) -> None:
    _tell(Screen(as_json=as_json), city(who).post(path, body))


def _tell(screen: Screen, told: dict[str, Any]) -> None:
    screen.result(told)
    if not screen.as_json:
        show(screen, told)


def _path(dispute: str) -> str:
    return f"/v1/credit/disputes/{quote(dispute, safe='')}"


def _due(told: dict[str, Any]) -> str:
    return min((str(clock["due"]) for clock in told.get("clocks", [])), default="")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Failed(f"{text!r} is not FIELD=VALUE")
    return name, value
