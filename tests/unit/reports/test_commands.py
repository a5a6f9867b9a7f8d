"""`sanwei reports`: what people see of figures and bulletins, and how a check ends."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from functions.reports.bulletins import Order
from functions.reports.handlers import FiguresTold
from functions.reports.publishing import drafted
from functions.reports.reading import read_figures
from functions.reports.rebuild_handlers import RebuildTold
from functions.reports.runs import Result
from infra.commands import reports
from infra.commands.calling import Failed
from infra.showing import Screen
from tests.unit.reports.smallcity import (
    EVERYTHING,
    MARCH,
    NOW,
    OVERSIGHT,
    march,
    small_city,
)
from tests.unit.reports.test_rebuild import MARCH_2, TASKS, Works


def sent(told: BaseModel) -> Any:
    """As the API sends it."""
    return json.loads(told.model_dump_json(exclude_none=True))


def run(result: Result, *, check: bool = True) -> Any:
    told = RebuildTold(
        id="r", check=check, started_at=NOW, done=(0, 1, 2, 3), result=result, equal=result.equal
    )
    return sent(told)


def test_a19_figures_are_a_table_with_their_sum(capsys: pytest.CaptureFixture[str]) -> None:
    told = read_figures(march("department", "town"), EVERYTHING, small_city().desk())
    by = ["department", "town"]
    body = FiguresTold(first=MARCH[0], last=MARCH[1], by=by, rows=told.rows, total=told.total)
    reports.show_figures(Screen(), sent(body), by)
    lines = capsys.readouterr().out.splitlines()
    assert "From 2026-03-01 to 2026-03-31" in lines[0]
    [first] = [line for line in lines if "市场监督管理局" in line and "凤岗镇" in line]
    assert [cell.strip() for cell in first.strip("│ ").split("│")][2:6] == ["3", "2", "2", "100.0%"]
    assert any("Total" in line for line in lines)


def test_a23_a_bulletin_shows_its_rankings(capsys: pytest.CaptureFixture[str]) -> None:
    order = Order(first=date(2026, 3, 1), last=date(2026, 3, 31), fewest=1, note="请抓紧。")
    content = drafted(order, OVERSIGHT, small_city().press())
    reports.show_bulletin(Screen(), sent(content))
    out = capsys.readouterr().out
    for said in ("协同监管工作情况通报", "请抓紧。", "市场监督管理局", "凤岗镇", "2 overdue"):
        assert said in out


def test_a20_a_check_without_a_difference_says_of_how_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = Works(*TASKS).rebuild()
    reports.tell_rebuild(Screen(), run(result))
    assert f"no difference: {result.cells} figures are those of 254" in capsys.readouterr().out


def test_a20_a_check_that_finds_a_difference_fails_and_names_it() -> None:
    works = Works(*TASKS)
    works.spoil(MARCH_2, pushed=3)
    with pytest.raises(Failed, match="1 of .* differ; the first: 2026-03-02 gaj city SP01$"):
        reports.tell_rebuild(Screen(), run(works.rebuild()))
    with pytest.raises(Failed, match="put right$"):
        reports.tell_rebuild(Screen(), run(works.rebuild(check=False), check=False))
