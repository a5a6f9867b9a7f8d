"""The pages of a task and of an entity: why it came, what is done, what stays hidden (A5, A10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.matching.items import Stage
from functions.supervision.domain import referral_task_id
from functions.supervision.referring import refer
from functions.supervision.store import Store
from functions.supervision.wiring import desk
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_spine import HENGLI, OFFICE, code, load, row, sweep, tasks_of
from tests.unit.supervision.referrals import referral, referred

UNIT = f"rsbz.{HENGLI}"
OFFICER, LEAD = f"{UNIT}:officer", f"{UNIT}:lead"
HOSTILE = "<script>alert(1)</script>东莞市横沥𠮷" + "长" * 160
TURNING = "电话核实\u202e已停业<script>alert(2)</script>"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def pushed(city: MotoCity, number: int, **change: str) -> str:
    """The page of the task of a company's own, pushed just now."""
    load(city, row(number, **change))
    sweep(city)
    name = change.get("企业名称", row(number)["企业名称"])
    [task] = tasks_of(city, UNIT, name)
    return f"/tasks/{task['id']}"


@pytest.mark.parametrize("zh", [True, False])
def test_a5_a_task_says_why_it_came_in_both_languages(city: MotoCity, zh: bool) -> None:
    page = pushed(city, 1 if zh else 2, 经营范围="𠮷鞋；劳务派遣；日用百货（不含危险化学品）")
    seen = Reader(city, OFFICER, name="li", zh=zh).open(page)
    assert seen.status == 200
    assert "<mark>劳务派遣</mark>" in seen.text
    assert ">不含危险化学品</del>" in seen.text
    assert "不含危险化学品”" in seen.text.split("<del title=")[1].split(">")[0]
    assert "劳动合同法" in seen.said
    assert ("为何推送" if zh else "Why it came") in seen.said
    assert "KeyError" not in seen.text


def test_a10_a_task_is_received_checked_and_closed_from_its_page(city: MotoCity) -> None:
    page = pushed(city, 3)
    li = Reader(city, OFFICER, name="li")
    received = li.send(page, "task_receive")
    assert received.status == 303
    assert "已接收。" in li.follow(page, received).said
    assert li.send(page, "task_verify", note=TURNING).status == 303
    shown = li.open(page)
    assert "⟦U+202E⟧" in shown.said
    assert "<script>alert" not in shown.text
    assert "\u202e" not in shown.text
    closed = li.send(
        page,
        "task_close",
        evidence__end="licensed",
        evidence__licence_number="JY1",
        evidence__issued_on="2019-04-01",
        **{"evidence.attachments[]": "许可证副本 JY1\r\n\r\n核查记录 2019-7"},
    )
    seen = li.follow(page, closed)
    assert "已核发许可" in seen.said
    assert "JY1" in seen.said
    assert "许可证副本 JY1、核查记录 2019-7" in seen.said
    assert "登记地址 广东省东莞市横沥镇中山路1号" in seen.said
    assert "任务已办结。" in seen.said
    assert 'name="do"' not in seen.text


def test_a16_a_refused_end_keeps_what_was_entered_with_its_fault_in_place(city: MotoCity) -> None:
    page = pushed(city, 4)
    li = Reader(city, OFFICER, name="li")
    li.send(page, "task_receive")
    seen = li.send(
        page,
        "task_close",
        evidence__end="penalised",
        evidence__decision_number="罚字1号",
        evidence__decided_on="2019-04-01",
        **{"evidence.attachments[]": "决定书\r\n" + "长" * 201},
    )
    assert seen.status == 400
    listed = seen.text.split('name="evidence.attachments[]"')[1].split("</p>")[0]
    assert "决定书" in listed and 'class="fault"' in listed
    assert 'value="罚字1号"' in seen.text
    field = seen.text.split('name="evidence.penalty"')[1].split("</p>")[0]
    assert 'class="fault"' in field
    faults = seen.text.split('role="alert"')[1].split("</section>")[0]
    assert ">附件</span>" in faults and ">处罚内容</span>" in faults  # as the form calls them
    assert "evidence." not in faults
    assert "<strong>已办结" not in seen.text


