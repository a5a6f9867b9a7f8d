"""Between systems, on moto: a unit's system joins, is told, answers, feeds back (A8, A21)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.interfaces.consumers import push_deliver, push_plan, push_retry
from functions.interfaces.store import Store
from functions.shared import clock, ports, signatures
from functions.shared.events import CloudEvent
from functions.shared.queue import SqsDeadLetters
from tests.integration.motocity import CONFIG, Context, MotoCity, delete, moto_city, receive
from tests.integration.receiver import Receiver, receiving
from tests.integration.test_spine import HENGLI, code, load, row, sweep, tasks_of

EVENTS = Path(__file__).parents[2] / "events"
UNIT = f"scjg.{HENGLI}"
LEAD = (f"{UNIT}:lead",)
OPERATOR = ("city:operator",)


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


@pytest.fixture
def pushing(city: MotoCity) -> MotoCity:
    """A city with items in force."""
    city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
    return city


def sample(name: str) -> Any:
    return json.loads((EVENTS / name).read_text(encoding="utf-8"))


def join(city: MotoCity, receiver: Receiver, unit: str = UNIT) -> str:
    status, told = city.call(
        "PUT", f"/v1/systems/{unit}", {"url": receiver.url}, grants=(f"{unit}:lead",)
    )
    assert status == 200, told
    return str(told["secret"])


def deliveries(city: MotoCity, **query: str) -> list[dict[str, Any]]:
    status, told = city.call("GET", "/v1/deliveries", query={"unit": UNIT, **query}, grants=LEAD)
    assert status == 200, told
    return list(told["deliveries"])


def verified(receiver: Receiver, secret: str) -> list[CloudEvent]:
    """What came in, as a careful receiver reads it."""
    for _, headers, body in receiver.calls:
        signatures.verify(headers, body, [secret], clock.now())
    return [CloudEvent.model_validate_json(body) for _, _, body in receiver.calls]


def test_a8_a_pushed_task_is_posted_to_the_units_own_system_and_its_case_to_the_town_offices(
    pushing: MotoCity, receiver: Receiver
) -> None:
    secret = join(pushing, receiver)
    with receiving() as office:
        town_secret = join(pushing, office, f"office.{HENGLI}")
        load(pushing, row(1))
        sweep(pushing)
        news = {event.type: event for event in verified(office, town_secret)}
    case = news["case.decided"]
    assert news.keys() == {"case.decided", "inspection.opened"}  # no village could be read
    [event] = verified(receiver, secret)
    assert (event.type, event.data["unit"]) == ("task.pushed", UNIT)
    assert event.data["words"] and event.data["law"] and event.data["name"] == row(1)["企业名称"]
    assert (case.type, case.data["code"]) == ("case.decided", code(1))
    [told] = deliveries(pushing)
    assert (told["state"], told["attempts"][0]["status"]) == ("delivered", 204)


def test_a9_a_system_feeds_back_in_real_time_and_a_replayed_id_counts_once(
    pushing: MotoCity, receiver: Receiver
) -> None:
    secret = join(pushing, receiver)
    load(pushing, row(1))
    sweep(pushing)
    [task] = tasks_of(pushing, UNIT, row(1)["企业名称"])
    body = sample("webhooks/feedback.json")
    body["feedback"][0]["task"] = task["id"]

    for _ in range(2):  # the sender did not hear us, and sends it again
        status, told = feed_back(pushing, secret, body)
        assert status == 200, told
        assert [one["counted"] for one in told["results"]] == [True, False]
        assert told["results"][1]["faults"][0]["code"] == "not_found"
    pushing.settle()
    _, whole = pushing.call("GET", f"/v1/tasks/{task['id']}", grants=(f"{UNIT}:officer",))
    assert [(step["verb"], step["by"]) for step in whole["steps"]] == [
        ("receive", f"system:{UNIT}")
    ]
    # and the system is told what became of it, like everybody else
    assert [one.type for one in verified(receiver, secret)] == ["task.pushed", "task.changed"]


def feed_back(
    city: MotoCity, secret: str, body: Any, *, age: float = 0, flip: bool = False, unit: str = UNIT
) -> tuple[int, Any]:
    raw = json.dumps(body, ensure_ascii=True).encode()
    headers = signatures.headers("m-1", clock.now() - timedelta(seconds=age), raw, [secret])
    sent = raw.replace(b"T0example", b"T0dxample") if flip else raw  # e and d differ in one bit
    return city.call("POST", f"/v1/webhooks/{unit}/feedback", headers=headers, raw=sent)


def test_a21_only_what_is_signed_lately_and_unchanged_is_taken(
    city: MotoCity, receiver: Receiver
) -> None:
    secret, body = join(city, receiver), sample("webhooks/feedback.json")
    assert feed_back(city, secret, body)[0] == 200
    assert feed_back(city, secret, body, age=298)[0] == 200
    for refused, expected in (
        (feed_back(city, secret, body, age=302), "signature_old"),
        (feed_back(city, secret, body, flip=True), "signature_wrong"),
        (feed_back(city, signatures.new_secret(), body), "signature_wrong"),
        (feed_back(city, secret, body, unit=f"yjgl.{HENGLI}"), "signature_wrong"),
    ):
        assert (refused[0], refused[1]["faults"][0]["code"]) == (401, expected)
    city.call("DELETE", f"/v1/systems/{UNIT}", grants=LEAD)
    assert feed_back(city, secret, body)[0] == 401


def test_a21_a_rotation_leaves_two_secrets_valid_and_a_leaked_one_ends_at_once(
    city: MotoCity, receiver: Receiver
) -> None:
    first, body = join(city, receiver), sample("webhooks/feedback.json")
    path = f"/v1/systems/{UNIT}/secret"
    _, told = city.call("POST", path, grants=LEAD)
    second = told["secret"]
    assert (told["valid_secrets"], second != first) == (2, True)
    assert [feed_back(city, one, body)[0] for one in (first, second)] == [200, 200]
    _, told = city.call("POST", path, grants=LEAD, query={"keep_hours": "0"})
    assert told["valid_secrets"] == 1
    states = [feed_back(city, one, body)[0] for one in (first, second, told["secret"])]
    assert states == [401, 401, 200]


def test_a21_a_system_is_read_without_its_secret_and_kept_when_it_leaves(
    city: MotoCity, receiver: Receiver
) -> None:
    join(city, receiver)
    path = f"/v1/systems/{UNIT}"
    _, told = city.call("GET", path, grants=LEAD)
    assert (told["url"], told["state"]) == (receiver.url, "enabled")
    assert "secret" not in told and "whsec_" not in json.dumps(told)
    assert city.call("DELETE", path, grants=LEAD)[1]["state"] == "closed"
    assert city.call("GET", path, grants=LEAD)[1]["state"] == "closed"


def test_a21_outside_the_local_city_only_public_addresses_may_join() -> None:
    with moto_city() as city:
        for url, expected in (
            ("http://127.0.0.1/", "url_https"),
            ("https://127.0.0.1/", "url_private"),
            ("https://169.254.169.254/latest/meta-data", "url_private"),
            ("https://2130706433/", "url_private"),  # 127.0.0.1 as one number
            ("https://[::ffff:10.0.0.1]/", "url_private"),
        ):
            status, told = city.call("PUT", f"/v1/systems/{UNIT}", {"url": url}, grants=LEAD)
            assert (status, told["faults"][0]["code"]) == (400, expected), url


def test_the_sample_events_are_planned_and_delivered(city: MotoCity, receiver: Receiver) -> None:
    secret = join(city, receiver)
    assert push_plan(sample("sqs/push_plan.json"), Context()) == {"batchItemFailures": []}
    [queued] = receive("push-deliver")
    sent, shown = json.loads(queued["Body"]), sample("sqs/push_deliver.json")["Records"][0]["body"]
    assert {**sent, "planned_at": None} == {**json.loads(shown), "planned_at": None}
    assert queued["Attributes"]["MessageGroupId"] == UNIT
    assert deliveries(city) == []  # before its first attempt there is only the message
    assert push_deliver(sample("sqs/push_deliver.json"), Context()) == {"batchItemFailures": []}
    assert [event.subject for event in verified(receiver, secret)] == ["T0example"]
    assert [one["state"] for one in deliveries(city)] == ["delivered"]


def test_a8_a_failing_receiver_is_shown_tried_again_and_replayed(
    city: MotoCity, receiver: Receiver
) -> None:
    join(city, receiver)
    receiver.status = 500
    push_plan(sample("sqs/push_plan.json"), Context())
    push_deliver(sample("sqs/push_deliver.json"), Context())
    [waiting] = deliveries(city, state="pending")
    assert waiting["attempts"][0]["status"] == 500
    assert waiting["due_at"] > waiting["attempts"][0]["at"]
    assert deliveries(city, state="delivered") == []

    retry(city)  # nothing is due yet
    assert len(receive("push-deliver")) == 1  # the first message, which nobody took off here
    receiver.status = 200
    path = f"/v1/deliveries/{waiting['id']}/replay"
    assert city.call("POST", path, grants=LEAD)[0] == 200
    city.settle()
    [told] = deliveries(city)
    assert [one["status"] for one in told["attempts"]] == [500, 200]


def retry(city: MotoCity) -> None:
    event = sample("schedule/push_retry.json")
    push_retry(event, Context())


def test_a8_what_a_crash_left_behind_is_sent_by_the_schedule(
    city: MotoCity, receiver: Receiver
) -> None:
    join(city, receiver)
    receiver.status = 503
    push_deliver(sample("sqs/push_deliver.json"), Context())
    receiver.status = 204
    [failed] = deliveries(city, state="pending")
    store = Store(ports.table("interfaces"))
    store.deliveries.change(
        failed["id"],
        lambda one: one and one.put_off(clock.now()),
        by="test",
        now=clock.now(),
    )
    retry(city)
    retry(city)
    [again] = receive("push-deliver")
    assert json.loads(again["Body"]) == {"delivery": failed["id"], "tried": 1}
    assert again["Attributes"]["MessageGroupId"] == UNIT
    city.settle()
    assert [one["state"] for one in deliveries(city)] == ["delivered"]


def test_a21_410_ends_it(city: MotoCity, receiver: Receiver) -> None:
    join(city, receiver)
    receiver.status = 410
    push_plan(sample("sqs/push_plan.json"), Context())
    city.settle()
    assert city.call("GET", f"/v1/systems/{UNIT}", grants=LEAD)[1]["state"] == "disabled"
    [parked] = deliveries(city, state="parked")
    status, told = city.call("POST", f"/v1/deliveries/{parked['id']}/replay", grants=LEAD)
    assert (status, told["faults"][0]["code"]) == (409, "system_not_enabled")


def test_a22_deliveries_are_listed_page_by_page(city: MotoCity, receiver: Receiver) -> None:
    join(city, receiver)
    event = sample("sqs/push_plan.json")
    body = json.loads(event["Records"][0]["body"])
    for number in range(5):
        record = {**event["Records"][0], "messageId": str(number)}
        record["body"] = json.dumps({**body, "id": f"task.pushed/T{number}/1", "subject": number})
        record["body"] = record["body"].replace(f'"subject": {number}', f'"subject": "T{number}"')
        push_plan({"Records": [record]}, Context())
    city.settle()
    seen: list[str] = []
    query = {"unit": UNIT, "limit": "2"}
    for _ in range(4):
        status, page = city.call("GET", "/v1/deliveries", query=query, grants=LEAD)
        assert status == 200, page
        seen += [one["subject"] for one in page["deliveries"]]
        if "after" not in page:
            break
        query["after"] = page["after"]
    assert sorted(seen) == [f"T{number}" for number in range(5)]


def test_a22_failures_are_shown_with_their_reason_and_redriven(
    city: MotoCity, receiver: Receiver
) -> None:
    event = sample("sqs/push_plan.json")
    dead = ports.dead_letters()
    assert isinstance(dead, SqsDeadLetters)
    dead.bury("push-plan", event["Records"][0]["body"], "Stale: too many at once")
    ports.parking("registry").park({"pk": "E#1", "sk": "E", "version": 3}, "it would not be told")

    status, told = city.call("GET", "/v1/failures", grants=OPERATOR)
    assert status == 200, told
    shown = {one["queue"]: one for one in told["failures"]}
    assert set(shown) == {"push-plan", "registry-parked"}
    [letter] = shown["push-plan"]["messages"]
    assert letter["reason"] == "Stale: too many at once"
    assert "task.pushed" in letter["body"]
    assert shown["registry-parked"]["messages"][0]["reason"] == "it would not be told"

    join(city, receiver)
    status, told = city.call("POST", "/v1/redrive", {"queue": "push-plan"}, grants=OPERATOR)
    assert (status, told) == (200, {"queue": "push-plan", "moved": 1})
    city.settle()
    assert [one["state"] for one in deliveries(city)] == ["delivered"]
    city.call("POST", "/v1/redrive", {"queue": "registry-parked"}, grants=OPERATOR)
    [again] = receive("registry-redrive")
    assert json.loads(again["Body"])["key"]["pk"] == "E#1"
    assert city.call("GET", "/v1/failures", grants=OPERATOR)[1] == {"failures": []}


def test_a22_a_first_attempt_that_failed_by_our_fault_is_redriven_with_its_event(
    city: MotoCity, receiver: Receiver
) -> None:
    secret = join(city, receiver)
    push_plan(sample("sqs/push_plan.json"), Context())
    [queued] = receive("push-deliver")
    delete("push-deliver", queued)
    dead = ports.dead_letters()
    assert isinstance(dead, SqsDeadLetters)
    dead.bury("push-deliver", queued["Body"], "OSError: the table is away")
    assert deliveries(city) == []

    status, told = city.call("POST", "/v1/redrive", {"queue": "push-deliver"}, grants=OPERATOR)
    assert (status, told) == (200, {"queue": "push-deliver", "moved": 1})
    city.settle()
    assert [event.subject for event in verified(receiver, secret)] == ["T0example"]
    assert [one["state"] for one in deliveries(city)] == ["delivered"]


def test_a22_a_redriven_delivery_keeps_its_group(city: MotoCity) -> None:
    ports.send("push-deliver-dead", '{"delivery": "x", "tried": 0}', MessageGroupId=UNIT)
    city.call("POST", "/v1/redrive", {"queue": "push-deliver"}, grants=OPERATOR)
    [again] = receive("push-deliver")
    assert again["Attributes"]["MessageGroupId"] == UNIT


def test_a22_a_broken_event_goes_to_the_dead_letters_alone(city: MotoCity) -> None:
    good = sample("sqs/push_plan.json")["Records"][0]
    bad = {**good, "messageId": "bad", "body": "{}"}
    assert push_plan({"Records": [good, bad]}, Context()) == {"batchItemFailures": []}
    [dead] = receive("push-plan-dead")
    assert "cannot be read" in dead["MessageAttributes"]["reason"]["StringValue"]
