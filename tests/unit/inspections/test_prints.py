"""Which notices are printed, what is put on them, and who may fetch a print when (B7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from functions.inspections.checks import checks_for
from functions.inspections.desk import Inspector, Roster
from functions.inspections.domain import Inspection, Notice
from functions.inspections.papers import Paper, issuer_of, paper_of, read_places
from functions.inspections.prints import fetched, key_of, print_notice
from functions.inspections.seen import Finding, Finished, Result, Round, Visit
from functions.shared.errors import Conflict, NotFound
from functions.shared.events.inspections import InspectionState
from functions.shared.photos import SENT_WITHIN
from tests.fakes.objects import MemoryObjects
from tests.unit.inspections.hamlet import BOOK, INSPECTOR, NOW, OFFICE, TOWN, VILLAGE, Hamlet
from tests.unit.inspections.registrations import registration

PLACES = {TOWN: "长安镇", VILLAGE: "长盛社区居民委员会"}
NAMES = {INSPECTOR: "王小明"}
NUMBER = "改〔2026〕119001-0001号"


class Drawer(MemoryObjects):
    """A bucket of prints that also tells sizes."""

    def size(self, key: str) -> int | None:
        return len(self.read(key)) if key in set(self) else None


@dataclass
class Press:
    """Keeps what it was asked to print; the bytes name the notice."""

    papers: list[Paper] = field(default_factory=list)

    def __call__(self, paper: Paper) -> bytes:
        self.papers.append(paper)
        return f"print {len(self.papers)}".encode()


def noticed(hamlet: Hamlet, **change: Any) -> Inspection:
    """An inspection whose first visit brought a notice."""
    findings = (
        Finding(check="address", result=Result.PASSED, noted_at=NOW),
        Finding(
            check="open",
            result=Result.FAILED,
            kinds=("ceased", "other"),
            note="门锁着",
            noted_at=NOW,
        ),
        Finding(
            check="licence.SJ01",
            result=Result.FAILED,
            kinds=("unlicensed",),
            guidance="请办证",
            noted_at=NOW,
        ),
    )
    visit = Visit(
        id="v1",
        round=Round.FIRST,
        by=INSPECTOR,
        findings=findings,
        started_at=NOW,
        finished=Finished(at=NOW, present="李四"),
        decided_at=NOW,
    )
    notice = Notice(
        number=NUMBER,
        issued_at=NOW,
        correct_by=date(2026, 3, 9),
        checks=("open", "licence.SJ01"),
        grounds=("《无证无照经营查处办法》第五条",),
        by=INSPECTOR,
    )
    given = {"state": InspectionState.CORRECTING, "visits": (visit,), "notice": notice}
    return hamlet.opened(**{**given, **change})


def paper(inspection: Inspection, inspectors: Mapping[str, str] = NAMES) -> Paper:
    assert inspection.notice
    return paper_of(inspection, inspection.notice, book=BOOK, places=PLACES, inspectors=inspectors)


def test_b7_a_paper_says_exactly_what_failed_with_names_in_place() -> None:
    said = paper(noticed(Hamlet()))
    assert (said.number, said.issuer, said.inspector) == (
        NUMBER,
        "长安镇长盛社区居民委员会",
        "王小明",
    )
    assert (said.visited, said.present, said.correct_by) == (
        date(2026, 3, 2),
        "李四",
        date(2026, 3, 9),
    )
    shut, unlicensed = said.wrong
    assert shut.kinds == ("已停业未办理歇业或注销", "其他") and shut.note == "门锁着"
    assert unlicensed.title == "许可（备案）证件核查（食品经营许可证）"
    assert (unlicensed.kinds, unlicensed.clause, unlicensed.guidance) == (
        ("未取得许可从事经营",),
        "食品销售",
        "请办证",
    )
    assert said.grounds == ("《无证无照经营查处办法》第五条",)


def test_b7_a_licence_is_named_once_where_its_check_bears_its_name() -> None:
    hamlet = Hamlet()
    checks = checks_for(registration(), BOOK, hamlet.rules)
    titles = [wrong.title for wrong in paper(noticed(hamlet, checks=checks)).wrong]
    assert titles == ["开业情况核查", "许可（备案）证件核查（食品经营许可证）"]


def test_b7_a_recheck_does_not_change_what_the_notice_says() -> None:
    hamlet = Hamlet()
    before = noticed(hamlet)
    recheck = before.visits[0].model_copy(update={"id": "v2", "round": Round.RECHECK})
    after = before.model_copy(update={"visits": (*before.visits, recheck)})
    assert paper(after) == paper(before)


def test_b7_what_has_no_name_is_called_by_its_code() -> None:
    inspection = noticed(Hamlet())
    gone = inspection.visits[0].findings[1].model_copy(update={"kinds": ("of_an_old_book",)})
    visit = inspection.visits[0].model_copy(update={"findings": (gone,)})
    said = paper(inspection.model_copy(update={"visits": (visit,)}), inspectors={})
    assert said.inspector == INSPECTOR
    assert said.wrong[0].kinds == ("of_an_old_book",)
    assert said.wrong[1].title == "许可（备案）证件核查"
    assert issuer_of(inspection, {}) == f"{TOWN}{VILLAGE}"


def test_b7_where_no_village_is_known_its_towns_office_issues() -> None:
    inspection = noticed(Hamlet(), village=None, unit=OFFICE)
    assert issuer_of(inspection, PLACES) == "长安镇商改办"


def test_b7_places_are_the_towns_and_villages_of_the_divisions() -> None:
    table = (
        "level,code,name,parent,aliases\ncity,441900000000,东莞市,,\n"
        f"town,{TOWN},长安镇,441900000000,\nvillage,{VILLAGE},长盛社区居民委员会,{TOWN},\n"
    )
    assert read_places(table) == PLACES


def test_b7_a_notice_is_printed_once_and_what_was_handed_out_stays() -> None:
    hamlet, drawer, press = Hamlet(), Drawer(), Press()
    roster = Roster(village=VILLAGE, inspectors=(Inspector(id=INSPECTOR, name="王小明"),))
    hamlet.store.rosters.save(roster, before=None, by="test", now=NOW)
    id = noticed(hamlet).id
    for _ in range(3):
        key = print_notice(id, hamlet.desk, drawer, press, lambda: PLACES)
        assert key == f"notices/{id}/2026-119001-0001.pdf"
        assert drawer.read(key) == b"print 1"
    assert [one.inspector for one in press.papers] == ["王小明"]


def test_b7_a_press_that_broke_down_leaves_nothing_and_the_repeat_prints() -> None:
    hamlet, drawer, press = Hamlet(), Drawer(), Press()
    id = noticed(hamlet).id

    def broken(paper: Paper) -> bytes:
        raise MemoryError

    with pytest.raises(MemoryError):
        print_notice(id, hamlet.desk, drawer, broken, lambda: PLACES)
    assert not list(drawer)
    print_notice(id, hamlet.desk, drawer, press, lambda: PLACES)
    assert len(list(drawer)) == 1


def test_b7_where_there_is_no_notice_nothing_is_printed() -> None:
    hamlet, drawer, press = Hamlet(), Drawer(), Press()
    id = hamlet.opened().id
    assert print_notice(id, hamlet.desk, drawer, press, lambda: PLACES) is None
    assert not list(drawer) and not press.papers


def test_b7_a_late_event_of_an_inspection_that_went_on_still_prints_its_notice() -> None:
    hamlet, drawer, press = Hamlet(), Drawer(), Press()
    id = noticed(hamlet, state=InspectionState.DISPOSING).id
    assert print_notice(id, hamlet.desk, drawer, press, lambda: PLACES) in set(drawer)


def test_b7_an_inspection_that_is_not_there_is_for_the_dead_letters() -> None:
    with pytest.raises(NotFound):
        print_notice("I0", Hamlet().desk, Drawer(), Press(), lambda: PLACES)


def test_b7_a_print_is_fetched_by_a_link_that_ends() -> None:
    hamlet = Hamlet()
    inspection = noticed(hamlet)
    assert inspection.notice
    key = key_of(inspection, inspection.notice)
    hamlet.photos.sizes[key] = 13_000
    told = fetched(inspection, hamlet.desk)
    assert (told.number, told.expires_in, told.media_type) == (
        NUMBER,
        SENT_WITHIN,
        "application/pdf",
    )
    assert key in told.url


def test_b7_until_it_is_printed_the_answer_says_so() -> None:
    hamlet = Hamlet()
    with pytest.raises(Conflict) as refused:
        fetched(noticed(hamlet), hamlet.desk)
    assert [one.code for one in refused.value.faults] == ["notice_not_printed"]


def test_b7_without_a_notice_there_is_nothing_to_fetch() -> None:
    hamlet = Hamlet()
    with pytest.raises(NotFound):
        fetched(hamlet.opened(), hamlet.desk)


def test_b7_a_notice_of_a_night_bears_the_day_of_shanghai() -> None:
    inspection = noticed(Hamlet())
    late = inspection.visits[0].model_copy(update={"started_at": NOW + timedelta(hours=16)})
    assert paper(inspection.model_copy(update={"visits": (late,)})).visited == date(2026, 3, 3)
