"""`sanwei inspections visit` and `recheck`: what an inspector found at the door (B6, B7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared import clock
from functions.shared.directory import office
from functions.shared.trail import fingerprint
from infra.commands.calling import As, AsJson, Failed, city
from infra.commands.clues import upload
from infra.commands.inspection import show
from infra.commands.worklist import whole_city
from infra.showing import Screen, moment

Id = Annotated[str, typer.Argument(metavar="ID", help="The inspection's id.")]
Ref = Annotated[str, typer.Option(help="Your id of this message; it counts once.")]
Note = Annotated[str, typer.Option(help="In words.")]
Pictures = Annotated[list[Path] | None, typer.Option("--photo", help="Of what is wrong.")]
Pairs = list[str] | None
_Fail = Annotated[Pairs, typer.Option("--fail", metavar="CHECK=KIND", help="What is wrong.")]
_Rest = Annotated[bool, typer.Option("--pass-rest", help="All else is as it should be.")]
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
    photo: Pictures = None,
    note: Note = "",
    guidance: Annotated[str, typer.Option(help="What the operator was told to do.")] = "",
    present: _Present = "",
    correct_by: Annotated[str, typer.Option(metavar="DAY", help="Until when to correct.")] = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report the first visit; what failed brings a notice of correction."""
    found = [*_found("failed", fail), *_found("settled", settle), *_found("urged", urge)]
    said = {"note": note, "guidance": guidance}
    finished = {"present": present, **({"correct_by": correct_by} if correct_by else {})}
    _upload(id, "first", found, said, finished, photo, ref, who, rest=pass_rest, as_json=as_json)


def recheck(
    id: Id,
    fail: _Fail = None,
    pass_rest: _Rest = False,
    photo: Pictures = None,
    note: Note = "",
    present: _Present = "",
    refused: Annotated[
        bool, typer.Option("--refused", help="Who was there refuses to correct it.")
    ] = False,
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report the recheck, of exactly what failed."""
    found, said = [*_found("failed", fail)], {"note": note}
    finished = {"present": present, "refused": refused}
    _upload(id, "recheck", found, said, finished, photo, ref, who, rest=pass_rest, as_json=as_json)


def _upload(
    id: str,
    round: str,
    found: list[tuple[str, str, str]],
    said: dict[str, str],
    finished: dict[str, Any],
    pictures: list[Path] | None,
    ref: str,
    who: str,
    *,
    rest: bool,
    as_json: bool,
) -> None:
    """Sends a visit as a whole, as its inspector."""
    screen, path = Screen(as_json=as_json), f"/v1/inspections/{id}"
    one = city(who).get(path)
    api = city(who or (one.get("inspector") or "" if whole_city() else ""))
    now = now_in(one).isoformat()
    findings = findings_of(one, round, found, said, rest=rest)
    ref = ref or fingerprint([id, round, findings, finished, len(pictures or [])])[:32]
    photos = [upload(api, picture, home(one)) for picture in pictures or []]
    for finding in findings:
        finding["noted_at"] = now
        finding["photos"] = photos if finding["result"] != "passed" else []
    body = {"ref": ref, "visit": ref, "round": round, "findings": findings, "started_at": now}
    told = api.post(f"{path}/uploads", {**body, "finished": {"at": now, **finished}})
    screen.result(told)
    if as_json:
        return
    if since := told.get("counts_from"):
        screen.say(f"this counts once the time to correct is over ({moment(since)}), unless")
        screen.say("somebody finds it corrected by then; with --refused, at once")
    if missing := told.get("missing"):
        screen.say(f"the visit says nothing yet of {', '.join(missing)} (--pass-rest passes them)")
    show(screen, api.get(path))


def findings_of(
    one: dict[str, Any],
    round: str,
    found: Iterable[tuple[str, str, str]],
    said: dict[str, str],
    *,
    rest: bool,
) -> list[dict[str, Any]]:
    """What an upload says of each check: what was found wrong, and that the rest is well."""
    wrong: dict[str, dict[str, Any]] = {}
    for check, result, kind in found:
        kinds = wrong.setdefault(check, {"check": check, "result": result, "kinds": [], **said})
        kinds["kinds"].append(kind)
    keys = [check["key"] for check in one["checks"]]
    if round == "recheck":
        keys = one["notice"]["checks"] if one.get("notice") else []
    well = [{"check": key, "result": "passed"} for key in keys if rest and key not in wrong]
    return [*wrong.values(), *well]


def _found(result: str, texts: Pairs) -> list[tuple[str, str, str]]:
    return [(check, result, kind) for check, kind in pairs(texts or [], "CHECK=KIND")]


def pairs(texts: list[str], form: str) -> list[tuple[str, str]]:
    pairs = [text.partition("=") for text in texts]
    if not all(name and value for name, _, value in pairs):
        raise Failed(f"say {form}, not {', '.join(texts)}")
    return [(name, value) for name, _, value in pairs]


def home(one: dict[str, Any]) -> str:
    """The unit of the grid whose inspection it is."""
    return str(one.get("village") or office(one.get("town")))


def now_in(one: dict[str, Any]) -> datetime:
    """Now; in a city that is ahead of the clock, when the inspection was last changed."""
    return max(clock.now(), datetime.fromisoformat(one["changed_at"]))
