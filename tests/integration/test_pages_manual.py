"""The page of what waits for a person: lists by town, one case, its decision (A6)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_spine import HENGLI, OFFICE, code, load, row, sweep, tasks_of

NOWHERE = {"注册地址": "某处不详路1号"}
HOSTILE = "<script>alert(1)</script>\u202e某处𠮷路"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def dispatcher(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "city:dispatcher", name="chen", zh=zh)


def test_a6_the_list_says_why_each_waits_fifty_to_a_page(city: MotoCity) -> None:
    load(city, *[row(number, **NOWHERE) for number in range(100, 160)])
    sweep(city)
    chen = dispatcher(city)
    first = chen.open("/manual")
    assert first.status == 200
    assert "地址中找不到镇街" in first.said
    assert first.text.count("code=91441900") == 50
    [forward] = [one for one in first.links() if "after=" in one]
    second = chen.open("/manual" + forward[forward.index("?") :])
    assert 10 <= second.text.count("code=91441900") < 50
    assert "上一页" in second.said


@pytest.mark.parametrize("zh", [True, False])
def test_a6_an_address_is_placed_by_hand_and_its_tasks_are_pushed(city: MotoCity, zh: bool) -> None:
    number = 1 if zh else 2
    load(city, row(number, **NOWHERE))
    sweep(city)
    chen = dispatcher(city, zh=zh)
    page = chen.open("/manual", code=code(number))
    assert page.status == 200
    assert "不详路1号" in page.said
    bare = chen.send(
        "/manual",
        "manual_dispatch",
        code=code(number),
        edition="1",
        note="电话核实",
        applies="text",
    )
    assert bare.status == 400
    assert ">电话核实</textarea>" in bare.text
    done = chen.send(
        "/manual",
        "manual_dispatch",
        code=code(number),
        edition="1",
        note="电话核实",
        applies="text",
        town=HENGLI,
    )
    assert done.status == 303
    said = chen.follow("/manual", done).said
    assert ("已分派。" if zh else "It is decided.") in said
    city.settle()
    assert tasks_of(city, f"rsbz.{HENGLI}", row(number)["企业名称"])
    assert ("此登记已分派" if zh else "is decided") in chen.open("/manual", code=code(number)).said


def test_a6_items_are_named_for_a_scope_that_nobody_can_read(city: MotoCity) -> None:
    load(city, row(3, 经营范围="餐饮服务、劳务……"))
    sweep(city)
    office = Reader(city, *OFFICE, name="office")
    page = office.open("/manual", code=code(3))
    assert "经营范围不完整" in page.said
    [option] = [one for one in page.text.split("<option value=") if one.startswith('"RS01 ')]
    form = {"code": code(3), "edition": "1", "note": "查阅档案", "applies": "some"}
    wrong = office.send("/manual", "manual_dispatch", **form, **{"items[]": ["XX99 没有"]})
    assert wrong.status == 400
    assert "XX99" in wrong.said
    assert 'value="XX99 没有"' in wrong.text
    nothing = office.send("/manual", "manual_dispatch", **form, **{"items[]": ["", " "]})
    assert nothing.status == 400
    assert "请指定至少一个事项" in nothing.text.split("</fieldset>")[0]
    assert ">查阅档案</textarea>" in nothing.text
    unsaid = office.send("/manual", "manual_dispatch", **form | {"applies": "text", "town": HENGLI})
    waits = office.follow("/manual", unsaid).said
    assert "仍有待定事项" in waits and "经营范围不完整" in waits
    picked = option.split('"')[1]
    done = office.send("/manual", "manual_dispatch", **form, **{"items[]": [picked, ""]})
    assert done.status == 303
    city.settle()
    assert tasks_of(city, f"rsbz.{HENGLI}", row(3)["企业名称"])


def test_a6_the_items_that_hold_now_are_offered_not_those_of_the_push(city: MotoCity) -> None:
    load(city, row(6, 经营范围="……"))
    sweep(city)
    text = (CONFIG / "supervision_items.toml").read_text(encoding="utf-8")
    newer = text.replace('version = "2026-1"', 'version = "2026-2"', 1)
    city.put_items_in_force(newer.replace('code = "RS01"', 'code = "RS99"', 1))
    page = Reader(city, *OFFICE, name="office").open("/manual", code=code(6))
    city.put_items_in_force(text)
    assert '<option value="RS99 ' in page.text and '<option value="RS01 ' not in page.text


def test_a6_nothing_applies_is_a_decision_too(city: MotoCity) -> None:
    load(city, row(4, 经营范围="……"))
    sweep(city)
    form = {"code": code(4), "edition": "1", "note": "仅办公", "applies": "none"}
    office = Reader(city, *OFFICE, name="office")
    assert office.send("/manual", "manual_dispatch", **form).status == 303
    assert "不涉及监管事项" in office.open(f"/entities/{code(4)}").said


def test_d3_oversight_sees_and_decides_nothing_and_other_towns_see_nothing(city: MotoCity) -> None:
    load(city, row(5, 注册地址="广东省东莞市横沥镇某村" + HOSTILE, 经营范围="……"))
    sweep(city)
    watcher = Reader(city, "oversight:oversight", name="sun").open("/manual", code=code(5))
    assert watcher.status == 200
    assert 'value="manual_dispatch"' not in watcher.text
    assert "<script>alert" not in watcher.text
    assert "\u202e" not in watcher.text
    stranger = Reader(city, "office.441900107000:town_office", name="wang")
    there = stranger.open("/manual", code=code(5))
    assert (there.status, there.said) == (404, stranger.open("/manual", code=code(99)).said)
    assert stranger.open("/manual", town=HENGLI).status == 404
    assert code(5) not in stranger.open("/manual").said
