"""The sample events in `events/` are what the consumers really take: one per trigger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.alerts import consumers as alerts
from functions.credit import sharing_consumers as credit_sharing
from functions.discipline import consumers as discipline
from functions.inspections import recheck_consumers as rechecks
from functions.inspections.domain import Inspection
from functions.inspections.store import Store as Inspections
from functions.interfaces import consumers as interfaces
from functions.registry import consumers as registry
from functions.reports.runs import Run
from functions.reports.store import Runs
from functions.shared import ports
from functions.trail import consumers as trail
from infra.policies import QUEUES, STREAMS
from tests.integration.motocity import (
    CONFIG,
    Context,
    MotoCity,
    archived,
    consumers,
    delete,
    moto_city,
    publishers,
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
        for key, text in sample("sqs", "credit_files")["objects"].items():
            city.write_object("credit", key, text.encode())
        for key, text in sample("sqs", "credit_files")["objects"].items():
            city.write_object("credit", key, text.encode())
        rebuild = json.loads(sample("sqs", "reports_rebuild")["Records"][0]["body"])["run"]
        begun = Run(id=rebuild, check=True, started_at=datetime(2026, 3, 2, tzinfo=UTC))
        runs = Runs(ports.table("reports"))
        runs.change(rebuild, lambda _: begun, by="sample", now=begun.started_at)
        inspection = Inspection.model_validate(sample("sqs", "inspections_print")["inspection"])
        inspections = Inspections(ports.table("inspections")).inspections
        inspections.save(inspection, before=None, by="sample", now=inspection.changed_at)
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


@pytest.mark.parametrize("table", STREAMS)
def test_the_sample_change_of_each_table_is_told_and_archived(city: MotoCity, table: str) -> None:
    event = sample("dynamodb", table)
    if publish := publishers().get(table):
        publish(event, Context())
    assert all(archived(table, record) for record in event["Records"])
    trail.trail_archive(event, Context())
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    [key] = [key for key in city.keys_of("trail") if f"/{table}/" in key]
    assert first in key


def test_what_can_be_made_anew_is_not_archived() -> None:
    row = {"dynamodb": {"Keys": {"pk": {"S": "R#scjg"}, "sk": {"S": "task#T1"}}}}
    cell = {"dynamodb": {"Keys": {"pk": {"S": "M#2026-03#scjg"}, "sk": {"S": "02#city#SJ02"}}}}
    delivery = {"dynamodb": {"Keys": {"pk": {"S": "U#scjg"}, "sk": {"S": "D#1"}}}}
    timer = {"dynamodb": {"Keys": {"pk": {"S": "R#I1"}, "sk": {"S": "R"}}}}
    pairs = (
        *(("worklist", row), ("reports", cell), ("interfaces", delivery)),
        ("inspections", timer),
    )
    assert not any(archived(table, change) for table, change in pairs)


SCHEDULED = {
    "registry_sweep": registry.registry_sweep,
    "alerts_sweep": alerts.alerts_sweep,
    "push_retry": interfaces.push_retry,
    "inspections_sweep": rechecks.inspections_sweep,
    "recheck_reconcile": rechecks.recheck_reconcile,
    "discipline_sweep": discipline.discipline_sweep,
    "trail_seal": trail.trail_seal,
    "credit_sweep": credit_sharing.credit_sweep,
}


@pytest.mark.parametrize("name", SCHEDULED)
def test_the_sample_of_each_schedule_runs(city: MotoCity, name: str) -> None:
    SCHEDULED[name](sample("schedule", name), Context())


CALLED = {"recheck_send": rechecks.recheck_send, "recheck_await": rechecks.recheck_await}


@pytest.mark.parametrize("name", CALLED)
def test_the_sample_of_each_call_of_the_machine_is_answered(city: MotoCity, name: str) -> None:
    told = sample("stepfunctions", name)
    answer = CALLED[name](told, Context())
    assert answer is None or answer["inspection"] == told["inspection"]
