"""On moto: from joint disposal to the departments' tasks, and their answers back (B9, B10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.inspections.book import parse_book
from functions.inspections.domain import Inspection, InspectionStep, InspectionVerb, inspection_id
from functions.inspections.seen import Check, Finding, Finished, Licence, Result, Round, Visit
from functions.inspections.store import Store
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.inspections import InspectionState, Reason
from tests.integration.motocity import CONFIG, MotoCity, moto_city

TOWN, VILLAGE = "441900106000", "441900106001"
CODE = "91441900MA0000010X"
HALL, HUB = (f"{VILLAGE}:village",), (f"office.{TOWN}:town_office",)
MARKET, SAFETY, TRADE = f"scjg.{TOWN}", f"yjgl.{TOWN}", f"sswj.{TOWN}"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def call(
    city: MotoCity, method: str, path: str, body: object, grants: tuple[str, ...], expected: int
) -> dict[str, Any]:
    status, told = city.call(method, path, body, grants=grants)
    assert status == expected, told
    return dict(told)


def failed_twice() -> Inspection:
    """A filling station that is not where it is registered, has no licence, and something else."""
    now = clock.now()
    book = parse_book((CONFIG / "inspection_items.toml").read_text(encoding="utf-8"))
    fuel = Licence(
        item="SW01", item_version=1, name="成品油", law="x", words=("汽油",), clause="零售汽油"
    )
    wrong = {"address": "not_found", "licence.SW01": "unlicensed", "display": "other"}
    checks = []
    for key in wrong:
        item = book.item(key.partition(".")[0])
        assert item
        licence = fuel if key.startswith("licence") else None
        checks.append(Check(key=key, item=item.code, name=item.name, ask=item.ask, licence=licence))

    def visit(round: Round, days: int) -> Visit:
        at = now - timedelta(days=days)
        found = tuple(
            Finding(check=key, result=Result.FAILED, kinds=(kind,), note="仍如此", noted_at=at)
            for key, kind in wrong.items()
        )
        done = Finished(at=at)
        return Visit(
            id=f"v-{round}",
            round=round,
            by="inspector",
            findings=found,
            started_at=at,
            finished=done,
            decided_at=at,
        )

    step = InspectionStep(verb=InspectionVerb.OPEN, at=now, by="system", unit=VILLAGE)
    return Inspection(
        id=inspection_id(CODE, 1),
        code=CODE,
        edition=1,
        reason=Reason.ESTABLISHMENT,
        name="东莞市晴禾加油站有限公司",
        address="东莞市横沥镇中山路1号",
        town=TOWN,
        village=VILLAGE,
        checks=tuple(checks),
        book=book.version,
        item_set="2026-1",
        state=InspectionState.DISPOSING,
        unit=VILLAGE,
        units=(VILLAGE,),
        visits=(visit(Round.FIRST, 10), visit(Round.RECHECK, 1)),
        steps=(step,),
        registered_at=now,
        received_at=now,
        changed_at=now,
    )


def tasks_of(city: MotoCity) -> dict[str, dict[str, Any]]:
    """The tasks that were made of the referrals, by unit."""
    city.settle()
    told = [json.loads(body)["data"] for body in city.told("inspections-answers")]
    return {one["unit"]: one for one in told}


def end(city: MotoCity, task: dict[str, Any]) -> None:
    grants = (f"{task['unit']}:officer",)
    path = f"/v1/tasks/{task['id']}/feedback"
    evidence = {
        "end": "corrected",
        "checked_on": shanghai_day(clock.now()).isoformat(),
        "note": "已整改",
    }
    call(city, "POST", path, {"verb": "receive"}, grants, 200)
    call(city, "POST", path, {"verb": "close", "evidence": evidence}, grants, 200)


def test_b10_what_disposal_leaves_becomes_tasks_whose_ends_come_back(city: MotoCity) -> None:
    inspection = failed_twice()
    store = Store(ports.table("inspections"))
    store.inspections.save(inspection, before=None, by="test", now=clock.now())
    path = f"/v1/inspections/{inspection.id}"
    body = {
        "ref": "d1",
        "held_on": shanghai_day(clock.now()).isoformat(),
        "results": {check.key: "unsolved" for check in inspection.checks},
        "participants": ["村委会", "公安派出所"],
        "note": "联系不到经营者",
    }
    told = call(city, "POST", f"{path}/disposal", {**body, "results": {}}, HALL, 400)
    assert told["faults"][0]["field"] == "results"
    told = call(city, "POST", f"{path}/disposal", body, HALL, 200)
    assert told["state"] == "classifying"
    assert {one["unit"] for one in told["referrals"]} == {MARKET, SAFETY, TRADE}

    tasks = tasks_of(city)
    assert tasks.keys() == {MARKET, SAFETY, TRADE}
    life = call(city, "GET", f"/v1/tasks/{tasks[SAFETY]['id']}", None, (f"{SAFETY}:officer",), 200)
    assert (life["item"], life["inspection"]) == ("SW01", inspection.id)
    assert life["trail"]["disposal"] == "联系不到经营者" and len(life["trail"]["visits"]) == 2
    assert "不符合，通过登记的住所" in life["trail"]["visits"][0]["findings"][0]
    status, page = city.call(
        "GET", "/v1/worklist", query={"unit": SAFETY}, grants=(f"{SAFETY}:officer",)
    )
    assert status == 200 and [one["task"]["id"] for one in page["rows"]] == [life["id"]]

    end(city, tasks[SAFETY])
    city.settle()
    choice = {"display": {"route": "general"}}
    said = {"ref": "c1", "checks": {"display": {"items": ["WRONG"]}}}
    told = call(city, "POST", f"{path}/classify", said, HUB, 400)
    assert told["faults"][0]["field"] == "checks.display.items.0"
    told = call(city, "POST", f"{path}/classify", {"ref": "c1", "checks": choice}, HUB, 200)
    assert told["state"] == "referred" and told["answers"].keys() == {f"SW01@{SAFETY}"}
    told = call(city, "POST", f"{path}/disposal", {**body, "ref": "d2"}, HALL, 409)
    assert told["faults"][0]["code"] == "already_disposed"

    city.settle()
    pushed = [json.loads(body)["data"] for body in city.told("inspections-answers")]
    newest = {one["id"]: one for one in pushed}
    left = [one for one in newest.values() if one["state"] != "closed"]
    assert sorted(one["unit"] for one in left) == sorted([MARKET, MARKET, TRADE])
    for task in left:
        end(city, task)
    city.settle()
    done = store.inspections.get(inspection.id)
    assert done and (done.value.state, done.value.outcome) == ("closed", "handled")
    assert len(done.value.answers) == 4
