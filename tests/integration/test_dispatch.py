"""Registrations on moto: to the village's board at once, to an inspector and back (B1, B3, B4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from functions.inspections.domain import inspection_id
from tests.integration.motocity import CONFIG, MotoCity, moto_city

TOWN, VILLAGE, NEXT = "441900119000", "441900119006", "441900119007"
REGISTRAR, CITY = ("city:registrar",), ("office:dispatcher",)
DISPATCHER, HUB = (f"{VILLAGE}:village",), (f"office.{TOWN}:town_office",)
ROSTER = {
    "grids": [{"id": f"{VILLAGE}-01", "name": "第一网格", "places": ["示例路"]}],
    "inspectors": [{"id": "ann", "name": "甲"}, {"id": "ben", "name": "乙"}],
}
AT_HOME, NOWHERE = "东莞市长安镇锦厦社区示例路1号", "东莞市无名路1号"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        call(city, "PUT", f"/v1/villages/{VILLAGE}/roster", ROSTER, CITY)
        yield city


def call(
    city: MotoCity, method: str, path: str, body: object, grants: tuple[str, ...], **more: Any
) -> dict[str, Any]:
    expected = more.pop("expected", 200)
    status, told = city.call(method, path, body, grants=grants, **more)
    assert status == expected, told
    return dict(told)


def register(city: MotoCity, code: str, address: str, scope: str = "餐饮服务") -> str:
    """Hand in a registration and let it come through; the id of its first inspection."""
    row = {"name": "东莞市试验餐饮店", "code": code, "scope": scope, "address": address}
    told = call(city, "POST", "/v1/registrations", {"rows": [row]}, REGISTRAR)
    assert told["accepted"] == 1, told
    city.settle()
    return inspection_id(code, 1)


def board(city: MotoCity, unit: str, grants: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    told = call(city, "GET", "/v1/inspections", None, grants, query={"unit": unit})
    return {row["id"]: row for row in told["inspections"]}


def test_b4_a_registration_is_on_its_villages_board_and_goes_to_an_inspector_and_back(
    city: MotoCity,
) -> None:
    id = register(city, "91441900MA00000010", AT_HOME)
    row = board(city, VILLAGE, DISPATCHER)[id]
    assert (row["state"], row["reason"], row["proposal"]["grid_reason"]) == (
        "waiting",
        "establishment",
        "place: 示例路",
    )
    path = f"/v1/inspections/{id}"
    assert call(city, "POST", f"{path}/assign", {}, DISPATCHER)["inspector"] == "ann"
    assert board(city, VILLAGE, HUB)[id]["inspector"] == "ann"
    back = call(city, "POST", f"{path}/recall", {"note": "请病假"}, DISPATCHER)
    assert back["state"] == "waiting"
    given = call(city, "POST", f"/v1/villages/{VILLAGE}/assign", {}, DISPATCHER)
    assert id in {one["inspection"] for one in given["given"]}  # other tests left some, too
    life = call(city, "GET", path, None, CITY)
    assert [step["verb"] for step in life["steps"]] == ["open", "assign", "recall", "assign"]
    assert life["checks"][2]["licence"]["item"]
    for grants in ((f"{NEXT}:village",), (f"{VILLAGE}:inspector",)):
        call(city, "GET", path, None, grants, expected=404)
    city.settle()


def test_b3_a_change_of_scope_replaces_it_and_a_cancellation_ends_it(city: MotoCity) -> None:
    code = "91441900MA00000023"
    first = register(city, code, AT_HOME)
    register(city, code, AT_HOME, "旅馆业")
    shown = board(city, VILLAGE, DISPATCHER)
    assert first not in shown
    assert shown[inspection_id(code, 2)]["reason"] == "scope"
    row = {"name": "东莞市试验餐饮店", "code": code, "event": "注销"}
    call(city, "POST", "/v1/registrations", {"rows": [row]}, REGISTRAR)
    city.settle()
    assert inspection_id(code, 2) not in board(city, VILLAGE, DISPATCHER)
    ended = call(city, "GET", f"/v1/inspections/{inspection_id(code, 2)}", None, DISPATCHER)
    assert (ended["state"], ended["outcome"]) == ("closed", "entity_cancelled")


def test_b4_what_no_address_places_waits_at_the_city_until_a_person_says_where(
    city: MotoCity,
) -> None:
    code = "91441900MA00000036"
    id = register(city, code, NOWHERE)
    assert id in board(city, "office", CITY)
    call(city, "POST", "/v1/sweeps", {}, ("city:operator",), expected=202)
    city.settle()
    ruling = {"edition": 1, "note": "电话核实", "town": TOWN, "village": VILLAGE}
    call(city, "POST", f"/v1/manual/{code}", ruling, CITY)
    city.settle()
    placed = board(city, VILLAGE, DISPATCHER)[id]
    assert (placed["town"], placed["former"]) == (TOWN, ["office"])
    assert id not in board(city, "office", CITY)


def test_b4_the_town_places_what_no_village_stands_in(city: MotoCity) -> None:
    id = register(city, "91441900MA00000049", "东莞市长安镇无名路1号")
    assert id in board(city, f"office.{TOWN}", HUB)
    path, where = f"/v1/inspections/{id}/place", {"village": VILLAGE, "note": "电话核实"}
    call(city, "POST", path, where, DISPATCHER, expected=404)
    assert call(city, "POST", path, where, HUB)["unit"] == VILLAGE
    assert id in board(city, VILLAGE, DISPATCHER)


def test_b4_a_roster_is_read_back_and_every_fault_named(city: MotoCity) -> None:
    path = f"/v1/villages/{VILLAGE}/roster"
    assert [one["id"] for one in call(city, "GET", path, None, HUB)["inspectors"]] == ["ann", "ben"]
    grid = {"id": "g1", "name": "第一网格"}
    wrong = {"grids": [grid], "inspectors": [{"id": "ann", "name": "甲", "grids": ["nowhere"]}]}
    told = call(city, "PUT", path, wrong, CITY, expected=400)
    assert [(one["field"], one["code"]) for one in told["faults"]] == [
        ("inspectors.0.grids.0", "grid_unknown")
    ]
