"""The spine on moto: a registration comes in, each department has its task, feedback comes back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.shared import ports
from functions.shared.codes import uscc_check_digit
from tests.integration.motocity import CONFIG, MotoCity, moto_city

REGISTRAR = ("exchange:registrar",)
OPERATOR = ("city:operator",)
HENGLI = "441900106000"
OFFICE = (f"office.{HENGLI}:town_office",)


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def code(number: int) -> str:
    first = f"91441900MA{number:07d}"
    return first + uscc_check_digit(first)


def row(number: int, **change: str) -> dict[str, str]:
    return {
        "企业名称": f"东莞市试验{number}号商贸有限公司",
        "统一社会信用代码": code(number),
        "注册日期": "2019-03-22",
        "经营范围": "劳务派遣；餐饮服务",
        "注册地址": "广东省东莞市横沥镇中山路1号",
        **change,
    }


def load(city: MotoCity, *rows: dict[str, str], id: str = "") -> dict[str, Any]:
    body = {"rows": list(rows), **({"id": id} if id else {})}
    status, reply = city.call("POST", "/v1/registrations", body, grants=REGISTRAR)
    assert status == 200, reply
    return dict(reply)


def sweep(city: MotoCity) -> None:
    status, reply = city.call("POST", "/v1/sweeps", grants=OPERATOR)
    assert status == 202, reply
    city.settle()


def tasks_of(city: MotoCity, unit: str, name: str) -> list[dict[str, Any]]:
    query = {"unit": unit, "limit": "200"}
    status, page = city.call("GET", "/v1/worklist", query=query, grants=(f"{unit}:officer",))
    assert status == 200, page
    return [r["task"] for r in page["rows"] if r.get("task") and r["task"]["name"] == name]


def outcome(city: MotoCity, registration: str) -> dict[str, Any]:
    body = {"registrations": [registration]}
    status, reply = city.call("POST", "/v1/outcomes", body, grants=REGISTRAR)
    assert status == 200, reply
    return dict(reply["outcomes"][0])


def test_a2_a3_a_registration_reaches_every_competent_department_and_the_town_office(
    city: MotoCity,
) -> None:
    reply = load(city, row(1))
    assert (reply["accepted"], reply["rejected"]) == (1, 0)
    assert "outcome" not in outcome(city, f"{code(1)}.1")

    sweep(city)

    assert outcome(city, f"{code(1)}.1")["outcome"] == "pushed"
    [dispatch] = tasks_of(city, f"rsbz.{HENGLI}", row(1)["企业名称"])
    assert dispatch["item"] == "RS01"
    assert dispatch["words"] == ["劳务派遣"]
    assert "劳动合同法" in dispatch["law"]
    [catering] = tasks_of(city, f"scjg.{HENGLI}", row(1)["企业名称"])
    assert catering["item"] == "SJ02"
    status, page = city.call(
        "GET", "/v1/worklist", query={"unit": f"office.{HENGLI}", "kind": "case"}, grants=OFFICE
    )
    assert status == 200
    assert code(1) in [one["case"]["code"] for one in page["rows"]]


def test_a2_a_doubled_sweep_pushes_nothing_twice(city: MotoCity) -> None:
    load(city, row(2))
    sweep(city)
    before = tasks_of(city, f"rsbz.{HENGLI}", row(2)["企业名称"])
    sweep(city)
    assert tasks_of(city, f"rsbz.{HENGLI}", row(2)["企业名称"]) == before


def test_a9_a16_a_task_is_received_handled_and_closed_with_its_evidence(city: MotoCity) -> None:
    load(city, row(3))
    sweep(city)
    unit = f"rsbz.{HENGLI}"
    [task] = tasks_of(city, unit, row(3)["企业名称"])
    path, officer = f"/v1/tasks/{task['id']}/feedback", (f"{unit}:officer",)

    early = city.call("POST", path, {"verb": "close", "evidence": licence()}, grants=officer)
    assert early[0] == 409
    assert early[1]["faults"][0]["code"] == "step_not_allowed"
    assert city.call("POST", path, {"verb": "receive"}, grants=officer)[0] == 200
    bare = city.call("POST", path, {"verb": "close"}, grants=officer)
    assert (bare[0], bare[1]["faults"][0]["field"]) == (400, "evidence")
    status, closed = city.call(
        "POST", path, {"verb": "close", "evidence": licence()}, grants=officer
    )
    assert (status, closed["state"], closed["end"]) == (200, "closed", "licensed")
    city.settle()
    [shown] = tasks_of(city, unit, row(3)["企业名称"])
    assert (shown["state"], shown["end"]) == ("closed", "licensed")
    late = city.call("POST", path, {"verb": "handle", "note": "再查"}, grants=officer)
    assert (late[0], late[1]["faults"][0]["code"]) == (409, "task_closed")


def licence() -> dict[str, str]:
    return {"end": "licensed", "licence_number": "JY1", "issued_on": "2019-04-01"}


def test_d3_somebody_elses_task_looks_like_no_task(city: MotoCity) -> None:
    load(city, row(4))
    sweep(city)
    [task] = tasks_of(city, f"rsbz.{HENGLI}", row(4)["企业名称"])
    stranger = ("yjgl.441900107000:officer",)
    for method, path, body in (
        ("GET", "/v1/tasks/{}", None),
        ("POST", "/v1/tasks/{}/feedback", {"verb": "receive"}),
        ("POST", "/v1/tasks/{}/redirect", {"to": "scjg", "note": "x"}),
    ):
        there = city.call(method, path.format(task["id"]), body, grants=stranger)
        absent = city.call(method, path.format("T0"), body, grants=stranger)
        assert there == absent
        assert there[0] == 404


def test_a10_a_returned_task_goes_to_the_town_office_and_on_to_whom_it_names(
    city: MotoCity,
) -> None:
    load(city, row(5))
    sweep(city)
    unit = f"rsbz.{HENGLI}"
    [task] = tasks_of(city, unit, row(5)["企业名称"])
    back = {
        "verb": "return",
        "ground": "not_our_duty",
        "responsible": "yjgl",
        "note": "属应急管理职责",
    }
    path = f"/v1/tasks/{task['id']}"
    status, returned = city.call("POST", f"{path}/feedback", back, grants=(f"{unit}:officer",))
    assert (status, returned["unit"]) == (200, f"office.{HENGLI}")
    again = city.call("POST", f"{path}/feedback", back, grants=(f"{unit}:officer",))
    assert (again[0], len(again[1]["steps"])) == (200, 1)
    on = {"to": f"yjgl.{HENGLI}", "note": "请应急管理分局办理"}
    status, sent = city.call("POST", f"{path}/redirect", on, grants=OFFICE)
    assert (status, sent["unit"], sent["state"]) == (200, f"yjgl.{HENGLI}", "pushed")
    city.settle()
    assert tasks_of(city, unit, row(5)["企业名称"]) == []
    assert len(tasks_of(city, f"yjgl.{HENGLI}", row(5)["企业名称"])) == 1


def test_a7_a_change_withdraws_what_no_longer_applies_and_pushes_only_what_is_new(
    city: MotoCity,
) -> None:
    load(city, row(6))
    sweep(city)
    [kept] = tasks_of(city, f"scjg.{HENGLI}", row(6)["企业名称"])
    reply = load(city, row(6, 经营范围="餐饮服务；典当"))
    assert reply["rows"][0]["registration"] == f"{code(6)}.2"
    sweep(city)
    [gone] = tasks_of(city, f"rsbz.{HENGLI}", row(6)["企业名称"])
    assert (gone["state"], gone["end"]) == ("closed", "withdrawn")
    assert tasks_of(city, f"scjg.{HENGLI}", row(6)["企业名称"]) == [kept]
    status, case = city.call("GET", f"/v1/cases/{code(6)}", grants=OFFICE)
    assert status == 200
    assert {key.partition("@")[0] for key in case["needs"]} == {"SJ02", "GA04"}


def test_a7_a_cancellation_closes_what_is_open(city: MotoCity) -> None:
    load(city, row(7))
    sweep(city)
    load(city, row(7, event="cancellation"))
    sweep(city)
    [task] = tasks_of(city, f"rsbz.{HENGLI}", row(7)["企业名称"])
    assert (task["state"], task["end"]) == ("closed", "entity_cancelled")


def test_a6_what_cannot_be_placed_waits_for_a_person_who_places_it(city: MotoCity) -> None:
    load(city, row(8, 注册地址=""))
    sweep(city)
    told = outcome(city, f"{code(8)}.1")
    assert (told["outcome"], told["reasons"]) == ("manual", ["no_address"])
    dispatcher = ("office:dispatcher",)
    status, page = city.call("GET", "/v1/manual", grants=dispatcher)
    assert status == 200
    assert code(8) in [case["code"] for case in page["cases"]]
    ruling = {"edition": 1, "note": "电话核实在横沥", "town": HENGLI}
    status, case = city.call("POST", f"/v1/manual/{code(8)}", ruling, grants=dispatcher)
    assert (status, case["town"]) == (200, HENGLI)
    city.settle()
    assert outcome(city, f"{code(8)}.1")["outcome"] == "pushed"
    assert len(tasks_of(city, f"rsbz.{HENGLI}", row(8)["企业名称"])) == 1
    assert city.call("POST", f"/v1/manual/{code(8)}", ruling, grants=dispatcher) == (200, case)
    other = {**ruling, "town": "441900107000"}
    late = city.call("POST", f"/v1/manual/{code(8)}", other, grants=dispatcher)
    assert (late[0], late[1]["faults"][0]["code"]) == (409, "nothing_waits")


def test_a6_a_readable_scope_that_matches_nothing_is_recorded_and_shown(city: MotoCity) -> None:
    load(city, row(9, 经营范围="销售：日用百货"))
    sweep(city)
    assert outcome(city, f"{code(9)}.1")["outcome"] == "no_item"
    status, case = city.call("GET", f"/v1/cases/{code(9)}", grants=OFFICE)
    assert status == 200
    assert case["item_set"]


def test_a1_each_bad_row_comes_back_with_row_field_and_reason(city: MotoCity) -> None:
    wrong = row(10)["统一社会信用代码"][:-1] + "?"
    reply = load(city, row(11), row(10, 统一社会信用代码=wrong), row(12, 企业名称=""), row(11))
    assert (reply["accepted"], reply["duplicate"], reply["rejected"]) == (1, 1, 2)
    faults = [(f["row"], f["field"]) for r in reply["rows"] for f in r["faults"]]
    assert faults == [(2, "code"), (3, "name")]
    assert city.call("GET", f"/v1/registrations/{code(12)}", grants=REGISTRAR)[0] == 404


def test_a1_a_batch_sent_again_under_its_id_gives_the_same_answer(city: MotoCity) -> None:
    first = load(city, row(13), row(13, 经营范围="典当"), id="b-13")
    again = load(city, row(13), row(13, 经营范围="典当"), id="b-13")
    assert first == again
    assert first["accepted"] == 2


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"rows": []}, 400, "rows"),
        ({"rows": [{}] * 1001}, 400, "rows"),
        ({"rows": "x"}, 400, "rows"),
        ({"rows": [{}], "rowz": 1}, 400, "rowz"),
    ],
)
def test_d4_a_batch_of_the_wrong_form_names_the_field(
    city: MotoCity, body: object, status: int, field: str
) -> None:
    told = city.call("POST", "/v1/registrations", body, grants=REGISTRAR)
    assert (told[0], told[1]["faults"][0]["field"]) == (status, field)


def test_d4_broken_json_and_the_callers_language(city: MotoCity) -> None:
    status, told = city.call(
        "POST",
        "/v1/registrations",
        raw=b'{"rows": [',
        grants=REGISTRAR,
        headers={"accept-language": "en"},
    )
    assert (status, told["faults"][0]["message"]) == (400, "The body is not valid JSON")


def test_d5_a_scope_of_a_megabyte_is_refused_by_name(city: MotoCity) -> None:
    reply = load(city, row(14, 经营范围="销售" * 200_000))
    assert reply["rejected"] == 1
    assert reply["rows"][0]["faults"][0]["field"] == "scope"


def test_of_ten_messages_with_one_poison_nine_are_done_and_one_waits_with_its_reason(
    city: MotoCity,
) -> None:
    for number in range(20, 29):
        load(city, row(number))
    ports.send("supervision-match", json.dumps({"not": "an event"}))
    sweep(city)
    done = [outcome(city, f"{code(number)}.1").get("outcome") for number in range(20, 29)]
    assert done == ["pushed"] * 9
    [failure] = failures(city)
    assert failure["reason"].startswith("CloudEvent cannot be read: id: Field required")
    assert failure["body"] == '{"not": "an event"}'


def test_a_failed_message_is_redriven_once_its_cause_is_mended(city: MotoCity) -> None:
    """The message of a registration that could not be decided, for a cause that has passed."""
    load(city, row(30))
    sweep(city)
    [told] = [r for r in city.told("supervision-match") if code(30) in r]
    later = json.loads(told)
    later["data"] |= {"code": code(31), "name": "东莞市试验31号商贸有限公司"}
    ports.send("supervision-match-dead", json.dumps(later))
    body = {"queue": "supervision-match", "most": 500}
    status, reply = city.call("POST", "/v1/redrive", body, grants=OPERATOR)
    assert status == 200, reply
    city.settle()
    assert outcome(city, f"{code(31)}.1")["outcome"] == "pushed"
    assert len(tasks_of(city, f"rsbz.{HENGLI}", later["data"]["name"])) == 1
    assert [one["body"] for one in failures(city)] in ([], ['{"not": "an event"}'])


def failures(city: MotoCity) -> list[dict[str, Any]]:
    query = {"queue": "supervision-match"}
    status, told = city.call("GET", "/v1/failures", query=query, grants=OPERATOR)
    assert status == 200, told
    return [one for pile in told["failures"] for one in pile["messages"]]
