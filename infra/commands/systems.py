"""`sanwei systems`, `deliveries` and `replay`: whose systems have joined, and what reaches them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import typer

from functions.shared.calendar import SHANGHAI
from infra.client import Api, Call, CallFailed
from infra.commands.calling import As, AsJson, Failed, city
from infra.showing import Screen, moment

_PAGE = 100
_POLL, _PATIENCE = 1.0, 30.0  # seconds; a test is delivered at once, or fails at once

app = typer.Typer(no_args_is_help=True, help="Units' own systems: join, try, watch, leave.")
Unit = Annotated[str, typer.Argument(help="Whose, e.g. scjg.441900106000.")]


@app.command("list")
def list_systems(who: As = "", as_json: AsJson = False) -> None:
    """Who has joined, who called today, what waits."""
    screen, api = Screen(as_json=as_json), city(who)
    systems = list(_pages(api, "/v1/systems", "systems", _PAGE))
    screen.result({"systems": systems})
    if not as_json:
        columns = [
            *("Unit", "State", "Calls (real day)#", "Refused#", "Failed#", "Last call (real time)"),
            *("Waiting#", "Parked#", "Oldest"),
        ]
        screen.table(f"{len(systems):,} systems", columns, list(map(_line, systems)))


@app.command()
def show(unit: Unit, who: As = "", as_json: AsJson = False) -> None:
    """One system: how it joined, its calls of today, what waits for it."""
    screen, api = Screen(as_json=as_json), city(who)
    [found] = api.get("/v1/systems", unit=unit)["systems"]
    day = api.get(f"/v1/systems/{unit}/calls")
    screen.result({**found, "hours": day["hours"]})
    if as_json:
        return
    screen.table(unit, ["", ""], _facts(found))
    hours = [[f"{one['hour']:02d}", *_counts(one)] for one in day["hours"]]
    if hours:
        columns = ["Hour (real time)", "Calls#", "Refused#", "Failed#"]
        screen.table(f"calls of {day['day']}, by the real clock", columns, hours)


@app.command()
def join(
    unit: Unit,
    url: Annotated[
        str | None, typer.Option(help="Where events are POSTed; '' for nowhere.")
    ] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only such events, e.g. task.pushed.")
    ] = None,
    test: Annotated[
        bool | None, typer.Option("--test/--live", help="Nothing real goes there or counts.")
    ] = None,
    client: Annotated[
        str | None, typer.Option(help="Its client id at the identity provider (operators).")
    ] = None,
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="What it may do, e.g. task.read.")
    ] = None,
    quota: Annotated[
        str, typer.Option(metavar="MINUTE/DAY", help="Calls that it may make, e.g. 600/100000.")
    ] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Join with a unit's system, or change what is named."""
    screen, api = Screen(as_json=as_json), city(who)
    named = {"url": url, "types": types, "test": test, "client": client, "scopes": scopes}
    body = {**_present(api, unit), **{name: one for name, one in named.items() if one is not None}}
    if quota:
        body["quota"] = _quota(quota)
    told = api.put(f"/v1/systems/{unit}", body)
    _tell_system(screen, told, "has joined")


