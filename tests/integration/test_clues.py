"""Clues on moto: from the report over the office to the receivers, and out to the city (A17)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.clues.consumers import clues_publish
from functions.shared import clock, joined, ports, signatures, systems
from functions.shared.events import CloudEvent
from functions.shared.joined import Secret, System
from tests.integration.motocity import CONFIG, Context, MotoCity, moto_city, receive

TOWN = "441900106000"
UNIT, OFFICE, MARKET = f"cgzf.{TOWN}", f"office.{TOWN}", f"scjg.{TOWN}"
REPORTER, HUB, RECEIVER = (f"{UNIT}:officer",), (f"{OFFICE}:town_office",), (f"{MARKET}:officer",)
SEEN = {"place": "东兴路1号", "seen": "无证经营餐饮"}


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


def test_a17_a_clue_goes_from_the_report_to_its_end_and_every_version_is_told(
    city: MotoCity,
) -> None:
    clue = call(city, "POST", "/v1/clues", SEEN, REPORTER, 201)
    (proposal,) = clue["proposals"]
    assert (proposal["unit"], proposal["item"], proposal["words"]) == (MARKET, "SJ02", ["餐饮"])
    path = f"/v1/clues/{clue['id']}"
    call(city, "POST", f"{path}/assign", {"units": [MARKET]}, HUB, 200)
    for feedback in (
        {"verb": "receive"},
        {"verb": "handle", "note": "已责令改正"},
        {
            "verb": "close",
            "evidence": {
                "end": "corrected",
                "checked_on": clock.now().date().isoformat(),
                "note": "已办证",
            },
        },
    ):
        call(city, "POST", f"{path}/feedback", feedback, RECEIVER, 200)
    for reader in (REPORTER, HUB, RECEIVER, ("oversight:oversight",)):
        life = call(city, "GET", path, None, reader, 200)
        assert (life["state"], life["shares"][0]["end"]) == ("closed", "corrected")
    verbs = [step["verb"] for step in life["steps"]]
    assert verbs == ["report", "assign", "receive", "handle", "close"]
    call(city, "GET", path, None, (f"gaj.{TOWN}:officer",), 404)
    city.settle()
    told = [CloudEvent.model_validate_json(body) for body in city.told("alerts-watch")]
    mine = [(one.type, one.sequence) for one in told if one.subject == clue["id"]]
    assert mine == [("clue.reported", 1), *(("clue.changed", number) for number in (2, 3, 4, 5))]
    assert [key for key in city.keys_of("trail") if "clues" in key]


def test_a18_a_town_switches_over_and_what_is_clear_is_assigned_at_once(city: MotoCity) -> None:
    path = f"/v1/clues/settings/{TOWN}"
    assert call(city, "GET", path, None, HUB, 200) == {"town": TOWN, "automatic": False}
    assert call(city, "PUT", path, {"automatic": True}, HUB, 200)["automatic"]
    clue = call(city, "POST", "/v1/clues", {**SEEN, "place": "另一处"}, REPORTER, 201)
    (share,) = clue["shares"]
    assert (share["unit"], share["automatic"], share["by"]) == (MARKET, True, "system")
    call(city, "PUT", path, {"automatic": False}, HUB, 200)


def joined_unit(unit: str, *, test: bool = False) -> str:
    secret, now = signatures.new_secret(), clock.now()
    kept = (Secret(value=secret),)
    system = System(unit=unit, url="https://x.example", secrets=kept, test=test, **at(now))
    shelf = joined.shelf(ports.table("interfaces"), systems.vault)
    shelf.change(unit, lambda _: system, by="test", now=now)
    return secret


def at(now: datetime) -> dict[str, Any]:
    return {"joined_at": now, "changed_at": now}


def posted(
    city: MotoCity, secret: str, message: str, body: object, *, age: int = 0, flip: bool = False
) -> tuple[int, Any]:
    raw = json.dumps(body).encode()
    when = clock.real_now() - timedelta(seconds=age)
    headers = signatures.headers(message, when, raw, [secret])
    sent = raw[:-1] + bytes([raw[-1] ^ 1]) if flip else raw
    return city.call("POST", f"/v1/webhooks/{UNIT}/clues", raw=sent, headers=headers)


def test_a21_a_units_own_system_reports_signed_and_its_message_counts_once(city: MotoCity) -> None:
    secret = joined_unit(UNIT)
    body = {**SEEN, "place": "网格上报处"}
    status, first = posted(city, secret, "msg_1", body, age=299)
    assert status == 201, first
    assert (first["reporter"], first["steps"][0]["by"]) == (UNIT, f"system:{UNIT}")
    status, again = posted(city, secret, "msg_1", body)
    assert (status, again["id"]) == (201, first["id"])
    status, other = posted(city, secret, "msg_2", body)
    assert (status, other["id"] != first["id"]) == (201, True)
    status, refused = posted(city, secret, "msg_1", {**body, "seen": "无证旅馆"})
    assert (status, refused["faults"][0]["code"]) == (409, "ref_reused")


def test_a21_old_forged_and_foreign_messages_are_refused(city: MotoCity) -> None:
    secret = joined_unit(UNIT)
    assert posted(city, secret, "m", SEEN, age=301)[0] == 401
    assert posted(city, secret, "m", SEEN, flip=True)[0] == 401
    assert posted(city, signatures.new_secret(), "m", SEEN)[0] == 401
    assert posted(city, secret, "m", {**SEEN, "unit": MARKET})[0] == 404


def test_a21_a_system_in_test_mode_is_answered_as_always_and_nothing_is_kept(
    city: MotoCity,
) -> None:
    secret = joined_unit(UNIT, test=True)
    key = f"photos/{UNIT}/test.jpg"
    ports.objects("evidence").write(key, b"x")
    status, told = posted(city, secret, "msg_test", {**SEEN, "place": "测试", "photos": [key]})
    assert (status, told["proposals"][0]["unit"], len(told["pictures"])) == (201, MARKET, 1)
    call(city, "GET", f"/v1/clues/{told['id']}", None, REPORTER, 404)


def test_a17_a_record_that_cannot_be_told_is_parked_and_told_again(city: MotoCity) -> None:
    clue = call(city, "POST", "/v1/clues", {**SEEN, "place": "第三处"}, REPORTER, 201)
    key = {"pk": f"L#{clue['id']}", "sk": "L"}
    ports.send("clues-redrive", json.dumps({"key": {**key, "version": 1}}))
    city.settle()
    told = [CloudEvent.model_validate_json(body) for body in city.told("alerts-watch")]
    assert [one.id for one in told].count(f"clue.reported/{clue['id']}/1") == 2
    broken = {name: {"S": value} for name, value in key.items()}
    image = {**broken, "version": {"N": "1"}}
    clues_publish({"Records": [{"dynamodb": {"NewImage": image}}]}, Context())
    (parked,) = receive("clues-parked")
    assert json.loads(parked["Body"])["key"] == {**key, "version": 1}
