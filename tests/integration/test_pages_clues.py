"""The clues' pages: report with photos, assign with the reasons, feed back, switch over (A17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.shared import clock
from functions.shared.calendar import shanghai_day
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish

TOWN = "441900106000"
UNIT, OFFICE, MARKET = f"cgzf.{TOWN}", f"office.{TOWN}", f"scjg.{TOWN}"
HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 100
PICTURE = b"\x89PNG" + b"x" * 96


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def reporter(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"{UNIT}:officer", name="zhang", zh=zh)


def office(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"{OFFICE}:town_office", name="wang", zh=zh)


def receiver(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"{MARKET}:officer", name="li", zh=zh)


def reported(city: MotoCity, place: str, seen: str = "无证经营餐饮", **more: Any) -> str:
    body = {"place": place, "seen": seen, **more}
    status, told = city.call("POST", "/v1/clues", body, grants=(f"{UNIT}:officer",))
    assert status == 201, told
    return f"/clues/{told['id']}"


def assigned(city: MotoCity, place: str) -> str:
    path = reported(city, place)
    done = office(city).send(path, "clue_assign", **{"units[]": [MARKET]})
    assert done.status == 303, done.said
    assert "清单随后几秒内更新" in office(city).follow(path, done).said
    return path


def way(verb: str, unit: str = MARKET) -> dict[str, str]:
    return {"way": f"{verb}:{unit}"}


def test_a17_a_clue_is_reported_by_a_form_and_shown_with_who_is_proposed(city: MotoCity) -> None:
    form = reporter(city).open("/clues")
    assert (form.status, "上报线索" in form.said) == (200, True)
    fields = {"seen": "门口经营餐饮，没有许可证", "place": "东兴路1号", "ref": "r1"}
    fields |= {"position__lat": "23.02", "position__lon": "113.9", "name": "", "code": ""}
    done = reporter(city).send("/clues", "clue_report", **fields)
    assert done.status == 303, done.said
    seen = reporter(city).follow("/clues", done)
    assert "线索已上报" in seen.said and "东兴路1号" in seen.said and "23.02" in seen.said
    again = reporter(city).send("/clues", "clue_report", **fields)
    assert again.goes_to == done.goes_to
    path = done.goes_to.removeprefix(".").partition("?")[0]
    theirs = office(city).open(path)
    assert "市场监督管理局（横沥镇）" in theirs.said and "餐饮" in theirs.said
    assert re.search(rf'value="{MARKET}" checked', theirs.text)
    assert "clue_assign" not in seen.text


def test_a17_photos_go_with_a_report_are_shown_and_kept_when_it_is_refused(city: MotoCity) -> None:
    refused = reporter(city).upload("/clues", "clue_report", "photo", "门面.png", PICTURE)
    assert refused.status == 400  # sent as application/octet-stream: no photo, and nothing else
    assert 'id="e-photo"' in refused.text and 'id="e-seen"' not in refused.text
    key = f"photos/{UNIT}/a.png"
    city.write_object("evidence", key, PICTURE)
    kept = reporter(city).send("/clues", "clue_report", **{"photos[]": key, "seen": "x"})
    assert kept.status == 400
    assert f'<input type="checkbox" name="photos[]" value="{key}" checked>' in kept.text
    assert 'id="e-place"' in kept.text
    path = reported(city, "照片处", photos=[key])
    assert "photo=0" in reporter(city).open(path).text
    shown = reporter(city).open(path, photo="0")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    assert shown.text.encode("utf-8", "surrogateescape") == PICTURE
    assert reporter(city).open(path, photo="1").status == 404
    assert Reader(city, f"gaj.{TOWN}:officer", name="x").open(path, photo="0").status == 404


@pytest.mark.parametrize("zh", [True, False])
def test_each_page_opens_in_both_languages_and_hostile_text_is_text(
    city: MotoCity, zh: bool
) -> None:
    path = reported(city, f"{HOSTILE[:80]}{zh}", seen=HOSTILE, name=HOSTILE[:60])
    city.settle()
    for seen in (
        reporter(city, zh=zh).open("/clues"),
        office(city, zh=zh).open("/clues"),
        office(city, zh=zh).open(path),
    ):
        assert seen.status == 200
        assert "<script>alert" not in seen.text and "\u202e" not in seen.text
    assert "&lt;script&gt;" in seen.text and "⟦U+202E⟧" in seen.text and "𠮷" in seen.said
    word = "建议的主管部门" if zh else "Proposed departments"
    assert word in seen.said


def test_d3_anothers_clue_looks_like_none(city: MotoCity) -> None:
    path = reported(city, "别人的")
    stranger = Reader(city, f"gaj.{TOWN}:officer", name="x")
    theirs, none = stranger.open(path), stranger.open("/clues/Lnone")
    assert (theirs.status, theirs.said) == (404, none.said)
    assert stranger.send(path, "clue_receive", unit=MARKET).status == 404


def test_a17_the_office_assigns_and_a_missing_reason_is_told_in_place(city: MotoCity) -> None:
    path = reported(city, "要分派的")
    wanted = {"units[]": ["", f"gaj.{TOWN}"]}
    refused = office(city).send(path, "clue_assign", **wanted, note="")
    assert refused.status == 400
    assert 'id="e-note"' in refused.text and f'value="gaj.{TOWN}" selected' in refused.text
    done = office(city).send(path, "clue_assign", **wanted, note="由你单位先行查看")
    assert "已分派" in office(city).follow(path, done).said
    assert "由你单位先行查看" in Reader(city, f"gaj.{TOWN}:lead", name="x").open(path).said


def test_a17_a_receiver_receives_says_how_it_goes_and_closes(city: MotoCity) -> None:
    path = assigned(city, "要办结的")
    first = receiver(city).open(path)
    assert "clue_receive" in first.text and "way=dispute" in first.text
    assert "way=close" not in first.text
    receiver(city).send(path, "clue_receive", unit=MARKET)
    assert 'id="e-note"' in receiver(city).send(path, "clue_handle", unit=MARKET, note="").text
    assert receiver(city).send(path, "clue_handle", unit=MARKET, note="已上门").status == 303
    form = receiver(city).open(path, **way("close"), end="corrected")
    assert 'name="evidence.checked_on"' in form.text and "penalty" not in form.text
    told = {"unit": MARKET, "evidence__end": "corrected", "evidence__note": "已办证"}
    ahead = receiver(city).send(path, "clue_close", **told, evidence__checked_on="2999-01-01")
    assert ahead.status == 400 and 'id="e-evidence.checked_on"' in ahead.text
    assert "已办证" in ahead.text
    missing = receiver(city).send(path, "clue_close", **told)
    assert 'id="e-evidence.checked_on"' in missing.text
    today = shanghai_day(clock.now()).isoformat()
    done = receiver(city).send(path, "clue_close", **told, evidence__checked_on=today)
    seen = receiver(city).follow(path, done)
    assert "已整改" in seen.said and "已办证" in seen.said and "clue_close" not in seen.text


def test_a17_a_dispute_names_who_is_competent_and_comes_back_to_the_office(city: MotoCity) -> None:
    path = assigned(city, "有争议的")
    form = receiver(city).open(path, **way("dispute"))
    assert 'name="ground"' in form.text and f'value="gaj.{TOWN}"' in form.text
    told = {"unit": MARKET, "note": "属治安管理", "responsible": f"gaj.{TOWN}"}
    assert 'id="e-ground"' in receiver(city).send(path, "clue_dispute", **told, ground="").text
    receiver(city).send(path, "clue_dispute", **told, ground="not_our_duty")
    seen = office(city).open(path)
    assert "已提出异议" in seen.said and "公安局（横沥镇）" in seen.said
    assert not re.search(rf'value="{MARKET}" checked', seen.text)
    assert f'value="gaj.{TOWN}" selected' in seen.text


def test_a18_a_town_office_switches_automatic_assignment(city: MotoCity) -> None:
    assert "自动分派" not in reporter(city).open("/clues").said
    assert "未开启" in office(city).open("/clues").said
    done = office(city).send("/clues", "clue_switch", town=TOWN, automatic="yes")
    assert "已开启" in office(city).follow("/clues", done).said
    office(city).send("/clues", "clue_switch", town=TOWN, automatic="no")
    assert reporter(city).send("/clues", "clue_switch", town=TOWN, automatic="yes").status == 404
    assert "未开启" in office(city).open("/clues").said


def test_d2_fifty_clues_stand_on_a_page_with_next_and_back(city: MotoCity) -> None:
    other = "441900121000"
    grants = (f"cgzf.{other}:officer",)
    for number in range(55):
        body = {"place": f"长安路{number}号", "seen": "无证经营餐饮"}
        assert city.call("POST", "/v1/clues", body, grants=grants)[0] == 201
    city.settle()
    reader = Reader(city, f"office.{other}:town_office", name="w")
    first = reader.open("/clues")
    assert rows(first) == 50
    [forward] = [link for link in first.links() if "after=" in link]
    second = reader.open(forward.removeprefix("."))
    assert rows(second) == 5 and "上一页" in second.said


def rows(seen: Seen) -> int:
    return len(re.findall(r'href="\./clues/L', seen.text))
