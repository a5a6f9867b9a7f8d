"""The inspection's page: what was found, the notice, joint disposal, who must act (B6-B10)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.inspections.domain import Disposal, Inspection, Solved, inspection_id
from functions.inspections.store import Store
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.inspections import InspectionState, Proposed, Unclear
from tests.integration.motocity import CONFIG, Context, MotoCity, consumers, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_notices import SAMPLE
from tests.integration.test_referrals import TOWN, VILLAGE, failed_twice

HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 160
PICTURE = b"\x89PNG" + b"x" * 96
PHOTO = f"photos/{VILLAGE}/a.png"
WRONG = ("address", "licence.SW01", "display")


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        city.write_object("evidence", PHOTO, PICTURE)
        yield city


def village(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"{VILLAGE}:village", name="chen", zh=zh)


def office(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"office.{TOWN}:town_office", name="wang", zh=zh)


def stored(edition: int, **change: Any) -> str:
    """The page of an inspection that failed twice, with a photo of its first finding."""
    one = failed_twice()
    visits = [visit.model_dump() for visit in one.visits]
    visits[0]["findings"][0]["photos"] = (PHOTO,)
    id = inspection_id(one.code, edition)
    given = {**one.model_dump(), "id": id, "edition": edition, "visits": visits, **change}
    inspection = Inspection.model_validate(given)
    Store(ports.table("inspections")).inspections.save(
        inspection, before=None, by="test", now=clock.now()
    )
    return f"/inspections/{id}"


def classifying(edition: int) -> str:
    disposal = Disposal(
        results=dict.fromkeys(WRONG, Solved.UNSOLVED),
        note="联系不到经营者",
        held_on=shanghai_day(clock.now()),
        by="chen",
        at=clock.now(),
    )
    offered = Proposed(
        item="GA01",
        licence="旅馆业特种行业许可证",
        law="x",
        words=("旅馆",),
        units=(f"gaj.{TOWN}",),
    )
    unclear = Unclear(
        check="display",
        title="亮照经营",
        words=("其他",),
        clause="疑似无证经营旅馆",
        proposals=(offered,),
    )
    state, unit = InspectionState.CLASSIFYING, f"office.{TOWN}"
    return stored(
        edition,
        state=state,
        unit=unit,
        units=(VILLAGE, unit),
        disposal=disposal,
        unclear=(unclear,),
    )


def test_b6_an_inspection_shows_what_each_visit_found_with_its_photos(city: MotoCity) -> None:
    path = stored(10)
    seen = village(city).open(path)
    assert seen.status == 200
    assert "首次检查" in seen.said and "复查" in seen.said and "仍如此" in seen.said
    assert "通过登记的住所（经营场所）无法联系" in seen.said
    shown = village(city).open(path, photo="0")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    assert village(city).open(path, photo="7").status == 404


def test_b6_the_desk_sees_whether_what_was_wrong_was_signed(city: MotoCity) -> None:
    first, second = (visit.model_dump() for visit in failed_twice().visits)
    second["finished"] |= {"present": "王某", "unsigned": True}
    seen = village(city).open(stored(13, visits=(first, second)))
    assert "首次检查 未签字" in seen.said and "王某 当事人拒绝签字" in seen.said
    second["finished"] |= {"unsigned": False, "signature": PHOTO}
    seen = village(city).open(stored(14, visits=(first, second)))
    assert "签字人 王某" in seen.said and "拒绝签字" not in seen.said


def test_b4_people_and_grids_have_their_names_where_the_reader_may_know_them(
    city: MotoCity,
) -> None:
    grid, path = f"{VILLAGE}-02", f"/v1/villages/{VILLAGE}/roster"
    roster = {
        "grids": [{"id": grid, "name": "第二网格", "places": []}],
        "inspectors": [{"id": "inspector", "name": HOSTILE[:27] + "乙本", "grids": [grid]}],
    }
    assert city.call("PUT", path, roster, grants=("office:dispatcher",))[0] == 200
    page = stored(15, inspector="inspector", inspectors=("inspector",), grid=grid)
    for reader in (village(city), office(city)):
        seen = reader.open(page)
        assert "乙本 · 网格 第二网格" in seen.said and grid not in seen.said
        assert "<script>alert" not in seen.text
    overseer = Reader(city, "oversight:oversight", name="o").open(page)
    assert overseer.status == 200 and grid in overseer.said


def test_b9_the_village_disposes_and_what_stays_unsolved_goes_to_the_departments(
    city: MotoCity,
) -> None:
    path = stored(11)
    assert "inspection_dispose" not in office(city).open(path).text
    form = village(city).open(path)
    ref = re.search(r'name="ref" value="([0-9a-f]+)"', form.text)
    assert ref and all(f'name="results.{key}"' in form.text for key in WRONG)
    present = "村委会、 、公安派出所"
    told = {"ref": ref[1], "unit": VILLAGE, "participants": present, "note": "已约谈"}
    told |= {"results.address": "solved", "results.licence.SW01": "unsolved"}
    refused = village(city).send(path, "inspection_dispose", **told, held_on="2999-01-01")
    assert refused.status == 400
    assert 'id="e-held_on"' in refused.text and present in refused.text
    assert re.search(r'value="solved" required checked', refused.text)
    assert "display" in refused.text.partition("results.display")[2]
    told["results.display"] = "solved"
    today = shanghai_day(clock.now()).isoformat()
    done = village(city).send(path, "inspection_dispose", **told, held_on=today)
    assert done.status == 303, done.said
    seen = village(city).follow(path, done)
    assert "处置结果已登记" in seen.said and "未解决" in seen.said and "公安派出所" in seen.said
    assert "商务局（横沥镇）" in seen.said and "inspection_dispose" not in seen.text
    again = village(city).send(path, "inspection_dispose", **told, held_on=today)
    assert again.status == 303


def test_b10_the_town_decides_with_exactly_what_is_offered(city: MotoCity) -> None:
    path = classifying(12)
    assert "inspection_classify" not in village(city).open(path).text
    form = office(city).open(path)
    assert 'name="items.display[]" value="GA01" checked' in form.text
    assert "疑似无证经营旅馆" in form.said and "公安局（横沥镇）" in form.said
    nothing = office(city).send(path, "inspection_classify", ref="c1", **{"ways.display": "items"})
    assert nothing.status == 400 and 'class="fault"' in nothing.text
    silent = {"ways.display": "nobody"}
    assert office(city).send(path, "inspection_classify", ref="c1", **silent).status == 400
    chosen: dict[str, str | list[str]] = {"ways.display": "items", "items.display[]": ["GA01", ""]}
    done = office(city).send(path, "inspection_classify", ref="c2", **chosen)
    seen = office(city).follow(path, done)
    assert "已确定移送" in seen.said and "办理中" in seen.said
    assert "inspection_classify" not in seen.text


@pytest.mark.parametrize("zh", [True, False])
def test_each_inspection_opens_in_both_languages_and_hostile_text_is_text(
    city: MotoCity, zh: bool
) -> None:
    hostile = stored(20 + zh, name=HOSTILE, address=HOSTILE, scope=HOSTILE)
    for reader, path in (
        (village(city, zh=zh), hostile),
        (office(city, zh=zh), classifying(22 + zh)),
        (Reader(city, "oversight:oversight", name="o", zh=zh), hostile),
    ):
        seen = reader.open(path)
        assert seen.status == 200
        assert "<script>alert" not in seen.text and "\u202e" not in seen.text
        assert ("检查情况" if zh else "What was found") in seen.said
    assert "⟦U+202E⟧" in seen.text and "𠮷" in seen.said


def test_d3_anothers_inspection_looks_like_none(city: MotoCity) -> None:
    path = stored(30)
    stranger = Reader(city, "441900106002:village", name="x")
    theirs, none = stranger.open(path), stranger.open("/inspections/Inone")
    assert (theirs.status, theirs.said) == (404, none.said)
    assert stranger.open(path, photo="0").status == 404
    assert stranger.open(path, notice="1").status == 404
    assert stranger.send(path, "inspection_dispose", note="x").status == 404


def test_b7_the_printed_notice_is_passed_on_once_it_is_there(city: MotoCity) -> None:
    event = json.loads(SAMPLE.read_text(encoding="utf-8"))
    inspection = Inspection.model_validate(event["inspection"])
    Store(ports.table("inspections")).inspections.save(
        inspection, before=None, by="test", now=inspection.changed_at
    )
    path = f"/inspections/{inspection.id}"
    reader = Reader(city, "441900119002:village", name="x")
    waiting = reader.open(path, notice="1")
    assert waiting.status == 200 and "notice" in waiting.text and 'role="alert"' in waiting.text
    consumers()["inspections-print"](event, Context())
    assert 'data-save="' in reader.open(path).text
    printed = reader.open(path, notice="1")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.text.startswith("%PDF")


def test_b4_whoever_assigns_finds_the_way_to_the_board(city: MotoCity) -> None:
    path = stored(40, state=InspectionState.WAITING, visits=())
    assert f"../dispatch?unit={VILLAGE}" in village(city).open(path).links()
    reader = Reader(city, "oversight:oversight", name="o")
    assert not [link for link in reader.open(path).links() if "dispatch?unit" in link]