@app.command()
def rotate(
    unit: Unit,
    keep_hours: Annotated[
        int, typer.Option(min=0, max=168, help="The old secret's; 0 where it has leaked.")
    ] = 24,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give a system a new secret."""
    told = city(who).post(f"/v1/systems/{unit}/secret?keep_hours={keep_hours}")
    _tell_system(Screen(as_json=as_json), told, f"keeps its old secret for {keep_hours} hours")


@app.command("test")
def try_system(unit: Unit, who: As = "", as_json: AsJson = False) -> None:
    """Deliver a test, and wait for the answer."""
    screen, api = Screen(as_json=as_json), city(who)
    sent = api.post(f"/v1/systems/{unit}/test")
    end = time.monotonic() + _PATIENCE
    told = sent
    while told["state"] == "pending" and not told["attempts"] and time.monotonic() < end:
        time.sleep(_POLL)
        since = sent["planned_at"]
        page = api.get("/v1/deliveries", unit=unit, since=since, type="system.test")
        told = next((one for one in page["deliveries"] if one["id"] == sent["id"]), sent)
    if told["state"] != "delivered":
        why = _answer(told["attempts"][-1]) if told["attempts"] else "not tried yet"
        raise Failed(f"the test {told['id']} is {told['state']}: {why}", told)
    screen.result(told)
    if not as_json:
        screen.say(f"{unit} has the test: {_answer(told['attempts'][-1])}")


@app.command()
def leave(unit: Unit, who: As = "", as_json: AsJson = False) -> None:
    """Part with a system; its record stays."""
    told = city(who).send(Call("DELETE", f"/v1/systems/{unit}")).json
    _tell_system(Screen(as_json=as_json), told, "has left")


def deliveries(
    unit: Unit,
    state: Annotated[str, typer.Option(help="pending, delivered or parked.")] = "",
    kind: Annotated[str, typer.Option("--type", help="E.g. task.pushed.")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="What happened since.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 200,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show what was delivered to a unit's system."""
    screen, api = Screen(as_json=as_json), city(who)
    query = {"unit": unit, "state": state, "type": kind, "since": since and _instant(since)}
    asked = {name: value for name, value in query.items() if value}
    found = list(_pages(api, "/v1/deliveries", "deliveries", limit, **asked))[:limit]
    screen.result({"unit": unit, "deliveries": found})
    if not as_json:
        rows = [_delivery_line(one) for one in found]
        columns = ["Id", "Type", "Subject", "State", "Tried#", "Answer", "Due"]
        screen.table(f"{len(rows):,} deliveries to {unit}", columns, rows)


def replay(
    delivery: Annotated[str, typer.Argument(help="The id of one delivery.")] = "",
    unit: Annotated[str, typer.Option(help="Or all of this unit …")] = "",
    since: Annotated[str, typer.Option(metavar="TIME", help="… that happened since.")] = "",
    state: Annotated[str, typer.Option(help="Of those the parked, delivered or any.")] = "parked",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Deliver once more: one, or all since a time."""
    if bool(delivery) == bool(unit and since):
        raise Failed("name either a delivery, or --unit and --since")
    screen, api = Screen(as_json=as_json), city(who)
    if delivery:
        told = api.post(f"/v1/deliveries/{delivery}/replay")
        text = f"{told['id']} is on its way again"
    else:
        # With a ref of its own, a call that is sent again after trouble asks for nothing more.
        body = {"unit": unit, "since": _instant(since), "state": state, "ref": uuid4().hex}
        told = _followed(api, api.post("/v1/deliveries/replay", body))
        left = "" if told["done"] else f"; the rest follows (/v1/replays/{told['id']})"
        text = f"{told['sent']:,} of {told['looked']:,} are on their way again{left}"
    screen.result(told)
    if not as_json:
        screen.say(text)


def _followed(api: Api, replay: dict[str, Any]) -> dict[str, Any]:
    """How far a replay comes while one waits a little."""
    end = time.monotonic() + _PATIENCE
    while not replay["done"] and time.monotonic() < end:
        time.sleep(_POLL)
        replay = api.get(f"/v1/replays/{replay['id']}")
    return replay


def _present(api: Api, unit: str) -> dict[str, Any]:
    """What a system joined with before, that a change is to leave."""
    try:
        found = api.get(f"/v1/systems/{unit}")
    except CallFailed as failed:
        if failed.status == 404:
            return {}
        raise
    return {name: found[name] for name in ("url", "types", "test")}


def _pages(api: Api, path: str, name: str, limit: int, **query: str) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = api.get(path, **query, limit=min(limit, _PAGE), after=after)
        yield from page[name]
        after = page.get("after")
        if not after:
            return


def _quota(text: str) -> dict[str, int]:
    minute, _, day = text.partition("/")
    if not (minute.isdigit() and day.isdigit()):
        raise Failed("--quota reads MINUTE/DAY, e.g. 600/100000")
    return {"per_minute": int(minute), "per_day": int(day)}


def _instant(text: str) -> str:
    """An ISO time with its zone; without one it is Shanghai's."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text!r} is not a time such as 2026-03-02T09:00") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)).isoformat()


def _tell_system(screen: Screen, told: dict[str, Any], what: str) -> None:
    screen.result(told)
    if screen.as_json:
        return
    screen.say(f"the system of {told['unit']} {what}: {_state(told)}")
    if told.get("secret"):
        screen.say(f"its secret, which is shown only now: {told['secret']}")


def _state(system: dict[str, Any]) -> str:
    state = str(system["state"])
    state += ", test mode" if system["test"] else ""
    return state + (", rests" if system.get("resting_until") else "")


def _line(one: dict[str, Any]) -> list[str]:
    today, queue = one["today"], one["queue"]
    more = "+" if queue["more"] else ""
    return [
        *(one["system"]["unit"], _state(one["system"]), *_counts(today)),
        moment(today.get("last", "")),
        *(f"{queue['waiting']:,}{more}", f"{queue['parked']:,}{more}"),
        moment(queue.get("oldest", "")),
    ]


def _counts(calls: dict[str, Any]) -> list[str]:
    return [f"{calls[name]:,}" for name in ("calls", "refused", "failed")]


def _facts(one: dict[str, Any]) -> list[list[str]]:
    system, queue = one["system"], one["queue"]
    quota = f"{system['quota']['per_minute']:,} a minute, {system['quota']['per_day']:,} a day"
    return [
        ["state", _state(system)],
        ["events go to", system["url"] or "nowhere: it pulls"],
        ["types", ", ".join(system["types"]) or "all"],
        ["client", system.get("client", "none")],
        ["scopes", ", ".join(system["scopes"]) or "none"],
        ["quota", quota + (" (the usual)" if system["usual"] else "")],
        ["valid secrets", str(system["valid_secrets"])],
        ["rests until", moment(system.get("resting_until", ""))],
        ["waiting, parked", f"{queue['waiting']:,}, {queue['parked']:,}"],
        ["oldest waiting", moment(queue.get("oldest", ""))],
    ]


def _delivery_line(one: dict[str, Any]) -> list[str]:
    answer = _answer(one["attempts"][-1]) if one["attempts"] else ""
    about = (one["id"], one["type"], one["subject"], one["state"])
    return [*about, str(one["tried"]), answer, moment(one.get("due_at") or "")]


def _answer(attempt: dict[str, Any]) -> str:
    return str(attempt.get("status") or attempt.get("problem") or "")
