"""Alerts on moto: news comes in, a sweep raises what is owed, the city is told, and reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from functions.alerts.consumers import alerts_sweep
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.watches import SHARDS, Watches
from tests.integration.motocity import Context, MotoCity, moto_city
from tests.unit.alerts.watching import EAST, OTHER, TASK, UNIT, limit, task_event

SCHEDULED = json.loads(
    (Path(__file__).parents[2] / "events" / "schedule" / "registry_sweep.json").read_text()
)
OPERATOR = ("city:operator",)
OFFICER = (f"{UNIT}:officer",)


@pytest.fixture
def city() -> Iterator[MotoCity]:
    """A city in which one task is two days late."""
    with moto_city() as city:
        now = clock.now()
        today = shanghai_day(now)
        late = limit("receive", today - timedelta(days=9), today - timedelta(days=2))
        pushed = task_event(1, now - timedelta(days=9), (late,))
        assert ports.city_events().publish([pushed]) == set()
        city.settle()
        yield city


def test_a15_a_late_task_is_alerted_about_and_read_by_those_whom_it_concerns(
    city: MotoCity,
) -> None:
    status, told = city.call("GET", f"/v1/alerts/{TASK}", grants=OFFICER)
    assert (status, told["watches"][0]["alerts"]) == (200, [])
    assert told["watches"][0]["light"] == "red"

    status, swept = city.call("POST", "/v1/alerts/sweep", grants=OPERATOR)
    assert (status, swept["shards"]) == (202, len(SHARDS))
    city.settle()
    status, told = city.call("GET", f"/v1/alerts/{TASK}", grants=OFFICER)
    [watch] = told["watches"]
    assert [one["rung"] for one in watch["alerts"]][:3] == ["reminder", "warning", "overdue"]
    assert watch["days_late"] == 2 and all(one["unassigned"] for one in watch["alerts"])
    assert [one.subject for one in Watches(ports.table("alerts")).all_late("scjg")] == [TASK]

    raised = [json.loads(body) for body in city.told("worklist-project")]
    assert {one["data"]["unit"] for one in raised if one["type"] == "alert.raised"} >= {
        UNIT,
        "scjg",
    }


def test_d3_a_foreign_alert_looks_like_none(city: MotoCity) -> None:
    for grants in ((f"{OTHER}:officer",), ("office.441900121000:town_office",), OPERATOR):
        status, told = city.call("GET", f"/v1/alerts/{TASK}", grants=grants)
        same = city.call("GET", "/v1/alerts/T0", grants=grants)
        assert (status, told) == same and status == 404
    assert city.call("GET", f"/v1/alerts/{TASK}", grants=(f"office.{EAST}:town_office",))[0] == 200
    assert city.call("POST", "/v1/alerts/sweep", grants=OFFICER)[0] == 404


def test_a15_the_schedule_sweeps_every_shard_and_redrive_tells_again(city: MotoCity) -> None:
    alerts_sweep(SCHEDULED, Context())
    city.settle()
    assert len(city.told("alerts-raise")) == len(SHARDS)
    before = len(city.told("worklist-project"))
    key = {"pk": f"W#{TASK}", "sk": f"W#{UNIT}", "version": 2}
    ports.send("alerts-redrive", json.dumps({"key": key, "reason": "x"}))
    city.settle()
    again = [json.loads(body)["type"] for body in city.told("worklist-project")[before:]]
    assert again and set(again) == {"alert.raised"}
