"""A subject's page: only what may be seen, by whom, on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from functions.credit.domain import PERSON, Correction
from functions.credit.pages import DISPUTED, PER_PAGE, OfficialPage, official_page, public_page
from functions.credit.subjects import ensure_subject
from functions.shared.authorization import Caller, Role
from functions.shared.errors import NotFound
from functions.shared.events.credit import Category, RecordState, SubjectKind
from tests.unit.credit.bureau import (
    CODE,
    CREDIT,
    ENTITY,
    LEAD,
    OFFICER,
    OTHER,
    OVERSIGHT,
    SOURCE,
    STRANGER,
    SYSTEM,
    TODAY,
    Bureau,
    code_of,
    somebody,
)

KEY = f"{PERSON}ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PENALTY: dict[str, Any] = {
    "item": "penalty",
    "title": "行政处罚",
    "category": Category.PENALTY,
    "values": {
        "XDR_MC": "东莞市晴禾食品有限公司",
        "WFXW": "超范围经营",
        "FR_ZJLX": "身份证",
        "FR_ZJHM": "44190019900101001X",
        "BZ": "内部备注",
        "GHOST": "目录中没有的栏",
    },
}


@pytest.fixture
def bureau() -> Bureau:
    bureau = Bureau()
    bureau.subject(former=("东莞市明禾食品有限公司",))
    return bureau


def names(page: Any) -> set[str]:
    return {line.name for group in page.groups for record in group.records for line in record.lines}


def ids(page: Any) -> list[str]:
    return [record.id for group in page.groups for record in group.records]


def test_c8_a_page_tells_who_it_is_and_every_public_record_with_source_and_last_day(
    bureau: Bureau,
) -> None:
    record = bureau.record(**PENALTY)
    page = public_page(CODE, 1, bureau.desk)
    assert (page.subject.code, page.subject.former) == (CODE, ("东莞市明禾食品有限公司",))
    assert (page.subject.registered, page.subject.cancelled) == (True, False)
    (shown,) = page.groups[0].records
    assert (shown.id, shown.source) == (record.id, "市场监督管理局")
    assert (shown.shown_until, shown.annotation) == (date(2029, 4, 7), None)
    assert ("WFXW", "违法行为类型", "超范围经营") in [
        (line.name, line.title, line.value) for line in shown.lines
    ]


def test_c8_the_public_sees_public_fields_and_nobody_an_identity_number(bureau: Bureau) -> None:
    bureau.record(**PENALTY)
    assert names(public_page(CODE, 1, bureau.desk)) == {"XDR_MC", "WFXW"}
    official = official_page(CODE, 1, OFFICER, bureau.desk)
    assert names(official) == {"XDR_MC", "WFXW", "FR_ZJLX", "BZ"}
    assert names(official_page(CODE, 1, ENTITY, bureau.desk)) == {"XDR_MC", "WFXW"}
    assert "44190019900101001X" not in official.model_dump_json()


def test_c7_a_record_is_on_the_page_until_its_last_day_and_not_a_day_longer(
    bureau: Bureau,
) -> None:
    bureau.record(public_from=TODAY, public_until=TODAY + timedelta(days=1))
    assert ids(public_page(CODE, 1, bureau.desk))
    bureau.later(days=1)
    assert ids(public_page(CODE, 1, bureau.desk))
    bureau.later(days=1)
    assert not ids(public_page(CODE, 1, bureau.desk))


@pytest.mark.parametrize(
    "hidden",
    [
        {"public_from": None},
        {"public_from": TODAY + timedelta(days=1)},
        {"state": RecordState.REPAIRED},
        {"state": RecordState.WITHDRAWN},
    ],
)
def test_c8_what_is_not_public_is_not_on_the_page_nor_in_its_sums(
    bureau: Bureau, hidden: dict[str, Any]
) -> None:
    shown = bureau.record("shown")
    bureau.record("hidden", **hidden)
    page = public_page(CODE, 1, bureau.desk)
    assert ids(page) == [shown.id]
    assert page.counts == {Category.GOOD: 1}


def test_c11_a_disputed_record_says_so(bureau: Bureau) -> None:
    bureau.record(disputes=("D1",))
    (group,) = public_page(CODE, 1, bureau.desk).groups
    assert [record.annotation for record in group.records] == [DISPUTED]


def test_c7_records_stand_by_category_the_newest_first(bureau: Bureau) -> None:
    old = bureau.record("old", decided_on=date(2025, 1, 1))
    new = bureau.record("new", decided_on=date(2026, 1, 1))
    undated = bureau.record("undated", decided_on=None)
    fine = bureau.record("fine", **PENALTY)
    page = public_page(CODE, 1, bureau.desk)
    assert [group.category for group in page.groups] == [Category.PENALTY, Category.GOOD]
    assert ids(page) == [fine.id, new.id, old.id, undated.id]


def test_c8_many_records_come_in_pages(bureau: Bureau) -> None:
    for number in range(PER_PAGE + 3):
        bureau.record(f"d{number:02d}")
    first, second = (public_page(CODE, page, bureau.desk) for page in (1, 2))
    assert (len(ids(first)), first.next) == (PER_PAGE, 2)
    assert (len(ids(second)), second.next) == (3, None)
    assert len({*ids(first), *ids(second)}) == PER_PAGE + 3
    assert first.counts == second.counts == {Category.GOOD: PER_PAGE + 3}


def test_c8_a_code_is_taken_however_it_is_written(bureau: Bureau) -> None:
    assert public_page(f" {CODE.lower()}", 1, bureau.desk).subject.code == CODE


@pytest.mark.parametrize("code", [OTHER, KEY, KEY.lower(), "x", "", " ", "9" * 3000])
def test_c8_a_code_that_nobody_has_and_a_persons_key_look_alike(bureau: Bureau, code: str) -> None:
    ensure_subject(KEY, "王五", SubjectKind.PERSON, bureau.desk)
    bureau.record(code=KEY)
    problems = []
    for look in (
        lambda: public_page(code, 1, bureau.desk),
        lambda: official_page(code, 1, CREDIT, bureau.desk),
    ):
        with pytest.raises(NotFound) as refused:
            look()
        problems.append(refused.value.faults)
    assert problems[0] == problems[1]
    assert problems[0][0].field == "subject"


def test_c8_who_is_known_by_records_alone_has_a_public_page_while_one_is_shown() -> None:
    bureau = Bureau()
    school = code_of(7, "12")
    ensure_subject(school, "东莞市第一小学", SubjectKind.INSTITUTION, bureau.desk)
    bureau.record("hidden", code=school, public_from=None)
    with pytest.raises(NotFound):
        public_page(school, 1, bureau.desk)
    assert len(ids(official_page(school, 1, OFFICER, bureau.desk))) == 1
    bureau.record("shown", code=school, public_until=TODAY)
    assert len(ids(public_page(school, 1, bureau.desk))) == 1
    bureau.later(days=1)
    with pytest.raises(NotFound):
        public_page(school, 1, bureau.desk)


@pytest.mark.parametrize("caller", [OFFICER, LEAD, STRANGER, CREDIT, OVERSIGHT])
def test_c8_officials_see_live_records_that_are_not_public_with_their_provenance(
    bureau: Bureau, caller: Caller
) -> None:
    record = bureau.record("hidden", public_from=None, public_until=None)
    bureau.record("gone", state=RecordState.WITHDRAWN)
    (kept,) = official_page(CODE, 1, caller, bureau.desk).groups[0].records
    assert (kept.id, kept.public, kept.provenance) == (record.id, False, record.provenance)


def test_c11_one_record_among_many_is_told_alone(bureau: Bureau) -> None:
    many = [bureau.record(f"r{number}") for number in range(2 * PER_PAGE + 1)]
    for record in many:
        page = official_page(CODE, 1, ENTITY, bureau.desk, record.id)
        assert (ids(page), page.next) == ([record.id], None)
        assert sum(page.counts.values()) == len(many)
    assert ids(official_page(CODE, 1, ENTITY, bureau.desk, f"{CODE}.none")) == []


def test_c8_officials_see_what_was_corrected_but_not_in_fields_for_nobody(bureau: Bureau) -> None:
    traces = (
        Correction(field="WFXW", rule="spaces", before="超 范围经营", after="超范围经营"),
        Correction(field="FR_ZJHM", rule="code_form"),
    )
    bureau.record(**PENALTY, corrections=traces)
    (kept,) = official_page(CODE, 1, OFFICER, bureau.desk).groups[0].records
    assert kept.corrections == traces[:1]


def test_c8_an_entity_sees_its_own_live_records_and_nothing_of_how_they_came(
    bureau: Bureau,
) -> None:
    bureau.record("hidden", public_from=None)
    page: OfficialPage = official_page(CODE, 1, ENTITY, bureau.desk)
    (kept,) = page.groups[0].records
    assert (kept.provenance, kept.corrections, kept.public) == (None, None, False)


@pytest.mark.parametrize(
    "caller",
    [
        somebody("other", OTHER, Role.ENTITY),
        SYSTEM,
        somebody("inspector", "441900119001", Role.INSPECTOR),
        somebody("machine", "creditcity", Role.DESTINATION),
        Caller("nobody"),
    ],
)
def test_d3_others_find_no_such_subject(bureau: Bureau, caller: Caller) -> None:
    with pytest.raises(NotFound):
        official_page(CODE, 1, caller, bureau.desk)


def test_c1_a_record_of_an_item_that_nothing_describes_shows_no_field(bureau: Bureau) -> None:
    bureau.record(item="gone", values={"X": "1"}, source=SOURCE)
    assert names(public_page(CODE, 1, bureau.desk)) == set()
    assert names(official_page(CODE, 1, OFFICER, bureau.desk)) == set()
