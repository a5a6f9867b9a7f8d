"""`sanwei credit`: batches handed in, what came back, what waits for a person (C4–C6)."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from infra import client
from infra.client import Api, Call
from infra.commands import disputes, subjects
from infra.commands.calling import As, AsJson, Failed, city
from infra.showing import Screen, moment

_FORMS = {".csv": "csv", ".xlsx": "xlsx", ".json": "json"}
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RESTING = frozenset({"done", "held", "broken", "refused"})
_POLL, _PATIENCE = 1.0, 900.0  # seconds
_SUMS = ("accepted", "duplicate", "returned", "held")
_FAILED = frozenset({"broken", "refused"})
_MOST = 20  # returned rows that are shown
_OFFICE = "credit"

app = typer.Typer(no_args_is_help=True, help="Public credit: batches, subjects, disputes.")
Batch = Annotated[str, typer.Argument(help="The batch's id.")]
Note = Annotated[str, typer.Option(help="Why.")]
app.command()(subjects.search)
app.command()(subjects.subject)
app.command()(subjects.grade)
app.command()(subjects.quality)
app.add_typer(disputes.app, name="dispute")


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="Rows: .csv, .xlsx, or .json (a list).")],
    item: Annotated[str, typer.Option(help="The item of the catalogue, e.g. penalty.")],
    source: Annotated[str, typer.Option(help="The department that hands in, e.g. scjg.")] = "",
    replaces: Annotated[str, typer.Option(help="The batch whose returned rows these are.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Until it is known what became.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Hand in rows of the catalogue, as source:UNIT or lead:UNIT. The same file again is the same
    batch."""
    screen, api = Screen(as_json=as_json), city(who or (f"source:{source}" if source else ""))
    batch = hand_in(api, file, item, source=source, replaces=replaces)
    if wait:
        batch = rested(api, str(batch["id"]))
    _tell(screen, batch)
    raise typer.Exit(outcome(batch))


@app.command()
def batch(batch: Batch, who: As = "", as_json: AsJson = False) -> None:
    """Show what became of a batch, and the first of the rows that came back."""
    _tell(Screen(as_json=as_json), city(who).get(_path(batch)))


