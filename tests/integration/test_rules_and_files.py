"""Versions of the items, files through the bucket, spreadsheets, and the trail, on moto."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from functions.shared import aws, clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.codes import uscc_check_digit
from functions.shared.settings import settings
from functions.supervision.spreadsheets import XLSX
from functions.trail.domain import packed, unpacked
from functions.trail.usecases import check_day, check_histories, seal_day
from tests.integration.motocity import MotoCity, moto_city, receive

RULES = ("city:rules",)
REGISTRAR = ("exchange:registrar",)
OFFICER = ("rsbz.441900106000:officer",)

ITEMS = """
version = "{version}"

[[items]]
code = "RS01"
version = 1
licence = "劳务派遣经营许可证"
kind = "licence"
departments = ["人力资源和社会保障局"]
level = "town"
law = "劳动合同法"
article = "第五十七条"
holds_from = 2008-01-01
rules = [{{ words = {words} }}]
"""


@pytest.fixture
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force(ITEMS.format(version="v1", words='["劳务派遣"]'))
        yield city


def row(number: int, scope: str) -> dict[str, str]:
    first = f"91441900MA{number:07d}"
    return {
        "name": f"东莞市试验{number}号有限公司",
        "code": first + uscc_check_digit(first),
        "scope": scope,
        "address": "广东省东莞市横沥镇中山路1号",
    }


def load(city: MotoCity, *rows: dict[str, str]) -> None:
    status, reply = city.call("POST", "/v1/registrations", {"rows": rows}, grants=REGISTRAR)
    assert (status, reply["rejected"]) == (200, 0), reply
    city.call("POST", "/v1/sweeps", grants=("city:operator",))
    city.settle()


def worklist(city: MotoCity) -> list[dict[str, Any]]:
    status, page = city.call("GET", "/v1/worklist", grants=OFFICER)
    assert status == 200
    return [one["task"] for one in page["rows"]]


def test_a4_a_new_version_is_tried_on_the_past_and_takes_effect_without_a_deployment(
    city: MotoCity,
) -> None:
    load(city, row(1, "劳务派遣"), row(2, "家政服务"))
    toml = ITEMS.format(version="v2", words='["家政服务"]')
    assert city.call("POST", "/v1/items", {"toml": toml}, grants=RULES)[0] == 201
    _, ordered = city.call("POST", "/v1/items/v2/trials", {"last": 10}, grants=RULES)
    city.settle()
    _, trial = city.call("GET", f"/v1/trials/{ordered['id']}", grants=RULES)
    result = trial["result"]
    assert (result["registrations"], result["gained"], result["lost"]) == (2, 1, 1)
    assert result["gained_examples"][0]["words"] == ["家政服务"]
    assert [task["item_version"] for task in worklist(city)] == [1]

    load(city, row(3, "家政服务"))
    assert len(worklist(city)) == 1
    assert city.call("POST", "/v1/items/v2/force", {}, grants=RULES)[0] == 200
    load(city, row(4, "家政服务"))
    assert {task["name"] for task in worklist(city)} == {row(1, "")["name"], row(4, "")["name"]}


def test_a4_a_version_never_changes_and_holds_from_no_day_that_has_passed(city: MotoCity) -> None:
    other = ITEMS.format(version="v1", words='["典当"]')
    status, told = city.call("POST", "/v1/items", {"toml": other}, grants=RULES)
    assert (status, told["faults"][0]["code"]) == (409, "version_exists")
    status, told = city.call(
        "POST", "/v1/items", {"toml": "version = 'v3'\n[[items]]"}, grants=RULES
    )
    assert (status, told["faults"][0]["code"]) == (400, "value_missing")
    assert told["faults"][0]["field"] == "items.1.code"
    status, told = city.call("POST", "/v1/items", {"toml": "version ="}, grants=RULES)
    assert (status, told["faults"][0]["code"]) == (400, "items_broken")
    yesterday = (shanghai_day(clock.now()) - timedelta(days=1)).isoformat()
    status, told = city.call("POST", "/v1/items/v1/force", {"since": yesterday}, grants=RULES)
    assert (status, told["faults"][0]["code"]) == (400, "day_in_past")
    assert city.call("POST", "/v1/items/v9/force", {}, grants=RULES)[0] == 400


def test_a4_the_same_version_sent_again_is_no_other_content_and_heals_a_lost_body(
    city: MotoCity,
) -> None:
    acts = 'acts = ["sell", "retail", "produce", "store", "rent", "repair"]'
    toml = ITEMS.format(version="v5", words=f'["药品"], {acts}')
    first = city.call("POST", "/v1/items", {"toml": toml}, grants=RULES)
    body = ports.objects("config").read("items/v5.json")
    aws.s3().delete_object(Bucket=settings().bucket("config"), Key="items/v5.json")
    assert city.call("POST", "/v1/items", {"toml": toml}, grants=RULES) == first
    assert ports.objects("config").read("items/v5.json") == body
    assert city.call("POST", "/v1/items", {"toml": toml}, grants=RULES) == first


def test_a3_a_version_with_a_department_that_nobody_is_is_refused(city: MotoCity) -> None:
    good = ITEMS.format(version="v6", words='["典当"]')
    toml = good.replace("人力资源和社会保障局", "人力资源社会保障局")
    status, told = city.call("POST", "/v1/items", {"toml": toml}, grants=RULES)
    (fault,) = told["faults"]
    assert (status, fault["code"]) == (400, "item_department_unknown")
    assert fault["field"] == "items.RS01.departments"
    assert fault["message"] == "事项 RS01 的部门“人力资源社会保障局”不在部门名录中"
    assert city.call("GET", "/v1/items/v6", grants=RULES)[0] == 404


def test_d4_a_fault_names_the_path_in_the_json_that_was_sent(city: MotoCity) -> None:
    body = {"verb": "close", "evidence": {"end": "licensed", "issued_on": "2026-03-02"}}
    status, told = city.call("POST", "/v1/tasks/T1/feedback", body, grants=OFFICER)
    assert (status, told["faults"]) == (
        400,
        [
            {
                "field": "evidence.licence_number",
                "code": "value_missing",
                "message": "缺少必填字段",
            }
        ],
    )


def test_a1_a_file_is_cut_taken_and_accounted_for_even_when_told_twice(city: MotoCity) -> None:
    _, announced = city.call("POST", "/v1/files", {"name": "export.csv"}, grants=REGISTRAR)
    head = "企业名称,统一社会信用代码,注册日期,经营范围,注册地址\n"
    good = [row(number, "劳务派遣") for number in range(100, 1300)]
    lines = [f"{r['name']},{r['code']},2019-03-22,{r['scope']},{r['address']}\n" for r in good]
    text = head + "".join(lines) + "只有一列\n" + lines[0]
    key = f"in/{announced['id']}.csv"
    ports.objects("exchange").write(key, text.encode("gb18030"))
    event = {"Records": [{"eventTime": "2026-03-02T01:00:00.000Z", "s3": {"object": {"key": key}}}]}
    for _ in range(2):
        ports.send("registry-files", json.dumps(event))
    city.settle("registry-files", "registry-rows")
    status, told = city.call("GET", f"/v1/files/{announced['id']}", grants=REGISTRAR)
    assert status == 200
    assert (told["progress"], told["chunks"], told["chunks_done"]) == ("split", 3, 3)
    assert (told["rows"], told["accepted"], told["duplicate"], told["rejected"]) == (
        1202,
        1200,
        1,
        1,
    )
    assert (told["faults"][0]["row"], told["faults"][0]["code"]) == (1201, "row_ragged")
    assert (len(told["registrations"]), told.get("after")) == (1200, None)
    query = {"after": "2"}
    _, rest = city.call("GET", f"/v1/files/{announced['id']}", grants=REGISTRAR, query=query)
    assert (len(rest["registrations"]), rest["accepted"]) == (200, 1200)


def test_d4_a_broken_file_is_refused_whole_with_its_reason(city: MotoCity) -> None:
    _, announced = city.call("POST", "/v1/files", {"name": "x.csv"}, grants=REGISTRAR)
    key = f"in/{announced['id']}.csv"
    ports.objects("exchange").write(key, "甲,乙\n1,2\n".encode())
    event = {"Records": [{"eventTime": "2026-03-02T01:00:00.000Z", "s3": {"object": {"key": key}}}]}
    ports.send("registry-files", json.dumps(event))
    city.settle()
    _, told = city.call("GET", f"/v1/files/{announced['id']}", grants=REGISTRAR)
    assert told["progress"] == "broken"
    assert told["faults"][0]["code"] == "header_missing"


def test_a9_a_units_tasks_go_out_as_a_sheet(city: MotoCity) -> None:
    load(city, row(5, "劳务派遣"))
    body = {"unit": "rsbz.441900106000"}
    status, text = city.call(
        "POST", "/v1/tasks.xlsx", body, grants=OFFICER, headers={"accept": XLSX}
    )
    assert status == 200
    import base64

    book = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(text)))
    cells = [str(cell) for line in book.get_sheet_by_index(0).to_python() for cell in line]
    assert row(5, "")["code"] in cells


def test_d1_the_archive_holds_every_version_and_shows_what_was_changed(city: MotoCity) -> None:
    load(city, row(6, "劳务派遣"))
    [task] = worklist(city)
    city.call("POST", f"/v1/tasks/{task['id']}/feedback", {"verb": "receive"}, grants=OFFICER)
    city.settle()
    archive, roots = ports.objects("trail"), ports.objects("trail-roots")
    today = shanghai_day(clock.now())
    root = seal_day(today, archive, roots)
    assert check_histories([today], archive) == []
    assert check_day(today, archive, roots) == []
    versions = [r for leaf in root.leaves for r in unpacked(archive.read(leaf.key))]
    mine = [r for r in versions if r["pk"] == f"T#{task['id']}"]
    assert [(r["version"], r["by"]) for r in mine] == [(1, "system"), (2, "somebody")]

    [key] = [
        leaf.key
        for leaf in root.leaves
        if any(
            r["pk"] == f"T#{task['id']}" and r["version"] == 2
            for r in unpacked(archive.read(leaf.key))
        )
    ]
    forged = [
        {**r, "by": "nobody"} if r["version"] == 2 else r for r in unpacked(archive.read(key))
    ]
    archive.write(key, packed(forged))
    assert check_day(today, archive, roots) == [key]
    faults = check_histories([today], archive)
    assert (f"T#{task['id']}", "hash") in [(fault.pk, fault.fails) for fault in faults]


def test_what_could_not_be_told_is_parked_and_told_again_by_redrive(city: MotoCity) -> None:
    load(city, row(7, "劳务派遣"))
    [task] = worklist(city)
    before = city.call("GET", f"/v1/tasks/{task['id']}", grants=OFFICER)
    ports.parking("supervision").park(
        {"pk": f"T#{task['id']}", "sk": "T", "version": 1}, "the topic was away"
    )
    [parked] = receive("supervision-parked")
    ports.send("supervision-redrive", parked["Body"])
    city.settle()
    assert worklist(city) == [task]
    assert city.call("GET", f"/v1/tasks/{task['id']}", grants=OFFICER) == before
