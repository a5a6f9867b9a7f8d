"""The worklist and the audit on moto: a task is claimed, handed over, and its days are checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.trail.usecases import seal_day
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.test_spine import HENGLI, OPERATOR, load, row, sweep

UNIT = f"scjg.{HENGLI}"
OFFICER, LEAD = (f"{UNIT}:officer",), ("scjg:lead",)


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, row(1), row(2))
        sweep(city)
        yield city


def listed(city: MotoCity, grants: tuple[str, ...] = OFFICER, **query: str) -> list[dict[str, Any]]:
    status, page = city.call("GET", "/v1/worklist", query={"unit": UNIT, **query}, grants=grants)
    assert status == 200, page
    return list(page["rows"])


def act(city: MotoCity, verb: str, grants: tuple[str, ...] = OFFICER, **body: str) -> Any:
    return city.call("POST", f"/v1/worklist/{verb}", {"unit": UNIT, **body}, grants=grants)


def test_d2_a_row_tells_what_why_and_until_when(city: MotoCity) -> None:
    first = listed(city, open="true", kind="task")[0]
    assert (first["light"], first["days_late"], first["open"]) == ("green", 0, True)
    assert first["why"]["words"] == ["餐饮服务"] and first["why"]["law"]
    assert first["due"] and first["case_due"] >= first["due"]
    assert "claimed_by" not in first


def test_d2_what_is_claimed_is_mine_and_counted_until_it_is_let_go(city: MotoCity) -> None:
    subject = listed(city, kind="task")[0]["subject"]
    work = {"kind": "task", "subject": subject}
    status, claim = act(city, "claim", **work)
    assert (status, claim["person"]) == (200, "somebody")
    mine = {"mine": "true"}
    status, told = city.call("GET", "/v1/worklist", query=mine, grants=OFFICER)
    assert [one["subject"] for one in told["rows"]] == [subject]
    status, counts = city.call("GET", "/v1/worklist/counts", grants=OFFICER)
    assert (status, counts["open"], counts["unclaimed"]) == (200, 2, 1)
    assert act(city, "handover", **work, to="ann", note="休假")[0] == 200
    status, refused = act(city, "release", **work)
    assert (status, refused["faults"][0]["code"]) == (409, "claimed_already")
    assert "ann" in refused["faults"][0]["message"]
    assert [one["subject"] for one in listed(city, claimed="ann")] == [subject]
    assert act(city, "release", LEAD, **work)[0] == 200
    assert len(listed(city, claimed="nobody", kind="task")) == 2


def test_a8_pages_of_open_rows_follow_each_other_and_keep_to_their_order(city: MotoCity) -> None:
    query = {"unit": UNIT, "open": "true", "limit": "1"}
    status, first = city.call("GET", "/v1/worklist", query=query, grants=OFFICER)
    after = first["after"]
    status, second = city.call(
        "GET", "/v1/worklist", query={**query, "after": after}, grants=OFFICER
    )
    assert status == 200 and first["rows"] != second["rows"]
    other = {"unit": UNIT, "after": after}
    status, refused = city.call("GET", "/v1/worklist", query=other, grants=OFFICER)
    assert (status, refused["faults"][0]["code"]) == (400, "cursor_broken")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"mine": "true", "since": ""}, "since"),
        ({"mine": "true", "after": "x"}, "after"),
        ({"since": "", "after": "x"}, "after"),
        ({"light": "blue"}, "light"),
    ],
)
def test_d4_what_does_not_go_together_is_refused_by_field(
    city: MotoCity, query: dict[str, str], field: str
) -> None:
    status, refused = city.call("GET", "/v1/worklist", query=query, grants=OFFICER)
    assert (status, refused["faults"][0]["field"]) == (400, field)


def test_d1_an_audit_checks_a_sealed_day_and_names_a_row_that_was_changed(city: MotoCity) -> None:
    today = shanghai_day(clock.now())
    path = f"/v1/audit/{today.isoformat()}"
    status, refused = city.call("GET", path, grants=OPERATOR)
    assert (status, refused["faults"][0]["code"]) == (409, "day_not_sealed")

    subject = listed(city, kind="task")[0]["subject"]
    table = ports.table("supervision")
    key = (f"T#{subject}", "T")
    task = table.get(*key)
    assert task
    table.put({**task, "name": "另一家"}, over=task["version"])  # as by a hand in the console
    city.settle()
    seal_day(today, ports.objects("trail"), ports.objects("trail-roots"))

    status, piece = city.call("GET", path, grants=OPERATOR)
    assert status == 200
    assert piece["checked"]["objects"] == piece["objects"] > 0 and "after" not in piece
    changed = {(one["table"], one["pk"], one["fails"]) for one in piece["row_faults"]}
    assert ("supervision", key[0], "hash") in changed
    assert {one["pk"] for one in piece["row_faults"]} == {key[0]}
    assert piece["object_faults"] == [] and piece["links"] == []
    assert city.call("GET", "/v1/audit", grants=OPERATOR)[1]["days"] == [today.isoformat()]
    yesterday = (today - timedelta(days=1)).isoformat()
    assert city.call("GET", f"/v1/audit/{yesterday}", grants=OPERATOR)[0] == 409
    assert city.call("GET", "/v1/audit/heute", grants=OPERATOR)[0] == 400
    assert city.call("GET", path, grants=OFFICER)[0] == 404
