"""A key person from the row to the look-up: the number shows nowhere on the way (C8)."""

from __future__ import annotations

import gzip
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.credit.catalogue import parse_catalogue
from functions.shared import aws, clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.logging import log
from functions.shared.settings import settings
from tests.integration.foundation import BUCKETS, QUEUES, TABLES
from tests.integration.motocity import MotoCity, moto_city, receive

NUMBER, OTHER = "110101199003070230", "11010119900307002X"
NAME = "张三丰"
SOURCE, OFFICER, LEAD = ("scjg:source",), ("scjg:officer",), ("scjg:lead",)
CREDIT, STRANGER = ("credit:credit",), ("swsj:officer",)
_SENT = ("in/", "raw/")  # of the room's bucket: as it was sent, under the key, for 180 days
LOOK_UPS, REVEAL = "/v1/credit/persons/look-ups", "/v1/credit/persons/reveal"


class Lines(logging.Handler):
    """Every line that is logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        formatter = log.registered_formatter or logging.Formatter()
        self.lines.append(formatter.format(record))


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    handler = Lines()
    logger = logging.getLogger("sanwei")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


@pytest.fixture(scope="module")
def city(lines: list[str]) -> Iterator[MotoCity]:
    with moto_city() as city:
        rows = [penalty(), penalty(WSH="东市监罚〔2026〕2号", XDR_ZJHM=f" {OTHER.lower()} ")]
        rows.append(penalty(WSH="东市监罚〔2026〕3号", XDR_ZJHM=OTHER[:-1] + "1"))
        body = {"item": "penalty", "rows": rows}
        told = called(city, "POST", "/v1/credit/batches", body, SOURCE, expected=202)
        key = f"in/scjg/penalty/{told['id']}.json"  # moto's buckets tell nobody
        arrived = {"Records": [{"s3": {"object": {"key": key, "eTag": "1"}}}]}
        ports.send("credit-files", json.dumps(arrived))
        city.settle()
        path = f"/v1/credit/batches/{told['id']}"
        told = called(city, "GET", path, None, SOURCE)
        assert (told["state"], told["sums"]["accepted"], told["sums"]["returned"]) == (
            "done",
            2,
            1,
        ), told
        yield city


def penalty(**more: str) -> dict[str, str]:
    """A person's penalty in the national layout."""
    day = shanghai_day(clock.now()) - timedelta(days=2)
    until = day + timedelta(days=365)
    return {
        **{"XDR_MC": NAME, "XDR_LB": "自然人", "XDR_ZJLX": "身份证", "XDR_ZJHM": NUMBER},
        **{"WSH": "东市监罚〔2026〕1号", "WFXW": "未按规定保存交易记录"},
        **{"SY": "经查，当事人未按规定保存交易记录", "YJ": "《中华人民共和国电子商务法》第八十条"},
        **{"CFLB": "罚款", "NR": "罚款人民币10000元", "NR_FK": "1", "JDRQ": day.isoformat()},
        **{"YXQ": until.isoformat(), "GSJZQ": until.isoformat()},
        **{"CFJG": "东莞市市场监督管理局", "CFJGDM": organ(), "SJLY": "东莞市市场监督管理局"},
        **{"SJLYDM": organ(), **more},
    }


def organ() -> str:
    found = parse_catalogue(ports.objects("config").read("catalogue.toml").decode()).source("scjg")
    assert found
    return found.code


def called(
    city: MotoCity, method: str, path: str, body: object, grants: tuple[str, ...], **more: Any
) -> Any:
    expected = more.pop("expected", 200)
    status, told = city.call(method, path, body, grants=grants, **more)
    assert status == expected, told
    return told


def found(city: MotoCity, grants: tuple[str, ...], number: str = NUMBER, **more: Any) -> Any:
    body = {"number": number, "purpose": "核对当事人身份"}
    return called(city, "POST", LOOK_UPS, body, grants, **more)


