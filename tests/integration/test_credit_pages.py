"""Subjects on moto: from the registry to the search and the pages that everybody reads (C8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.credit.domain import PERSON, CreditRecord, Provenance, kind_of, record_id
from functions.credit.store import Store
from functions.credit.subjects import ensure_subject
from functions.credit.wiring import desk
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import Category, SubjectKind
from tests.integration.motocity import MotoCity, moto_city
from tests.unit.credit.bureau import code_of

CODE, NAME = code_of(501), "东莞市晴禾𠮷食品有限公司"
RENAMED_CODE, FORMER, RENAMED = code_of(504), "东莞市竹影茶业有限公司", "东莞市云帆茶业有限公司"
KEY = f"{PERSON}ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REGISTRAR, OFFICER, CREDIT = ("city:registrar",), ("swsj:officer",), ("credit:credit",)


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        register(city, NAME)
        keep("hidden", public_from=None)
        keep("shown", disputes=("D1",))
        ensure_subject(KEY, "王五", SubjectKind.PERSON, desk())
        keep("person", subject=KEY)
        yield city


def register(city: MotoCity, name: str, code: str = CODE) -> None:
    row = {
        **{"name": name, "code": code, "scope": "食品销售"},
        **{"city": "东莞市", "address": "广东省东莞市长安镇中山路1号"},
    }
    status, told = city.call("POST", "/v1/registrations", {"rows": [row]}, grants=REGISTRAR)
    assert (status, told["accepted"]) == (200, 1), told
    city.settle()


def keep(digest: str, *, subject: str = CODE, **more: Any) -> None:
    now = clock.now()
    today = shanghai_day(now)
    given = {
        "public_from": today,
        "public_until": today + timedelta(days=365),
        "values": {"WSH": f"东市监〔2026〕{digest}号", "WFXW": "超范围经营", "BZ": "内部"},
        **more,
    }
    record = CreditRecord(
        id=record_id(subject, digest),
        subject=subject,
        kind=kind_of(subject),
        item="penalty",
        item_version=1,
        title="行政处罚",
        category=Category.PENALTY,
        source="scjg",
        provenance=Provenance(batch="b1", row=1, source="scjg", received_at=now),
        changed_at=now,
        **given,
    )
    Store(ports.table("credit")).records.save(record, before=None, by="test", now=now)


def read(city: MotoCity, path: str, expected: int = 200, **more: Any) -> Any:
    status, told = city.call("GET", path, **more)
    assert status == expected, told
    return told


def search(city: MotoCity, text: str) -> list[tuple[str, str, str | None]]:
    found = read(city, "/v1/public/subjects", query={"q": text})["subjects"]
    return [(one["code"], one["name"], one.get("formerly")) for one in found]


@pytest.mark.parametrize("text", [CODE, NAME, "晴禾𠮷", "东莞 晴禾"])
def test_c8_who_registers_is_found_by_everybody(city: MotoCity, text: str) -> None:
    assert search(city, text) == [(CODE, NAME, None)]


@pytest.mark.parametrize("text", ["晴禾吉", "王五", KEY, code_of(502)])
def test_c8_neither_a_sister_character_nor_a_person_is_found(city: MotoCity, text: str) -> None:
    assert search(city, text) == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "至少输入 2 个字"), ("en", "at least 2 characters")]
)
def test_d4_too_short_a_search_says_what_is_missing(
    city: MotoCity, language: str, words: str
) -> None:
    told = read(
        city,
        "/v1/public/subjects",
        400,
        query={"q": "东莞市晴"},
        headers={"accept-language": language},
    )
    (fault,) = told["faults"]
    assert (fault["field"], fault["code"]) == ("q", "query_short")
    assert words in fault["message"]


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "晴禾", "page": "6"}, {"q": "晴禾", "x": "1"}]
)
def test_d4_a_search_that_cannot_be_is_refused(city: MotoCity, query: dict[str, str]) -> None:
    read(city, "/v1/public/subjects", 400, query=query)


def test_c8_the_public_page_shows_what_is_public_and_nothing_else(city: MotoCity) -> None:
    page = read(city, f"/v1/public/subjects/{CODE}")
    assert page["subject"]["name"] == NAME
    assert page["counts"] == {"penalty": 1}
    ((shown,),) = [group["records"] for group in page["groups"]]
    assert (shown["source"], shown["annotation"]) == ("市场监督管理局", "异议处理中")
    assert [line["name"] for line in shown["lines"]] == ["WSH", "WFXW"]
    assert "provenance" not in shown


def test_c8_officials_and_the_entity_see_what_counts(city: MotoCity) -> None:
    for grants, remarked in ((OFFICER, True), ((f"{CODE}:entity",), False)):
        page = read(city, f"/v1/credit/subjects/{CODE}", grants=grants)
        records = [record for group in page["groups"] for record in group["records"]]
        assert {record["public"] for record in records} == {True, False}
        assert all(("provenance" in record) == remarked for record in records)
        names = {line["name"] for record in records for line in record["lines"]}
        assert ("BZ" in names) == remarked


@pytest.mark.parametrize("code", [KEY, code_of(502), "9" * 1500])
def test_c8_a_person_and_nobody_answer_alike(city: MotoCity, code: str) -> None:
    nobody = read(city, f"/v1/public/subjects/{code_of(503)}", 404)
    assert read(city, f"/v1/public/subjects/{code}", 404) == nobody
    assert read(city, f"/v1/credit/subjects/{code}", 404, grants=CREDIT) == nobody


def test_c9_what_the_credit_office_publishes_everybody_reads_until_it_is_withdrawn(
    city: MotoCity,
) -> None:
    draft = {"title": "守信企业名单", "body": "第一段\n<b>第二段</b>", "source": "市发改局"}
    path = "/v1/credit/columns/towns"
    status, made = city.call("POST", path, draft, grants=CREDIT)
    assert status == 201, made
    page = read(city, "/v1/public/columns/towns")
    assert [one["body"] for one in page["articles"]] == [draft["body"]]
    assert len(page["towns"]) > 30
    assert {"town", "name", "grades"} == page["towns"][0].keys()
    assert read(city, "/v1/public/columns/news") == {"articles": []}
    status, told = city.call("POST", f"{path}/{made['id']}/withdraw", grants=CREDIT)
    assert (status, told["withdrawn"]) == (200, True)
    assert read(city, "/v1/public/columns/towns")["articles"] == []
    read(city, "/v1/public/columns/nothing", 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": "a\x00"}, "body"),
        ({"published_on": "morgen"}, "published_on"),
        ({"html": "x"}, "html"),
    ],
)
def test_d4_an_article_that_cannot_be_names_its_field(
    city: MotoCity, change: dict[str, str], field: str
) -> None:
    body = {"title": "t", "body": "b", **change}
    status, told = city.call("POST", "/v1/credit/columns/news", body, grants=CREDIT)
    assert (status, [fault["field"] for fault in told["faults"]]) == (400, [field])


def test_c4_a_change_of_name_reaches_the_search(city: MotoCity) -> None:
    for name in (FORMER, RENAMED):
        register(city, name, RENAMED_CODE)
    assert search(city, FORMER) == [(RENAMED_CODE, RENAMED, FORMER)]
    assert search(city, "云帆茶业") == [(RENAMED_CODE, RENAMED, None)]
    assert read(city, f"/v1/public/subjects/{RENAMED_CODE}")["subject"]["former"] == [FORMER]
