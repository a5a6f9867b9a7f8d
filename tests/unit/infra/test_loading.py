"""Loading a registry's export: every row accounted for, whatever happens on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from infra import loading
from infra.client import CallFailed

HEAD = "企业名称,统一社会信用代码,注册日期,经营范围,注册地址\n"


def export(folder: Path, *rows: str) -> Path:
    file = folder / "export.csv"
    file.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    return file


def row(code: str) -> str:
    return f"某某公司,{code},2020-01-02,销售：茶叶,东莞市南城街道"


@dataclass
class Town:
    """A city that takes all rows with a code, knows a batch's rows again, and settles by sweeps."""

    language: str = "en"
    most: int = 1000
    calls: list[tuple[str, Any]] = field(default_factory=list)
    released_by_sweep: int = 1_000_000
    arrived: list[str] = field(default_factory=list)
    released: set[str] = field(default_factory=set)

    def post(self, path: str, body: Any = None) -> Any:
        self.calls.append((path, body))
        if path == "/v1/registrations":
            return self._take(body)
        if path == "/v1/sweeps":
            left = [one for one in self.arrived if one not in self.released]
            self.released |= set(left[: self.released_by_sweep])
            return {}
        return {"outcomes": [self._outcome(one) for one in body["registrations"]]}

    def sent(self, path: str) -> list[Any]:
        return [body for called, body in self.calls if called == path]

    def _take(self, body: Any) -> Any:
        if len(body["rows"]) > self.most:
            raise CallFailed("too large", 413)
        return {
            "rows": [
                self._row(number, cells)
                for number, cells in enumerate(body["rows"], body["first_row"])
            ]
        }

    def _row(self, number: int, cells: dict[str, str]) -> Any:
        code = cells.get("code")
        if not code:
            fault = {"field": "code", "code": "code_missing", "message": "missing", "row": number}
            return {"row": number, "taken": "rejected", "faults": [fault]}
        if f"{code}.1" in self.arrived:
            return {"row": number, "taken": "duplicate", "registration": f"{code}.1"}
        self.arrived.append(f"{code}.1")
        return {"row": number, "taken": "accepted", "registration": f"{code}.1"}

    def _outcome(self, registration: str) -> Any:
        if registration not in self.released:
            return {"registration": registration, "tasks": 0}
        return {"registration": registration, "outcome": "pushed", "tasks": 2}


@dataclass
class Hours:
    """A clock that only pausing moves."""

    at: float = 0.0

    def pause(self, seconds: float) -> None:
        self.at += seconds

    def now(self) -> float:
        return self.at


def settle(town: Town, registrations: list[str], patience: float = 300.0) -> loading.Settled:
    hours = Hours()
    return loading.settle(
        registrations, town, lambda done: None, patience=patience, pause=hours.pause, now=hours.now
    )


def test_rows_are_accepted_known_or_rejected_and_nothing_else(tmp_path: Path) -> None:
    file = export(tmp_path, row("A"), row("A"), row(""), row("B"))
    loaded = loading.load(file, Town(), lambda done: None)
    assert loaded.told() == {"rows": 4, "accepted": 2, "duplicate": 1, "rejected": 1}
    assert loaded.registrations == ["A.1", "B.1"]
    assert loaded.errors == [
        {"row": 3, "field": "code", "code": "code_missing", "message": "missing"}
    ]


def test_a_row_that_cannot_be_cut_keeps_its_number_and_tells_its_own_fault(tmp_path: Path) -> None:
    file = export(tmp_path, row("A"), "one,two", row("B"))
    town = Town()
    loaded = loading.load(file, town, lambda done: None)
    assert loaded.told() == {"rows": 3, "accepted": 2, "duplicate": 0, "rejected": 1}
    (error,) = loaded.errors
    assert (error["row"], error["field"], error["code"]) == (2, "row", "row_ragged")
    (batch,) = town.sent("/v1/registrations")
    assert batch["rows"][1] == {}


def test_batches_carry_the_rows_numbers_under_one_name(tmp_path: Path) -> None:
    town, done = Town(), list[int]()
    file = export(tmp_path, *[row(f"C{number}") for number in range(loading.BATCH_ROWS + 2)])
    loading.load(file, town, done.append, "load-1")
    first, second = town.sent("/v1/registrations")
    assert (first["first_row"], second["first_row"]) == (1, loading.BATCH_ROWS + 1)
    assert {first["id"], second["id"]} == {"load-1"}
    assert done == [loading.BATCH_ROWS, loading.BATCH_ROWS + 2]


def test_a_batch_that_is_too_large_is_cut_until_it_is_taken(tmp_path: Path) -> None:
    town = Town(most=2)
    file = export(tmp_path, *[row(f"C{number}") for number in range(5)])
    loaded = loading.load(file, town, lambda done: None)
    assert loaded.registrations == [f"C{number}.1" for number in range(5)]


def test_a_single_row_that_is_too_large_is_rejected_alone(tmp_path: Path) -> None:
    loaded = loading.load(export(tmp_path, row("A"), row("B")), Town(most=0), lambda done: None)
    assert loaded.told() == {"rows": 2, "accepted": 0, "duplicate": 0, "rejected": 2}
    assert [(error["row"], error["code"]) for error in loaded.errors] == [
        (1, "too_large"),
        (2, "too_large"),
    ]


def test_long_rows_fill_a_batch_sooner() -> None:
    long = {"scope": "长" * 300_000}
    portions = [len(batch) for batch in loading.batches((n, long) for n in range(1, 4))]
    assert portions == [1, 1, 1]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"a,b,c\n1,2,3\n"])
def test_a_file_that_cannot_be_read_says_why_in_a_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    with pytest.raises(loading.NotLoadable, match=r"^export.csv: [^\n]+$"):
        loading.count_rows(file, "en")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(loading.NotLoadable, match="No such file"):
        loading.count_rows(tmp_path / "none.csv", "en")


def test_every_registration_gets_its_outcome_and_tasks_count_once_per_entity() -> None:
    town = Town(arrived=["A.1", "A.2", "B.1"])
    settled = settle(town, town.arrived)
    assert settled.counts == {"pushed": 3, "no_item": 0, "manual": 0}
    assert settled.tasks == 4
    assert len(town.sent("/v1/sweeps")) == 1


def test_what_stays_behind_is_swept_again() -> None:
    town = Town(arrived=[f"C{number}.1" for number in range(30)], released_by_sweep=10)
    assert settle(town, town.arrived).registrations == 30
    assert len(town.sent("/v1/sweeps")) == 3


def test_waiting_ends_when_no_news_comes_and_says_what_is_missing() -> None:
    town = Town(arrived=["A.1", "B.1"], released_by_sweep=0)
    town.released.add("A.1")
    with pytest.raises(loading.NotSettled, match="1 registrations have no outcome") as stuck:
        settle(town, town.arrived)
    assert stuck.value.so_far.registrations == 1
    assert len(town.sent("/v1/sweeps")) > 2


def test_no_more_than_500_are_asked_for_at_once() -> None:
    town = Town(arrived=[f"C{number}.1" for number in range(1200)])
    assert settle(town, town.arrived).registrations == 1200
    assert [len(one["registrations"]) for one in town.sent("/v1/outcomes")] == [500, 500, 200]


def test_where_nothing_was_accepted_nothing_is_swept() -> None:
    town = Town()
    assert settle(town, []).tasks == 0
    assert town.calls == []