@app.command()
def returned(
    batch: Batch,
    out: Annotated[Path, typer.Option(metavar="OUT", help="Where to write the sheet (.xlsx).")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Fetch the sheet of a batch's returned rows, each with what is wrong with it."""
    screen = Screen(as_json=as_json)
    call = Call("GET", f"{_path(batch)}/returned", accept=_TYPES["xlsx"])
    _write(out, city(who).send(call).body)
    screen.result({"file": str(out)})
    if not as_json:
        screen.say(f"the returned rows are in {out}; hand them in again with --replaces {batch}")


@app.command()
def held(who: As = _OFFICE, as_json: AsJson = False) -> None:
    """List what waits for the credit office: whole batches, and rows whose subject is not clear."""
    screen = Screen(as_json=as_json)
    told = city(who).get("/v1/credit/held")
    screen.result(told)
    if as_json:
        return
    rows = [
        [one["id"], one["item"], f"{one['rows']:,}", "; ".join(_words(one["reasons"]))]
        for one in told["batches"]
    ]
    screen.table("batches that are held", ["Id", "Item", "Rows#", "Why"], rows, "no batch is held")
    rows = [
        [one["batch"], str(one["row"]), one["item"], one["name"], _candidates(one)]
        for one in told["rows"]
    ]
    screen.table(
        "rows that are held", ["Id", "Row#", "Item", "Name", "May be"], rows, "no row is held"
    )


@app.command()
def release(batch: Batch, note: Note, who: As = _OFFICE, as_json: AsJson = False) -> None:
    """Let a held batch go on."""
    _decide("release", batch, note, who, as_json)


@app.command()
def refuse(batch: Batch, note: Note, who: As = _OFFICE, as_json: AsJson = False) -> None:
    """Send a held batch back to its source."""
    _decide("refuse", batch, note, who, as_json)


@app.command()
def resolve(
    batch: Batch,
    row: Annotated[int, typer.Argument(help="The row's number.")],
    note: Note,
    subject: Annotated[str, typer.Option(help="The code of the subject it is about.")] = "",
    send_back: Annotated[bool, typer.Option("--return", help="Send it back instead.")] = False,
    who: As = _OFFICE,
    as_json: AsJson = False,
) -> None:
    """Say whom a held row is about, or send it back."""
    if bool(subject) == send_back:
        raise Failed("say either --subject CODE or --return")
    body: dict[str, Any] = {"note": note, **({"return": True} if send_back else {})}
    body |= {"subject": subject} if subject else {}
    screen = Screen(as_json=as_json)
    told = city(who).post(f"/v1/credit/held/{quote(batch, safe='')}/{row}", body)
    screen.result(told)
    if not as_json:
        screen.say(f"row {told['row']} of {told['batch']} is decided: {subject or 'sent back'}")


def hand_in(
    api: Api, file: Path, item: str, *, source: str = "", replaces: str = ""
) -> dict[str, Any]:
    """Hands in a file and returns the batch; raises Failed and client.CallFailed."""
    form = _FORMS.get(file.suffix.lower())
    if form is None:
        raise Failed(f"{file.name} is none of {', '.join(_FORMS)}")
    body = _read(file)
    digest = hashlib.sha256(b"\x1f".join((item.encode(), replaces.encode(), body)))
    asked: dict[str, Any] = {"item": item, "form": form, "name": file.name}
    asked["id"] = digest.hexdigest()[:20]
    asked |= {k: v for k, v in (("source", source), ("replaces", replaces)) if v}
    if form == "json":
        asked["rows"] = _rows(body, file)
    batch: dict[str, Any] = api.post("/v1/credit/batches", asked)
    if address := batch.get("upload_url"):
        request = urllib.request.Request(address, body, method="PUT")
        request.add_header("Content-Type", "application/octet-stream")
        client.send(request)
    return batch


def rested(
    api: Api, id: str, *, patience: float = _PATIENCE, poll: float = _POLL
) -> dict[str, Any]:
    """The batch once nothing more happens by itself; raises Failed after `patience` seconds."""
    for _ in _within(patience, poll):
        told: dict[str, Any] = api.get(_path(id))
        if told["state"] in _RESTING:
            return told
    raise Failed(f"{id} is still {told['state']}; `sanwei credit batch` shows how it goes on")


def outcome(batch: dict[str, Any]) -> int:
    """The exit code: 1 where nothing of the batch was taken. Returned rows are no failure."""
    return int(batch["state"] in _FAILED)


def show(screen: Screen, batch: dict[str, Any]) -> None:
    """What a person sees of a batch: its sums, and the first of the rows that came back."""
    sums = batch["sums"]
    name = f" ({batch['name']})" if batch.get("name") else ""
    screen.say(f"{batch['id']}: {batch['item']} of {batch['source']}{name} is {batch['state']}")
    parts = " + ".join(f"{sums.get(one, 0):,} {one}" for one in _SUMS)
    screen.say(f"{batch['rows']:,} rows = {parts}")
    if batch.get("replaced_by"):
        screen.say(f"its returned rows came again in {batch['replaced_by']}")
    if sums.get("accepted"):
        screen.say(f"of the accepted: {sums['corrected']:,} corrected, {sums['late']:,} late")
    for text in (*_words(batch.get("reasons", [])), *_words(batch.get("faults", []))):
        screen.say(text)
    lines = [
        [str(one["row"]), fault["field"], fault["message"]]
        for one in batch.get("returned", [])
        for fault in one["faults"]
    ]
    if lines:
        title = "returned" + (f" (the first {_MOST})" if len(lines) > _MOST else "")
        screen.table(title, ["Row#", "Field", "Because"], lines[:_MOST])


def _decide(how: str, batch: str, note: str, who: str, as_json: bool) -> None:
    _tell(Screen(as_json=as_json), city(who).post(f"{_path(batch)}/{how}", {"note": note}))


def _tell(screen: Screen, batch: dict[str, Any]) -> None:
    screen.result(batch)
    if not screen.as_json:
        show(screen, batch)


def _path(batch: str) -> str:
    return f"/v1/credit/batches/{quote(batch, safe='')}"


def _words(faults: list[dict[str, Any]]) -> list[str]:
    return [str(fault["message"]) for fault in faults]


def _candidates(row: dict[str, Any]) -> str:
    found = [f"{one['code']} {one['name']} ({one['why']})" for one in row["candidates"]]
    return "\n".join(found) or f"nobody known; since {moment(row['held_at'])}"


def _rows(body: bytes, file: Path) -> list[Any]:
    try:
        rows = json.loads(body)
    except ValueError:
        raise Failed(f"{file} is not JSON") from None
    if not isinstance(rows, list):
        raise Failed(f"{file} is not a list of rows")
    return rows


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None


def _write(out: Path, body: bytes) -> None:
    try:
        out.write_bytes(body)
    except OSError as error:
        raise Failed(f"{out}: {error.strerror}") from None


def _within(patience: float, poll: float) -> Iterator[None]:
    end = time.monotonic() + patience
    yield
    while time.monotonic() < end:
        time.sleep(poll)
        yield
