"""`sanwei person`: look up a key person by the number, which no command line ever holds (C8)."""

from __future__ import annotations

import sys
from typing import Annotated, Any, TextIO

import typer

from infra.commands.calling import As, AsJson, city
from infra.showing import Screen, moment

app = typer.Typer(no_args_is_help=True, help="Key persons; every look-up is logged.")
Purpose = Annotated[str, typer.Option(help="Why, in at least four characters.")]
_OFFICE = "credit"


@app.command("look-up")
def look_up(
    purpose: Purpose,
    name: Annotated[str, typer.Option(help="Only if this is the person's name.")] = "",
    unit: Annotated[str, typer.Option(help="For which unit, where you have several.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Look up a person. The number is asked for, or read from standard input: a command line stays
    in the shell's history and stands in the list of processes."""
    body = {"number": number_from(sys.stdin), "purpose": purpose}
    body |= {key: value for key, value in (("name", name), ("unit", unit)) if value}
    screen = Screen(as_json=as_json)
    told = city(who).post("/v1/credit/persons/look-ups", body)
    screen.result(told)
    if not as_json:
        show(screen, told)


@app.command()
def reveal(
    look_up: Annotated[str, typer.Argument(help="Your look-up of the last ten minutes.")],
    record: Annotated[str, typer.Option(help="The record that holds the number.")],
    field: Annotated[str, typer.Option(help="Its field.")],
    purpose: Purpose,
    who: As = _OFFICE,
    as_json: AsJson = False,
) -> None:
    """Open one number of a person just looked up, as the credit office."""
    body = {"look_up": look_up, "record": record, "field": field, "purpose": purpose}
    screen = Screen(as_json=as_json)
    told = city(who).post("/v1/credit/persons/reveal", body)
    screen.result(told)
    if not as_json:
        screen.say(told["number"])


@app.command("look-ups")
def look_ups(
    unit: Annotated[str, typer.Argument(help="The unit, e.g. scjg; else your own.")] = "",
    since: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")] = "",
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List who looked for whom, when and why."""
    screen = Screen(as_json=as_json)
    asked = {"unit": unit or None, "since": since or None, "until": until or None}
    told = city(who).get("/v1/credit/persons/look-ups", **asked)
    screen.result(told)
    if as_json:
        return
    rows = [
        [moment(one["at"]), one["by"], one["unit"], one["purpose"], _came(one), one["subject"]]
        for one in told["look_ups"]
    ]
    screen.table("look-ups", ["When", "Who", "Unit", "Why", "Found", "Subject"], rows, "no look-up")


def show(screen: Screen, told: dict[str, Any]) -> None:
    """What the official sees of a person."""
    screen.say(f"{told['name']} {told['number']}; logged as {told['look_up']}")
    rows = [
        [one["id"], one["title"], one["document"], one["source"], "、".join(one["sealed"])]
        for one in told["records"]
    ]
    screen.table("records", ["Id", "Item", "Document", "Source", "Sealed fields"], rows)


def number_from(source: TextIO) -> str:
    """A number that somebody types unseen, or that a script sends."""
    if source.isatty():
        return str(typer.prompt("number", hide_input=True)).strip()
    return source.readline().strip()


def _came(one: dict[str, Any]) -> str:
    if one.get("revealed"):
        return "opened"
    if "found" not in one:
        return "not finished"
    return "found" if one["found"] else "nobody"
