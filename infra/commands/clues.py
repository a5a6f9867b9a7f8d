"""`sanwei clues`: report a suspicion with its photos, assign it, feed back on it (A17, A18)."""

from __future__ import annotations

import hashlib
import urllib.request
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared.trail import fingerprint
from infra import client
from infra.client import Api, Reply
from infra.commands.calling import As, AsJson, Failed, city
from infra.commands.worklist import post_at
from infra.showing import Screen, moment

_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".heic": "image/heic",
    ".webp": "image/webp",
}

app = typer.Typer(no_args_is_help=True, help="Suspicions that belong to somebody else's authority.")
ClueId = Annotated[str, typer.Argument(help="The clue's id.")]
Ref = Annotated[str, typer.Option(help="Your id of this message; it counts once.")]
Note = Annotated[str, typer.Option(help="In words.")]


@app.command()
def report(
    seen: Annotated[str, typer.Option(help="What was seen.")],
    place: Annotated[str, typer.Option(help="The address as it was seen.")],
    unit: Annotated[str, typer.Option(help="For which unit, where you have several.")] = "",
    town: Annotated[str, typer.Option(help="The town's code; needed from a city's unit.")] = "",
    village: Annotated[str, typer.Option(help="The village's code.")] = "",
    code: Annotated[str, typer.Option(help="The subject's code, where it has one.")] = "",
    name: Annotated[str, typer.Option(help="The subject's name, as it stands there.")] = "",
    at: Annotated[str, typer.Option(metavar="LAT,LON", help="The position, in degrees.")] = "",
    kind: Annotated[list[str] | None, typer.Option(help="A short label; several may be.")] = None,
    photo: Annotated[list[Path] | None, typer.Option(help="A picture; at most 9.")] = None,
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report a suspicion, with or without a code. The same again is the same clue."""
    screen, api = Screen(as_json=as_json), city(who or (post_at(unit) if unit else ""))
    told = {"unit": unit, "town": town, "village": village, "code": code, "name": name}
    body: dict[str, Any] = {name: value for name, value in told.items() if value}
    body |= {"seen": seen, "place": place, "kinds": kind or []}
    if at:
        body["position"] = _position(at)
    if ref or photo:
        body["ref"] = ref or ref_of(body, photo or [])
    body["photos"] = [upload(api, one, unit) for one in photo or []]
    clue = api.post("/v1/clues", body)
    screen.result(clue)
    if not as_json:
        show(screen, clue)


@app.command("show")
def show_clue(clue: ClueId, who: As = "", as_json: AsJson = False) -> None:
    """Show a clue with its whole life."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/clues/{clue}")
    screen.result(told)
    if not as_json:
        show(screen, told)


