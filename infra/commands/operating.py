"""`sanwei redrive` and `sanwei token`: what failed, once more; and who calls."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from infra import posts, signin
from infra.client import Api
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.showing import Screen, moment

_EXCERPT = 60  # characters of a message, where there is a terminal


def redrive(
    queue: Annotated[str, typer.Argument(help="One queue; else every one that holds any.")] = "",
    only_list: Annotated[
        bool, typer.Option("--list", help="Only show what failed, and why.")
    ] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Send what failed on its way again."""
    screen, api = Screen(as_json=as_json), city(who)
    failures = api.get("/v1/failures", queue=queue or None)
    if only_list:
        screen.result(failures)
        if not as_json:
            _show_failures(screen, failures["failures"])
        return
    moved = {one["queue"]: _redrive(api, one) for one in failures["failures"] if one["waiting"]}
    screen.result({"moved": sum(moved.values()), "queues": moved})
    if not as_json:
        screen.say(f"{sum(moved.values()):,} messages are on their way again")


def token(
    who: Annotated[
        str,
        typer.Option(
            "--as", metavar="WHO", help="Sign in anew as city, operator, rules … or ROLE:UNIT."
        ),
    ] = "",
    state: Annotated[
        Path | None, typer.Option(help="Of a local city that `up` signed in to elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print your sign-in's token, or sign in anew (--as)."""
    screen, me = Screen(as_json=as_json), identity()
    if me.variables.get("SANWEI_TOKEN"):
        raise Failed("SANWEI_TOKEN is set, and goes before any sign-in")
    if state:
        me.keep(signin.SignIn(posts.EVERYONE, "", str(state.resolve())))
    now = signed_in(me, who)
    left = round(signin.seconds_left(now.token))
    screen.result({"token": now.token, "as": now.who, "url": me.url, "expires_in": left})
    if not as_json:
        screen.say(now.token)


def signed_in(me: signin.Environment, who: str) -> signin.SignIn:
    """The kept sign-in, renewed where it must be; one as `who`, where that is asked or none is."""
    kept = me.kept()
    if kept and not who:
        me.token()
        return me.kept() or kept
    local = bool(kept and kept.state)
    asked = who if local or who != posts.EVERYONE else ""  # a client has the scopes that it has
    fresh = me.fresh(asked)
    me.keep(fresh)
    return fresh


def _redrive(api: Api, pile: dict[str, Any]) -> int:
    """Sends a pile again, one portion after the other; what fails meanwhile is left for later."""
    moved = 0
    while moved < pile["waiting"]:
        portion = api.post("/v1/redrive", {"queue": pile["queue"]})["moved"]
        if not portion:
            break
        moved += portion
    return moved


def _show_failures(screen: Screen, piles: list[dict[str, Any]]) -> None:
    most = _EXCERPT if screen.console.is_terminal else None
    rows = [
        [pile["queue"], moment(one["sent_at"]), one.get("reason", ""), one["body"][:most]]
        for pile in piles
        for one in pile["messages"]
    ]
    waiting = sum(pile["waiting"] for pile in piles)
    if not waiting:
        screen.say("nothing failed")
    else:
        columns = ["Queue", "Since", "Because", "Message"]
        screen.table(f"{waiting:,} messages failed", columns, rows)
