"""`sanwei redrive` and `sanwei token`: what failed, once more; and who calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from infra import posts, signin
from infra.commands.calling import AsJson, Failed, city, identity
from infra.showing import Screen


def redrive(
    queue: Annotated[str, typer.Argument(help="One queue; else every one that holds any.")] = "",
    only_list: Annotated[
        bool, typer.Option("--list", help="Only show what failed, and why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send what failed on its way again."""
    screen, api = Screen(as_json=as_json), city()
    if only_list:
        failures = api.get("/v1/failures")
        screen.result(failures)
        if not as_json:
            _show_failures(screen, failures)
        return
    told = api.post("/v1/redrive", {"queue": queue} if queue else {})
    screen.result(told)
    if not as_json:
        screen.say(f"{told['moved']} messages are on their way again")


def token(
    who: Annotated[
        str, typer.Option("--as", metavar="WHO", help="city, operator, rules … or ROLE:UNIT.")
    ] = posts.EVERYONE,
    state: Annotated[
        Path | None, typer.Option(help="Of a local city that `up` signed in to elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign in to the city, keep that, and print the token."""
    screen, me = Screen(as_json=as_json), identity()
    if me.variables.get("SANWEI_TOKEN"):
        raise Failed("SANWEI_TOKEN is set, and goes before any sign-in")
    if state:
        me.keep(signin.SignIn(posts.EVERYONE, "", str(state.resolve())))
    local = bool((kept := me.kept()) and kept.state)
    asked = who if local or who != posts.EVERYONE else ""  # a client has the scopes that it has
    fresh = me.fresh(asked)
    me.keep(fresh)
    left = round(signin.seconds_left(fresh.token))
    screen.result({"token": fresh.token, "as": fresh.who, "url": me.url, "expires_in": left})
    if not as_json:
        screen.say(fresh.token)


def _show_failures(screen: Screen, failures: dict[str, Any]) -> None:
    rows = [
        [one["queue"], one.get("reason") or "", one.get("body", "")[:60]]
        for one in failures["failures"]
    ]
    screen.table(f"{len(rows)} messages failed", ["Queue", "Because", "Message"], rows)
