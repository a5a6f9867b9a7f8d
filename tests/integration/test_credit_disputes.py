"""Objection, repair and sharing on moto: from the entity's word to every system that has the record
(C10, C11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.credit.domain import CreditRecord, Provenance, record_id
from functions.credit.sharing import make_parcel
from functions.credit.sharing_consumers import credit_sweep
from functions.credit.wiring import desk
from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.events import CloudEvent
from functions.shared.events.credit import Category, SubjectKind
from tests.integration.motocity import Context, MotoCity, moto_city
from tests.unit.credit.bureau import CODE, OTHER

CREDIT, SOURCE, ENTITY = ("credit:credit",), ("yjgl:officer",), (f"{CODE}:entity",)
NATION = ("creditnation:destination",)
NOTE = {"note": "请核实"}
SWEEP = Path(__file__).parents[2] / "events" / "schedule" / "credit_sweep.json"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


def call(
    city: MotoCity,
    method: str,
    path: str,
    grants: tuple[str, ...],
    body: object = None,
    *,
    expected: int = 200,
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    status, told = city.call(method, f"/v1/credit{path}", body, grants=grants, query=query)
    assert status == expected, told
    return dict(told)


def a_record(digest: str, **more: Any) -> CreditRecord:
    """A penalty that a batch of the source brought, in its parcel."""
    at = desk()
    today = shanghai_day(at.now)
    given: dict[str, Any] = {
        "id": record_id(CODE, digest),
        "subject": CODE,
        "kind": SubjectKind.ENTERPRISE,
        "name": "东莞市晴禾食品有限公司",
        "item": "penalty",
        "item_version": 1,
        "title": "行政处罚",
        "category": Category.PENALTY,
        "source": "yjgl",
        "decided_on": today - timedelta(days=200),
        "values": {"CFLB": "罚款", "NR": "罚款伍万元", "NR_FK": "5", "FR_ZJHM": "x"},
        "provenance": Provenance(batch=digest, row=1, source="yjgl", received_at=at.now),
        "public_from": today - timedelta(days=100),
        "public_until": today + timedelta(days=100),
        "changed_at": at.now,
        **more,
    }
    record = CreditRecord.model_validate(given)
    at.cabinet.records.save(record, before=None, by="test", now=at.now)
    make_parcel(f"{digest}.000000", [record], at)
    return record


def waiting(city: MotoCity, digest: str) -> list[str]:
    """What waits for the nation's system of one record; other tests share the city."""
    told = call(city, "GET", "/parcels", NATION, query={"destination": "creditnation"})
    return [one["id"] for one in told["parcels"] if digest in one["id"].split(".")]


def test_c11_a_repair_reaches_everyone_who_received_the_record(city: MotoCity) -> None:
    record = a_record("r1")
    city.settle()
    call(city, "POST", "/parcels/r1.000000/receipt", NATION, {})
    filing = {
        **{"kind": "repair", "ground": "罚款已缴", "commitment": "守法经营"},
        "duties_done_on": clock.now().date().isoformat(),
    }
    path = f"/records/{record.id}/disputes"
    dispute = call(city, "POST", path, ENTITY, filing, expected=201)
    city.settle()
    annotated = f"{record.id}.2"
    assert waiting(city, "r1") == [annotated]
    (told,) = call(city, "GET", f"/parcels/{annotated}", NATION)["records"]
    assert (told["state"], told["disputed"]) == ("live", True)
    assert told["values"] == {"CFLB": "罚款", "NR": "罚款伍万元", "NR_FK": "5"}
    mine = f"/disputes/{dispute['id']}"
    call(city, "GET", mine, SOURCE, expected=404)
    call(city, "POST", f"{mine}/ask", CREDIT, NOTE)
    call(city, "POST", f"{mine}/answer", SOURCE, {"note": "已履行", "stands": False})
    done = call(city, "POST", f"{mine}/decide", CREDIT, {"note": "准予", "uphold": True})
    assert (done["state"], done["unit"]) == ("upheld", "")
    city.settle()
    (told,) = call(city, "GET", f"/parcels/{record.id}.3", NATION)["records"]
    assert (told["state"], told["values"], told["disputed"]) == ("repaired", {}, False)
    sharing = call(city, "GET", f"/records/{record.id}/sharing", ENTITY)
    assert {one["destination"]: one["state"] for one in sharing["destinations"]} == {
        **dict.fromkeys(("creditnation", "creditprovince", "creditcity"), "waiting"),
        "page": "taken",
    }
    assert {one["parcel"] for one in sharing["destinations"]} == {f"{record.id}.3"}


def test_c11_the_steps_are_told_and_the_entity_sees_no_officials_name(city: MotoCity) -> None:
    record = a_record("r2")
    path = f"/records/{record.id}/disputes"
    filing = {"kind": "objection", "ground": "并非我司"}
    id = call(city, "POST", path, ENTITY, filing, expected=201)["id"]
    call(city, "POST", f"/disputes/{id}/ask", CREDIT, NOTE)
    for unit, reader in (("yjgl", SOURCE), (CODE, ENTITY)):
        found = call(city, "GET", "/disputes", reader, query={"unit": unit})["disputes"]
        assert id in [one["id"] for one in found]
    call(city, "GET", f"/disputes/{id}", (f"{OTHER}:entity",), expected=404)
    call(city, "POST", path, (f"{OTHER}:entity",), filing, expected=404)
    refused = call(city, "POST", f"/disputes/{id}/ask", CREDIT, {"note": "再问"}, expected=409)
    assert refused["faults"][0]["code"] == "dispute_step"
    call(city, "POST", f"/disputes/{id}/close", ENTITY, {"note": "撤回"})
    city.settle()
    told = [CloudEvent.model_validate_json(body) for body in city.told("credit-share")]
    mine = [(one.type, one.sequence) for one in told if one.subject == id]
    assert mine == [("dispute.opened", 1), ("dispute.changed", 2), ("dispute.changed", 3)]


def test_c7_the_hourly_sweep_takes_down_what_is_over_and_tells_it(city: MotoCity) -> None:
    yesterday = shanghai_day(clock.now()) - timedelta(days=1)
    record = a_record("r3", public_until=yesterday)
    city.settle()
    credit_sweep(json.loads(SWEEP.read_text(encoding="utf-8")), Context())
    city.settle()
    stored = desk().cabinet.records.get(record.id)
    assert stored and stored.value.taken_down
    (told,) = call(city, "GET", f"/parcels/{record.id}.2", NATION)["records"]
    assert told["state"] == "taken_down"
