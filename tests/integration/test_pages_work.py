"""The worklist's page on moto: what is to do, for whom, who takes it on, sheets out and in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold
from functions.shared.events.alerts import AlertTold
from functions.shared.events.clues import ClueState, ClueTold
from functions.shared.events.credit import DisputeTold
from functions.shared.events.discipline import ConstraintTold, MeasureTold, SanctionTold
from functions.shared.events.inspections import FailedTold, InspectionTold
from functions.shared.events.supervision import State, TaskTold
from functions.shared.inbox import Inbox, Row, RowKind, mark
from functions.supervision.sheet_columns import Column
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish
from tests.integration.test_spine import HENGLI, load, row, sweep
from tests.unit.supervision.sheets import fill, rows_of, saved

UNIT, SHEETS, MANY, HOSTILE = (f"{body}.{HENGLI}" for body in ("scjg", "rsbz", "jyj", "mzj"))
OFFICE, VILLAGE = f"office.{HENGLI}", "441900106201"
NASTY = "<script>alert(1)</script>\u202e𠮷" + "长" * 170
PLENTY = 130  # more than two pages
NONE = "441900107000"  # a town where nothing happens


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, *(row(number) for number in (1, 2, 3, 4)), row(5, 经营范围="餐饮服务；零售..."))
        sweep(city)
        _more()
        yield city


def put(unit: str, kind: RowKind, subject: str, sequence: int = 1, **thing: Any) -> None:
    changed = f"{mark(clock.now())}#{subject}"
    shown = Row(unit=unit, kind=kind, subject=subject, sequence=sequence, changed=changed, **thing)
    Inbox(ports.table("worklist")).save(shown)


def limit(stage: str, days: int) -> ClockTold:
    due = shanghai_day(clock.now()) + timedelta(days=days)
    return ClockTold(stage=stage, since=due, due=due, remind=due)


def task(id: str, unit: str, days: int = 5, **change: Any) -> TaskTold:
    told: dict[str, Any] = {
        "id": id,
        "code": "91441900MA0000001X",
        "name": f"东莞市{id}餐饮店",
        "item": "SJ02",
        "item_version": 1,
        "licence": "食品经营许可证",
        "unit": unit,
        "words": ("餐饮服务",),
        "clause": "餐饮服务",
        "law": "食品安全法第三十五条",
        "state": State.PUSHED,
        "clocks": (limit("handle", days),),
        "pushed_at": clock.now(),
        "changed_at": clock.now(),
    }
    return TaskTold(**{**told, **change})


def _more() -> None:
    """What other features would tell, of every kind."""
    now = clock.now()
    stamps = {"changed_at": now}
    for number in range(PLENTY):
        id = f"M{number:04d}"
        put(MANY, RowKind.TASK, id, task=task(id, MANY, number))
    put(HOSTILE, RowKind.TASK, "N1", task=task("N1", HOSTILE, -3, name=NASTY, clause=NASTY))
    clue: dict[str, Any] = {
        "place": "东兴路1号",
        "town": HENGLI,
        "seen": "无证经营餐饮",
        "reporter": VILLAGE,
        "state": ClueState.REPORTED,
        "office": OFFICE,
        "clocks": (limit("assign", 1),),
        "reported_at": now,
        **stamps,
    }
    put(OFFICE, RowKind.CLUE, "C1", clue=ClueTold(id="C1", **clue))
    for id, inspector in (("I1", "chen"), ("I2", None)):
        one: dict[str, Any] = {
            "id": id,
            "code": "91441900MA0000001X",
            "edition": 1,
            "reason": "address",
            "name": f"顺达{id}五金店",
            "address": "村头村一路3号",
            "state": "assigned" if inspector else "waiting",
            "unit": VILLAGE,
            "inspector": inspector,
            "failed": (FailedTold(check="N1", title="未亮照经营"),),
            "clocks": (limit("visit", 0),),
            "registered_at": now,
            "received_at": now,
            **stamps,
        }
        put(VILLAGE, RowKind.INSPECTION, id, inspection=InspectionTold(**one))
    dispute: dict[str, Any] = {
        "kind": "objection",
        "state": "filed",
        "record": "R1",
        "subject": "91441900MA0000001X",
        "name": "试验商贸",
        "item": "x",
        "title": "行政处罚信息",
        "unit": "credit",
        "ground": "已经复议撤销",
        "filed_at": now,
        **stamps,
    }
    put("credit", RowKind.DISPUTE, "D1", dispute=DisputeTold(id="D1", **dispute))
    sanction: dict[str, Any] = {
        "instrument": "FR",
        "title": "失信被执行人备忘录",
        "subject": "91441900MA0000001X",
        "kind": "enterprise",
        "name": "试验商贸",
        "ground": "未履行判决",
        **stamps,
    }
    put(
        "credit",
        RowKind.SANCTION,
        "S1",
        sanction=SanctionTold(id="S1", unit="fgj", office="credit", state="proposed", **sanction),
    )
    measure = MeasureTold(code="1", title="限制任职", law="公司法")
    part: dict[str, Any] = {"id": "S1@fgj", "sanction": "S1", "unit": "fgj", "measures": (measure,)}
    part |= {"state": "pushed", "live": True, "approved_at": now, **sanction}
    put("fgj", RowKind.CONSTRAINT, "S1@fgj", constraint=ConstraintTold(**part))
    for unit, kind, subject in (("oversight", "task", "T9"), ("oversight", "constraint", "S1@fgj")):
        alert = AlertTold(
            subject=subject,
            kind=kind,
            unit=unit,
            about_unit="fgj",
            unassigned=True,
            title=f"{subject}公司",
            rung="oversight",
            stage="handle",
            due=shanghai_day(now) - timedelta(days=9),
            raised_at=now,
        )
        put(unit, RowKind.ALERT, f"{subject}@{unit}@fgj", alert=alert)


def officer(city: MotoCity, unit: str = UNIT, name: str = "li", *, zh: bool = True) -> Reader:
    return Reader(city, f"{unit}:officer", name=name, zh=zh)


def key_of(seen: Seen, title: str) -> str:
    """The hidden value of the row with that title."""
    [part] = [one for one in seen.text.split("<tr class=") if title in one]
    return part.split('name="rows[]" value="')[1].split('"')[0]


@pytest.mark.parametrize("zh", [True, False])
@pytest.mark.parametrize(
    ("grant", "told"),
    [
        (f"{UNIT}:officer", ["试验1号", "餐饮服务", "SJ02", "食品安全法"]),
        ("scjg:lead", []),
        (f"{OFFICE}:town_office", ["试验5号", "东兴路1号", "无证经营餐饮"]),
        (f"{VILLAGE}:village", ["顺达I1", "顺达I2", "未亮照经营", "chen"]),
        ("oversight:oversight", ["T9公司"]),
        ("credit:credit", ["行政处罚信息", "失信被执行人备忘录"]),
        ("fgj:lead", ["限制任职", "未履行判决"]),
    ],
)
def test_d2_everybody_finds_what_is_to_do_and_why(
    city: MotoCity, grant: str, told: list[str], zh: bool
) -> None:
    seen = Reader(city, grant, name="somebody-else", zh=zh).open("/work")
    assert seen.status == 200
    assert [text for text in told if text not in seen.said] == []
    assert ("待办" if zh else "to do") in seen.said


def test_d2_each_row_leads_to_its_thing_and_an_alert_to_what_it_is_about(city: MotoCity) -> None:
    links = Reader(city, "oversight:oversight").open("/work").links()
    assert "./tasks/T9" in links
    assert not [one for one in links if "constraints" in one]  # no page of it for this reader
    assert "./inspections/I1" in Reader(city, f"{VILLAGE}:village").open("/work").links()
    credit = Reader(city, "credit:credit").open("/work").links()
    assert {"./disputes/D1", "./sanctions/S1"} <= set(credit)


def test_d2_an_inspector_sees_what_is_his_alone_and_has_nothing_to_claim(city: MotoCity) -> None:
    seen = Reader(city, f"{VILLAGE}:inspector", name="chen").open("/work")
    assert "顺达I1" in seen.said and "顺达I2" not in seen.said
    assert 'value="claim"' not in seen.text


def test_d3_another_units_list_looks_like_none(city: MotoCity) -> None:
    reader = officer(city)
    foreign, missing = reader.open("/work", unit="gaj"), reader.open("/work", unit="nobody")
    assert (foreign.status, missing.status) == (404, 404)
    assert foreign.said == missing.said
    assert reader.open("/work/sheet", unit=SHEETS, file="1").status == 404


def test_d3_a_lead_and_oversight_look_at_units_below(city: MotoCity) -> None:
    lead = Reader(city, "scjg:lead").open("/work", unit=UNIT)
    assert "试验1号" in lead.said
    chosen = Reader(city, "oversight:oversight").open("/work", body="scjg", town=HENGLI)
    assert chosen.goes_to == f"./work?unit={UNIT}"
    assert "试验1号" in Reader(city, "oversight:oversight").open("/work", unit=UNIT).said


def test_d2_a_claim_is_mine_until_i_let_go(city: MotoCity) -> None:
    reader, title = officer(city, name="wang"), row(1)["企业名称"]
    key = key_of(reader.open("/work"), title)
    done = reader.send("/work", "one", only=f"claim {key}")
    assert (done.status, done.goes_to) == (303, "./work?done=work_claim")
    assert "已认领" in reader.follow("/work", done).said
    assert title in reader.open("/work", mine="1").said
    assert title not in reader.open("/work", claimed="nobody").said
    refused = officer(city, name="zhou").send("/work", "claim", **{"rows[]": key})
    assert refused.status == 409
    assert refused.said.count("wang") >= 2  # on top, and in its row
    assert reader.send("/work", "one", only=f"release {key}").status == 303
    assert title not in reader.open("/work", mine="1").said


def test_d2_several_are_claimed_at_once_and_the_filter_stays(city: MotoCity) -> None:
    reader = officer(city, name="many")
    seen = reader.open("/work", kind="task")
    keys = [key_of(seen, row(number)["企业名称"]) for number in (2, 3)]
    done = reader.send("/work?kind=task", "claim", **{"rows[]": keys})
    assert done.goes_to == "./work?kind=task&done=work_claim"
    mine = reader.open("/work", mine="1").said
    assert all(row(number)["企业名称"] in mine for number in (2, 3))
    none = reader.send("/work", "claim")
    assert (none.status, "请先选择事项" in none.said) == (400, True)


def test_d2_a_handover_names_a_colleague_and_says_what_is_wrong_in_place(city: MotoCity) -> None:
    lead = Reader(city, f"{UNIT}:lead", name="zhao")
    title = row(4)["企业名称"]
    key = key_of(lead.open("/work"), title)
    wrong = lead.send("/work", "handover", **{"rows[]": key, "to": "two words", "note": "休假"})
    assert wrong.status == 400
    assert 'aria-invalid="true"' in wrong.text and 'value="two words"' in wrong.text
    assert f'value="{key}" aria-label="请选择 {title}" checked' in wrong.text
    assert lead.send("/work", "handover", **{"rows[]": key, "to": "ann"}).status == 303
    assert title in officer(city, name="ann").open("/work", mine="1").said


def test_d2_counts_are_links_to_what_they_count(city: MotoCity) -> None:
    page = officer(city, MANY).open("/work")  # of much work they are asked for afterwards
    assert f"{PLENTY} 待办" not in page.said
    assert 'hx-get="./work?part=counts"' in page.text
    seen = officer(city, MANY).open("/work", part="counts")
    assert "<html" not in seen.text
    assert f"{PLENTY} 待办" in officer(city, MANY).open("/work", counts="1").said
    assert f"{PLENTY} 待办" in seen.said
    assert "./work?claimed=nobody" in seen.links() and "./work?light=yellow" in seen.links()
    assert "./work?kind=task" in seen.links()


def test_d2_a_long_list_is_pages_of_fifty_with_next_and_back(city: MotoCity) -> None:
    reader, at, pages = officer(city, MANY), "/work?open=", []
    while at:
        seen = reader.open(at)
        pages.append(seen)
        ahead = [one for one in seen.text.split("<a ") if one.startswith('rel="next"')]
        at = ahead[0].split('href=".')[1].split('"')[0].replace("&amp;", "&") if ahead else ""
    assert [one.text.count("<tr class=") for one in pages] == [50, 50, 30]
    assert len(pages[0].text.encode()) < 100_000
    names = [f"东莞市M{number:04d}餐饮店" for number in range(PLENTY)]
    assert all(sum(name in page.said for page in pages) == 1 for name in names)
    assert 'rel="prev"' in pages[1].text and 'rel="prev"' not in pages[0].text


def test_d2_what_one_has_in_hand_is_paged_too(city: MotoCity) -> None:
    name = "busy"
    for number in range(60):
        body = {"unit": MANY, "kind": "task", "subject": f"M{number:04d}", "to": name}
        grants = (f"{MANY}:lead",)
        assert city.call("POST", "/v1/worklist/handover", body, grants=grants)[0] == 200
    reader = officer(city, MANY, name)
    first = reader.open("/work", mine="1")
    assert first.text.count("<tr class=") == 50
    [ahead] = [one for one in first.links() if "after=50" in one]
    second = reader.open(ahead.removeprefix("."))
    assert second.text.count("<tr class=") == 10
    assert 'rel="prev"' in second.text
    for number in range(60):
        body = {"unit": MANY, "kind": "task", "subject": f"M{number:04d}"}
        city.call("POST", "/v1/worklist/release", body, grants=(f"{MANY}:lead",))


def test_d2_an_inspector_with_much_in_hand_goes_on_from_the_first_page(city: MotoCity) -> None:
    village, now = "441900106202", clock.now()
    for number in range(60):
        one: dict[str, Any] = {"code": "91441900MA0000001X", "edition": 1, "reason": "address"}
        one |= {"name": f"五金店{number:02d}号", "address": "村头村一路3号", "state": "assigned"}
        one |= {"id": f"B{number}", "unit": village, "inspector": "bao", "registered_at": now}
        one |= {"received_at": now, "changed_at": now, "clocks": (limit("visit", number),)}
        put(village, RowKind.INSPECTION, one["id"], inspection=InspectionTold(**one))
    reader = Reader(city, f"{village}:inspector", f"{VILLAGE}:inspector", name="bao")
    first = reader.open("/work", unit=village)
    assert first.text.count("<tr class=") == 50 and "此处列出期限最近的" not in first.said
    [ahead] = [one for one in first.links() if "after=50" in one]
    assert f"unit={village}" in ahead
    second = reader.open(ahead.removeprefix("."))
    assert second.text.count("<tr class=") == 10 and "五金店59号" in second.said


def test_d4_a_page_that_nobody_gave_is_the_first(city: MotoCity) -> None:
    seen = Reader(city, f"{VILLAGE}:inspector", name="chen").open(
        "/work", mine="1", after="9" * 5000
    )
    assert seen.status == 200 and "顺达I1" in seen.said


def test_d4_a_filter_that_nobody_knows_is_told(city: MotoCity) -> None:
    seen = officer(city).open("/work", light="blue")
    assert seen.status == 400 and "light" in seen.said
    assert officer(city).open("/work", item="XX99").said.count("没有符合") == 1


def test_d2_a_company_is_found_in_the_list_by_its_name(city: MotoCity) -> None:
    whole = officer(city).open("/work", kind="task")
    name = next(iter(re.findall(r'<bdi class="said">(东莞市[^<]+)</bdi>', whole.text)))
    seen = officer(city).open("/work", kind="task", entity=name)
    assert name in seen.said and f'value="{name}"' in seen.text
    assert "没有符合" in officer(city).open("/work", entity="无此企业名称").said
    assert "T9公司" in Reader(city, "oversight:oversight").open("/work", entity="T9公司").said


def test_d5_what_others_wrote_is_shown_as_text(city: MotoCity) -> None:
    for zh in (True, False):
        seen = officer(city, HOSTILE, zh=zh).open("/work")
        assert "<script>alert" not in seen.text
        assert "<script>alert(1)</script>⟦U+202E⟧𠮷" in seen.said
        assert ("逾期 3 天" if zh else "3 days late") in seen.said


@pytest.mark.parametrize("zh", [True, False])
def test_a9_open_tasks_go_out_as_a_sheet_and_each_error_comes_back_in_sight(
    city: MotoCity, zh: bool
) -> None:
    reader = officer(city, SHEETS, zh=zh)
    page = reader.open("/work/sheet")
    assert page.status == 200 and 'data-save="tasks-' in page.text
    sheet = reader.open("/work/sheet", file="1")
    assert sheet.headers["content-type"].startswith("application/vnd.openxml")
    rows = _rows(sheet)
    fill(rows, 2, {Column.VERB: "退回"})
    wrong = reader.upload("/work/sheet", "sheet", "file", "tasks.xlsx", saved(rows))
    assert wrong.status == 200
    assert Column.GROUND in wrong.said and "base64," in wrong.text
    assert ("没有任何一行生效" if zh else "No row counted") in wrong.said
    nothing = reader.upload("/work/sheet", "sheet", "file", "a.xlsx", b"no sheet")
    assert nothing.status == 400 and 'role="alert"' in nothing.text


def test_a9_a_filled_in_sheet_counts_and_the_task_moves_on(city: MotoCity) -> None:
    reader = officer(city, SHEETS)
    rows = _rows(reader.open("/work/sheet", file="1", item="RS01"))
    fill(rows, 3, {Column.VERB: "接收"})
    done = reader.upload("/work/sheet", "sheet", "file", "tasks.xlsx", saved(rows))
    assert "已受理 1 行，退回 0 行" in done.said
    city.settle()
    assert reader.open("/work", kind="task", state="received").text.count("<tr class=") == 1


def test_a9_the_page_says_how_many_tasks_the_sheet_will_hold(city: MotoCity) -> None:
    assert f"本单位现有未办结监管任务 {PLENTY} 项" in officer(city, MANY).open("/work/sheet").said
    office = Reader(city, f"office.{NONE}:town_office", name="mo")
    seen = office.open("/work/sheet")
    assert "本单位现无未办结监管任务，导出的表格只有表头" in seen.said
    assert "不含线索、主体和巡查" in seen.said
    assert officer(city).open("/work/sheet", unit="nobody").status == 200


def test_a9_no_other_item_is_in_the_sheet_of_one(city: MotoCity) -> None:
    reader = officer(city, SHEETS)
    assert len(_rows(reader.open("/work/sheet", file="1", item="RS01"))) > 4
    none = _rows(reader.open("/work/sheet", file="1", item="XX99"))
    assert not [one for one in none if "RS01" in one]


def _rows(sheet: Seen) -> list[Any]:
    return rows_of(sheet.text.encode("utf-8", "surrogateescape"))
