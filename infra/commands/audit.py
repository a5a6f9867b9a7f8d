"""`sanwei audit verify`: whether the trail still is what was sealed, and which row is not (D1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import typer

from functions.trail.audit import Chains, Link
from infra.client import Api, CallFailed
from infra.commands.calling import As, AsJson, Failed, city
from infra.showing import Screen, moment

_CONFLICT = 409
_ROW = ("table", "pk", "sk", "version", "by", "at", "fails")

app = typer.Typer(help="Check what was recorded.", no_args_is_help=True)

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only that day.")]
Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="From that day on; else from the first."),
]


@app.command()
def verify(day: Day = None, since: Since = None, who: As = "", as_json: AsJson = False) -> None:
    """Check sealed days, and every version of every record in them."""
    if day and since:
        raise Failed("name either a --day or --since")
    screen, api = Screen(as_json=as_json), city(who)
    told = verified(api, _days(api, day, since), screen)
    wrong = len(told["rows"]) + len(told["objects"]) + len(told["unsealed"])
    if not as_json:
        _show(screen, told)
    if wrong:
        raise Failed(f"{wrong} things are not what was recorded", told)
    screen.result(told)


def verified(api: Api, days: list[date], screen: Screen) -> dict[str, Any]:
    """What the pieces of `days` show, and what their links show together."""
    chains = Chains()
    told: dict[str, Any] = {"days": len(days), "checked": {"objects": 0, "records": 0}}
    told |= {"objects": [], "unsealed": []}
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    with screen.progress("days checked", len(days)) as bar:
        for number, day in enumerate(days, start=1):
            for piece in _pieces(api, day, told["unsealed"]):
                for name, count in piece["checked"].items():
                    told["checked"][name] += count
                told["objects"] += piece["object_faults"]
                rows |= {_key(fault): fault for fault in piece["row_faults"]}
                chains.add(Link.model_validate(link) for link in piece["links"])
            bar(number)
    joined = (fault.model_dump(exclude_none=True) for fault in chains.faults())
    rows |= {_key(fault): fault for fault in joined}
    return {**told, "rows": [rows[key] for key in sorted(rows)], "older": chains.older}


def _days(api: Api, day: datetime | None, since: datetime | None) -> list[date]:
    """The days to check. One that ought to be sealed and is not is among them."""
    if day:
        return [day.date()]
    sealed = [date.fromisoformat(one) for one in api.get("/v1/audit")["days"]]
    if not sealed:
        raise Failed("no day is sealed yet: each is, half an hour after its end")
    first = since.date() if since else sealed[0]
    between = range(first.toordinal(), sealed[-1].toordinal() + 1)
    return [date.fromordinal(number) for number in between]


def _pieces(api: Api, day: date, unsealed: list[str]) -> Iterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        try:
            piece = api.get(f"/v1/audit/{day.isoformat()}", links="true", after=after or None)
        except CallFailed as failed:
            if failed.status != _CONFLICT:
                raise
            unsealed.append(day.isoformat())
            return
        yield piece
        after = piece.get("after")


def _key(fault: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(str(fault.get(name, "")) for name in ("table", "pk", "sk", "version", "fails"))


def _show(screen: Screen, told: dict[str, Any]) -> None:
    checked = told["checked"]
    screen.say(
        f"{checked['records']:,} versions in {checked['objects']:,} objects of "
        f"{told['days']:,} days checked"
    )
    if told["older"]:
        screen.say(f"{told['older']:,} records began earlier: their first link was not checked")
    if told["rows"]:
        rows = [[_cell(fault, name) for name in _ROW] for fault in told["rows"]]
        screen.table("Rows that are not what was recorded", [*map(str.title, _ROW)], rows)
    if told["objects"]:
        rows = [[fault["key"], fault["fails"]] for fault in told["objects"]]
        screen.table("The archive itself", ["Object", "Fails"], rows)
    for day in told["unsealed"]:
        screen.say(f"{day} is not sealed")


def _cell(fault: dict[str, Any], name: str) -> str:
    """What a fault says of the record; its time as people read it, where it still is one."""
    text = str(fault.get(name, ""))
    try:
        return moment(text) if name == "at" else text
    except ValueError:
        return text
