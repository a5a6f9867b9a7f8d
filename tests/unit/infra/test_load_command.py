"""`sanwei load`: the figures are told, also where the sweep after the rows is refused."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from infra.client import Api, CallFailed, Reply
from infra.commands.calling import Failed
from infra.commands.registrations import load_file
from infra.showing import Screen

ROWS = "企业名称,统一社会信用代码,经营范围,注册地址,登记机关,登记状态\n某某,A,茶叶,南城,局,存续\n"
KEYS = ["rows", "accepted", "duplicate", "rejected"]
KEYS += ["pushed", "no_item", "manual", "tasks", "errors"]


class Anybody:
    def token(self, *, renewed: bool = False) -> str:
        return "token"


def city(sweeps: CallFailed | None = None) -> Api:
    """A city that accepts one row, pushes it, and answers to a sweep as told."""

    def answer(request: urllib.request.Request) -> Reply:
        told: Any = {}
        if request.full_url.endswith("/registrations"):
            told = {"rows": [{"row": 1, "taken": "accepted", "registration": "A.1"}]}
        elif request.full_url.endswith("/sweeps") and sweeps:
            raise sweeps
        elif request.full_url.endswith("/outcomes"):
            told = {"outcomes": [{"registration": "A.1", "outcome": "pushed", "tasks": 2}]}
        return Reply(200, json.dumps(told).encode())

    return Api("https://city.example", Anybody(), transport=answer, pause=lambda seconds: None)


def export(folder: Path) -> Path:
    file = folder / "export.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_columns_that_are_not_read_are_named_in_one_line_beside_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = load_file(Screen(as_json=True), city(), export(tmp_path), sweep=True)
    assert list(told) == KEYS
    assert (told["rows"], told["pushed"], told["tasks"]) == (1, 1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line for line in err.splitlines() if "登记机关" in line] == [
        "not read of export.csv: 登记机关"
    ]


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [(CallFailed("Not found", 404), "you may not start one"), (CallFailed("no", 409), "not known")],
)
def test_who_may_not_sweep_keeps_the_figures_of_the_rows_that_are_in(
    refusal: CallFailed, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Failed, match=reason) as failed:
        load_file(Screen(), city(refusal), export(tmp_path), sweep=True)
    assert failed.value.more["accepted"] == 1
    assert "1 rows = 1 accepted" in capsys.readouterr().out
