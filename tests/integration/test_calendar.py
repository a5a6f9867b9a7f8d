"""The next calendar goes its whole way: loaded by a route, told, and every limit counted again."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from functions.shared import ports
from functions.shared.calendar import read_calendar
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.test_spine import HENGLI, load, row, sweep, tasks_of

UNIT = f"scjg.{HENGLI}"
RULES, OFFICER = ("city:rules",), (f"{UNIT}:officer",)
SHIPPED = (CONFIG / "calendars/2026.1.toml").read_text(encoding="utf-8")
ITEMS = """
version = "long"
[[items]]
code = "FD01"
version = 1
holds_from = 2020-01-01
licence = "食品经营许可证"
kind = "licence"
departments = ["市场监督管理局"]
level = "town"
law = "示例条例"
rules = [{ words = ["食品零售"] }]
limits = [{ stage = "close", n = 700, unit = "calendar", from = "pushed" }]
"""
CLUE_LIMITS = '[[limits]]\nstage = "assign"\nn = 700\nunit = "calendar"\nfrom = "waiting"\n'


def next_calendar(version: str) -> str:
    """The shipped calendar, and invented notices until every limit is covered."""
    statutory = read_calendar(SHIPPED).statutory
    text = SHIPPED.replace('version = "2026.1"', f'version = "{version}"', 1)
    for year in range(2027, datetime.now(UTC).year + 4):
        days = sorted(statutory.days(year))
        holidays = ",".join(f'{{name="x",first={day},last={day}}}' for day in days)
        text += f'\n[[years]]\nyear={year}\nnotice="x"\nholidays=[{holidays}]\nmake_up=[]\n'
    return text


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force(ITEMS)
        city.write_object("config", "clue_limits.toml", CLUE_LIMITS.encode())
        yield city


def pushed(city: MotoCity, number: int) -> str:
    """The id of the task of another company."""
    load(city, row(number, 经营范围="食品零售"))
    sweep(city)
    [task] = tasks_of(city, UNIT, row(number)["企业名称"])
    return str(task["id"])


def test_a14_loading_a_calendar_counts_provisional_limits_again(city: MotoCity) -> None:
    task = pushed(city, 1)
    _, before = city.call("GET", f"/v1/tasks/{task}", grants=OFFICER)
    assert before["clocks"]["close"]["provisional"]
    seen = {"place": "东兴路1号", "seen": "无证经营餐饮"}
    _, clue = city.call("POST", "/v1/clues", seen, grants=OFFICER)
    [waits] = clue["clocks"]
    assert waits["provisional"]
    status, held = city.call("GET", "/v1/calendar", grants=OFFICER)
    assert (status, held["version"], held["loaded"]) == (200, "2026.1", [])

    text = next_calendar("2027.1")
    status, told = city.call("PUT", "/v1/calendar", {"toml": text}, grants=RULES)
    assert (status, told["version"]) == (200, "2027.1")
    city.settle()

    _, after = city.call("GET", f"/v1/tasks/{task}", grants=OFFICER)
    assert not after["clocks"]["close"]["provisional"]
    assert after["clocks"]["close"]["calendar"] == "2027.1"
    assert [step["verb"] for step in after["steps"]] == ["recount"]
    assert ports.objects("config").read("calendar.toml").decode() == text
    assert len(city.told("supervision-recount")) >= 17  # the event, and each shard

    _, counted = city.call("GET", f"/v1/clues/{clue['id']}", grants=OFFICER)
    [clock] = counted["clocks"]
    assert (clock["since"], clock["provisional"]) == (waits["since"], False)
    assert [step["verb"] for step in counted["steps"]] == ["report", "recount"]
    told = f"office.assign: {waits['due']} → {clock['due']} (2027.1)"
    assert counted["steps"][-1]["note"] == told
    assert len(city.told("clues-recount")) >= 17


def test_a14_a_calendar_of_another_content_is_told_in_words(city: MotoCity) -> None:
    other = SHIPPED.replace("2026-10-10]", "2026-10-11]")
    status, told = city.call("PUT", "/v1/calendar", {"toml": other}, grants=RULES)
    assert (status, told["faults"][0]["code"]) == (409, "calendar_version_used")
    status, told = city.call("PUT", "/v1/calendar", {"toml": "version = 'x'"}, grants=RULES)
    assert (status, {fault["field"] for fault in told["faults"]}) == (400, {"statutory", "years"})


def test_a13_a_lead_extends_suspends_and_resumes_over_https(city: MotoCity) -> None:
    task = pushed(city, 2)
    lead = ("scjg:lead",)
    city.call("POST", f"/v1/tasks/{task}/feedback", {"verb": "receive"}, grants=OFFICER)
    act = {"note": "案情复杂", "document": "延〔2026〕1号"}
    body = {**act, "stage": "close", "days": 30, "ground": "complex_case"}
    status, told = city.call("POST", f"/v1/tasks/{task}/extend", body, grants=lead)
    assert (status, told["clocks"]["close"]["extra"]) == (200, 30)
    body = {**act, "ground": "hearing"}
    status, _ = city.call("POST", f"/v1/tasks/{task}/suspend", body, grants=lead)
    assert status == 200
    status, told = city.call(
        "POST", f"/v1/tasks/{task}/feedback", {"verb": "verify"}, grants=OFFICER
    )
    assert (status, told["faults"][0]["code"]) == (409, "task_suspended")
    status, told = city.call("POST", f"/v1/tasks/{task}/resume", {"note": "毕"}, grants=lead)
    assert (status, told["state"]) == (200, "received")
    status, _ = city.call("POST", f"/v1/tasks/{task}/resume", {"note": "毕"}, grants=OFFICER)
    assert status == 404


def test_a20_the_tasks_are_told_once_more_for_a_rebuild(city: MotoCity) -> None:
    task = pushed(city, 3)
    for segment in range(2):
        message = {"run": "test", "segment": segment, "segments": 2, "after": None}
        ports.send("supervision-retell", json.dumps(message))
    city.settle()
    keys = [key for key in city.keys_of("reports") if key.startswith("retold/test/")]
    lines = [
        line
        for key in keys
        for line in gzip.decompress(ports.objects("reports").read(key)).splitlines()
    ]
    assert task in [json.loads(line)["subject"] for line in lines]
