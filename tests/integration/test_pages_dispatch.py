"""The dispatcher's board of a village, a town, the city (B1, B4, B12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.inspections.domain import inspection_id
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_dispatch import REGISTRAR, call
from tests.unit.discipline.chamber import code_of

TOWN, VILLAGE, NEXT, QUIET = "441900119000", "441900119006", "441900119007", "441900119008"
LONG = "441900119009"
HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 160
AT_HOME, NOWHERE = "东莞市长安镇锦厦社区示例路1号", "东莞市长安镇无名路1号"


def roster_of(village: str) -> dict[str, Any]:
    return {
        "grids": [
            {"id": f"{village}-01", "name": "第一网格", "places": ["示例路"]},
            {"id": f"{village}-02", "name": "第二网格", "places": []},
        ],
        "inspectors": [
            {"id": "ann", "name": "甲安", "grids": [f"{village}-01"]},
            {"id": "ben", "name": "乙本", "grids": [f"{village}-02"]},
        ],
    }


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        for village in (VILLAGE, NEXT):
            path = f"/v1/villages/{village}/roster"
            call(city, "PUT", path, roster_of(village), ("office:dispatcher",))
        yield city


def village(city: MotoCity, code: str = VILLAGE, *, zh: bool = True) -> Reader:
    return Reader(city, f"{code}:village", name="chen", zh=zh)


def hub(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"office.{TOWN}:town_office", name="wang", zh=zh)


def dispatcher(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "office:dispatcher", name="zhao", zh=zh)


def registered(
    city: MotoCity, numbers: range, address: str, name: str = "东莞市试验店"
) -> list[str]:
    """The first inspections of new companies at an address."""
    codes = [code_of(number) for number in numbers]
    rows = [{"name": name, "code": one, "scope": "餐饮服务", "address": address} for one in codes]
    told = call(city, "POST", "/v1/registrations", {"rows": rows}, REGISTRAR)
    assert told["accepted"] == len(codes), told
    city.settle()
    return [inspection_id(code, 1) for code in codes]


def row_of(text: str, id: str) -> str:
    """The row of an inspection on a board, as it is written."""
    return text.partition(f"inspections/{id}")[2].partition("</tr>")[0]


def test_b4_the_proposal_is_accepted_by_one_press_and_another_is_chosen(city: MotoCity) -> None:
    first, second = registered(city, range(100, 102), AT_HOME)
    seen = village(city).open("/dispatch")
    assert seen.status == 200
    assert "派给 甲安" in row_of(seen.text, first) and "地址含“示例路”" in seen.said
    done = village(city).send("/dispatch", "dispatch_assign", id=first)
    assert "已派单" in village(city).follow("/dispatch", done).said
    assert first not in village(city).open("/dispatch").text
    whole = village(city).open("/dispatch?state=all").text
    assert "甲安" in row_of(whole, first) and "dispatch_assign" not in row_of(whole, first)
    form = village(city).open("/dispatch", open=second, way="assign")
    assert 'value="ann" selected' in form.text and "乙本 · 第二网格 · 0 件" in form.said
    chosen = {"id": second, "inspector": "ben", "grid": f"{VILLAGE}-02"}
    village(city).send("/dispatch", "dispatch_assign", **chosen)
    assert "乙本" in row_of(village(city).open("/dispatch?state=all").text, second)
    mine = village(city).open("/dispatch", inspector="ben").text
    assert second in mine and first not in mine
    load = village(city).open("/dispatch")
    assert re.search(r'<meter[^>]* value="1"', load.text)


def test_b4_what_somebody_else_gave_out_first_is_not_told_to_be_with_whom_the_button_named(
    city: MotoCity,
) -> None:
    (id,) = registered(city, range(105, 106), AT_HOME)
    page = row_of(village(city).open("/dispatch").text, id)
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown
    other = {"ann": "ben", "ben": "ann"}[shown[1]]
    first = village(city).send("/dispatch", "dispatch_assign", id=id, inspector=other)
    assert "done=dispatch_assign" in first.goes_to
    done = village(city).send("/dispatch", "dispatch_assign", id=id, shown=shown[1])
    assert done.goes_to == f"./dispatch?unit={VILLAGE}&inspector={other}&done=dispatch_other"
    told = village(city).follow("/dispatch", done)
    assert "他人已先派单" in told.said and id in told.text
    village(city).send("/dispatch", "dispatch_recall", id=id, note="请病假")
    village(city).send("/dispatch", "dispatch_return", id=id, note="不在本村")


def test_b4_a_refusal_stands_at_the_row_with_what_was_entered(city: MotoCity) -> None:
    (id,) = registered(city, range(110, 111), AT_HOME)
    said = {"id": id, "inspector": "nobody", "note": "请速办"}
    refused = village(city).send("/dispatch?state=waiting", "dispatch_assign", **said)
    assert refused.status == 400
    assert 'id="e-inspector"' in refused.text and "请速办" in refused.text
    village(city).send("/dispatch", "dispatch_assign", id=id)
    silent = village(city).send("/dispatch?state=all", "dispatch_recall", id=id, note="")
    assert silent.status == 400 and 'id="e-note"' in silent.text
    back = village(city).send("/dispatch?state=all", "dispatch_recall", id=id, note="请病假")
    assert "state=all" in back.goes_to and "已收回" in village(city).follow("/dispatch", back).said
    village(city).send("/dispatch", "dispatch_return", id=id, note="不在本村")
    assert id not in village(city).open("/dispatch?state=all").text
    assert id in hub(city).open("/dispatch").text


def test_b4_all_proposals_of_a_village_are_accepted_at_once(city: MotoCity) -> None:
    (id,) = registered(city, range(120, 121), NOWHERE)
    where = {"id": id, "village": "锦厦社区居民委员会以外", "note": "电话核实"}
    unknown = hub(city).send("/dispatch", "dispatch_place", **where)
    assert unknown.status == 400 and 'id="e-village"' in unknown.text
    form = hub(city).open("/dispatch", open=id, way="place")
    names = re.findall(r'<option value="([^"]+)">', form.text)
    where["village"] = next(name for name in names if name.startswith("长安镇"))
    placed = hub(city).send("/dispatch", "dispatch_place", **where)
    assert "已转给该村" in hub(city).follow("/dispatch", placed).said
    assert id not in hub(city).open("/dispatch").text
    assert hub(city).open("/dispatch", village=where["village"]).goes_to
    place = hub(city).open("/dispatch", village=where["village"]).goes_to.partition("unit=")[2]
    assert id in hub(city).open("/dispatch", unit=place[:12]).text
    registered(city, range(121, 124), AT_HOME)
    done = village(city).send("/dispatch", "dispatch_all", village=VILLAGE)
    seen = village(city).follow("/dispatch", done)
    assert re.search(r"已派出 \d+ 件，余 0 件", seen.said) and "没有待派单的巡查" in seen.said


def test_b1_the_town_sees_its_villages_and_the_city_its_towns(city: MotoCity) -> None:
    registered(city, range(130, 132), AT_HOME)
    town = hub(city).open("/dispatch")
    assert f"unit={VILLAGE}" in town.text and "各村（社区）" in town.said
    assert "没有名为“无此村”" in hub(city).open("/dispatch", village="无此村").said
    below = hub(city).open("/dispatch", unit=VILLAGE)
    assert below.status == 200 and f"unit=office.{TOWN}" in below.text
    whole = dispatcher(city).open("/dispatch")
    assert f"unit=office.{TOWN}" in whole.text and "长安镇" in whole.said
    assert dispatcher(city).open("/dispatch", unit=f"office.{TOWN}").status == 200


def test_d3_the_board_of_others_looks_like_none(city: MotoCity) -> None:
    here = village(city)
    for unit in (NEXT, f"office.{TOWN}", "office", "nowhere"):
        foreign = here.open("/dispatch", unit=unit)
        assert (foreign.status, foreign.said) == (404, here.open("/dispatch", unit="999").said)
    other_town = Reader(city, "office.441900121000:town_office")
    assert other_town.open("/dispatch", unit=VILLAGE).status == 404
    assert Reader(city, f"{VILLAGE}:inspector").open("/dispatch").status == 404
    (id,) = registered(city, range(140, 141), AT_HOME)
    assert village(city, NEXT).send("/dispatch", "dispatch_assign", id=id).status == 404


@pytest.mark.parametrize("zh", [True, False])
def test_each_board_opens_in_both_languages_and_hostile_text_is_text(
    city: MotoCity, zh: bool
) -> None:
    (id,) = registered(city, range(150 + zh, 151 + zh), AT_HOME, HOSTILE)
    for reader in (village(city, zh=zh), hub(city, zh=zh), dispatcher(city, zh=zh)):
        for query in ({}, {"state": "all"}, {"state": "<script>"}, {"unit": VILLAGE, "open": id}):
            seen = reader.open("/dispatch", **query)
            assert seen.status == 200
            assert "<script>alert" not in seen.text
    assert "&lt;script&gt;" in village(city).open("/dispatch", state="all").text
    empty = village(city, QUIET, zh=zh).open("/dispatch")
    assert empty.status == 200 and ("尚无网格员名册" if zh else "no roster") in empty.said


def test_b4_a_long_board_is_shown_fifty_at_a_time_with_next_and_back(city: MotoCity) -> None:
    registered(city, range(200, 270), "东莞市长安镇新民社区示例路1号")
    board = dispatcher(city)
    first = board.open("/dispatch", unit=LONG)
    assert first.text.count("inspections/") == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = board.open("/" + following.replace("&amp;", "&").lstrip("./"))
    assert second.text.count("inspections/") == 20
    assert 'rel="prev"' in second.text and 'rel="next"' not in second.text
