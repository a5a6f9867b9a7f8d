"""A bulletin freezes what it states, once, under its own number (A23)."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.reports.bulletin_page import bulletin_page
from functions.reports.bulletins import FEWEST, MOST_LISTED, Bulletin, Content, Form, Order, ranked
from functions.reports.figures import Row
from functions.reports.publishing import (
    Altered,
    Press,
    drafted,
    list_bulletins,
    publish,
    read_bulletin,
    show_draft,
)
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.alerts import Watched
from functions.shared.table import Record
from functions.shared.trail import broken
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable
from tests.unit.reports.lives import EAST, WEST
from tests.unit.reports.smallcity import NOW, OVERSIGHT, City, caller, done, small_city

MARCH = Order(first=date(2026, 3, 1), last=date(2026, 3, 31), note="请抓紧办理。", fewest=1)
LEAD = caller("scjg", Role.LEAD)


def until(day: int, **more: Any) -> Order:
    """An order for March up to a day."""
    return MARCH.model_copy(update={"last": date(2026, 3, day), **more})


def refused(order: Order, city: City, **press: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """With which faults an order is in conflict, published or drafted."""
    found = []
    for make in (publish, show_draft):
        with pytest.raises(Conflict) as caught:
            make(order, OVERSIGHT, city.press(**press))
        found.append([(one.code, one.field, one.params) for one in caught.value.faults])
    assert found[0] == found[1]
    return found[0]


def content_of(bulletin: Bulletin, press: Press) -> dict[str, Any]:
    body = read_bulletin(bulletin.year, bulletin.number, Form.JSON, LEAD, press)
    return dict(json.loads(body))


def test_a23_a_bulletin_is_numbered_by_the_year_and_states_figures_ranks_and_the_overdue() -> None:
    city = small_city()
    bulletin = publish(MARCH, OVERSIGHT, city.press())
    assert (bulletin.mark, bulletin.title) == ("通报〔2026〕第1号", "协同监管工作情况通报")
    told = content_of(bulletin, city.press())
    assert told["total"]["handled"] == 2
    assert [(one["department"], one.get("rank")) for one in told["departments"]] == [
        ("scjg", 1),
        ("gaj", 2),
        ("office", None),
    ]
    assert [(one["town"], one.get("rank")) for one in told["towns"]] == [
        (EAST, 1),
        ("city", None),
        (WEST, None),
    ]
    assert [(one["subject"], one["days_late"]) for one in told["overdue"]] == [
        ("T5", 22),
        ("T4", 12),
    ]
    assert (told["overdue_count"], told["from"], told["to"]) == (2, "2026-03-01", "2026-03-31")


def test_a23_what_was_published_stays_as_it_was_whatever_happens_then() -> None:
    city = small_city()
    bulletin = publish(MARCH, OVERSIGHT, city.press())
    before = [read_bulletin(2026, 1, form, LEAD, city.press()) for form in Form]
    city.live(*(done(f"N{number}", f"gaj.{WEST}", 9) for number in range(5)))
    assert [read_bulletin(2026, 1, form, LEAD, city.press()) for form in Form] == before
    assert publish(MARCH, OVERSIGHT, city.press()) == bulletin
    later = publish(until(30), OVERSIGHT, city.press())
    assert content_of(later, city.press())["total"]["handled"] == 7


def test_a23_the_same_order_again_is_the_same_bulletin_also_in_the_next_year() -> None:
    city = small_city()
    order = MARCH.model_copy(update={"ref": "march"})
    eve = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    first = publish(order, OVERSIGHT, city.press(now=eve))
    again = publish(order, OVERSIGHT, city.press(now=eve + timedelta(minutes=2)))
    others = until(30, ref="march")
    other = publish(others, caller("oversight2", Role.OVERSIGHT), city.press(now=eve))
    assert (again, other.number) == (first, 2)
    new_year = until(29, ref="other")
    assert publish(new_year, OVERSIGHT, city.press(now=eve + timedelta(minutes=2))).mark == (
        "通报〔2027〕第1号"
    )


def test_a23_a_ref_that_has_published_another_period_is_refused() -> None:
    city = small_city()
    publish(MARCH.model_copy(update={"ref": "monthly"}), OVERSIGHT, city.press())
    other = MARCH.model_copy(update={"ref": "monthly", "last": date(2026, 3, 15)})
    with pytest.raises(Conflict) as caught:
        publish(other, OVERSIGHT, city.press())
    assert [(one.code, one.field) for one in caught.value.faults] == [("ref_used", "ref")]
    assert len(list_bulletins(2026, LEAD, city.press())) == 1


def test_a23_two_at_once_get_two_numbers() -> None:
    city = small_city()
    rivals = iter(range(3))

    def rival() -> None:
        number = next(rivals)
        publish(until(10 + number), OVERSIGHT, city.press())

    for nth in range(1, 4):
        order = until(20 + nth)
        table = Interrupted(city.table, nth * 2 - 1, rival)
        publish(order, OVERSIGHT, city.press(table=table))
    found = list_bulletins(2026, LEAD, city.press())
    assert [one.number for one in found] == [6, 5, 4, 3, 2, 1]
    assert len({one.key for one in found}) == 6
    for one in found:
        assert content_of(one, city.press())["mark"] == one.mark


@pytest.mark.parametrize("nth", range(1, 6))
def test_a23_two_at_once_about_one_period_make_one_bulletin(nth: int) -> None:
    city = small_city()

    def rival() -> None:
        publish(MARCH.model_copy(update={"ref": "rival"}), OVERSIGHT, city.press())

    table = Interrupted(city.table, nth, rival)
    mine = MARCH.model_copy(update={"ref": "mine"})
    with pytest.raises(Conflict) as caught:
        publish(mine, OVERSIGHT, city.press(table=table))
    assert [one.code for one in caught.value.faults] == ["period_published"]
    assert len(list_bulletins(2026, LEAD, city.press())) == 1


def test_a23_a_period_has_one_bulletin_also_years_later() -> None:
    city = small_city()
    publish(MARCH, OVERSIGHT, city.press())
    again = MARCH.model_copy(update={"ref": "again", "title": "别的"})
    told = {"mark": "通报〔2026〕第1号", "number": "2026/1"}
    for year in (2026, 2027, 2029):
        now = NOW.replace(year=year)
        assert refused(again, city, now=now) == [("period_published", "from", told)]
    assert publish(until(30), OVERSIGHT, city.press()).number == 2


def test_a23_a_draft_states_what_would_be_published_and_stores_nothing() -> None:
    city = small_city()
    before = list(city.bucket)
    order = MARCH.model_copy(update={"draft": True})
    draft = show_draft(order, OVERSIGHT, city.press()).model_dump(mode="json", exclude_none=True)
    assert (list_bulletins(2026, LEAD, city.press()), list(city.bucket)) == ([], before)
    bulletin = publish(MARCH, OVERSIGHT, city.press())
    assert bulletin.key == order.key(OVERSIGHT.id)
    numbered = {"year", "number", "mark", "published_at"}
    content = content_of(bulletin, city.press())
    assert not numbered & draft.keys()
    assert {name: one for name, one in content.items() if name not in numbered} == draft


@pytest.mark.parametrize("nth", range(1, 7))
def test_a23_two_that_send_the_same_order_at_once_make_one_bulletin(nth: int) -> None:
    city = small_city()
    made: list[Bulletin] = []

    def rival() -> None:
        made.append(publish(MARCH, OVERSIGHT, city.press()))

    mine = publish(MARCH, OVERSIGHT, city.press(table=Interrupted(city.table, nth, rival)))
    assert made == [mine]
    assert len(list_bulletins(2026, LEAD, city.press())) == 1


@pytest.mark.parametrize("nth", range(1, 7))
def test_a23_a_crash_leaves_no_half_bulletin_and_the_repeat_makes_the_whole(nth: int) -> None:
    city = small_city()
    with pytest.raises(Crash):
        publish(MARCH, OVERSIGHT, city.press(table=Interrupted(city.table, nth, crash)))
    for one in list_bulletins(2026, LEAD, city.press()):
        assert content_of(one, city.press())["number"] == one.number
    assert publish(MARCH, OVERSIGHT, city.press()).number == 1
    assert len(list_bulletins(2026, LEAD, city.press())) == 1


def test_a23_all_forms_stand_before_the_record_that_names_them() -> None:
    city = small_city()
    seen: list[list[str]] = []
    heard = FakeTable(on_write=lambda old, new: seen.append(list(city.bucket)))
    bulletin = publish(MARCH, OVERSIGHT, city.press(table=heard))
    assert seen == [[f"bulletins/2026/1/{bulletin.digests[form]}.{form}" for form in order(seen)]]
    for key in seen[0]:
        digest = hashlib.sha256(city.bucket.read(key)).hexdigest()
        assert key.startswith(f"bulletins/2026/1/{digest}.")


def order(seen: list[list[str]]) -> list[Form]:
    return [Form(key.rpartition(".")[2]) for key in seen[0]]


@pytest.mark.parametrize("form", list(Form))
def test_a23_what_is_not_what_was_published_is_not_shown(form: Form) -> None:
    city = small_city()
    bulletin = publish(MARCH, OVERSIGHT, city.press())
    key = f"bulletins/2026/1/{bulletin.digests[form]}.{form}"
    city.bucket.write(key, city.bucket.read(key) + b" ")
    with pytest.raises(Altered):
        read_bulletin(2026, 1, form, LEAD, city.press())
    city.bucket = type(city.bucket)()
    with pytest.raises(Altered):
        read_bulletin(2026, 1, form, LEAD, city.press())


def test_d1_a_bulletin_is_a_sealed_record() -> None:
    city = small_city()
    publish(MARCH, OVERSIGHT, city.press())
    record: Record = city.table.get("B#2026", "0001") or {}
    assert record["by"] == OVERSIGHT.id
    assert broken(record, None) is None
    assert broken({**record, "title": "别的"}, None) == "hash"


def test_a23_only_the_commission_publishes_and_everybody_in_office_reads() -> None:
    city = small_city()
    for who in (LEAD, caller("city", Role.DISPATCHER), Caller("x")):
        with pytest.raises(NotFound):
            publish(MARCH, who, city.press())
        with pytest.raises(NotFound):
            show_draft(MARCH, who, city.press())
    publish(MARCH, OVERSIGHT, city.press())
    for role in Role:
        assert read_bulletin(2026, 1, Form.PAGE, caller("scjg", role), city.press())
    with pytest.raises(NotFound):
        read_bulletin(2026, 1, Form.PAGE, Caller("x"), city.press())
    with pytest.raises(NotFound):
        list_bulletins(2026, Caller("x"), city.press())
    with pytest.raises(NotFound):
        read_bulletin(2026, 2, Form.PAGE, LEAD, city.press())


def test_a23_days_that_are_not_over_are_not_published() -> None:
    for day in (date(2026, 4, 1), date(2026, 4, 2)):
        order = MARCH.model_copy(update={"last": day})
        for make in (publish, show_draft):
            with pytest.raises(Invalid) as caught:
                make(order, OVERSIGHT, small_city().press())
            assert [(one.code, one.field) for one in caught.value.faults] == [
                ("period_not_over", "to")
            ]
    at_midnight = datetime(2026, 3, 31, 16, tzinfo=UTC)  # in Shanghai
    assert publish(MARCH, OVERSIGHT, small_city().press(now=at_midnight))


def row(id: str, on_time: int, handled: int, overdue: int = 0, received_late: int = 0) -> Row:
    return Row(
        department=id,
        received=max(handled, received_late),
        received_late=received_late,
        handled=handled,
        on_time=on_time,
        late=handled - on_time,
        overdue=overdue,
    )


def test_a23_who_leaves_open_what_is_late_is_behind_and_size_does_not_count() -> None:
    rows = (
        row("idle", 0, 0, 2),  # handled nothing: two pushed, two overdue
        row("large", 90, 90, 10),
        row("small", 9, 9, 1),
        row("smaller", 8, 8, 2),
        row("new", 1, 1),
    )
    assert [(one.rank, one.department, one.timely_share) for one in ranked(rows, FEWEST)] == [
        (1, "large", 0.9),
        (1, "small", 0.9),
        (3, "smaller", 0.8),
        (4, "idle", 0.0),
        (None, "new", 1.0),
    ]


def test_a23_the_rule_is_said_in_words_with_its_number() -> None:
    rule = drafted(until(31, fewest=7), OVERSIGHT, small_city().press()).rule
    assert "合计不足7件" in rule.zh
    assert "fewer than 7" in rule.en


def test_a23_tasks_and_clues_among_the_overdue_are_told_apart_as_at_an_instant() -> None:
    city = small_city()
    city.late(f"scjg.{WEST}", date(2026, 3, 15), "C1", kind=Watched.CLUE)
    draft = drafted(MARCH, OVERSIGHT, city.press())
    assert (draft.overdue_count, draft.overdue_tasks, draft.overdue_clues) == (3, 2, 1)
    assert (draft.as_at, draft.total.overdue) == (NOW, 2)
    text = read(bulletin_page(Content.of(draft, 2026, 1))).text
    assert text.count("截至2026年4月1日10时00分，逾期任务2件、逾期线索1件") == 2


def test_a23_ranks_go_by_share_then_by_late_receipts_and_ties_share_one() -> None:
    rows = (
        row("few", 4, 4),
        row("half", 5, 9, 1),
        row("tie1", 9, 10, 0, 1),
        row("best", 10, 10),
        row("tie2", 18, 20, 0, 2),
        row("worse", 9, 10, 0, 2),
        row("office", 10, 10),
        row("none", 0, 0),
        # both are shown as 0.9999, and are not the same
        row("nearly", 99_989, 100_000),
        row("nearer", 99_991, 100_000),
    )
    found = [(one.rank, one.department) for one in ranked(rows, 5)]
    assert found == [
        (1, "best"),
        (2, "nearer"),
        (3, "nearly"),
        (4, "tie1"),
        (4, "tie2"),
        (6, "worse"),
        (7, "half"),
        (None, "few"),
        (None, "office"),
        (None, "none"),
    ]


class Reader(HTMLParser):
    """What of a page is markup, and what is text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_a23_the_page_stands_alone_and_no_text_of_others_becomes_markup() -> None:
    city = small_city()
    bad = '<script>alert(1)</script><img src=x onerror="x">&amp;'
    city.late(f"scjg.{WEST}", date(2026, 3, 15), "T9", title=bad)
    order = MARCH.model_copy(update={"title": f"{bad} 通报", "note": f"第一行\n{bad}"})
    bulletin = publish(order, OVERSIGHT, city.press())
    page = read_bulletin(2026, bulletin.number, Form.PAGE, LEAD, city.press()).decode()
    found = read(page)
    assert not found.tags & {"script", "img", "link", "iframe", "a", "form"}
    assert found.attributes == {"lang", "charset", "http-equiv", "content", "class"}
    assert found.text.count(bad) == 4  # title, heading, note, and the task
    assert "宋体" in page
    assert re.search(r"@page \{ size: A4", page)
    assert not re.search(r"https?:|@import|url\(", page)


def test_a23_the_page_says_what_the_content_says() -> None:
    city = small_city()
    content = Content.of(drafted(MARCH, OVERSIGHT, city.press()), 2026, 3)
    text = read(bulletin_page(content)).text
    for said in (
        *("2026年3月1日至2026年3月31日", "2026年4月1日", "请抓紧办理。", "市场监督管理局"),
        *("凤岗镇", "公安局（凤岗镇）", "2026-03-10", "100.0%", "逾期接收", "通报〔2026〕第3号"),
        *("逾期任务2件、逾期线索0件", content.rule.zh),
    ):
        assert said in text


def test_a23_a_long_list_of_the_overdue_says_how_long_it_is() -> None:
    city = City()
    content = Content.of(drafted(MARCH, OVERSIGHT, city.press()), 2026, 1)
    assert "没有逾期事项" in bulletin_page(content)
    many: dict[str, Any] = {"overdue_count": MOST_LISTED + 1}
    one = small_city()
    listed = drafted(MARCH, OVERSIGHT, one.press()).overdue
    cut: Content = content.model_copy(update={**many, "overdue": listed})
    assert f"共{MOST_LISTED + 1}件，列出逾期最久的2件" in bulletin_page(cut)
    assert cut.published_at == NOW
