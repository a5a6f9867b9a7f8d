"""Files of any size: what is a repeat, what is not, and what is kept of each chunk (A1)."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from functions.registry import intake
from functions.registry.addresses import Divisions
from functions.registry.domain import Taken
from functions.registry.files import chunks
from functions.registry.rows import clean_text
from functions.registry.store import PENDING, Store
from functions.registry.usecases import RowResult, take_rows
from functions.shared.codes import uscc_check_digit
from functions.shared.errors import Fault
from functions.shared.table import Record
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CITY = Path(__file__).parents[3] / "infra" / "city"
HEAD = "企业名称,统一社会信用代码,经营范围,注册地址\n"


def _code(number: int) -> str:
    first = f"91441900MA{number:07d}"
    return first + uscc_check_digit(first)


class Exchange:
    """The way of a file, from the bucket to the registry's table."""

    def __init__(self) -> None:
        self.bucket = MemoryObjects()
        self.store = Store(FakeTable(PENDING))
        divisions = Divisions.from_csv((CITY / "divisions.csv").read_text(encoding="utf-8-sig"))
        self.take = partial(take_rows, divisions=divisions, entities=self.store.entities)

    def arrives(self, key: str, text: str, content: str) -> str:
        sent: list[str] = []
        self.bucket.write(key, text.encode())
        upload = intake.split_file(
            key, NOW, content, bucket=self.bucket, uploads=self.store, send=sent.append
        )
        for message in sent:
            intake.take_chunk(
                json.loads(message), bucket=self.bucket, uploads=self.store, take=self.take
            )
        return upload.id

    def scope(self, number: int) -> str:
        found = self.store.entities.get(_code(number))
        return found.value.scope if found else ""

    def counts(self, id: str) -> tuple[int, int]:
        upload = self.store.get_upload(id)
        assert upload
        results = self.store.list_results(id, upload.content)
        return sum(one.accepted for one in results), sum(one.duplicate for one in results)


def _file(*scopes: str) -> str:
    rows = (f"试验{n}号,{_code(n)},{scope},横沥镇\n" for n, scope in enumerate(scopes))
    return HEAD + "".join(rows)


def test_a1_a_corrected_file_under_the_same_address_is_no_repeat() -> None:
    city = Exchange()
    id = city.arrives("in/f1.csv", _file("餐饮", "食品零售"), "e1")
    assert city.arrives("in/f1.csv", _file("餐饮", "食品零售"), "e1") == id
    assert city.counts(id) == (2, 0)
    city.arrives("in/f1.csv", _file("餐饮", "药品零售"), "e2")
    assert city.scope(1) == "药品零售"
    assert city.counts(id) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [("in/gd.1.csv", "in/gd.2.csv"), ("in/a/x.csv", "in/b/x.csv"), ("in/a x", "in/a y")],
)
def test_a1_files_with_names_of_their_own_are_files_of_their_own(one: str, other: str) -> None:
    city = Exchange()
    first, second = (
        city.arrives(key, _file(scope), "") for key, scope in ((one, "餐饮"), (other, "药品零售"))
    )
    assert first != second
    assert city.scope(0) == "药品零售"
    assert (city.counts(first), city.counts(second)) == ((1, 0), (1, 0))


def test_a1_every_bad_row_of_a_chunk_keeps_its_reason_and_the_record_can_be_stored() -> None:
    faults = [
        [Fault("event_unknown", "event", row, {"value": "怪" * 40}) for _ in range(5)]
        for row in range(1, 501)
    ]
    results = [
        RowResult(row=row, taken=Taken.REJECTED, faults=tuple(found))
        for row, found in enumerate(faults, start=1)
    ]
    kept: list[Record] = []
    store = Store(FakeTable(PENDING, on_write=lambda old, new: kept.append(new)))
    store.save_result(intake.result_of("f1", 1, results), "exchange", NOW)
    [result] = store.list_results("f1")
    assert {fault.row for fault in result.faults} == set(range(1, 501))


def test_a1_very_long_rows_are_cut_into_smaller_chunks_without_a_gap() -> None:
    text = HEAD + "".join(f"试验,{_code(n)},{'x' * 900_000},横沥镇\n" for n in range(12))
    found = list(chunks(io.BytesIO(text.encode()), 500))
    assert [len(one.rows) for one in found] == [5, 5, 2]
    assert [one.first_row for one in found] == [1, 6, 11]
    assert [number for one in found for number, _ in one.rows] == list(range(1, 13))


def test_d5_what_is_no_character_is_cleaned_away_since_no_queue_carries_it() -> None:
    assert clean_text("食品\uffff零售\ufffe\ufeff") == "食品零售"
