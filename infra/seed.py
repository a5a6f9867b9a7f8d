"""What a new local city is given: divisions, departments, calendar, items, people, rosters."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

from functions.shared import clock
from functions.shared.dynamo import DynamoTable
from functions.shared.matching.items import parse_items
from infra import configuration, machines, people, rosters
from infra.city import roster, whoswho
from infra.client import Api
from infra.localcity import STAGE, City

_CLIENTS, _ROSTERS = "clients.json", "rosters.json"


def seed(
    city: City,
    api: Api,
    tell: Callable[[str], None] = lambda step: None,
    towns: frozenset[str] = frozenset(),
) -> None:
    """Gives `city` what it lacks; what it has, it keeps, whatever this version would give. Villages
    of `towns` get their grids and inspectors, where none are named those of all.

    Raises client.CallFailed where the API refuses the items.
    """
    configuration.provide(city.emulator.client("s3"), city.outputs["ConfigBucket"], whoswho.HOME)
    table = DynamoTable(city.emulator.client("dynamodb"), f"sanwei-{STAGE}-interfaces")
    machines.enrol(city.outputs, table, city.time(clock.real_now()), city.vault)
    clients = Path(city.state) / _CLIENTS
    if not clients.exists():
        tell("inviting the people")
        people.settle(city, people.sample(whoswho.directory()))
        _note_clients(city, clients)
    _give_rosters(city, api, tell, towns)
    put_items_in_force(
        api, (whoswho.HOME / "supervision_items.toml").read_text(encoding="utf-8"), tell
    )
    _publish(api, (whoswho.HOME / "columns.toml").read_text(encoding="utf-8"))


def put_items_in_force(api: Api, text: str, tell: Callable[[str], None]) -> None:
    """Adds the item set `text` and puts it in force from today, where none is."""
    register = api.get("/v1/items")
    if register["in_force"]:
        return
    tell("putting the supervision items in force")
    version = parse_items(text).version
    if version not in {edition["version"] for edition in register["editions"]}:
        api.post("/v1/items", {"toml": text, "note": "样例城市最初施行的监管事项"})
    api.post(f"/v1/items/{version}/force", {})


def _publish(api: Api, text: str) -> None:
    """Gives each public column its first articles, where it has none."""
    for column, drafts in tomllib.loads(text).items():
        if not api.get(f"/v1/public/columns/{column}")["articles"]:
            for draft in drafts:
                api.post(f"/v1/credit/columns/{column}", {**draft, "body": draft["body"].strip()})


def _give_rosters(city: City, api: Api, tell: Callable[[str], None], towns: frozenset[str]) -> None:
    """Gives villages their grids and inspectors, once."""
    note = Path(city.state) / _ROSTERS
    if note.exists():
        return
    tell("giving villages their grids and inspectors")
    counts = rosters.put(
        roster.rosters_of(towns) if towns else roster.rosters(), api, lambda done: None
    )
    note.write_text(json.dumps(counts), encoding="utf-8")


def _note_clients(city: City, note: Path) -> None:
    """Writes down the machine clients' credentials, for whoever tries the API by hand."""
    note.touch(mode=0o600)
    note.write_text(json.dumps(people.machine_clients(city), indent=2), encoding="utf-8")
