"""Batches of every form on AWS's own interfaces: from the route to the core store, and back."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from functions.credit.store import Store
from functions.shared import clock, ports
from functions.shared.workbooks import XLSX
from infra.city.credit_rows import to_csv, to_xlsx
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.unit.credit.bureau import CODE, OTHER, code_of

SOURCE, FOREIGN, OFFICE = ("scjg:source",), ("swsj:source",), ("credit:credit",)
NAME, ANOTHER = "东莞市晴禾食品有限公司", "东莞市云样五金厂"
WRONG = code_of(103)[:-1] + "?"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        rows = [
            {"name": name, "code": code, "scope": "食品销售", "address": "东莞市横沥镇中山路1号"}
            for code, name in ((CODE, NAME), (OTHER, ANOTHER))
        ]
        status, _ = city.call(
            "POST", "/v1/registrations", {"rows": rows}, grants=("registry:registrar",)
        )
        assert status == 200
        city.settle()
        yield city


def honour(document: str, code: str = CODE, name: str = NAME) -> dict[str, str]:
    row = {"XDR_MC": name, "XDR_SHXYM": code, "WSH": f"东市监〔2020〕{document}号"}
    return {**row, "JDRQ": "2020/03/02", "NR": "守合同重信用企业"}


def arrive(city: MotoCity, key: str) -> None:
    """Tell of an object as the bucket does, twice, and work: put again, the same bytes have
    another tag where they are encrypted."""
    at = clock.real_now().isoformat()
    for tag in ("1", "2"):
        record = {"eventTime": at, "s3": {"object": {"key": key, "eTag": tag}}}
        ports.send("credit-files", json.dumps({"Records": [record]}))
    city.settle()


def read(city: MotoCity, id: str, grants: tuple[str, ...] = SOURCE) -> dict[str, Any]:
    status, told = city.call("GET", f"/v1/credit/batches/{id}", grants=grants)
    assert status == 200, told
    return dict(told)


def announced(city: MotoCity, form: str, name: str) -> str:
    body = {"item": "honour", "form": form, "id": name}
    status, told = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    assert (status, told["state"]) == (202, "awaited"), told
    assert told["upload_url"].startswith("https://")
    return str(told["id"])


def test_c4_rows_over_https_reach_the_core_store_and_what_is_wrong_comes_back(
    city: MotoCity,
) -> None:
    rows = [honour("11"), honour("11"), honour("12", WRONG), honour("13", name=ANOTHER)]
    body = {"item": "honour", "id": "json-1", "rows": rows}
    status, told = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    again, same = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    assert (status, again, told["id"]) == (202, 202, same["id"])
    arrive(city, f"in/scjg/honour/{told['id']}.json")
    batch = read(city, told["id"])
    assert (batch["state"], batch["rows"]) == ("done", 4)
    sums = {name: batch["sums"][name] for name in ("accepted", "duplicate", "returned", "held")}
    assert sums == {"accepted": 1, "duplicate": 1, "returned": 2, "held": 0}
    first, second = batch["returned"]
    assert (first["row"], first["faults"][0]["field"]) == (3, "XDR_SHXYM")
    assert (second["row"], second["faults"][0]["code"]) == (4, "name_of_other")
    english = {"accept-language": "en"}
    path = f"/v1/credit/batches/{told['id']}"
    _, said = city.call("GET", path, grants=SOURCE, headers=english)
    assert "characters" in said["returned"][0]["faults"][0]["message"]
    records = Store(ports.table("credit")).list_records(CODE)  # of other tests' batches too
    [record] = [one for one in records if one.provenance.batch == told["id"]]
    assert (record.document, record.provenance.row) == ("东市监〔2020〕11号", 1)
    assert record.town == "441900106000"


def test_d5_a_csv_in_gb18030_is_announced_put_and_taken(city: MotoCity) -> None:
    id = announced(city, "csv", "csv-1")
    rows = [honour(f"2{number}") for number in range(3)]
    city.write_object("credit", f"in/scjg/honour/{id}.csv", to_csv(rows, "gb18030"))
    arrive(city, f"in/scjg/honour/{id}.csv")
    batch = read(city, id)
    assert (batch["state"], batch["sums"]["accepted"]) == ("done", 3)


def test_c5_a_workbook_is_taken_and_what_is_returned_is_a_workbook_again(city: MotoCity) -> None:
    id = announced(city, "xlsx", "xlsx-1")
    rows = [honour("31"), honour("32", WRONG)]
    city.write_object("credit", f"in/scjg/honour/{id}.xlsx", to_xlsx(rows))
    arrive(city, f"in/scjg/honour/{id}.xlsx")
    batch = read(city, id)
    assert (batch["sums"]["accepted"], batch["sums"]["returned"]) == (1, 1)
    assert batch["sheet_url"].startswith("https://")
    path = f"/v1/credit/batches/{id}/returned"
    status, text = city.call("GET", path, grants=SOURCE, headers={"accept": XLSX})
    assert status == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(text)))
    head, line = book.get_sheet_by_index(0).to_python()
    assert (head[0], head[-1], line[0]) == ("原行号", "退回原因", 2)


def test_c4_a_file_that_operators_put_into_the_bucket_needs_no_announcement(
    city: MotoCity,
) -> None:
    city.write_object("credit", "in/scjg/honour/三月.csv", to_csv([honour("41")]))
    arrive(city, "in/scjg/honour/三月.csv")
    query = {"source": "scjg", "state": "done"}
    status, told = city.call("GET", "/v1/credit/batches", grants=SOURCE, query=query)
    assert status == 200
    assert "三月.csv" in {one["name"] for one in told["batches"]}


def test_d3_a_source_sees_nothing_of_anothers_batches(city: MotoCity) -> None:
    id = announced(city, "csv", "mine")
    for path in (f"/v1/credit/batches/{id}", f"/v1/credit/batches/{id}/returned"):
        assert city.call("GET", path, grants=FOREIGN)[0] == 404
    body = {"item": "honour", "source": "scjg", "rows": [honour("1")]}
    assert city.call("POST", "/v1/credit/batches", body, grants=FOREIGN)[0] == 404
    _, told = city.call("GET", "/v1/credit/batches", grants=FOREIGN)
    assert told["batches"] == []
    body = {"item": "honour", "rows": [honour("1")], "replaces": id}
    assert city.call("POST", "/v1/credit/batches", body, grants=FOREIGN)[0] == 404


def test_c3_what_the_catalogue_does_not_let_in_is_told_at_the_door(city: MotoCity) -> None:
    for item, code in (("nothing", "entry_unknown"), ("tax_a", "item_not_yours")):
        body = {"item": item, "rows": [honour("1")]}
        status, told = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
        assert (status, told["faults"][0]["code"]) == (400, code)
        assert told["faults"][0]["field"] == "item"


def test_c4_a_row_in_doubt_waits_for_the_credit_office_which_says_whose_it_is(
    city: MotoCity,
) -> None:
    body = {"item": "honour", "id": "held-1", "rows": [honour("51", code_of(777))]}
    _, told = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    arrive(city, f"in/scjg/honour/{told['id']}.json")
    assert read(city, told["id"])["sums"]["held"] == 1
    assert city.call("GET", "/v1/credit/held", grants=SOURCE)[0] == 404
    _, waiting = city.call("GET", "/v1/credit/held", grants=OFFICE)
    [row] = [one for one in waiting["rows"] if one["batch"] == told["id"]]
    assert [one["code"] for one in row["candidates"]] == [CODE]
    path = f"/v1/credit/held/{told['id']}/{row['row']}"
    assert city.call("POST", path, {"note": "x"}, grants=OFFICE)[0] == 400
    answer = {"subject": CODE, "note": "已核对"}
    assert city.call("POST", path, answer, grants=OFFICE)[0] == 202
    city.settle()
    sums = read(city, told["id"], OFFICE)["sums"]
    assert (sums["accepted"], sums["held"]) == (1, 0)


def test_c6_a_strange_batch_waits_and_the_office_sends_it_back(city: MotoCity) -> None:
    rows = [
        {"XDR_MC": NAME, "XDR_SHXYM": WRONG, "WSH": f"{n}", "JDRQ": "2020/03/02", "NR": "x"}
        for n in range(60)
    ]
    body = {"item": "commitment", "id": "far-1", "rows": rows}
    _, told = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    arrive(city, f"in/scjg/commitment/{told['id']}.json")
    batch = read(city, told["id"])
    assert (batch["state"], batch["reasons"][-1]["code"]) == ("held", "batch_first_errors")
    path = f"/v1/credit/batches/{told['id']}/refuse"
    assert city.call("POST", path, {"note": "请核对"}, grants=SOURCE)[0] == 404
    assert city.call("POST", path, {"note": "请核对"}, grants=OFFICE)[0] == 202
    city.settle()
    batch = read(city, told["id"])
    assert (batch["state"], batch["sums"]["returned"], len(batch["returned"])) == (
        "refused",
        60,
        60,
    )


@pytest.mark.parametrize(
    "period",
    [
        {"until": "0001-01-05"},
        {"since": "0001-01-01", "until": "0001-02-01"},
        {"since": "9999-12-01", "until": "9999-12-31"},
    ],
)
def test_d4_a_period_before_or_after_all_time_is_refused(
    city: MotoCity, period: dict[str, str]
) -> None:
    status, told = city.call("GET", "/v1/credit/quality", query=period, grants=OFFICE)
    assert (status, told["faults"][0]["code"]) == (400, "period_wrong")


def test_c5_the_figures_are_those_of_the_batches(city: MotoCity) -> None:
    body = {"item": "honour", "id": "counted", "rows": [honour("91"), honour("91")]}
    _, sent = city.call("POST", "/v1/credit/batches", body, grants=SOURCE)
    arrive(city, f"in/scjg/honour/{sent['id']}.json")
    status, told = city.call("GET", "/v1/credit/quality", grants=SOURCE)
    assert status == 200
    [honours] = [one for one in told["figures"] if one["item"] == "honour"]
    assert honours["rows"] == sum(honours["sums"][one] for one in ("accepted", "duplicate")) + (
        honours["sums"]["returned"] + honours["sums"]["held"]
    )
    assert honours["late"] == 100.0  # decided in 2020
    assert city.call("GET", "/v1/credit/quality", grants=FOREIGN)[1]["figures"] == []
    assert city.call("GET", "/v1/credit/quality", grants=OFFICE)[1]["figures"] != []
