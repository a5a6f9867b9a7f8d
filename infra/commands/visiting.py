"""`sanwei inspections visit` and `recheck`: what an inspector found at the door (B6, B7)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared import clock
from functions.shared.directory import office
from infra import posts
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.commands.clues import upload
from infra.commands.inspection import show
from infra.commands.visited import Found, Saying, pairs, turn_of, upload_of
from infra.commands.worklist import whole_city
from infra.showing import Screen, moment

Id = Annotated[str, typer.Argument(metavar="ID", help="The inspection's id.")]
Ref = Annotated[str, typer.Option(help="Your id of this message; it counts once.")]
Note = Annotated[str, typer.Option(help="In words.")]
Pictures = Annotated[list[Path] | None, typer.Option("--photo", help="Of what is wrong.")]
Pairs = list[str] | None
_EACH = "of everything wrong that this call names; say other words in another call"
_Note = Annotated[str, typer.Option(help=f"In words, {_EACH}.")]
_Pictures = Annotated[list[Path] | None, typer.Option("--photo", help=f"A picture {_EACH}.")]
_Fail = Annotated[
    Pairs,
    typer.Option(
        "--fail", metavar="CHECK=KIND", help="What is wrong; `sanwei inspection` has the kinds."
    ),
]
_Rest = Annotated[
    bool,
    typer.Option(
        "--pass-rest",
        help="All of which the visit says nothing, now or before, is as it should be.",
    ),
]
_Present = Annotated[str, typer.Option(help="Who was there for the operator.")]


def visit(
    id: Id,
    fail: _Fail = None,
    settle: Annotated[
        Pairs, typer.Option(metavar="CHECK=KIND", help="Wrong, and put right on the spot.")
    ] = None,
    urge: Annotated[
        Pairs, typer.Option(metavar="CHECK=KIND", help="Wrong, told to the operator, no notice.")
    ] = None,
    pass_rest: _Rest = False,
    photo: _Pictures = None,
    note: _Note = "",
    guidance: Annotated[str, typer.Option(help="What the operator was told to do, for each.")] = "",
    present: _Present = "",
    correct_by: Annotated[str, typer.Option(metavar="DAY", help="Until when to correct.")] = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report the first visit, at once or call by call; what failed brings a notice of correction.

    Calls go on with the same visit until it says something of every check: then it counts.
    """
    found = (*_found("failed", fail), *_found("settled", settle), *_found("urged", urge))
    said = {"note": note, "guidance": guidance}
    end = {"present": present, "correct_by": correct_by}
    saying = Saying("first", found, said, end, len(photo or []), pass_rest)
    _upload(id, saying, photo or [], ref, who, as_json=as_json)


def recheck(
    id: Id,
    fail: _Fail = None,
    pass_rest: _Rest = False,
    photo: _Pictures = None,
    note: _Note = "",
    present: _Present = "",
    refused: Annotated[
        bool, typer.Option("--refused", help="Who was there refuses to correct it.")
    ] = False,
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report the recheck, of exactly what failed."""
    end = {"present": present, "refused": refused}
    found = tuple(_found("failed", fail))
    saying = Saying("recheck", found, {"note": note}, end, len(photo or []), pass_rest)
    _upload(id, saying, photo or [], ref, who, as_json=as_json)


def _upload(
    id: str, saying: Saying, pictures: list[Path], ref: str, who: str, *, as_json: bool
) -> None:
    """Sends what was found, as its inspector; a visit that is not whole yet is a failure."""
    screen, path = Screen(as_json=as_json), f"/v1/inspections/{id}"
    one = city(who).get(path)
    if saying.round == "recheck" and not one.get("notice"):
        raise Failed(f"{id} has no notice of correction: there is nothing to look at again")
    saying.wrong()  # before any picture is sent
    api = city(who or (one.get("inspector") or "" if whole_city() else ""))
    turn = turn_of(one, _walker(one, who), saying, ref)
    photos = [upload(api, picture, home(one)) for picture in pictures]
    body = upload_of(one, saying, turn, photos, now_in(one).isoformat())
    told = api.post(f"{path}/uploads", body)
    screen.result(told)
    if not as_json:
        show(screen, api.get(path))
        _say_what_became(screen, told)
    if not told.get("visit_complete", True):
        raise typer.Exit(1)


def _say_what_became(screen: Screen, told: dict[str, Any]) -> None:
    if since := told.get("counts_from"):
        screen.say(f"this counts once the time to correct is over ({moment(since)}), unless")
        screen.say("somebody finds it corrected by then; with --refused, at once")
    if told.get("visit_complete", True):
        return
    screen.say("NOT COMPLETE: what was said is kept, and nothing is decided yet")
    if missing := told.get("missing"):
        screen.say(f"the visit says nothing yet of {', '.join(missing)}")
        screen.say("go on with it in another call; --pass-rest passes them")
    if parts := told.get("waiting_for"):
        screen.say(f"it waits for these parts from the phone: {', '.join(parts)}")


def _walker(one: dict[str, Any], who: str) -> str:
    """By which name the city knows who calls: else who has the inspection."""
    me = identity()
    kept = None if "SANWEI_TOKEN" in me.variables else me.kept()
    named = who or (kept.who if kept and not whole_city() else "")
    try:
        return posts.account(named) if named else str(one.get("inspector") or "")
    except posts.NobodyThere:
        return named


def _found(result: str, texts: Pairs) -> list[Found]:
    return [(check, result, kind) for check, kind in pairs(texts or [], "CHECK=KIND")]


def home(one: dict[str, Any]) -> str:
    """The unit of the grid whose inspection it is."""
    return str(one.get("village") or office(one.get("town")))


def now_in(one: dict[str, Any]) -> datetime:
    """Now; in a city that is ahead of the clock, when the inspection was last changed."""
    return max(clock.now(), datetime.fromisoformat(one["changed_at"]))
