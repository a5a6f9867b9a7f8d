"""A phone on moto: photos, the uploads of a visit, the notice, what was seen on patrol (B6-B8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from functions.inspections import wiring
from functions.inspections.book import parse_book
from functions.inspections.domain import (
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    inspection_id,
)
from functions.inspections.seen import Check
from functions.shared import clock
from functions.shared.events.inspections import InspectionState, Reason
from tests.integration.motocity import CONFIG, MotoCity, moto_city

TOWN, VILLAGE = "441900106000", "441900106001"
SOMEBODY = "somebody"  # as whom the tests' calls come
INSPECTOR = (f"{VILLAGE}:inspector",)
BOOK = parse_book((CONFIG / "inspection_items.toml").read_text(encoding="utf-8"))
PICTURE = b"\x89PNG" + b"x" * 96


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def opened(edition: int) -> Inspection:
    """An inspection of two checks, assigned to whoever calls."""
    desk = wiring.desk()
    now = desk.now
    inspection = Inspection(
        id=inspection_id("91441900MA0000001X", edition),
        code="91441900MA0000001X",
        edition=edition,
        reason=Reason.ESTABLISHMENT,
        name="东莞市𠮷野食品有限公司",
        address="东兴路1号",
        town=TOWN,
        village=VILLAGE,
        checks=tuple(
            Check(key=item.code, item=item.code, name=item.name, ask=item.ask)
            for item in BOOK.items
            if item.code in ("address", "display")
        ),
        book=BOOK.version,
        item_set="1",
        state=InspectionState.ASSIGNED,
        unit=VILLAGE,
        units=(VILLAGE,),
        inspector=SOMEBODY,
        inspectors=(SOMEBODY,),
        clocks=desk.time(desk.rules.on(now)).started(Begins.RECEIVED, now),
        steps=(InspectionStep(verb=InspectionVerb.OPEN, at=now, by="system", unit=VILLAGE),),
        registered_at=now,
        received_at=now,
        changed_at=now,
    )
    desk.cabinet.inspections.save(inspection, before=None, by="test", now=now)
    return inspection


def photo(city: MotoCity) -> str:
    """A photo of the village that has arrived."""
    body = {"type": "image/png", "bytes": len(PICTURE)}
    status, place = city.call("POST", "/v1/photos", body, grants=INSPECTOR)
    assert status == 201, place
    sent = requests.put(place["url"], data=PICTURE, headers=place["headers"], timeout=5)
    assert sent.status_code == 200
    return str(place["key"])


def upload(ref: str, **change: Any) -> dict[str, Any]:
    at = clock.now().isoformat()
    return {"ref": ref, "visit": "v1", "round": "first", "started_at": at, **change}


def found(check: str, result: str = "passed", **more: Any) -> dict[str, Any]:
    return {"check": check, "result": result, "noted_at": clock.now().isoformat(), **more}


def test_b7_a_visit_in_parts_brings_a_notice_and_the_recheck_ends_it(city: MotoCity) -> None:
    path = f"/v1/inspections/{opened(1).id}/uploads"
    last = upload("b", findings=[found("display")])
    last["finished"] = {"at": last["started_at"], "parts": ["a", "b"]}
    status, told = city.call("POST", path, last, grants=INSPECTOR)
    assert (status, told["state"], told["visit_complete"]) == (200, "assigned", False)
    assert (told["waiting_for"], told["missing"]) == (["a"], ["address"])

    failed = found("address", "failed", kinds=["not_found"], photos=[photo(city)])
    first = upload("a", findings=[failed], position={"lat": 23.0207123456, "lon": 113.75})
    answers = [city.call("POST", path, first, grants=INSPECTOR) for _ in range(2)]
    assert answers[0] == answers[1]
    status, told = answers[0]
    assert (status, told["state"], told["visit_complete"]) == (200, "correcting", True)
    assert told["notice"].endswith("106001-0001号")

    again = upload("c", visit="v2", round="recheck", findings=[found("address")])
    again["finished"] = {"at": clock.now().isoformat()}
    status, told = city.call("POST", path, again, grants=INSPECTOR)
    assert (status, told["state"], told["outcome"]) == (200, "closed", "corrected")
    status, told = city.call("POST", path, {**again, "ref": "d"}, grants=INSPECTOR)
    assert (status, told["faults"][0]["code"]) == (409, "visit_decided")


def test_d4_every_fault_of_an_upload_has_its_field_and_its_sentence(city: MotoCity) -> None:
    path = f"/v1/inspections/{opened(2).id}/uploads"
    wrong = upload(
        "a",
        findings=[found("address", "failed", kinds=["not_found"], photos=["photos/x/y.png"])],
        finished={"at": (clock.now() + timedelta(hours=1)).isoformat()},
    )
    status, told = city.call(
        "POST", path, wrong, grants=INSPECTOR, headers={"accept-language": "en"}
    )
    assert status == 400
    assert [(one["field"], one["code"]) for one in told["faults"]] == [
        ("finished.at", "instant_in_future"),
        ("findings.0.photos.0", "photo_missing"),
    ]
    assert "10 minutes" in told["faults"][0]["message"]


def test_d3_a_visit_of_anothers_inspection_looks_like_one_of_none(city: MotoCity) -> None:
    path = f"/v1/inspections/{opened(3).id}/uploads"
    neighbour = ("441900106002:inspector",)
    answers = [
        city.call("POST", where, upload("a"), grants=neighbour)
        for where in (path, "/v1/inspections/none/uploads")
    ]
    assert answers[0] == answers[1] and answers[0][0] == 404


def test_b8_what_an_inspector_sees_on_patrol_is_a_clue_for_the_town(city: MotoCity) -> None:
    seen = {"place": "东兴路3号", "seen": "无证经营餐饮", "photos": [photo(city)]}
    status, clue = city.call("POST", "/v1/clues", seen, grants=INSPECTOR)
    assert (status, clue["office"]) == (201, f"office.{TOWN}"), clue
    assert clue["proposals"][0]["unit"] == f"scjg.{TOWN}"
