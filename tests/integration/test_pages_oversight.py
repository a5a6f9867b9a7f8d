"""Oversight's pages: figures with the way down, days, the overdue, credit sources (A19, A23)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.inspections.domain import Inspection
from functions.inspections.store import Store
from functions.portal.words import oversight
from functions.reports.store import Store as Books
from functions.reports.usecases import count
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.watches import Watch, Watches
from functions.shared.workbooks import XLSX
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, ask, furnish
from tests.integration.test_credit_batches import arrive, honour
from tests.integration.test_spine import HENGLI, load, row, sweep, tasks_of
from tests.unit.alerts.watching import limit
from tests.unit.inspections.hamlet import Hamlet
from tests.unit.reports.lives import news, task

SCJG = f"scjg.{HENGLI}"
TOWN_OFFICE = f"office.{HENGLI}:town_office"
HOSTILE = "<script>alert(1)</script>\u202e" + "𠮷" * 200
MANY = 120
HONOUR = "表彰荣誉"
LAST_YEAR = datetime(2025, 5, 6, 4, tzinfo=UTC)
T = TypeVar("T")


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    """A city with a task that was closed and one that was returned, late ones by the hundred, and a
    credit batch."""
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, row(1), row(2))
        sweep(city)
        first = tasks_of(city, SCJG, row(1)["企业名称"])[0]["id"]
        second = tasks_of(city, SCJG, row(2)["企业名称"])[0]["id"]
        evidence = {"end": "not_carried_on", "checked_on": today(), "note": "已停业"}
        for task, body in (
            (first, {"verb": "receive"}),
            (first, {"verb": "close", "evidence": evidence}),
            (second, {"verb": "return", "ground": "not_in_scope", "note": "并无此项"}),
        ):
            path = f"/v1/tasks/{task}/feedback"
            status, told = city.call("POST", path, body, grants=(f"{SCJG}:officer",))
            assert status == 200, told
        batch = {"item": "honour", "id": "b1", "rows": [honour("91"), honour("91")]}
        grants = ("scjg:source",)
        _, sent = city.call("POST", "/v1/credit/batches", batch, grants=grants)
        arrive(city, f"in/scjg/honour/{sent['id']}.json")
        _late(SCJG, MANY)
        _ended(60)
        _counted(MANY)
        city.settle()
        yield city


def _late(unit: str, count: int) -> None:
    """Tasks of a unit past their limits, the first of them with a name that means ill."""
    day = shanghai_day(clock.now())
    watches = Watches(ports.table("alerts"))
    for number in range(count):
        since = day - timedelta(days=400 - number)
        clocks = (limit("receive", since, since + timedelta(days=2)),)
        watch = Watch(
            kind="task",
            subject=f"T{number:04d}",
            unit=unit,
            town=HENGLI,
            sequence=1,
            title=HOSTILE if number == 0 else f"试验{number}号店",
            clocks=clocks,
            late=clocks[0].due,
        )
        watches.change(watch.subject, unit, always(watch), by="test", now=clock.now())


def _counted(number: int) -> None:
    """Tasks of a department that were pushed last year, each with a name that means ill."""
    books = Books(ports.table("reports"))
    for nth in range(number):
        told = task(unit="gaj", id=f"TC{nth:04d}", item="GA01", name=HOSTILE, pushed_at=LAST_YEAR)
        count(news(told), books)


def _ended(count: int) -> None:
    """Inspections of a town that have ended, each with a name that means ill."""
    shelf = Store(ports.table("inspections")).inspections
    for number in range(count):
        opened = Hamlet().opened(town=HENGLI, name=HOSTILE)
        step = opened.steps[-1].model_copy(update={"at": clock.now()})
        over = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.PASSED, "unit": ""}
        closed = opened.model_copy(update={"id": f"I{number:04d}", "steps": (step,), **over})
        closed = Inspection.model_validate(closed.model_dump())
        shelf.change(closed.id, always(closed), by="test", now=clock.now())


def always(one: T) -> Callable[[T | None], T]:
    """A change into `one`, whatever was there."""
    return lambda _: one


def today() -> str:
    return shanghai_day(clock.now()).isoformat()


def overseer(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "oversight:oversight", name="he", zh=zh)


@pytest.mark.parametrize("zh", [True, False])
@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("", "funnel"),
        ("departments", "share_by"),
        ("towns", "town"),
        ("units", "unit"),
        ("items", "item"),
        ("days", "days_by_stage"),
        ("overdue", "days_late"),
        ("tasks", "counted_as"),
        ("inspections", "outcomes"),
        ("credit", "source"),
    ],
)
def test_a19_every_section_speaks_both_languages(
    city: MotoCity, zh: bool, tab: str, said: str
) -> None:
    seen = overseer(city, zh=zh).open("/oversight", tab=tab)
    assert seen.status == 200
    assert oversight.WORDS[f"oversight.{said}"][0 if zh else 1] in seen.said


def test_a19_figures_are_the_api_s_and_each_leads_to_the_list_behind_it(city: MotoCity) -> None:
    _, told = city.call("GET", "/v1/reports/figures", grants=("oversight:oversight",))
    seen = overseer(city).open("/oversight")
    assert f"{told['total']['pushed']} 推送" in seen.said
    assert f"{MANY} 现逾期" in seen.said
    assert "未单独核查而直接办结的，也计入核查" in seen.said
    assert "data-chart=" in seen.text and "echarts" in seen.text

    departments = overseer(city).open("/oversight", tab="departments")
    [down] = [
        link
        for link in departments.links()
        if parse_qs(urlsplit(link).query).get("department") == ["scjg"] and "tab=units" in link
    ][:1]
    units = overseer(city).open(f"/oversight?{urlsplit(down).query}")
    assert f"./work?unit={SCJG}&kind=task" in units.links()
    of_item = overseer(city).open("/oversight", tab="units", item="SJ02").links()
    assert f"./work?unit={SCJG}&kind=task&item=SJ02" in of_item
    late = f"./oversight?tab=overdue&kind=task&department=scjg&town={HENGLI}"
    assert any(link.startswith("./oversight?tab=overdue&kind=task&") for link in units.links())
    behind = overseer(city).open(late.removeprefix("."))
    assert "试验1号店" in behind.said and f"现有 {MANY} 件逾期" in behind.said
    other = overseer(city).open(late.removeprefix("."), item="SP01")
    assert "没有逾期" in other.said and "全部事项" in other.said


@pytest.mark.parametrize("tab", ["", "departments", "towns", "units", "items", "days"])
def test_a19_every_number_leads_to_as_many_tasks(city: MotoCity, tab: str) -> None:
    seen = overseer(city).open("/oversight", tab=tab)
    told = re.findall(
        r'href="(\./oversight\?tab=tasks&[^"]+)"[^>]*>\s*(?:<strong>)?(\d+)<', seen.text
    )
    numbers = {(unescape(link), int(number)) for link, number in told if "measure=mean" not in link}
    assert bool(numbers) is (tab != "days")
    if tab in ("departments", "towns", "units", "items"):
        assert re.search(r"measure=mean&[^>]*>0\.0</a>", seen.text)  # nought days is a figure too
        assert re.search(r"measure=handled&[^>]*>100\.0%</a>", seen.text)
    for link, number in numbers:
        assert _listed_by(overseer(city).open(link[1:]).text) == number, link


def _listed_by(text: str) -> int:
    return len(re.findall(r'<a href="\./tasks/T', text))


def test_a19_the_list_behind_a_figure_says_what_each_task_counts_as(city: MotoCity) -> None:
    handled = {"tab": "tasks", "measure": "handled", "department": "scjg", "town": HENGLI}
    seen = overseer(city).open("/oversight", **handled)
    assert "任务清单：办结" in seen.said and "推送 按时接收 按时核查 按时办结 0" in seen.said
    left = {"measure": "returned"}
    returned = overseer(city).open("/oversight", **{**handled, **left})
    assert _listed_by(returned.text) == 1 and "用时（自然日）" not in returned.said
    lead = Reader(city, f"{SCJG}:lead", name="wu").open("/oversight", **{**handled, **left})
    assert _listed_by(lead.text) == 0 and "试验2号" in lead.said
    assert "现由： 镇街商改办" in lead.said
    none = overseer(city).open("/oversight", **{**handled, "measure": "late"})
    assert "没有符合的任务" in none.said
    mean = overseer(city).open("/oversight", **{**handled, "measure": "mean"})
    assert _listed_by(mean.text) == 1 and "任务清单：全程用时（自然日）" in mean.said
    came = {**handled, "measure": "came", "department": "office"}
    assert "任务清单：推送、转入" in overseer(city).open("/oversight", **came).said
    assert _listed_by(overseer(city).open("/oversight", **came).text) == 1
    days = overseer(city).open("/oversight", tab="days").links()
    for stage, tasks in (("receive", 1), ("verify", 1), ("whole", 1)):
        [way] = {one for one in days if f"measure={stage}&" in one and "department=scjg" in one}
        assert _listed_by(overseer(city).open(way[1:]).text) == tasks
    assert not any("measure=handle&" in one for one in days)  # closed straight after the receipt


def test_a19_each_step_of_the_funnel_leads_to_its_tasks(city: MotoCity) -> None:
    seen = overseer(city).open("/oversight")
    [chart] = [
        one for one in re.findall(r"data-chart=\"([^\"]+)\"", seen.text) if "measure=" in one
    ]
    ways = json.loads(unescape(chart))["links"]
    steps = ["came", "received", "verified", "handled", "on_time"]
    assert [parse_qs(urlsplit(one).query)["measure"] for one in ways] == [[one] for one in steps]
    counts = [_listed_by(overseer(city).open(one[1:]).text) for one in ways]
    assert counts == json.loads(unescape(chart))["series"][0]["values"]


def test_d4_many_tasks_behind_a_figure_are_pages_of_fifty_with_next_and_back(
    city: MotoCity,
) -> None:
    year = {"from": f"{LAST_YEAR:%Y-%m-%d}", "to": f"{LAST_YEAR:%Y-%m-%d}"}
    first = overseer(city).open("/oversight", tab="tasks", department="gaj", **year)
    [onward] = _next(first.text)
    second = overseer(city).open(f"/oversight?{urlsplit(onward).query}")
    [further] = _next(second.text)
    third = overseer(city).open(f"/oversight?{urlsplit(further).query}")
    pages = [first, second, third]
    assert [_listed_by(one.text) for one in pages] == [50, 50, MANY - 100]
    found = re.findall(r"\./tasks/(TC\d+)", "".join(one.text for one in pages))
    assert sorted(found) == [f"TC{nth:04d}" for nth in range(MANY)]
    assert all("<script>alert" not in one.text for one in pages)
    assert not _next(third.text) and "上一页" in third.said


def test_d3_the_tasks_behind_another_s_figure_look_like_not_there(city: MotoCity) -> None:
    lead = Reader(city, "gaj:lead", name="wu")
    assert lead.open("/oversight", tab="tasks", department="scjg").status == 404
    own = lead.open("/oversight", tab="tasks", **{"from": "2020-01-01", "to": "2020-01-31"})
    assert own.status == 200 and "没有符合的任务" in own.said
    wrong = overseer(city).open("/oversight", tab="tasks", measure="sins")
    assert wrong.status == 400


def test_a19_the_best_on_time_come_first_and_every_column_sorts(city: MotoCity) -> None:
    seen = overseer(city).open("/oversight", tab="departments")
    rows = re.findall(r"<tr>\s*<td[^>]*>1</td>(.*?)</tr>", seen.text, flags=re.S)
    assert "市场监督管理局" in rows[0] and "100.0%" in rows[0]
    by_pushed = overseer(city).open("/oversight", tab="items", sort="pushed")
    counts = [
        int(one) for one in re.findall(r'data-label="推送">(?:<a[^>]*>)?(\d+)', by_pushed.text)
    ]
    assert counts[:-1] == sorted(counts[:-1], reverse=True)


def test_a19_the_overdue_are_listed_fifty_a_page_with_next_and_back(city: MotoCity) -> None:
    seen, pages = overseer(city).open("/oversight", tab="overdue"), []
    assert f"现有 {MANY} 件逾期" in seen.said
    for _ in range(3):
        pages.append(re.findall(r'href="\./tasks/(T\d+)"', seen.text))
        onward = [link for link in seen.links() if "after=" in link and link in _next(seen.text)]
        if onward:
            seen = overseer(city).open(f"/oversight?{urlsplit(onward[0]).query}")
    assert [len(page) for page in pages] == [50, 50, 20]
    assert sorted(sum(pages, [])) == [f"T{number:04d}" for number in range(MANY)]
    assert "上一页" in seen.said


def _next(text: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(r'rel="next" href="([^"]+)"', text)]


def test_d2_a_hostile_title_is_shown_as_text(city: MotoCity) -> None:
    seen = overseer(city).open("/oversight", tab="overdue")
    assert "<script>alert" not in seen.text and "&lt;script&gt;alert(1)" in seen.text
    assert "⟦U+202E⟧" in seen.text and "𠮷" * 200 in seen.text


def test_d3_everybody_sees_their_own_figures_and_no_others(city: MotoCity) -> None:
    lead = Reader(city, "gaj:lead", name="wu")
    said = lead.open("/oversight", tab="departments").said
    assert "公安局" in said and "市场监督管理局" not in said
    assert lead.open("/oversight", department="scjg").status == 404
    town = Reader(city, TOWN_OFFICE, name="mo")
    seen = town.open("/oversight", tab="towns")
    assert "横沥镇" in seen.said and "虎门镇" not in seen.said
    assert "信用信源质量" not in seen.said
    assert Reader(city, "exchange:registrar").open("/oversight").status == 404


def test_d3_a_list_that_is_not_the_reader_s_is_no_link(city: MotoCity) -> None:
    town = Reader(city, TOWN_OFFICE, name="mo")
    seen = town.open("/oversight", tab="units")
    assert not [link for link in seen.links() if "work?unit=scjg" in link]
    assert [link for link in seen.links() if "tab=overdue" in link]


@pytest.mark.parametrize("period", [("2026-03-02", "2026-03-01"), ("2020-01-01", "2026-01-01")])
def test_a19_a_period_that_cannot_be_is_refused_with_what_was_entered(
    city: MotoCity, period: tuple[str, str]
) -> None:
    for tab in ("", "credit"):
        seen = overseer(city).open("/oversight", tab=tab, **{"from": period[0], "to": period[1]})
        assert seen.status == 400
        assert f'name="from" value="{period[0]}"' in seen.text
        assert "未作任何更改" in seen.said
        faults = seen.text.split('role="alert"')[1].split("</section>")[0]
        assert ("止" if tab == "" else "起") + "</span>" in faults and "<code>" not in faults
    assert overseer(city).open("/oversight", **{"from": "<b>"}).status == 400


def test_a19_no_number_and_no_day_breaks_a_section(city: MotoCity) -> None:
    last = {"from": "9999-12-01", "to": "9999-12-31"}
    assert overseer(city).open("/oversight", tab="inspections", **last).status == 200
    assert overseer(city).open("/oversight", tab="units", after="9" * 5000).status == 200


def test_a19_other_days_keep_what_was_chosen(city: MotoCity) -> None:
    seen = overseer(city).open("/oversight", tab="credit", source="scjg")
    assert '<input type="hidden" name="source" value="scjg">' in seen.text


def test_a19_the_figures_download_as_a_sheet(city: MotoCity) -> None:
    headers = {"accept": XLSX, "cookie": overseer(city).cookie, "host": "pages.example"}
    seen = ask(city, "GET", "/oversight", {"tab": "towns", "file": "1"}, headers)
    assert (seen.status, seen.headers["content-type"]) == (200, XLSX)
    assert seen.text.startswith("PK")


def test_c5_a_source_s_quality_is_shown_item_by_item(city: MotoCity) -> None:
    first, last = (shanghai_day(clock.now()) - timedelta(60)).isoformat(), today()
    seen = overseer(city).open("/oversight", tab="credit", **{"from": first, "to": last})
    assert "市场监督管理局" in seen.said
    asked = {"since": first, "until": last}
    _, told = city.call("GET", "/v1/credit/quality", query=asked, grants=("oversight:oversight",))
    of_scjg = [one for one in told["coverage"] if one["source"] == "scjg"]
    came, owed = (sum(one[name] for one in of_scjg) for name in ("came", "owed"))
    rows = (re.sub(r"\s*<[^>]+>\s*", "|", one) for one in seen.text.split("<tr>"))
    [line] = [one for one in rows if "|市场监督管理局|" in one and f"|{came} / {owed}|" in one]
    assert came < owed
    said = f"应报数据 {told['owed']} 项，其中 {told['covered']} 项有报送"
    assert said in seen.said and "按期数统计" in seen.said
    [down] = [link for link in seen.links() if "source=scjg" in link][:1]
    one = overseer(city).open(f"/oversight?{urlsplit(down).query}")
    assert HONOUR in one.said and "应报期数" in one.said


def test_c5_the_numbers_of_a_source_lead_to_the_batches_behind_them(city: MotoCity) -> None:
    source = overseer(city).open("/oversight", tab="credit", source="scjg")
    ways = [one for one in source.links() if "tab=batches" in one and "entry=honour" in one]
    assert len(set(ways)) == 1 and len(ways) == 6  # batches, rows, four shares
    first = overseer(city).open(ways[0][1:])
    assert HONOUR in first.said and "返回该单位数据质量" in first.said
    _, told = city.call(
        "GET",
        "/v1/credit/quality/batches",
        query={"source": "scjg", "item": "honour"},
        grants=("oversight:oversight",),
    )
    assert all(one["batch"] in first.said for one in told["batches"])
    [batch] = told["batches"]
    assert (batch["rows"], batch["sums"]["accepted"], batch["sums"]["duplicate"]) == (2, 1, 1)
    none = overseer(city).open("/oversight", tab="batches", source="scjg", entry="penalty")
    assert "此期间没有数据" in none.said
    assert overseer(city).open("/oversight", tab="batches").status == 400
    lead = Reader(city, "gaj:source", name="wu")
    assert lead.open("/oversight", tab="batches", source="scjg").status in (403, 404)


def test_a19_the_api_s_list_of_the_overdue_goes_on_from_its_cursor(city: MotoCity) -> None:
    grants, path = ("oversight:oversight",), "/v1/reports/overdue"
    _, first = city.call("GET", path, query={"limit": "100"}, grants=grants)
    query = {"limit": "100", "after": first["after"]}
    _, rest = city.call("GET", path, query=query, grants=grants)
    assert (len(first["overdue"]), len(rest["overdue"]), "after" in rest) == (
        100,
        MANY - 100,
        False,
    )
    assert city.call("GET", path, query={"after": "nonsense"}, grants=grants)[0] == 400


def test_a19_inspections_are_counted_by_outcome_and_listed_behind_each_number(
    city: MotoCity,
) -> None:
    seen = overseer(city).open("/oversight", tab="inspections")
    assert "检查通过" in seen.said and "<script>alert" not in seen.text
    [down] = {
        link
        for link in seen.links()
        if "outcome=passed" in link and f"town={HENGLI}" in link and "language" not in link
    }
    listed = overseer(city).open(f"/oversight?{urlsplit(down).query}")
    assert len(re.findall(r'href="\./inspections/I\d+"', listed.text)) == 50
    [onward] = _next(listed.text)
    rest = overseer(city).open(f"/oversight?{urlsplit(onward).query}")
    assert len(re.findall(r'href="\./inspections/I\d+"', rest.text)) == 10
    assert "只统计本期办结的巡查" in seen.said and "./dispatch" not in seen.links()
    before = {"tab": "inspections", "from": "2019-01-01", "to": "2019-01-31"}
    empty = Reader(city, "office:dispatcher", name="deng").open("/oversight", **before)
    assert "此期间没有办结的巡查" in empty.said and "此期间没有数据" not in empty.said
    assert empty.text.count('<a href="./dispatch">尚未办结的见派单</a>') == 1
    of_town = Reader(city, TOWN_OFFICE, name="mo").open("/oversight", town=HENGLI, **before)
    assert f"./dispatch?unit=office.{HENGLI}" in of_town.links()
    none = overseer(city).open("/oversight", tab="inspections", outcome="corrected")
    assert "/inspections/I" not in none.text
    lead = Reader(city, "gaj:lead", name="wu")
    assert "巡查结果" not in lead.open("/oversight").said
    assert lead.open("/oversight", tab="inspections").status == 404
