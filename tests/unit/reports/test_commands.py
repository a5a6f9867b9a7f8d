"""`sanwei reports`: what people see of figures and bulletins, and how a check ends."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from functions.reports.bulletins import Content, Order
from functions.reports.domain import Measure
from functions.reports.handlers import FiguresTold, behind_told
from functions.reports.listing import Sought, list_behind
from functions.reports.publishing import drafted
from functions.reports.reading import read_figures
from functions.reports.rebuild_handlers import RebuildTold
from functions.reports.runs import Result
from infra import cli
from infra.commands import reports
from infra.commands.bulletins import show_bulletin, show_draft
from infra.commands.calling import Failed
from infra.showing import Screen
from tests.unit.reports.smallcity import (
    EVERYTHING,
    MARCH,
    NAMES,
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


def test_a19_the_tasks_behind_a_figure_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    found = list_behind(Sought(march(), (Measure.RETURNED,)), EVERYTHING, small_city().desk())
    told = [sent(behind_told(one, OVERSIGHT, NAMES)) for one in found.found]
    reports.show_tasks(Screen(), told, more=True)
    out = capsys.readouterr().out
    assert "1 tasks, and more" in out
    for said in ("2026-03-04", "东莞市示例有限公司", "T6", "食品经营许可证", "returned"):
        assert said in out


def test_a23_a_bulletin_shows_its_rankings(capsys: pytest.CaptureFixture[str]) -> None:
    order = Order(first=date(2026, 3, 1), last=date(2026, 3, 31), fewest=1, note="请抓紧。")
    content = Content.of(drafted(order, OVERSIGHT, small_city().press()), 2026, 3)
    show_bulletin(Screen(), sent(content))
    out = capsys.readouterr().out
    for said in (
        *("通报〔2026〕第3号", "协同监管工作情况通报", "请抓紧。", "市场监督管理局", "凤岗镇"),
        *("overdue as at 2026-04-01 10:00: 2 tasks, 0 clues", "Received late"),
    ):
        assert said in out
    assert content.rule.en in out or content.rule.zh in out
    assert "the first" not in out


def test_a23_a_short_view_says_how_many_rows_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    draft = drafted(Order(first=MARCH[0], last=MARCH[1]), OVERSIGHT, small_city().press())
    show_bulletin(Screen(), sent(draft), 2)
    out = capsys.readouterr().out
    assert f"Departments (the first 2 of {len(draft.departments)})" in out
    assert "公安局" in out
    assert "镇街商改办" not in out.partition("Towns")[0]


def test_a23_a_draft_says_how_it_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    draft = drafted(Order(first=MARCH[0], last=MARCH[1]), OVERSIGHT, small_city().press())
    order = {"from": "2026-03-01", "to": "2026-03-31", "note": "请 抓紧"}
    show_draft(Screen(), sent(draft), order, "oversight")
    out = capsys.readouterr().out
    assert "(draft)" in out
    command = out.splitlines()[-1].strip()
    assert command == (
        "sanwei reports bulletin --from 2026-03-01 --to 2026-03-31 --note '请 抓紧' "
        "--as oversight --publish"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["foo"], "YEAR/NUMBER"),
        (["2026/1/2"], "YEAR/NUMBER"),
        (["2026/x"], "YEAR/NUMBER"),
        (["2026/1", "--from", "2026-03-01"], "--from"),
        (["2026/1", "--publish"], "--publish"),
        (["--from", "2026-03-01"], "--to"),
        (["--publish"], "--from and --to"),
        (["--from", "2026-03-01", "--to", "2026-03-31", "--page", "x"], "--publish"),
    ],
)
def test_a23_what_cannot_be_meant_is_refused_before_any_call(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["reports", "bulletin", *arguments]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "answers" not in told  # no city was asked for


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