@app.command()
def assign(
    clue: ClueId,
    units: Annotated[list[str] | None, typer.Argument(help="Who gets it.")] = None,
    relieve: Annotated[list[str] | None, typer.Option(help="From whom it is taken back.")] = None,
    note: Note = "",
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give a clue to one or several units, or take it back."""
    if not (units or relieve):
        raise Failed("name the units that get it, or --relieve those that had it")
    body = {"units": units or [], "relieve": relieve or [], "note": note, "ref": ref}
    screen = Screen(as_json=as_json)
    post = who or _whole_city_as(clue, "")
    changed = city(post).post(f"/v1/clues/{clue}/assign", body)
    screen.result(changed)
    if not as_json:
        show(screen, changed)


@app.command()
def feedback(
    clue: ClueId,
    verb: Annotated[str, typer.Option(help="receive, handle, dispute or close.")],
    unit: Annotated[str, typer.Option(help="Whose share, where you have several.")] = "",
    note: Note = "",
    ground: Annotated[
        str, typer.Option(help="Of a dispute: not_our_duty, not_our_area, no_violation_known.")
    ] = "",
    responsible: Annotated[str, typer.Option(help="Of a dispute: whose it is instead.")] = "",
    end: Annotated[str, typer.Option(help="Of a close: penalised, corrected, filed …")] = "",
    proof: Annotated[
        list[str] | None,
        typer.Option("--show", metavar="NAME=VALUE", help="What proves the end."),
    ] = None,
    ref: Ref = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Report on a unit's share of a clue."""
    told = {"verb": verb, "unit": unit, "note": note, "ground": ground}
    told |= {"responsible": responsible, "ref": ref}
    body: dict[str, Any] = {name: value for name, value in told.items() if value}
    if end or proof:
        body["evidence"] = {"end": end, **_pairs(proof or [])}
    screen = Screen(as_json=as_json)
    changed = city(who or _whole_city_as(clue, unit or "?")).post(
        f"/v1/clues/{clue}/feedback", body
    )
    screen.result(changed)
    if not as_json:
        show(screen, changed)


@app.command()
def automatic(
    town: Annotated[str, typer.Argument(help="The town's code.")],
    on: Annotated[bool | None, typer.Option("--on/--off", help="Switch it over.")] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Whether the system assigns a town's clear clues by itself."""
    screen, api = Screen(as_json=as_json), city(who or post_at(f"office.{town}"))
    path = f"/v1/clues/settings/{town}"
    told = api.get(path) if on is None else api.put(path, {"automatic": on})
    screen.result(told)
    if not as_json:
        screen.say(f"clear clues of {town} are assigned {_BY[told['automatic']]}")


def ref_of(body: dict[str, Any], photos: list[Path]) -> str:
    """The id of a report by its content: each sending gives its photos other keys, so their bytes
    stand for them. Without photos the city itself knows the content again."""
    return fingerprint([body, [hashlib.sha256(_read(one)).hexdigest() for one in photos]])


def upload(api: Api, file: Path, unit: str) -> str:
    """Sends a picture; the key by which a report names it."""
    media_type = _TYPES.get(file.suffix.lower())
    if media_type is None:
        raise Failed(f"{file.name} is no picture: {', '.join(_TYPES)} are taken")
    body = _read(file)
    asked = {"type": media_type, "bytes": len(body), "name": file.name}
    place = api.post("/v1/photos", {**asked, **({"unit": unit} if unit else {})})
    _put(place["url"], body, place["headers"])
    return str(place["key"])


def show(screen: Screen, clue: dict[str, Any]) -> None:
    """What a person sees of a clue: who is proposed or has it, and every step."""
    screen.say(f"{clue['id']} is {clue['state']} with {clue['office']}: {clue['seen']}")
    photos = len(clue["pictures"]) if "pictures" in clue else clue.get("photos", 0)
    where = " ".join(filter(None, (clue["town"], clue.get("village"), clue["place"])))
    screen.say(f"place: {where}{_degrees(clue.get('position'))}; photos: {photos}")
    if not clue.get("shares"):
        rows = [_proposal_line(one) for one in clue.get("proposals", [])]
        screen.table("who is proposed", ["Unit", "Item", "Licence", "Words", "Law"], rows)
    else:
        rows = [_share_line(one) for one in clue["shares"]]
        columns = ["Unit", "State", "Assigned by", "When", "Due", "End", "Why"]
        screen.table("who has it", columns, rows)
    steps = [
        [moment(one["at"]), one["verb"], one["unit"], one["by"], one.get("note", "")]
        for one in clue["steps"]
    ]
    screen.table("its life", ["When", "What", "Unit", "Who", "Note"], steps)


_BY = {True: "by the system", False: "by its office"}


def _whole_city_as(clue: str, unit: str) -> str:
    """In a local city, where one is signed in as the whole city: who acts on the clue there; as
    its office, as `unit`, or ("?") as the only unit that has to act."""
    if not post_at("office"):
        return ""
    told = city().get(f"/v1/clues/{clue}")
    if not unit:
        return post_at(str(told["office"]), lead=True)
    if unit != "?":
        return post_at(unit)
    acting = [one["unit"] for one in told["shares"] if one["state"] in ("assigned", "received")]
    if len(acting) != 1:
        raise Failed(f"--unit is missing: {', '.join(acting) or 'nobody'} has to act")
    return post_at(acting[0])


def _put(url: str, body: bytes, headers: dict[str, str]) -> Reply:
    return client.send(urllib.request.Request(url, body, headers, method="PUT"))


def _proposal_line(proposal: dict[str, Any]) -> list[str]:
    words = "、".join(proposal["words"])
    unit = proposal.get("unit") or "nobody known"
    return [unit, proposal["item"], proposal["licence"], words, proposal["law"]]


def _share_line(share: dict[str, Any]) -> list[str]:
    due = min((clock["due"] for clock in share.get("clocks", [])), default="")
    why = "、".join(share.get("words", [])) or share.get("note", "")
    by = "automatic" if share.get("automatic") else share["by"]
    came = (share["unit"], share["state"], by, moment(share["assigned_at"]))
    return [*came, due, share.get("end", ""), why]


def _degrees(position: dict[str, float] | None) -> str:
    return f" ({position['lat']}, {position['lon']})" if position else ""


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None


def _position(text: str) -> dict[str, float]:
    lat, _, lon = text.partition(",")
    try:
        return {"lat": float(lat), "lon": float(lon)}
    except ValueError:
        raise Failed(f"--at takes LAT,LON in degrees, not {text!r}") from None


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    if not all(pairs) or not all("=" in text for text in texts):
        raise Failed("--show takes NAME=VALUE")
    return pairs
