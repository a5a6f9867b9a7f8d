"""The door: what is in the catalogue comes in, whatever form it has; nothing else does (C3, D5)."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from functions.credit.batches import Counts, Form
from functions.credit.folders import read_raw
from functions.credit.intake import content_of, gate, take_file
from functions.shared.errors import Invalid
from functions.shared.events.credit import BatchState
from tests.fakes.objects import MemoryObjects
from tests.unit.credit.bureau import CODE, SOURCE
from tests.unit.credit.mill import NAME, Mill, honour

_TITLES = {"XDR_MC": "单位名称", "XDR_SHXYM": "统一社会信用代码", "WSH": "文号"} | {
    **{"JDRQ": "表彰日期", "NR": "荣誉名称"}
}
ROWS = [honour("1", 备用="不采集"), honour("2", 备用="不采集", NR="守合同，𠮷")]


def csv_of(rows: Sequence[dict[str, Any]], encoding: str = "utf-8") -> bytes:
    lines = [[_TITLES.get(name, name) for name in rows[0]], *([*row.values()] for row in rows)]
    return "\r\n".join(",".join(map(str, line)) for line in lines).encode(encoding)


def xlsx_of(lines: Sequence[Sequence[Any]]) -> bytes:
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body)
    sheet = book.add_worksheet("表彰")
    for number, line in enumerate(lines):
        sheet.write_row(number, 0, line)
    book.close()
    return body.getvalue()


def reads(mill: Mill, body: bytes, name: str) -> Counts:
    return mill.take(body, name=name).counts


@pytest.mark.parametrize(
    "body",
    [
        csv_of(ROWS),
        codecs.BOM_UTF8 + csv_of(ROWS),
        csv_of(ROWS, "gb18030"),
        csv_of(ROWS, "utf-16"),
        csv_of(ROWS).replace(b",", b"\t"),
    ],
)
def test_d5_files_in_every_encoding_bring_the_same_records(body: bytes) -> None:
    mill = Mill()
    assert reads(mill, body, "b.csv") == Counts(accepted=2)
    contents = [one.values["NR"] for one in mill.bureau.store.list_records(CODE)]
    assert sorted(contents) == ["守合同重信用企业", "守合同，𠮷"]


def test_c4_a_workbook_brings_them_too_with_titles_above_and_days_as_days() -> None:
    head = list(_TITLES.values())
    lines: list[list[Any]] = [
        ["2026年表彰"],
        [],
        head,
        [NAME, CODE, "东市监〔2026〕1号", 46112, "甲"],
    ]
    mill = Mill()
    assert reads(mill, xlsx_of(lines), "b.xlsx") == Counts(accepted=1, corrected=1)
    [record] = mill.bureau.store.list_records(CODE)
    assert record.decided_on
    assert record.decided_on.isoformat() == "2026-03-31"


def test_c4_a_code_that_a_spreadsheet_rounded_comes_back_and_is_not_guessed() -> None:
    lines: list[list[Any]] = [
        list(_TITLES.values()),
        [NAME, 914419000000000000, "1号", "2026/03/31", "甲"],
    ]
    mill = Mill()
    batch = mill.take(xlsx_of(lines), name="b.xlsx")
    quality = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert (batch.counts, quality[0].codes) == (Counts(returned=1), {"number_rounded": 1})


def test_c3_a_column_that_the_entry_does_not_know_goes_no_further_and_is_told() -> None:
    mill = Mill()
    batch = mill.take(csv_of(ROWS), name="b.csv")
    assert (batch.unknown, batch.reasons) == (("备用",), ("columns_unknown",))
    assert batch.state is BatchState.DONE
    kept = [key for key in mill.bureau.files if not key.startswith("in/")]
    assert all("不采集" not in mill.bureau.files.read(key).decode("latin-1") for key in kept)
    raw = read_raw(batch, 1, mill.bureau.files).rows
    assert {name for _, cells in raw for name in cells} == set(_TITLES)


def test_d5_a_strange_column_whose_heading_is_no_text_stops_no_file() -> None:
    head = ",".join([*honour("1"), ""]).encode() + b"\xff\xfe\n"
    body = head + ",".join([*honour("1").values(), "x"]).encode()
    batch = Mill().take(body, name="b.csv")
    assert (batch.state, batch.counts.accepted, batch.unknown) == (BatchState.DONE, 1, ("??",))
    json_too = Mill().take([{**honour("1"), "\ud800": "x"}])
    assert (json_too.state, json_too.unknown) == (BatchState.DONE, ("?",))


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (f"in/{SOURCE}/nothing/b.csv", "entry_unknown"),
        ("in/nobody/honour/b.csv", "source_unknown"),
        ("in/swsj/abnormal_operation/b.csv", "item_not_yours"),
    ],
)
def test_c3_what_is_not_in_the_catalogue_never_enters_the_raw_store(key: str, code: str) -> None:
    mill = Mill()
    mill.bureau.files.write(key, csv_of(ROWS))
    batch = take_file(key, "e1", mill.bureau.desk)
    assert (batch.state, [one.code for one in batch.faults]) == (BatchState.BROKEN, [code])
    assert not mill.bureau.sent
    assert [one for one in mill.bureau.files if one.startswith("raw/")] == []


def test_c3_an_item_is_not_taken_before_it_holds() -> None:
    catalogue = Mill().bureau.books.catalogue.on(date(2026, 4, 7))
    with pytest.raises(Invalid) as refused:
        gate(catalogue, SOURCE, "honour", date(2019, 12, 31))
    assert refused.value.faults[0].code == "entry_not_in_force"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        ("单位名称,文号\r\n甲,1\r\n".encode(), "header_missing"),
        ("文号,统一社会信用代码\r\n1,2\r\n".encode(), "header_missing"),
        ("单位名称,企业名称,统一社会信用代码\r\n1,2,3\r\n".encode(), "header_twice"),
        ("单位名称,统一社会信用代码\r\n".encode(), "rows_missing"),
        (b"%PDF-1.7", "file_not_text"),
    ],
)
def test_c3_a_file_that_says_not_whom_it_is_about_is_broken(body: bytes, code: str) -> None:
    batch = Mill().take(body, name="b.csv")
    assert (batch.state, [one.code for one in batch.faults]) == (BatchState.BROKEN, [code])


def test_c5_a_row_that_cannot_be_cut_is_returned_and_spoils_no_other() -> None:
    text = csv_of(ROWS).decode() + "\r\n只有一列\r\n" + csv_of(ROWS[:1]).decode().split("\r\n")[1]
    batch = Mill().take(text.encode(), name="b.csv")
    assert batch.counts == Counts(accepted=2, returned=1, duplicate=1)


def test_c4_json_values_are_read_as_texts_and_nothing_else_is() -> None:
    mill = Mill()
    body = [honour("1", NR=5), honour("2", NR=["x"]), honour("3", NR=None), honour("4", NR=True)]
    batch = mill.take(body)
    quality = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert (batch.form, batch.counts) == (Form.JSON, Counts(accepted=1, returned=3))
    assert quality[0].codes == {"not_text": 2, "value_missing": 1}


def test_c4_a_repeat_reads_no_file_again_whose_chunks_are_being_checked() -> None:
    mill = Mill(size=2)
    batch = mill.put([honour(str(n)) for n in range(4)])
    key = f"in/{SOURCE}/honour/b1.json"
    mill.bureau.files.write(key, json.dumps({"rows": [honour("other")]}).encode())
    mill.bureau.sent.clear()  # died before it sent anything; meanwhile another file was put there
    take_file(key, batch.content, mill.desk, size=2)
    mill.run()
    assert mill.batch(batch.id).counts == Counts(accepted=4)


def test_c4_the_same_bytes_are_the_same_content_and_what_is_gone_has_none() -> None:
    files = MemoryObjects({"a": b"x" * 3_000_000, "b": b"x" * 3_000_000, "c": b"x"})
    assert content_of("a", files) == content_of("b", files) != content_of("c", files)
    assert content_of("d", files) == ""


def test_c4_a_key_of_nobody_is_an_error_and_not_lost() -> None:
    with pytest.raises(ValueError, match="b.csv"):
        take_file("in/b.csv", "e1", Mill().bureau.desk)
