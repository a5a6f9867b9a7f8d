"""One search: exact code, exact name, the beginning of a name; never a person."""

from __future__ import annotations

import pytest

from functions.credit.domain import PERSON
from functions.credit.searching import MOST, SubjectsFound, search
from functions.credit.subjects import ensure_subject, take_registration
from functions.shared.errors import Invalid
from functions.shared.events.credit import SubjectKind
from functions.shared.events.registry import Happening, Registration
from tests.unit.credit.bureau import CODE, OTHER, TODAY, TOWN, Bureau, code_of

NAME, FORMER = "东莞市晴禾食品有限公司", "东莞市明禾食品有限公司"
SCHOOL = code_of(7, "12")


def registered(bureau: Bureau, code: str, *names: str, cancelled: bool = False) -> None:
    last = len(names)
    for edition, name in enumerate(names, start=1):
        ended = cancelled and edition == last
        take_registration(
            Registration(
                code=code,
                edition=edition,
                happening=Happening.CANCELLATION if ended else Happening.ESTABLISHMENT,
                changed=("name",),
                name=name,
                town=TOWN,
                received_at=bureau.now,
            ),
            bureau.desk,
        )


@pytest.fixture
def bureau() -> Bureau:
    bureau = Bureau()
    registered(bureau, CODE, FORMER, NAME)
    return bureau


def codes(found: SubjectsFound) -> list[str]:
    return [one.code for one in found.subjects]


@pytest.mark.parametrize(
    "text",
    [
        *(CODE, CODE.lower(), f" {CODE} "),
        *(NAME, "东莞市 晴禾食品有限公司", "晴禾", "晴禾食品", "东莞市晴禾", "广东省东莞市晴禾食"),
    ],
)
def test_c8_a_subject_is_found_by_code_by_name_and_by_its_beginning(
    bureau: Bureau, text: str
) -> None:
    found = search(text, 1, bureau.desk)
    assert [(one.code, one.name, one.formerly) for one in found.subjects] == [(CODE, NAME, None)]
    assert found.next is None


@pytest.mark.parametrize("text", ["禾食品", "晴和", "晴禾食品公司", OTHER, CODE[:-1], "ﷺ" * 200])
def test_c8_nothing_else_is_found(bureau: Bureau, text: str) -> None:
    assert search(text, 1, bureau.desk) == SubjectsFound()


def test_c8_a_former_name_leads_to_the_present_one(bureau: Bureau) -> None:
    found = search(FORMER, 1, bureau.desk).subjects
    assert [(one.code, one.name, one.formerly) for one in found] == [(CODE, NAME, FORMER)]


def test_c8_who_is_cancelled_says_so(bureau: Bureau) -> None:
    registered(bureau, OTHER, "东莞市云帆电子有限公司", cancelled=True)
    assert [one.cancelled for one in search("云帆电子", 1, bureau.desk).subjects] == [True]
    assert [one.cancelled for one in search("晴禾", 1, bureau.desk).subjects] == [False]


@pytest.mark.parametrize("text", ["晴", "东莞市晴", "广东省东", " "])
def test_c8_one_character_besides_the_region_is_not_enough(bureau: Bureau, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        search(text, 1, bureau.desk)
    assert [(one.field, one.code) for one in refused.value.faults] == [("q", "query_short")]


@pytest.mark.parametrize("text", ["东莞市", "东莞", " 广东省 东莞市 ", "广东"])
def test_c8_a_region_alone_is_as_short_as_nothing_unless_somebody_bears_that_name(
    bureau: Bureau, text: str
) -> None:
    with pytest.raises(Invalid) as refused:
        search(text, 1, bureau.desk)
    assert [(one.field, one.code) for one in refused.value.faults] == [("q", "query_short")]
    registered(bureau, OTHER, text.strip())
    assert codes(search(text, 1, bureau.desk)) == [OTHER]


def test_c8_a_name_of_one_character_is_found_by_all_of_it(bureau: Bureau) -> None:
    registered(bureau, OTHER, "东莞市甲")
    assert codes(search("东莞市甲", 1, bureau.desk)) == [OTHER]


def test_c8_a_search_ends_after_fifty_in_pages_of_ten_each_subject_once() -> None:
    bureau = Bureau()
    for number in range(60):
        registered(bureau, code_of(number), f"东莞市晴禾第{number:02d}分店")
    pages = [search("晴禾", page, bureau.desk) for page in range(1, 6)]
    found = [code for page in pages for code in codes(page)]
    assert len(found) == len(set(found)) == MOST
    assert [page.next for page in pages] == [2, 3, 4, 5, None]
    assert [len(page.subjects) for page in pages] == [10] * 5


def test_c8_the_whole_name_comes_first_however_many_begin_with_it() -> None:
    bureau = Bureau()
    for number in range(60):
        registered(bureau, code_of(number), f"晴禾A{number:02d}分店")
    registered(bureau, CODE, "晴禾")
    assert codes(search("晴禾", 1, bureau.desk))[0] == CODE


def test_c8_who_is_known_by_records_alone_is_found_while_one_of_them_is_shown() -> None:
    bureau = Bureau()
    ensure_subject(SCHOOL, "东莞市第一小学", SubjectKind.INSTITUTION, bureau.desk)
    assert search("第一小学", 1, bureau.desk).subjects == []
    bureau.record(code=SCHOOL, public_until=TODAY)
    found = search("第一小学", 1, bureau.desk).subjects
    assert [(one.code, one.registered) for one in found] == [(SCHOOL, False)]
    assert codes(search(SCHOOL, 1, bureau.desk)) == [SCHOOL]
    bureau.later(days=1)
    assert search("第一小学", 1, bureau.desk).subjects == []
    assert search(SCHOOL, 1, bureau.desk).subjects == []


@pytest.mark.parametrize("text", [f"{PERSON}ABCDEFGHIJKLMNOPQRSTUVWXYZ", "王晴禾"])
def test_c8_a_person_is_found_neither_by_key_nor_by_name(text: str) -> None:
    bureau = Bureau()
    key = f"{PERSON}ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ensure_subject(key, "王晴禾", SubjectKind.PERSON, bureau.desk)
    bureau.record(code=key, name="王晴禾")
    assert search(text, 1, bureau.desk) == SubjectsFound()
