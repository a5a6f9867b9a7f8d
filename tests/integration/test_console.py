"""The console over HTTPS, on moto: tests, what waits, replays of many, schemas (A21, A22)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.interfaces.consumers import push_plan, push_replay
from functions.shared import clock, signatures
from functions.shared.events import CloudEvent
from tests.integration.motocity import Context, MotoCity, moto_city, receive
from tests.integration.receiver import Receiver, receiving
from tests.integration.test_interfaces import LEAD, OPERATOR, UNIT, deliveries, join, sample

OFFICE = "office.441900119000"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoCity]:
    """A local city, which may deliver to its own machine."""
    monkeypatch.setenv("SANWEI_PRIVATE_WEBHOOKS", "allow")
    with moto_city() as city:
        yield city


def tell(city: MotoCity, *minutes: int) -> None:
    """One event for the unit at each of these minutes after nine."""
    event = sample("sqs/push_plan.json")
    told = json.loads(event["Records"][0]["body"])
    for minute in minutes:
        body = {
            **told,
            "id": f"task.pushed/T{minute}/1",
            "subject": f"T{minute}",
            "time": f"2026-03-02T09:{minute:02d}:00+08:00",
        }
        push_plan({"Records": [{**event["Records"][0], "body": json.dumps(body)}]}, Context())
    city.settle()


def overview(city: MotoCity, **query: str) -> list[dict[str, Any]]:
    status, told = city.call("GET", "/v1/systems", query=query, grants=OPERATOR)
    assert status == 200, told
    return list(told["systems"])


def test_a21_a_test_goes_the_way_that_everything_takes_and_is_listed(
    city: MotoCity, receiver: Receiver
) -> None:
    secret = join(city, receiver)
    city.call("PUT", f"/v1/systems/{UNIT}", {"url": receiver.url, "test": True}, grants=LEAD)
    tell(city, 1)
    assert receiver.calls == []
    status, told = city.call("POST", f"/v1/systems/{UNIT}/test", grants=LEAD)
    assert (status, told["type"], told["state"]) == (202, "system.test", "pending")
    city.settle()
    [(_, headers, body)] = receiver.calls
    signatures.verify(headers, body, [secret], clock.real_now())
    event = CloudEvent.model_validate_json(body)
    assert (event.type, event.dataschema) == ("system.test", "/v1/schemas/system.test/1")
    [listed] = deliveries(city)
    assert (listed["id"], listed["state"]) == (told["id"], "delivered")


def test_a22_what_waits_and_what_is_parked_is_counted_with_its_age(
    city: MotoCity, receiver: Receiver
) -> None:
    join(city, receiver)
    receiver.status = 400
    tell(city, 1, 2)
    receiver.status = 503
    tell(city, 3, 4, 5)
    [one] = overview(city, unit=UNIT)
    queue = one["queue"]
    assert (queue["waiting"], queue["parked"], queue["more"]) == (3, 2, False)
    assert queue["oldest"].startswith("2026-03-02T01:03:00")
    assert "resting_until" not in one["system"]


def test_a22_systems_are_listed_to_operators_page_by_page_and_to_a_lead_only_its_own(
    city: MotoCity, receiver: Receiver
) -> None:
    for unit in (UNIT, "gaj", OFFICE):
        join(city, receiver, unit)
    assert [one["system"]["unit"] for one in overview(city)] == sorted([UNIT, "gaj", OFFICE])
    status, page = city.call("GET", "/v1/systems", query={"limit": "2"}, grants=OPERATOR)
    assert (status, page["after"]) == (200, OFFICE)
    [last] = overview(city, after=page["after"])
    assert last["system"]["unit"] == UNIT
    _, own = city.call("GET", "/v1/systems", grants=LEAD)
    assert [one["system"]["unit"] for one in own["systems"]] == [UNIT]
    assert city.call("GET", "/v1/systems", query={"unit": "gaj"}, grants=LEAD)[0] == 404
    assert city.call("GET", "/v1/systems/gaj/calls", grants=LEAD)[0] == 404


def test_a22_an_endpoint_that_rests_is_shown(city: MotoCity, receiver: Receiver) -> None:
    join(city, receiver)
    receiver.status = 503
    tell(city, *range(10))
    [one] = overview(city, unit=UNIT)
    assert one["system"]["resting_until"] > clock.now().isoformat()[:16]
    assert (len(receiver.calls), one["queue"]["waiting"]) == (5, 10)


def test_a22_deliveries_are_found_by_type_and_since(city: MotoCity, receiver: Receiver) -> None:
    join(city, receiver)
    tell(city, *range(1, 6))
    since = deliveries(city, since="2026-03-02T09:04:00+08:00")
    assert [one["subject"] for one in since] == ["T4", "T5"]
    assert len(deliveries(city, type="task.pushed")) == 5
    assert deliveries(city, type="task.changed") == []
    status, page = city.call(
        "GET",
        "/v1/deliveries",
        query={"unit": UNIT, "since": "2026-03-02T09:02:00+08:00", "limit": "3"},
        grants=LEAD,
    )
    assert (status, len(page["deliveries"])) == (200, 3)
    query = {"unit": UNIT, "since": "2026-03-02T09:02:00+08:00", "after": page["after"]}
    _, rest = city.call("GET", "/v1/deliveries", query=query, grants=LEAD)
    assert [one["subject"] for one in rest["deliveries"]] == ["T5"]


def test_a22_all_that_was_parked_since_then_is_delivered_again(
    city: MotoCity, receiver: Receiver
) -> None:
    join(city, receiver)
    receiver.status = 400
    tell(city, *range(1, 31))
    receiver.status, asked = 204, {"unit": UNIT, "since": "2026-03-02T09:03:00+08:00", "ref": "r"}
    receiver.calls.clear()
    status, replay = city.call("POST", "/v1/deliveries/replay", asked, grants=LEAD)
    assert (status, replay["done"]) == (202, False)
    city.settle()
    city.call("POST", "/v1/deliveries/replay", asked, grants=LEAD)
    city.settle()
    path = f"/v1/replays/{replay['id']}"
    status, told = city.call("GET", path, grants=LEAD)
    assert (status, told["looked"], told["sent"], told["done"]) == (200, 28, 28, True)
    assert len(receiver.calls) == 28
    assert len(deliveries(city, state="parked")) == 2
    assert city.call("GET", path, grants=(f"{OFFICE}:lead",))[0] == 404
    status, told = city.call(
        "POST", "/v1/deliveries/replay", {**asked, "state": "any"}, grants=LEAD
    )
    assert (status, told["faults"][0]["field"]) == (409, "ref")


def test_a22_a_replay_goes_on_by_itself_when_its_time_runs_out(
    city: MotoCity, receiver: Receiver
) -> None:
    class Short(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 1000

    join(city, receiver)
    receiver.status = 400
    tell(city, 1)
    asked = {"unit": UNIT, "since": "2026-03-02T09:00:00+08:00"}
    _, replay = city.call("POST", "/v1/deliveries/replay", asked, grants=LEAD)
    event = sample("sqs/push_replay.json")
    event["Records"][0]["body"] = json.dumps({"replay": replay["id"]})
    assert push_replay(event, Short()) == {"batchItemFailures": []}
    again = [json.loads(one["Body"]) for one in receive("push-replay")]
    assert again == [{"replay": replay["id"]}] * 2  # the first message lies there still
    receiver.status = 204
    city.settle()
    assert city.call("GET", f"/v1/replays/{replay['id']}", grants=LEAD)[1]["sent"] == 1


def test_a21_every_schema_is_there_for_everybody(city: MotoCity) -> None:
    status, told = city.call("GET", "/v1/schemas")
    assert status == 200
    for one in told["schemas"]:
        status, schema = city.call("GET", one["path"])
        assert (status, schema["$id"]) == (200, one["path"])
        assert city.told_type == "application/schema+json"
    assert {"task.pushed", "alert.raised", "clue.changed"} <= {
        one["type"] for one in told["schemas"]
    }
    assert city.call("GET", "/v1/schemas/task.pushed/99")[0] == 404
