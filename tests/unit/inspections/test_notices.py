"""A notice's number is nobody else's, and it says on which ground and until when (B7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.inspections.domain import Inspection
from functions.inspections.notices import number_for
from functions.inspections.seen import Finished
from functions.inspections.store import Store
from functions.inspections.visits import take_upload
from functions.shared.events.inspections import InspectionState
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.hamlet import BOOK, NEXT_VILLAGE, WALKER, Hamlet
from tests.unit.inspections.phone import Phone


def number(inspection: Inspection) -> str:
    assert inspection.notice
    return inspection.notice.number


def test_b7_notices_are_numbered_by_village_and_year() -> None:
    hamlet = Hamlet()
    first, second = (hamlet.opened(edition=edition) for edition in (1, 2))
    elsewhere = hamlet.opened(edition=3, village=NEXT_VILLAGE)
    office = hamlet.opened(edition=4, village=None)
    nowhere = hamlet.opened(edition=5, village=None, town=None)
    given = [number_for(one, hamlet.desk) for one in (first, second, elsewhere, office, nowhere)]
    assert given == [
        "莞网改〔2026〕119001-0001号",
        "莞网改〔2026〕119001-0002号",
        "莞网改〔2026〕119002-0001号",
        "莞网改〔2026〕119000-0001号",
        "莞网改〔2026〕000000-0001号",
    ]
    hamlet.now = datetime(2026, 12, 31, 16, tzinfo=UTC)  # New Year in Shanghai
    assert number_for(first, hamlet.desk) == "莞网改〔2027〕119001-0001号"


def test_b7_a_repeat_finds_its_number_and_a_lost_one_is_void() -> None:
    hamlet = Hamlet()
    first, second = (hamlet.opened(edition=edition) for edition in (1, 2))
    assert number_for(first, hamlet.desk) == number_for(first, hamlet.desk)
    number_for(second, hamlet.desk)
    assert number_for(first, hamlet.desk).endswith("-0003号")


def test_b7_a_notice_names_its_laws_once_each_in_the_order_of_the_checks() -> None:
    hamlet = Hamlet()
    phone, opened = Phone(hamlet), hamlet.opened()
    found = [phone.finding(check.key) for check in opened.checks]
    found[0] = phone.finding("address", "failed", kinds=["not_found", "moved"])
    found[4] = phone.finding("licence.SJ01", "failed", kinds=["not_shown"])
    found[5] = phone.finding("licence.GA01", "failed", kinds=["unlicensed"])
    notice = phone.send(opened, phone.upload("1", *found, ends=True)).notice
    assert notice and notice.grounds == (
        "《企业经营异常名录管理暂行办法》第九条",
        "《市场主体登记管理条例》第四十六条",
        "示例条例第一条",  # what asks for the licence
        "《无证无照经营查处办法》第五条",
    )


def test_b7_a_notice_of_what_no_law_is_known_for_has_the_books_ground() -> None:
    hamlet = Hamlet()
    phone = Phone(hamlet)
    opened = hamlet.opened(checks=hamlet.opened().checks[:1], edition=2)
    other = phone.finding("address", "failed", kinds=["other"], note="门牌被涂改")
    notice = phone.send(opened, phone.upload("1", other, ends=True)).notice
    assert notice and notice.grounds == (BOOK.notice.ground,) and BOOK.notice.ground


def test_b7_the_days_to_correct_are_working_days() -> None:
    hamlet = Hamlet(now=datetime(2026, 2, 13, 1, tzinfo=UTC))  # the Friday before Spring Festival
    phone, opened = Phone(hamlet), hamlet.opened()
    notice = phone.send(opened, phone.visit(opened, address="failed")).notice
    assert notice and notice.correct_by == date(
        2026, 2, 27
    )  # a Saturday is worked, ten days are off


def test_b7_a_phone_that_is_fast_at_midnight_leaves_a_day_to_recheck_in_time() -> None:
    hamlet = Hamlet(now=datetime(2026, 3, 2, 15, 55, tzinfo=UTC))  # five to twelve in Shanghai
    phone, opened = Phone(hamlet), hamlet.opened()
    whole = phone.visit(opened, address="failed")
    told = Finished(at=hamlet.now + timedelta(minutes=8), correct_by=date(2026, 3, 16))
    after = phone.send(opened, whole.model_copy(update={"finished": told}))
    (recheck,) = after.clocks
    assert after.notice and after.notice.correct_by < recheck.due


def test_b7_a_crash_at_any_call_leaves_one_notice_and_no_number_twice() -> None:
    for nth in range(1, 100):
        hamlet = Hamlet()
        phone = Phone(hamlet)
        before, opened, after = (hamlet.opened(edition=edition) for edition in (1, 2, 3))
        numbers = {number(phone.send(before, phone.visit(before, address="failed")))}
        table = Interrupted(hamlet.table, nth, crash)
        desk = replace(hamlet.desk, cabinet=Store(table))
        upload = phone.visit(opened, address="failed")
        try:
            take_upload(opened.id, upload, WALKER, desk)
        except Crash:
            hamlet.later(minutes=1)
            numbers.add(number(phone.send(after, phone.visit(after, address="failed"))))
        repeated = phone.send(opened, upload)
        assert repeated.state is InspectionState.CORRECTING
        assert len(repeated.visits) == 1 and len(repeated.steps) == 3
        numbers.add(number(repeated))
        if table.points < nth:
            break
        assert len(numbers) == 3
    assert 7 < nth < 99


@pytest.mark.parametrize("same", [True, False])
def test_b7_two_at_once_never_bear_one_number(same: bool) -> None:
    """The other upload comes whole between any two calls of the first one: of the same inspection
    (a phone that sends twice), or of another in the same village."""
    for nth in range(1, 100):
        hamlet = Hamlet()
        phone = Phone(hamlet)
        opened = hamlet.opened()
        other = opened if same else hamlet.opened(edition=2)
        upload = phone.visit(opened, address="failed")

        def meanwhile(
            phone: Phone = phone, other: Inspection = other, hamlet: Hamlet = hamlet
        ) -> None:
            phone.send(other, phone.visit(other, address="failed"))

        table = Interrupted(hamlet.table, nth, meanwhile)
        desk = replace(hamlet.desk, cabinet=Store(table))
        inspection = take_upload(opened.id, upload, WALKER, desk)
        if table.points < nth:
            break
        assert inspection == hamlet.get(opened.id)
        assert len(inspection.steps) == 3
        if not same:
            assert number(inspection) != number(hamlet.get(other.id))
    assert 7 < nth < 99
