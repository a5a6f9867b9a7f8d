"""`sanwei calendar`: the working calendar: load the next one, see which holds (A14)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.commands.calling import As, AsJson, city, text_of
from infra.showing import Screen, moment

app = typer.Typer(no_args_is_help=True, help="The working calendar by version.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A whole calendar (TOML).")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Put a calendar in force; limits that were provisional are counted again by it."""
    screen = Screen(as_json=as_json)
    text = text_of(file)
    told = city(who).put("/v1/calendar", {"toml": text})
    screen.result(told)
    if not as_json:
        show_calendar(screen, told)


@app.command()
def show(who: As = "", as_json: AsJson = False) -> None:
    """Which calendar holds, which years are published, and what was loaded when."""
    screen = Screen(as_json=as_json)
    told = city(who).get("/v1/calendar")
    screen.result(told)
    if not as_json:
        show_calendar(screen, told)


def show_calendar(screen: Screen, told: Mapping[str, Any]) -> None:
    """What the city says of its calendar."""
    years = told["years"]
    screen.say(f"calendar {told['version']} holds, published for {years[0]} to {years[-1]}")
    rows = [
        [one["version"], f"{one['years'][-1]}", moment(one["loaded_at"]), one["loaded_by"]]
        for one in told["loaded"]
    ]
    if rows:
        screen.table("Calendars", ["Version", "Published until", "Loaded", "By"], rows)