def test_a16_each_end_asks_for_its_own_evidence(city: MotoCity) -> None:
    page = pushed(city, 5)
    li = Reader(city, OFFICER, name="li")
    li.send(page, "task_receive")
    seen = li.open(page, step="close", end="no_violation")
    assert 'name="evidence.checked_on"' in seen.text
    assert 'name="evidence.licence_number"' not in seen.text
    assert "已备案" not in seen.said  # no end of a licence


def test_a10_a_return_names_who_is_responsible_and_goes_to_the_office(city: MotoCity) -> None:
    page = pushed(city, 6)
    li, office = Reader(city, OFFICER, name="li"), Reader(city, *OFFICE, name="office")
    bare = li.send(page, "task_return", ground="not_our_duty", note="应由市监局负责")
    assert bare.status == 400
    assert 'class="fault"' in bare.text.split('name="responsible"')[1].split("</p>")[0]
    assert ">责任单位</span>" in bare.text.split('role="alert"')[1].split("</section>")[0]
    label = bare.text.split('for="f-responsible"')[1].split("</label>")[0]
    assert "以“不属本部门职责、不属本辖区”退回时必填" in label and "可不填" not in label
    to = f"scjg.{HENGLI}"
    done = li.send(
        page, "task_return", ground="not_our_duty", note="应由市监局负责", responsible=to
    )
    assert (done.status, "work?done=task_return" in done.goes_to) == (303, True)
    left = li.follow(page, done)
    assert "清单随后几秒内更新" in left.said and "./work" in left.links()
    assert "清单随后几秒内更新" not in li.open("/work").said
    assert li.open(page).status == 404  # it is the office's now
    seen = office.open(page)
    assert "不属本部门职责" in seen.said
    assert f'<option value="{to}" selected' in seen.text.split('name="to"')[1]
    assert office.send(page, "task_redirect", to=to, note="请市监局办理").status == 303
    assert Reader(city, f"{to}:officer").open(page).status == 200


@pytest.mark.parametrize("to", ["scjg", "rsbz.441900107000"])
def test_a10_whom_a_return_named_is_chosen_for_the_office_wherever_that_is(
    city: MotoCity, to: str
) -> None:
    page = pushed(city, 70 if to == "scjg" else 71)
    told = {"ground": "not_our_area", "note": "不在本镇", "responsible": to}
    assert Reader(city, OFFICER, name="li").send(page, "task_return", **told).status == 303
    form = Reader(city, *OFFICE, name="office").open(page).text.split('name="to"')[1]
    assert f'<option value="{to}" selected' in form.split("</select>")[0]


def test_a13_a_lead_extends_suspends_and_resumes(city: MotoCity) -> None:
    page = pushed(city, 7)
    lead, officer = Reader(city, LEAD, name="zhao"), Reader(city, OFFICER, name="li")
    assert "step=extend" not in officer.open(page).text
    paper = {"document": "东人社〔2026〕1号", "note": "需复核"}
    over = lead.send(page, "task_extend", stage="receive", days="9", ground="complex_case", **paper)
    assert over.status == 400
    assert 'class="fault"' in over.text.split('name="days"')[1].split("</p>")[0]
    ok = lead.send(page, "task_extend", stage="receive", days="1", ground="complex_case", **paper)
    assert "已延长 1 日" in lead.follow(page, ok).said
    officer.send(page, "task_receive")
    assert lead.send(page, "task_suspend", ground="hearing", **paper).status == 303
    assert "已中止计时" in officer.open(page).said
    assert lead.send(page, "task_resume", note="听证结束").status == 303
    assert lead.send(page, "task_reassign", to="rsbz", note="市局办理").status == 303
    assert Reader(city, "rsbz:officer").open(page).status == 200


def test_d3_another_units_task_looks_like_none(city: MotoCity) -> None:
    page = pushed(city, 8)
    stranger = Reader(city, "yjgl.441900107000:officer", name="wang")
    there, absent = stranger.open(page), stranger.open("/tasks/T0")
    assert (there.status, there.said) == (404, absent.said)
    sent = stranger.send(page, "task_receive")
    assert (sent.status, sent.said) == (404, stranger.send("/tasks/T0", "task_receive").said)


