"""Clues are reported with or without a code, once each (A17)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from functions.clues.reporting import Report
from functions.clues.usecases import report_clue
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound, Problem
from functions.shared.events.clues import ClueState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.clues.smalltown import EAST, REPORTER, WEST, SmallTown, somebody


def codes(problem: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in problem.value.faults]


def test_a17_a_shop_without_a_code_is_a_clue_like_any_other() -> None:
    clue = SmallTown().report(
        "无证经营餐饮", kinds=["无证照"], position={"lat": 23.02, "lon": 113.7}
    )
    assert (clue.code, clue.state, clue.office) == (None, ClueState.REPORTED, f"office.{EAST}")
    assert (clue.reporter, clue.town) == (f"cgzf.{EAST}", EAST)
    assert [step.verb for step in clue.steps] == ["report"]


def test_a17_what_is_stored_reads_back_as_it_was_told() -> None:
    town = SmallTown()
    town.photos.sizes[f"photos/cgzf.{EAST}/a.jpg"] = 9
    clue = town.report(
        code="９１441900MA0000001X ",
        name="𠮷野",
        position={"lat": -23.0207123456, "lon": 0},
        photos=[f"photos/cgzf.{EAST}/a.jpg"] * 2,
        village="441900119001",
    )
    assert town.stored(clue) == clue
    assert (clue.code, clue.photos) == ("91441900MA0000001X", (f"photos/cgzf.{EAST}/a.jpg",))
    assert clue.position and str(clue.position.lat) == "-23.020712"


def test_a17_the_same_content_or_the_same_ref_of_one_sender_is_one_clue() -> None:
    town = SmallTown()
    first = town.report()
    assert town.report() == first
    assert town.report(ref="1").id != first.id
    assert town.report(ref="1") == town.report(ref="1")
    assert town.report(by=Caller("another", REPORTER.grants)).id != first.id


def test_a17_what_is_seen_again_on_another_day_is_another_clue_and_not_lost_in_silence() -> None:
    town = SmallTown()
    first = town.report()
    town.now += timedelta(hours=14)  # 23:00 in Shanghai
    assert town.report().id == first.id
    town.now += timedelta(hours=2)
    assert town.report().id != first.id
    assert town.report(ref="1").id == town.report(ref="1").id


def test_a17_a_repeat_finds_the_clue_as_it_is_by_now() -> None:
    town = SmallTown()
    clue = town.report(ref="7")
    later = town.assign(clue, f"scjg.{EAST}")
    assert town.report(ref="7") == later


def test_a17_a_ref_that_stood_for_something_else_is_refused() -> None:
    town = SmallTown()
    town.report("无证经营餐饮", ref="7")
    with pytest.raises(Conflict) as refused:
        town.report("无证旅馆", ref="7")
    assert codes(refused) == [("ref", "ref_reused")]


def test_a17_a_report_that_is_sent_again_with_its_photos_announced_anew_is_the_same() -> None:
    town = SmallTown()
    keys = [f"photos/cgzf.{EAST}/{name}.jpg" for name in ("one", "two")]
    town.photos.sizes = dict.fromkeys(keys, 1)
    first = town.report(ref="7", photos=keys[:1])
    assert town.report(ref="7", photos=keys[1:]) == first
    with pytest.raises(Conflict) as refused:
        town.report(ref="7", photos=keys)
    assert codes(refused) == [("ref", "ref_reused")]


def test_a17_a_unit_of_the_city_says_in_which_town() -> None:
    town, city = SmallTown(), somebody("cgzf")
    with pytest.raises(Invalid) as refused:
        town.report(by=city)
    assert codes(refused) == [("town", "town_needed")]
    assert town.report(by=city, town=WEST).office == f"office.{WEST}"
    with pytest.raises(Invalid) as refused:
        town.report(by=city, town="441900999000")
    assert codes(refused) == [("town", "town_not_ours")]


def test_d3_somebodys_identity_number_is_no_code_and_is_not_kept() -> None:
    town = SmallTown()
    with pytest.raises(Invalid) as refused:
        town.report(code="11010519491231002X")
    assert codes(refused) == [("code", "code_citizen_id")]
    assert "1949" not in str(refused.value)
    assert town.report(code="110105194913310021").code  # no such day: an old kind of code


@pytest.mark.parametrize("village", ["441900121001", EAST])
def test_a17_a_village_lies_in_its_town_and_is_not_the_town(village: str) -> None:
    with pytest.raises(Invalid) as refused:
        SmallTown().report(village=village)
    assert codes(refused) == [("village", "village_not_in_town")]


def test_a17_a_photo_that_has_not_arrived_or_is_another_units_is_missing() -> None:
    town = SmallTown()
    town.photos.sizes = {
        f"photos/cgzf.{EAST}/there.jpg": 1,
        f"photos/cgzf.{EAST}/huge.jpg": 11 * 1024 * 1024,
        f"photos/cgzf.{EAST}/empty.jpg": 0,
        f"photos/scjg.{EAST}/there.jpg": 1,
    }
    keys = [
        f"photos/{one}.jpg"
        for one in (
            *(f"cgzf.{EAST}/there", f"cgzf.{EAST}/gone", f"scjg.{EAST}/there"),
            *(f"cgzf.{EAST}/huge", f"cgzf.{EAST}/empty"),
        )
    ]
    with pytest.raises(Invalid) as refused:
        town.report(photos=keys)
    assert codes(refused) == [(f"photos.{n}", "photo_missing") for n in (1, 2, 3, 4)]
    assert list(town.fake) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seen", " "),
        ("seen", "长" * 2001),
        ("place", ""),
        ("code", "91441900MA000000"),
        ("code", "91441900MAO000001X"),
        ("position", {"lat": 91, "lon": 0}),
        ("position", {"lat": float("nan"), "lon": 0}),
        ("photos", ["x"] * 10),
        ("colour", "red"),
    ],
)
def test_d4_what_breaks_the_form_is_named(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        Report.model_validate({"place": "路", "seen": "见", field: value})


def test_d3_one_reports_for_ones_own_unit_alone() -> None:
    town = SmallTown()
    with pytest.raises(NotFound):
        town.report(unit=f"scjg.{EAST}")
    with pytest.raises(NotFound):
        town.report(by=somebody("oversight", Role.OVERSIGHT))
    both = Caller(
        "both", frozenset({Grant(f"scjg.{EAST}", Role.LEAD), Grant(f"gaj.{EAST}", Role.OFFICER)})
    )
    with pytest.raises(Invalid) as refused:
        town.report(by=both)
    assert codes(refused) == [("unit", "unit_needed")]
    assert town.report(by=both, unit=f"gaj.{EAST}").reporter == f"gaj.{EAST}"


def test_a17_a_report_that_dies_anywhere_and_is_sent_again_is_one_clue() -> None:
    nth = 1
    while True:
        town = SmallTown()
        town.table = Interrupted(town.fake, nth, crash)
        try:
            clue = town.report()
        except Crash:
            town.table = town.fake
            clue = town.report()
        else:
            break
        assert [record["version"] for record in town.fake] == [1]
        assert town.stored(clue) == clue
        nth += 1
    assert nth > 4


def test_a17_two_who_send_the_same_report_at_once_get_the_same_clue() -> None:
    town = SmallTown()
    others = []

    def meanwhile() -> None:
        report = Report(place="东兴路1号", seen="无证经营餐饮")
        others.append(report_clue(report, REPORTER, SmallTown(town.fake).desk))

    town.table = Interrupted(town.fake, 4, meanwhile)
    assert [town.report()] == others
    assert len(list(town.fake)) == 1