def test_c8_an_official_finds_the_person_and_sees_no_number(city: MotoCity) -> None:
    told = found(city, OFFICER)
    assert told["name"] == NAME and NUMBER not in str(told)
    [record] = told["records"]
    assert record["sealed"] == ["XDR_ZJHM"] and record["values"]["WFXW"]
    assert found(city, OFFICER, OTHER)["records"][0]["document"] != record["document"]


def test_c8_who_is_not_there_looks_like_who_is_not_ones_own(city: MotoCity) -> None:
    nobody = found(city, OFFICER, "11010119900307010X", expected=404)
    foreign = called(
        city,
        "POST",
        LOOK_UPS,
        {"number": NUMBER, "purpose": "核对当事人身份", "unit": "scjg"},
        STRANGER,
        expected=404,
    )
    assert nobody["faults"][0]["code"] == foreign["faults"][0]["code"] == "not_found"


def test_c8_the_credit_office_opens_the_number_and_nobody_else(city: MotoCity) -> None:
    told = found(city, CREDIT)
    asked = {"look_up": told["look_up"], "record": told["records"][0]["id"]}
    asked |= {"field": "XDR_ZJHM", "purpose": "法院协助查询"}
    called(city, "POST", REVEAL, asked, OFFICER, expected=404)
    assert called(city, "POST", REVEAL, asked, CREDIT)["number"] == NUMBER
    log = called(city, "GET", LOOK_UPS, None, CREDIT)["look_ups"]
    assert [one.get("revealed", False) for one in log][-2:] == [False, True]
    assert log[-1]["purpose"] == "法院协助查询"


def test_c8_a_lead_reads_who_looked_for_whom(city: MotoCity) -> None:
    found(city, OFFICER)
    log = called(city, "GET", LOOK_UPS, None, LEAD)["look_ups"]
    assert {one["unit"] for one in log} == {"scjg"} and NUMBER not in str(log)
    called(city, "GET", LOOK_UPS, None, STRANGER, expected=404)


def test_c8_a_number_that_is_none_is_refused_without_being_repeated(city: MotoCity) -> None:
    wrong = NUMBER[:-1] + "1"
    told = found(city, OFFICER, wrong, expected=400)
    assert told["faults"][0]["code"] == "person_number" and wrong not in str(told)
    short = {"number": NUMBER, "purpose": "x"}
    told = called(city, "POST", LOOK_UPS, short, OFFICER, expected=400)
    assert NUMBER not in str(told)


def test_c8_persons_are_in_no_search_and_have_no_page(city: MotoCity) -> None:
    told = called(city, "GET", "/v1/public/subjects", None, (), query={"q": NAME})
    assert told["subjects"] == []
    key = found(city, OFFICER)["records"][0]["id"].rpartition(".")[0]
    called(city, "GET", f"/v1/public/subjects/{key}", None, (), expected=404)


def test_c8_no_number_stands_in_a_log_an_event_a_table_or_an_object(
    city: MotoCity, lines: list[str]
) -> None:
    found(city, OFFICER)
    found(city, OFFICER, OTHER)
    city.settle()
    assert lines
    written = dict(everything(city, lines))
    assert any(place.startswith("trail/") for place in written)
    assert any(place.startswith("credit/returned/") for place in written)
    for number in (NUMBER, OTHER, OTHER.lower(), OTHER[:-1] + "1"):
        leaks = [place for place, text in written.items() if number in text]
        assert leaks == [], number


def everything(city: MotoCity, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Everything that the city has written, but for what lies as it was sent."""
    yield "logs", "\n".join(lines)
    for table in TABLES:
        name = settings().resource(table)
        pages = aws.dynamodb().get_paginator("scan").paginate(TableName=name)
        yield f"table {table}", str([page["Items"] for page in pages])
    for queue in QUEUES:
        yield f"queue {queue}", "\n".join(city.told(queue))
        yield f"waiting {queue}", str([one["Body"] for one in receive(queue)])
    for bucket in BUCKETS:
        for key in city.keys_of(bucket):
            if not (bucket == "credit" and key.startswith(_SENT)) and not key.endswith(".otf"):
                yield f"{bucket}/{key}", plain(ports.objects(bucket).read(key))


def plain(body: bytes) -> str:
    """What an object says; of a workbook, its sheets."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")
