"""Columns: what the credit office publishes, from its day, until it is withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from functions.credit.columns import (
    PER_PAGE,
    Column,
    ColumnPage,
    Draft,
    column_of,
    list_articles,
    publish,
    read_article,
    told,
    town_figures,
    withdraw,
)
from functions.credit.domain import Graded
from functions.credit.tallies import Tallies, additions
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.credit import Grade
from functions.shared.messages import TEXTS
from tests.unit.credit.bureau import (
    CODE,
    CREDIT,
    ENTITY,
    LEAD,
    OTHER,
    TODAY,
    TOWN,
    Bureau,
    somebody,
)

NEWS = Column.NEWS


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def draft(title: str = "守信企业名单", **more: Any) -> Draft:
    return Draft(**{"title": title, "body": "正文\n第二段", "source": "市发改局", **more})


def put(bureau: Bureau, title: str = "守信企业名单", **more: Any) -> str:
    return told(publish(NEWS, draft(title, **more), CREDIT, bureau.desk)).id


def page(bureau: Bureau, after: str = "", column: Column = NEWS) -> ColumnPage:
    return list_articles(column, after, bureau.desk)


def titles(found: ColumnPage) -> list[str]:
    return [one.title for one in found.articles]


def test_c9_an_article_stands_in_its_column_and_in_no_other(bureau: Bureau) -> None:
    put(bureau)
    (shown,) = page(bureau).articles
    assert (shown.title, shown.body, shown.source) == ("守信企业名单", "正文\n第二段", "市发改局")
    assert (shown.column, shown.published_on) == (NEWS, TODAY)
    assert page(bureau, column=Column.POLICIES).articles == []


def test_c9_an_article_is_read_from_its_day(bureau: Bureau) -> None:
    put(bureau, published_on=TODAY + timedelta(days=1))
    assert titles(page(bureau)) == []
    bureau.later(days=1)
    assert titles(page(bureau)) == ["守信企业名单"]


def test_c9_no_cursor_leads_to_a_day_to_come(bureau: Bureau) -> None:
    put(bureau, published_on=TODAY + timedelta(days=1))
    assert titles(page(bureau, after="00000000.000000000000")) == []


def test_c9_the_newest_day_comes_first_in_pages_of_ten(bureau: Bureau) -> None:
    for number in range(PER_PAGE * 2 + 1):
        put(bureau, f"第{number}天", published_on=date(2026, 3, 1) + timedelta(days=number))
    pages = [page(bureau)]
    while pages[-1].after:
        pages.append(page(bureau, pages[-1].after))
    assert [len(one.articles) for one in pages] == [PER_PAGE, PER_PAGE, 1]
    newest_first = [f"第{number}天" for number in reversed(range(PER_PAGE * 2 + 1))]
    assert [title for one in pages for title in titles(one)] == newest_first


def test_c9_a_full_page_with_nothing_after_it_leads_nowhere(bureau: Bureau) -> None:
    for number in range(PER_PAGE):
        put(bureau, f"第{number}天")
    assert page(bureau).after is None


def test_c9_what_is_withdrawn_is_gone_and_pages_stay_full(bureau: Bureau) -> None:
    ids = [
        put(bureau, f"第{number:02d}天", published_on=date(2026, 3, 1) + timedelta(days=number))
        for number in range(PER_PAGE * 3)
    ]
    for id in ids[5:]:
        withdraw(NEWS, id, CREDIT, bureau.desk)
    found = page(bureau)
    assert titles(found) == [f"第{number:02d}天" for number in (4, 3, 2, 1, 0)]
    assert found.after is None


def test_c9_a_repeated_call_publishes_once_and_withdraws_once(bureau: Bureau) -> None:
    id = put(bureau)
    assert put(bureau) == id
    assert titles(page(bureau)) == ["守信企业名单"]
    withdraw(NEWS, id, CREDIT, bureau.desk)
    assert withdraw(NEWS, id, CREDIT, bureau.desk).withdrawn
    with pytest.raises(Conflict) as refused:
        put(bureau)
    assert refused.value.faults[0].code == "article_withdrawn"
    assert titles(page(bureau)) == []


@pytest.mark.parametrize(
    "caller", [LEAD, ENTITY, somebody("o", "oversight", Role.OVERSIGHT), Caller("nobody")]
)
def test_d3_only_the_credit_office_writes(bureau: Bureau, caller: Caller) -> None:
    id = put(bureau)
    with pytest.raises(NotFound):
        publish(NEWS, draft("别的"), caller, bureau.desk)
    with pytest.raises(NotFound):
        withdraw(NEWS, id, caller, bureau.desk)
    assert titles(page(bureau)) == ["守信企业名单"]


def test_c9_an_article_of_another_column_or_of_none_cannot_be_withdrawn(bureau: Bureau) -> None:
    id = put(bureau)
    for column, place in ((Column.POLICIES, id), (NEWS, "x"), (NEWS, "9" * 3000)):
        with pytest.raises(NotFound):
            withdraw(column, place, CREDIT, bureau.desk)


@pytest.mark.parametrize(
    ("field", "text"),
    [("title", "a\nb"), ("body", "a\x00b"), ("body", "a\x1bb"), ("source", "\t.\t.")],
)
def test_d4_control_characters_are_named_by_their_field(
    bureau: Bureau, field: str, text: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put(bureau, **{field: text})
    assert [(one.field, one.code) for one in refused.value.faults] == [(field, "article_text")]
    assert "article_text" in TEXTS


@pytest.mark.parametrize("name", ["", "nothing", "NEWS"])
def test_c9_there_are_three_columns(name: str) -> None:
    with pytest.raises(NotFound):
        column_of(name)


def test_c9_every_town_has_its_figures(bureau: Bureau) -> None:
    for code, grade in ((CODE, Grade.GOOD), (OTHER, Grade.SERIOUS)):
        graded = Graded(
            subject=code, kind="enterprise", town=TOWN, grade=grade, graded_at=bureau.now
        )
        for one in additions(None, graded):
            bureau.table.add(one)
    divisions = f"level,code,name\ncity,441900000000,东莞市\ntown,{TOWN},长安镇\ntown,1,别镇\n"
    figures = town_figures(Tallies(bureau.table), divisions)
    assert [(one.name, one.grades[Grade.GOOD], one.grades[Grade.SERIOUS]) for one in figures] == [
        ("长安镇", 1, 1),
        ("别镇", 0, 0),
    ]


def test_c9_an_article_is_read_by_its_place_until_it_is_withdrawn(bureau: Bureau) -> None:
    place = put(bureau)
    assert read_article(NEWS, place, bureau.desk).body == draft().body
    withdraw(NEWS, place, CREDIT, bureau.desk)
    with pytest.raises(NotFound):
        read_article(NEWS, place, bureau.desk)


def test_c9_no_article_of_a_day_to_come_or_of_another_column_is_read(bureau: Bureau) -> None:
    coming = put(bureau, published_on=TODAY + timedelta(days=1))
    other = put(bureau)
    for column, place in ((NEWS, coming), (Column.POLICIES, other), (NEWS, "x"), (NEWS, "")):
        with pytest.raises(NotFound):
            read_article(column, place, bureau.desk)
