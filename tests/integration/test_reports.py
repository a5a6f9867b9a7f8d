"""Reports on moto: what departments do is counted, read, frozen and compared with the tasks."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.table import Addition
from functions.shared.workbooks import XLSX
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.test_spine import HENGLI, load, row, sweep, tasks_of
from tests.unit.alerts.watching import limit, task_event
from tests.unit.reports.opened import Opened

OVERSIGHT, OPERATOR = ("oversight:oversight",), ("city:operator",)
SCJG = f"scjg.{HENGLI}"
OFFICER = (f"{SCJG}:officer",)


@pytest.fixture
def city() -> Iterator[MotoCity]:
    """A city with two cases: one task is received, one handled, one returned."""
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, row(1), row(2))
        sweep(city)
        first = tasks_of(city, SCJG, row(1)["企业名称"])[0]["id"]
        second = tasks_of(city, SCJG, row(2)["企业名称"])[0]["id"]
        evidence = {"end": "not_carried_on", "checked_on": today(), "note": "已停业"}
        for task, body in (
            (first, {"verb": "receive"}),
            (first, {"verb": "verify"}),
            (first, {"verb": "close", "evidence": evidence}),
            (second, {"verb": "return", "ground": "not_in_scope", "note": "并无此项"}),
        ):
            path = f"/v1/tasks/{task}/feedback"
            status, told = city.call("POST", path, body, grants=OFFICER)
            assert status == 200, told
        city.settle()
        yield city


def today() -> str:
    return shanghai_day(clock.now()).isoformat()


def figures(city: MotoCity, grants: tuple[str, ...] = OVERSIGHT, **query: str) -> dict[str, Any]:
    status, told = city.call("GET", "/v1/reports/figures", query=query, grants=grants)
    assert status == 200, told
    return dict(told)


def rebuild(city: MotoCity, *, check: bool) -> dict[str, Any]:
    status, run = city.call("POST", "/v1/reports/rebuild", {"check": check}, grants=OPERATOR)
    assert status == 202, run
    city.settle()
    status, told = city.call("GET", f"/v1/reports/rebuild/{run['id']}", grants=OPERATOR)
    assert status == 200, told
    return dict(told)


def test_a19_a20_figures_are_those_of_the_tasks_and_a_rebuild_finds_no_difference(
    city: MotoCity,
) -> None:
    told = figures(city, by="department")
    pushed = Counter[str]()
    for task in everything(city, "supervision", "T"):
        pushed[(task["steps"][0]["unit"] if task.get("steps") else task["unit"])[:4]] += 1
    assert {one["department"][:4]: one["pushed"] for one in told["rows"] if one["pushed"]} == pushed
    assert told["total"]["pushed"] == pushed.total()
    [scjg] = [one for one in told["rows"] if one["department"] == "scjg"]
    assert (scjg["department_name"], scjg["received"], scjg["handled"]) == (
        "市场监督管理局",
        1,
        1,
    )
    assert (scjg["on_time_share"], scjg["returned"]) == (1.0, 1)
    assert scjg["whole"] == {"n": 1, "mean": 0.0, "p90": 0}
    assert figures(city, by="item")["rows"][0]["item_name"]

    run = rebuild(city, check=True)
    assert run["equal"], run
    assert run["result"]["tasks"] == pushed.total()
    assert (run["result"]["in_flight"], run["result"]["moving"]) == (0, 0)


def test_a20_a_rebuild_names_what_was_changed_behind_its_back_and_puts_it_right(
    city: MotoCity,
) -> None:
    before = figures(city)["rows"]
    table = ports.table("reports")
    [cell, *_] = everything(city, "reports", None, partition="M#")
    table.add(Addition(cell["pk"], cell["sk"], {"pushed": 5}))
    assert figures(city)["rows"] != before

    found = rebuild(city, check=True)
    assert not found["equal"]
    [named] = found["result"]["named_cells"]
    assert named["found"]["pushed"] - named["expected"].get("pushed", 0) == 5
    assert rebuild(city, check=False)["result"]["differing"] == 1
    assert rebuild(city, check=True)["equal"]
    assert figures(city)["rows"] == before


def test_d3_a_department_reads_its_own_figures_and_a_town_office_its_town_s(
    city: MotoCity,
) -> None:
    own = figures(city, ("scjg:lead",))
    assert {one["department"] for one in own["rows"]} == {"scjg"}
    town = figures(city, (f"office.{HENGLI}:town_office",), by="town")
    assert {one["town"] for one in town["rows"]} == {HENGLI}
    query = {"department": "gaj"}
    assert city.call("GET", "/v1/reports/figures", query=query, grants=OFFICER)[0] == 404
    wrong = {"from": "2026-13-01", "by": "weather"}
    status, told = city.call("GET", "/v1/reports/figures", query=wrong, grants=OVERSIGHT)
    assert status == 400
    assert [one["field"] for one in told["faults"]] == ["from", "by.0"]


def test_a19_the_figures_download_as_a_workbook(city: MotoCity) -> None:
    status, text = city.call(
        "GET", "/v1/reports/figures.xlsx", grants=OVERSIGHT, headers={"accept": XLSX}
    )
    assert (status, city.told_type) == (200, XLSX)
    sheet = Opened(base64.b64decode(text))
    told = figures(city)
    assert [line[0] for line in sheet.rows[3:-1]] == [
        one["department_name"] for one in told["rows"]
    ]
    assert sheet.rows[-1][:2] == ["合计", told["total"]["pushed"]]
    assert sheet.table["ref"].startswith("A3:")


def test_a23_a_bulletin_is_published_once_and_read_in_every_form_as_it_was(
    city: MotoCity,
) -> None:
    now = clock.now()
    day = shanghai_day(now)
    late = limit("receive", day - timedelta(days=9), day - timedelta(days=2))
    event = task_event(1, now - timedelta(days=9), (late,))
    assert ports.city_events().publish([event]) == set()
    city.settle()
    assert city.call("POST", "/v1/alerts/sweep", grants=OPERATOR)[0] == 202
    city.settle()

    status, listed = city.call("GET", "/v1/reports/overdue", grants=OVERSIGHT)
    assert (status, listed["count"], listed["overdue"][0]["days_late"]) == (200, 1, 2)

    yesterday = (day - timedelta(days=1)).isoformat()
    order = {"from": yesterday, "to": yesterday, "fewest": 1, "note": "<script>x</script>"}
    not_over = {**order, "to": today()}
    status, told = city.call("POST", "/v1/bulletins", not_over, grants=OVERSIGHT)
    assert (status, told["faults"][0]["field"]) == (400, "to")
    status, draft = city.call("POST", "/v1/bulletins", {**order, "draft": True}, grants=OVERSIGHT)
    assert (status, draft["overdue_tasks"], draft["overdue_clues"]) == (200, 1, 0)
    assert "fewer than 1" in draft["rule"]["en"] and "number" not in draft
    assert city.call("GET", "/v1/bulletins", grants=OFFICER)[1]["bulletins"] == []
    status, made = city.call("POST", "/v1/bulletins", order, grants=OVERSIGHT)
    assert (status, made["number"], made["mark"]) == (200, 1, f"通报〔{day.year}〕第1号")
    assert city.call("POST", "/v1/bulletins", order, grants=OVERSIGHT) == (200, made)
    other = {**order, "ref": "again"}
    status, told = city.call("POST", "/v1/bulletins", other, grants=OVERSIGHT)
    assert (status, told["faults"][0]["code"]) == (409, "period_published")
    assert f"{day.year}/1" in told["faults"][0]["message"]
    city.settle()

    path = f"/v1/bulletins/{day.year}/1"
    status, content = city.call("GET", path, grants=OFFICER)
    assert (status, content["overdue_count"], content["from"]) == (200, 1, yesterday)
    assert content["departments"][0]["rank"] == 1
    status, page = city.call("GET", f"{path}/page", grants=OFFICER)
    assert (status, city.told_type) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in city.told_headers["Content-Security-Policy"]
    assert "<script" not in page
    assert hashlib.sha256(page.encode()).hexdigest() == made["sha256"]["html"]
    status, sheet = city.call("GET", f"{path}/xlsx", grants=OFFICER, headers={"accept": XLSX})
    body = base64.b64decode(sheet)
    assert hashlib.sha256(body).hexdigest() == made["sha256"]["xlsx"]
    assert Opened(body, 3).rows[3][7] == 2

    status, year = city.call("GET", "/v1/bulletins", grants=OFFICER)
    assert (status, [one["number"] for one in year["bulletins"]]) == (200, [1])
    for wrong in ("/v1/bulletins/x/1", "/v1/bulletins/2026/²", "/v1/bulletins/2026/99"):
        assert city.call("GET", wrong, grants=OFFICER)[0] == 404
    [archived] = [key for key in city.keys_of("trail") if "/reports/" in key]
    [line] = gzip.decompress(ports.objects("trail").read(archived)).decode().splitlines()
    assert f"B#{day.year}" in line  # and no contribution, cell or run

    key = f"{path.removeprefix('/v1/')}/{made['sha256']['html']}.html"
    ports.objects("reports").write(key, b"something else")
    status, told = city.call("GET", f"{path}/page", grants=OFFICER)
    assert (status, told["faults"][0]["code"]) == (503, "bulletin_altered")


def everything(
    city: MotoCity, table: str, sk: str | None, *, partition: str = ""
) -> list[dict[str, Any]]:
    """The records of a table of one kind."""
    page = ports.table(table).scan(0, 1, limit=1000)
    assert page.after is None
    return [
        one for one in page.records if sk in (None, one["sk"]) and one["pk"].startswith(partition)
    ]


def test_a20_a_message_about_no_run_is_buried_with_its_reason(city: MotoCity) -> None:
    ports.send("reports-rebuild", json.dumps({"run": "none"}))
    city.settle()
    status, told = city.call(
        "GET", "/v1/failures", query={"queue": "reports-rebuild"}, grants=OPERATOR
    )
    assert status == 200
    assert told["failures"][0]["messages"][0]["reason"].startswith("NotFound")