def test_a5_a_hostile_name_is_text_everywhere(city: MotoCity) -> None:
    page = pushed(city, 9, 企业名称=HOSTILE)
    for reader, place in (
        (Reader(city, OFFICER), page),
        (Reader(city, *OFFICE), f"/entities/{code(9)}"),
    ):
        seen = reader.open(place)
        assert seen.status == 200
        assert "<script>alert" not in seen.text
        assert "<script>alert(1)</script>东莞市横沥𠮷长" in seen.said


def test_b10_a_task_from_an_inspection_shows_what_was_seen_there(city: MotoCity) -> None:
    told = referred(
        f"RS01@{UNIT}",
        code=code(14),
        town=HENGLI,
        referrals=(referral(f"RS01@{UNIT}", item_set="2026-1"),),
    )
    refer(told, desk())
    city.settle()
    page = f"/tasks/{referral_task_id(told.inspection, told.referrals[0].key)}"
    seen = Reader(city, OFFICER, name="li").open(page)
    assert seen.status == 200
    assert "巡查发现后移送" in seen.said
    assert "现场无证经营" in seen.said
    assert "改1号" in seen.said
    assert "约谈经营者" in seen.said
    assert any("/inspections/I1" in one for one in seen.links())


def test_a15_a_late_task_shows_its_light_and_its_alerts(city: MotoCity) -> None:
    page = pushed(city, 15)
    store, now = Store(ports.table("supervision")), clock.now()
    before = store.tasks.get(page.removeprefix("/tasks/"))
    assert before
    day = shanghai_day(now)
    receive = before.value.clocks[Stage.RECEIVE].model_copy(
        update={
            "since": day - timedelta(9),
            "remind": day - timedelta(5),
            "due": day - timedelta(3),
        }
    )
    clocks = {**before.value.clocks, Stage.RECEIVE: receive}
    late = before.value.model_copy(update={"clocks": clocks, "changed_at": now})
    store.tasks.save(late, before=before, by="test", now=now)
    city.settle()
    assert city.call("POST", "/v1/alerts/sweep", grants=("city:operator",))[0] == 202
    city.settle()
    seen = Reader(city, OFFICER, name="li").open(page)
    assert "逾期 3 天" in seen.said
    assert "预警记录" in seen.said
    assert "人力资源和社会保障局（横沥镇）" in seen.said.split("预警记录")[1].split("办理过程")[0]


def test_a5_a_task_names_the_other_departments_and_links_only_what_may_be_read(
    city: MotoCity,
) -> None:
    page = pushed(city, 10)
    officer, office = Reader(city, OFFICER).open(page), Reader(city, *OFFICE).open(page)
    assert "市场监督管理局（横沥镇）" in officer.said
    assert not [one for one in officer.links() if "tasks/" in one and "?" not in one]
    assert [one for one in office.links() if "/tasks/" in one and "?" not in one]


@pytest.mark.parametrize("zh", [True, False])
def test_an_entity_shows_its_registration_tasks_visits_and_grade(city: MotoCity, zh: bool) -> None:
    number = 11 if zh else 12
    page = pushed(city, number)
    seen = Reader(city, *OFFICE, zh=zh).open(f"/entities/{code(number)}")
    assert seen.status == 200
    assert "中山路1号" in seen.said
    assert "劳务派遣；餐饮服务" in seen.said
    assert any(one.endswith(page[1:]) for one in seen.links())
    assert any("/inspections/" in one for one in seen.links())
    assert ("B 级（一般）" if zh else "B (ordinary)") in seen.said


def test_d3_another_towns_entity_looks_like_none(city: MotoCity) -> None:
    pushed(city, 13)
    stranger = Reader(city, "office.441900107000:town_office", name="wang")
    there, absent = stranger.open(f"/entities/{code(13)}"), stranger.open(f"/entities/{code(99)}")
    assert (there.status, there.said) == (404, absent.said)
    officer: Any = Reader(city, OFFICER, name="li").open(f"/entities/{code(13)}")
    assert officer.status == 404
