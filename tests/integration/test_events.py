"""The sample events in `events/` are what the consumers really take: one per trigger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.registry import consumers as registry
from functions.supervision import consumers as supervision
from functions.trail import consumers as trail
from infra.policies import QUEUES
from tests.integration.motocity import (
    CONFIG,
    Context,
    MotoCity,
    consumers,
    delete,
    moto_city,
    receive,
)

EVENTS = Path(__file__).parents[2] / "events"


def sample(kind: str, name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / kind / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        objects = sample("sqs", "registry_rows")["objects"]
        for key, text in objects.items():
            city.write_object("exchange", key, text.encode())
        yield city


@pytest.mark.parametrize("queue", QUEUES)
def test_the_sample_message_of_each_queue_is_handled(city: MotoCity, queue: str) -> None:
    event = sample("sqs", queue.replace("-", "_"))
    assert event["Records"]
    assert consumers()[queue](event, Context()) == {"batchItemFailures": []}


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("body", ["no JSON", "[1]"])
def test_a_message_that_cannot_be_read_waits_among_the_dead_and_the_others_are_done(
    city: MotoCity, queue: str, body: str
) -> None:
    event = sample("sqs", queue.replace("-", "_"))
    poison = {**event["Records"][0], "messageId": "poison", "body": body}
    both = {"Records": [*event["Records"], poison]}
    assert consumers()[queue](both, Context()) == {"batchItemFailures": []}
    [dead] = receive(f"{queue}-dead")
    delete(f"{queue}-dead", dead)
    assert dead["Body"] == body
    assert "cannot be read" in dead["MessageAttributes"]["reason"]["StringValue"]


@pytest.mark.parametrize("table", ["registry", "supervision"])
def test_the_sample_change_of_each_table_is_told_and_archived(city: MotoCity, table: str) -> None:
    event = sample("dynamodb", table)
    publish = {
        "registry": registry.registry_publish,
        "supervision": supervision.supervision_publish,
    }
    publish[table](event, Context())
    trail.trail_archive(event, Context())
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    [key] = [key for key in city.keys_of("trail") if f"/{table}/" in key]
    assert first in key


@pytest.mark.parametrize("name", ["registry_sweep", "trail_seal"])
def test_the_sample_of_each_schedule_runs(city: MotoCity, name: str) -> None:
    run = {"registry_sweep": registry.registry_sweep, "trail_seal": trail.trail_seal}[name]
    run(sample("schedule", name), Context())
