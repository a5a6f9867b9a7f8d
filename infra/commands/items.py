"""`sanwei items`: the rules by version: add one, try it on the past, put it in force (A4)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.client import Api
from infra.commands.calling import AsJson, Failed, city, text_of
from infra.showing import Screen

_POLL, _PATIENCE = 2.0, 900.0  # seconds; a trial over a year of registrations takes minutes

app = typer.Typer(no_args_is_help=True, help="The supervision items by version.")
Version = Annotated[str, typer.Argument(help="A version's name.")]


@app.command("list")
def list_versions(as_json: AsJson = False) -> None:
    """Which versions there are, and which holds from when."""
    screen = Screen(as_json=as_json)
    register = city().get("/v1/items")
    screen.result(register)
    if not as_json:
        _show_register(screen, register)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="A whole item set (TOML).")],
    note: Annotated[str, typer.Option(help="What is new in it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a version; it holds for nobody until it is put in force."""
    screen = Screen(as_json=as_json)
    text = text_of(file)
    edition = city().post("/v1/items", {"toml": text, "note": note})
    screen.result(edition)
    if not as_json:
        screen.say(f"version {edition['version']} with {edition['items']} items is there")


@app.command("try")
def try_version(
    version: Version,
    last: Annotated[int, typer.Option(min=1, help="Over so many registrations.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """What a version would have pushed, against the one in force."""
    screen, api = Screen(as_json=as_json), city()
    trial = api.post(f"/v1/items/{version}/trials", {"last": last})["id"]
    result = _result(api, trial)
    screen.result(result)
    if not as_json:
        _show_trial(screen, result)


@app.command()
def force(
    version: Version,
    since: Annotated[str, typer.Option(metavar="DATE", help="From this day; else today.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a version in force."""
    screen = Screen(as_json=as_json)
    register = city().post(f"/v1/items/{version}/force", {"since": since} if since else {})
    screen.result(register)
    if not as_json:
        _show_register(screen, register)


@app.command()
def show(version: Version, as_json: AsJson = False) -> None:
    """The items of a version."""
    screen = Screen(as_json=as_json)
    found = city().get(f"/v1/items/{version}")
    screen.result(found)
    if not as_json:
        rows = [
            [one["code"], one["licence"], one["kind"], "、".join(one["departments"]), one["level"]]
            for one in found["items"]
        ]
        columns = ["Item", "Licence", "Kind", "Departments", "Level"]
        screen.table(f"Version {found['version']}", columns, rows)


def _result(api: Api, trial: str) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        told = api.get(f"/v1/trials/{trial}")
        if told["done"]:
            return dict(told["result"])
        time.sleep(_POLL)
    raise Failed(f"trial {trial} is not done after {_PATIENCE / 60:g} minutes", {"trial": trial})


def _show_register(screen: Screen, register: dict[str, Any]) -> None:
    since: dict[str, list[str]] = {}
    for one in register["in_force"]:
        since.setdefault(one["version"], []).append(one["since"])
    rows = [
        [one["version"], f"{one['items']}", ", ".join(since.get(one["version"], [])), one["note"]]
        for one in register["editions"]
    ]
    screen.table("Versions of the items", ["Version", "Items#", "In force from", "Note"], rows)


def _show_trial(screen: Screen, result: dict[str, Any]) -> None:
    order = result["order"]
    screen.say(
        f"{order['version']} against {order['against']} over {result['registrations']:,} "
        f"registrations: {result['same']:,} the same, {result['gained']:,} more, "
        f"{result['lost']:,} fewer"
    )
    rows = [[item, str(more), str(less)] for item, (more, less) in result["by_item"].items()]
    if rows:
        screen.table("By item", ["Item", "More#", "Fewer#"], rows)
    for title, key in (("More", "gained_examples"), ("Fewer", "lost_examples")):
        shown = [[e["item"], e["name"], "、".join(e["words"]), e["clause"]] for e in result[key]]
        if shown:
            screen.table(f"{title}, for example", ["Item", "Entity", "Words", "Clause"], shown[:10])
