"""Machines over HTTPS, on moto: registered, scoped, counted, harmless in test mode (A21, A22)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app import app
from functions.shared import clock, ports, signatures
from functions.shared.calendar import SHANGHAI
from functions.shared.directory import GRID
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.test_spine import HENGLI, load, row, sweep, tasks_of

UNIT = f"scjg.{HENGLI}"
LEAD, OFFICER = (f"{UNIT}:lead",), (f"{UNIT}:officer",)
OPERATOR = ("city:operator",)
CLIENT = "3n4client"
PATH = f"/v1/systems/{UNIT}"
SCOPES = ["task.read", "task.feed_back", "worklist.read"]


@pytest.fixture
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


@pytest.fixture
def pushing(city: MotoCity) -> MotoCity:
    """A city with items in force, and one task for the unit."""
    city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
    load(city, row(1))
    sweep(city)
    return city


def register(city: MotoCity, **more: Any) -> dict[str, Any]:
    body = {"client": CLIENT, "scopes": SCOPES, **more}
    status, told = city.call("PUT", PATH, body, grants=OPERATOR)
    assert status == 200, told
    return dict(told)


def task_of(city: MotoCity) -> str:
    [task] = tasks_of(city, UNIT, row(1)["企业名称"])
    return str(task["id"])


def state_of(city: MotoCity, task: str) -> str:
    return str(city.call("GET", f"/v1/tasks/{task}", grants=OFFICER)[1]["state"])


def records(city: MotoCity, table: str) -> dict[str, Any]:
    """Everything in a table."""
    page = ports.table(table).scan(0, 1, limit=1000)
    return {f"{one['pk']}/{one['sk']}": one for one in page.records}


def test_a21_a_machine_is_let_in_by_its_registration_for_its_scopes_on_its_own(
    pushing: MotoCity,
) -> None:
    task = task_of(pushing)
    path = f"/v1/tasks/{task}"
    status, told = pushing.call("GET", path, grants=OFFICER, client=CLIENT)
    assert (status, told["faults"][0]["code"]) == (403, "client_not_registered")
    assert told["type"] == "urn:sanwei:problem:forbidden"

    register(pushing)
    assert pushing.call("GET", path, grants=OFFICER, client=CLIENT)[0] == 200
    feedback = {"verb": "receive"}
    status, told = pushing.call("POST", f"{path}/feedback", feedback, grants=OFFICER, client=CLIENT)
    assert (status, told["state"]) == (200, "received")
    assert told["steps"][-1]["by"] == CLIENT
    status, told = pushing.call("GET", PATH, grants=LEAD, client=CLIENT)
    assert (status, told["faults"][0]["code"]) == (403, "scope_missing")
    # the token's grants bound whose objects, as they do a person's
    foreign = (f"yjgl.{HENGLI}:officer",)
    assert pushing.call("GET", path, grants=foreign, client=CLIENT)[0] == 404
    # and a person needs no registration
    assert pushing.call("GET", path, grants=OFFICER)[0] == 200


def test_a21_a_lead_sets_no_scopes_and_an_operator_no_foreign_client(city: MotoCity) -> None:
    status, told = city.call("PUT", PATH, {"scopes": ["sweep"]}, grants=LEAD)
    assert (status, told["faults"][0]["code"]) == (400, "operators_only")
    assert told["faults"][0]["field"] == "scopes"
    assert city.call("GET", PATH, grants=LEAD)[0] == 404
    register(city)
    status, told = city.call("PUT", "/v1/systems/gaj", {"client": CLIENT}, grants=OPERATOR)
    assert (status, told["faults"][0]["code"]) == (409, "client_taken")
    status, told = city.call("PUT", PATH, {"scopes": ["fly"]}, grants=OPERATOR)
    assert (status, told["faults"][0]["field"]) == (400, "scopes.0")


def test_a21_beyond_its_quota_a_machine_is_told_when_to_come_again(city: MotoCity) -> None:
    register(city, quota={"per_minute": 100_000, "per_day": 2})
    query = {"unit": UNIT}
    for _ in range(2):
        assert (
            city.call("GET", "/v1/worklist", query=query, grants=OFFICER, client=CLIENT)[0] == 200
        )
    status, told = city.call("GET", "/v1/worklist", query=query, grants=OFFICER, client=CLIENT)
    assert (status, told["faults"][0]["code"]) == (429, "quota_day")
    assert 0 < int(city.told_headers["Retry-After"]) <= 86_400
    assert city.call("GET", "/v1/worklist", query=query, grants=OFFICER)[0] == 200


def test_a22_who_called_how_often_and_what_was_refused_is_shown(city: MotoCity) -> None:
    register(city)
    began = clock.real_now().replace(second=0, microsecond=0)
    ask = {"unit": UNIT}
    city.call("GET", "/v1/worklist", query=ask, grants=OFFICER, client=CLIENT)
    city.call("GET", "/v1/worklist", query={"limit": "x"}, grants=OFFICER, client=CLIENT)
    city.call("GET", "/v1/tasks/none", grants=OFFICER, client=CLIENT)
    _, told = city.call("GET", f"{PATH}/calls", grants=LEAD)
    total = told["total"]
    assert (total["calls"], total["ok"], total["refused"], total["failed"]) == (3, 1, 2, 0)
    assert total["last"] >= began.astimezone(SHANGHAI).isoformat()
    assert sum(one["calls"] for one in told["hours"]) == 3
    _, none = city.call("GET", f"{PATH}/calls", query={"day": "2026-01-01"}, grants=LEAD)
    assert (none["total"]["calls"], none["hours"]) == (0, [])
    _, told = city.call("GET", "/v1/systems", grants=LEAD)
    [one] = told["systems"]
    assert one["today"] == total
    assert (one["system"]["client"], one["system"]["usual"]) == (CLIENT, True)


def test_a21_what_a_machine_in_test_mode_does_is_answered_and_changes_nothing(
    pushing: MotoCity,
) -> None:
    register(pushing, test=True)
    task = task_of(pushing)
    before = records(pushing, "supervision")
    batch = [{"task": task, "feedback": {"verb": verb}} for verb in ("receive", "verify")]
    for _ in range(2):
        status, told = pushing.call(
            "POST", "/v1/feedback", {"feedback": batch}, grants=OFFICER, client=CLIENT
        )
        assert (status, told["test"], told["counted"]) == (200, True, 2)
    assert records(pushing, "supervision") == before
    # what would be refused is refused
    bad = {"feedback": [{"task": task, "feedback": {"verb": "reassign"}}]}
    _, told = pushing.call("POST", "/v1/feedback", bad, grants=OFFICER, client=CLIENT)
    assert (told["counted"], told["results"][0]["faults"][0]["field"]) == (0, "verb")
    # and a person of the same unit works on, meanwhile
    done = pushing.call("POST", f"/v1/tasks/{task}/feedback", {"verb": "receive"}, grants=OFFICER)
    assert (done[0], "test" in done[1]) == (200, False)


def test_a21_what_a_system_in_test_mode_signs_is_verified_and_changes_nothing(
    pushing: MotoCity,
) -> None:
    secret = register(pushing, test=True)["secret"]
    task = task_of(pushing)
    before = records(pushing, "supervision")
    body = {"feedback": [{"task": task, "feedback": {"verb": "receive"}}]}
    status, told = post_signed(pushing, secret, body)
    assert (status, told["test"], told["results"][0]["state"]) == (200, True, "received")
    assert records(pushing, "supervision") == before
    assert post_signed(pushing, signatures.new_secret(), body)[0] == 401

    register(pushing, test=False)
    status, told = post_signed(pushing, secret, body)
    assert (status, "test" in told, told["counted"]) == (200, False, 1)
    assert state_of(pushing, task) == "received"


def test_a21_a_clue_from_a_system_in_test_mode_is_nobodys_work(city: MotoCity) -> None:
    secret, path = register(city, test=True)["secret"], f"/v1/webhooks/{UNIT}/clues"
    status, told = post_signed(city, secret, _MESSAGES["clues"], path)
    assert (status, told["test"], told["town"]) == (201, True, HENGLI)
    assert records(city, "clues") == {}


def test_a21_signed_messages_have_the_same_quota(pushing: MotoCity) -> None:
    secret = register(pushing, quota={"per_minute": 100_000, "per_day": 2})["secret"]
    body = {"feedback": [{"task": task_of(pushing), "feedback": {"verb": "receive"}}]}
    # whoever cannot sign uses up nobody's quota
    for _ in range(3):
        assert post_signed(pushing, signatures.new_secret(), body)[0] == 401
    assert post_signed(pushing, secret, body)[0] == 200
    assert (
        pushing.call("GET", "/v1/worklist", query={"unit": UNIT}, grants=OFFICER, client=CLIENT)[0]
        == 200
    )
    status, told = post_signed(pushing, secret, body, id="m-2")
    assert (status, told["faults"][0]["code"]) == (429, "quota_day")
    _, told = pushing.call("GET", f"{PATH}/calls", grants=LEAD)
    assert (told["total"]["calls"], told["total"]["refused"]) == (3, 1)


def test_a21_a_message_may_come_in_an_envelope(pushing: MotoCity) -> None:
    secret = register(pushing)["secret"]
    task = task_of(pushing)
    body = {"feedback": [{"task": task, "feedback": {"verb": "receive"}}]}
    envelope = {
        "specversion": "1.0",
        "id": "m-1",
        "source": "/scjg",
        "type": "feedback.given",
        "data": body,
    }
    status, told = post_signed(pushing, secret, {**envelope, "specversion": "0.3"})
    assert (status, told["faults"][0]["field"]) == (400, "specversion")
    status, told = post_signed(pushing, secret, envelope)
    assert (status, told["counted"]) == (200, 1)


def test_a21_a_used_id_counts_once_and_with_other_content_it_is_refused(
    pushing: MotoCity,
) -> None:
    secret, task = register(pushing)["secret"], task_of(pushing)
    first = {"feedback": [{"task": task, "feedback": {"verb": "receive"}}]}
    other = {"feedback": [{"task": task, "feedback": {"verb": "verify"}}]}
    for _ in range(2):
        assert post_signed(pushing, secret, first)[1]["results"][0]["state"] == "received"
        [told] = post_signed(pushing, secret, other)[1]["results"]
        assert (told["counted"], told["faults"][0]["code"]) == (False, "ref_reused")
    _, whole = pushing.call("GET", f"/v1/tasks/{task}", grants=OFFICER)
    assert [step["verb"] for step in whole["steps"]] == ["receive"]


def signed_paths() -> list[str]:
    found = (
        path
        for path, methods in app.routes.items()
        for entry in methods.values()
        if getattr(getattr(entry.view_function, "__operation__", None), "signature", False)
    )
    return sorted(found)


_MESSAGES: dict[str, Any] = {
    "feedback": {"feedback": [{"task": "T0none", "feedback": {"verb": "receive"}}]},
    "clues": {"place": "横沥镇中山路 1 号", "seen": "无证经营餐饮"},
    "inspections": {  # of nobody: who is let in hears that
        "kind": "recall",
        "code": "91441900MA0000001X",
        "at": "2026-03-02T10:00:00+08:00",
        "note": "网格员请假",
    },
}


@pytest.mark.parametrize("path", signed_paths())
def test_a21_every_signed_route_takes_what_is_signed_lately_and_nothing_else(
    city: MotoCity, path: str
) -> None:
    message = path.rpartition("/")[2]
    unit = GRID if message == "inspections" else UNIT
    whole = {"client": CLIENT, "scopes": SCOPES}
    status, told = city.call("PUT", f"/v1/systems/{unit}", whole, grants=OPERATOR)
    assert status == 200, told
    secret, body = told["secret"], _MESSAGES[message]
    where = path.replace("{unit}", unit)
    for age, expected in ((298, None), (302, "signature_old"), (-302, "signature_early")):
        status, told = post_signed(city, secret, body, where, age=age, id=f"m{age}")
        if expected is None:
            assert status in ((404,) if unit == GRID else (200, 201)), told
        else:
            assert (status, told["faults"][0]["code"]) == (401, expected)
    status, told = post_signed(city, secret, body, where, id="m-flip", flip=True)
    assert (status, told["faults"][0]["code"]) == (401, "signature_wrong")
    status, told = post_signed(city, secret, body, path.replace("{unit}", "gaj"), id="m-other")
    assert (status, told["faults"][0]["code"]) == (401, "signature_wrong")


def post_signed(
    city: MotoCity,
    secret: str,
    body: Any,
    path: str = f"/v1/webhooks/{UNIT}/feedback",
    *,
    age: float = 0,
    id: str = "m-1",
    flip: bool = False,
) -> tuple[int, Any]:
    raw = json.dumps(body, ensure_ascii=True).encode()
    headers = signatures.headers(id, clock.real_now() - timedelta(seconds=age), raw, [secret])
    sent = bytes([raw[0], raw[1] ^ 1, *raw[2:]]) if flip else raw
    return city.call("POST", path, headers=headers, raw=sent)
