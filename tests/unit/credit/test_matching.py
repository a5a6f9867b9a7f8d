"""Whom a row is about: by code, by a name that one alone bears, never by likeness."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from functions.credit.batches import Claim, Match
from functions.credit.catalogue import Cycle, Entry, FieldRule, FieldType, Roles
from functions.credit.domain import PERSON
from functions.credit.matching import match, matcher_for, person_key
from functions.credit.subjects import ensure_subject, take_registration
from functions.shared.codes import registration_check_digit
from functions.shared.events.credit import Category, SubjectKind
from functions.shared.events.registry import Happening, Registration
from functions.shared.messages import TEXTS
from tests.fakes.table import FakeTable
from tests.unit.credit.bureau import TODAY, TOWN, Bureau, code_of

NAME, FORMER = "东莞市晴禾食品有限公司", "东莞市明禾食品有限公司"
KNOWN, OTHER, NEW = code_of(1), code_of(2), code_of(3)
SCHOOL = code_of(4, "12")
OLD = "44190060000001" + registration_check_digit(
    "44190060000001"
)  # a registration number of 15 digits
IDENTITY = "44190019900101001X"
ENTRY = Entry(
    id="honour",
    version=1,
    title="表彰荣誉",
    category=Category.GOOD,
    sources=("*",),
    subjects=(SubjectKind.ENTERPRISE, SubjectKind.INSTITUTION, SubjectKind.PERSON),
    holds_from=date(2020, 1, 1),
    cycle=Cycle.MONTH,
    key=("MC",),
    roles=Roles(name="MC", code="DM", kind="LB", person="ZJ"),
    fields=(
        FieldRule(name="MC", title="名称", type=FieldType.NAME, required=True),
        FieldRule(name="DM", title="代码", type=FieldType.CODE),
        FieldRule(name="LB", title="类别"),
        FieldRule(name="ZJ", title="证件号码", type=FieldType.IDENTITY),
    ),
)


@pytest.fixture
def bureau() -> Bureau:
    bureau = Bureau()
    registered(bureau, KNOWN, FORMER, NAME)
    registered(bureau, OTHER, "东莞市虎门云帆电子有限公司")
    return bureau


def registered(bureau: Bureau, code: str, *names: str) -> None:
    for edition, name in enumerate(names, start=1):
        told = Registration(
            code=code,
            edition=edition,
            happening=Happening.ESTABLISHMENT if edition == 1 else Happening.CHANGE,
            changed=("name",) if edition > 1 else (),
            name=name,
            town=TOWN,
            received_at=bureau.now,
        )
        take_registration(told, bureau.desk)


def found(bureau: Bureau, name: str, code: str = "", entry: Entry = ENTRY, **more: Any) -> Match:
    return match(Claim(name=name, code=code, **more), entry, TODAY, bureau.desk)


def rules(one: Match) -> list[tuple[str, str]]:
    return [(correction.field, correction.rule) for correction in one.corrections]


def faults(one: Match) -> list[tuple[str, str]]:
    assert not one.subject
    assert not one.candidates
    assert all(fault.code in TEXTS for fault in one.faults)
    return [(fault.field, fault.code) for fault in one.faults]


def candidates(one: Match) -> list[tuple[str, str]]:
    assert not one.subject
    assert not one.faults
    return [(candidate.code, candidate.why) for candidate in one.candidates]


@pytest.mark.parametrize("written", [NAME, "东莞市 晴禾食品有限公司", "东莞市晴禾食品有限公司　"])
def test_c4_code_and_name_agree(bureau: Bureau, written: str) -> None:
    one = found(bureau, written, KNOWN)
    assert (one.subject, one.name, one.registered) == (KNOWN, NAME, True)
    assert rules(one) == []


def test_c4_a_former_name_is_taken_and_corrected_to_the_present_one(bureau: Bureau) -> None:
    one = found(bureau, FORMER, KNOWN)
    assert (one.subject, one.name) == (KNOWN, NAME)
    assert rules(one) == [("MC", "former_name")]
    assert (one.corrections[0].before, one.corrections[0].after) == (FORMER, NAME)


def test_c4_a_name_of_somebody_else_returns_the_row_with_both_codes(bureau: Bureau) -> None:
    one = found(bureau, NAME, OTHER)
    assert faults(one) == [("MC", "name_of_other")]
    assert one.faults[0].params["reason"] == 1001
    assert one.faults[0].params["other"] == KNOWN


@pytest.mark.parametrize(
    "written",
    [
        "东莞市不明商贸有限公司",
        "晴禾食品有限公司",
        "东莞市晴禾食品有限公",
        "东莞市晴和食品有限公司",
        "",
    ],
)
def test_c4_a_name_that_is_not_the_codes_returns_the_row_however_like_it_is(
    bureau: Bureau, written: str
) -> None:
    one = found(bureau, written, KNOWN)
    assert faults(one) == [("MC", "name_not_of_code")]
    assert one.faults[0].params["reason"] == 1001


def test_c4_a_former_name_of_somebody_else_is_nobodys_proof(bureau: Bureau) -> None:
    assert faults(found(bureau, FORMER, OTHER)) == [("MC", "name_not_of_code")]


def test_c4_a_good_code_that_the_registry_does_not_know_is_taken_and_noted(bureau: Bureau) -> None:
    one = found(bureau, "东莞市初见餐饮店", NEW)
    assert (one.subject, one.name, one.registered) == (NEW, "东莞市初见餐饮店", False)
    assert rules(one) == [("DM", "not_registered")]


def test_c4_a_second_row_about_an_unregistered_subject_is_taken_like_the_first(
    bureau: Bureau,
) -> None:
    ensure_subject(NEW, "东莞市初见餐饮店", SubjectKind.ENTERPRISE, bureau.desk)
    one = found(bureau, "东莞市初见餐饮店", NEW)
    assert (one.subject, one.registered) == (NEW, False)


def test_c4_of_institutions_the_registry_never_tells_and_nothing_is_noted(bureau: Bureau) -> None:
    one = found(bureau, "东莞市第一小学", SCHOOL)
    assert (one.subject, rules(one)) == (SCHOOL, [])


def test_c4_an_unknown_code_beside_a_registered_name_waits_for_a_person(bureau: Bureau) -> None:
    assert candidates(found(bureau, NAME, NEW)) == [(KNOWN, "same_name")]


def test_c4_a_wrong_check_digit_is_returned_and_never_guessed_from_the_name(
    bureau: Bureau,
) -> None:
    wrong = KNOWN[:-1] + ("A" if KNOWN[-1] != "A" else "B")
    assert faults(found(bureau, NAME, wrong)) == [("DM", "code_check_digit")]


@pytest.mark.parametrize("code", ["", OLD])
def test_c4_without_a_unified_code_the_only_bearer_of_the_name_is_meant(
    bureau: Bureau, code: str
) -> None:
    one = found(bureau, NAME, code)
    assert (one.subject, one.registered) == (KNOWN, True)
    assert rules(one) == [("DM", "code_from_name")]
    assert (one.corrections[0].before, one.corrections[0].after) == (code, KNOWN)


def test_c4_an_old_registration_number_that_the_registry_still_has_is_a_code(
    bureau: Bureau,
) -> None:
    registered(bureau, OLD, "东莞市老字号酒楼")
    one = found(bureau, "东莞市老字号酒楼", OLD)
    assert (one.subject, rules(one)) == (OLD, [])


def test_c4_several_bearers_of_a_name_wait_for_a_person(bureau: Bureau) -> None:
    registered(bureau, NEW, NAME)
    waiting = found(bureau, NAME)
    assert sorted(candidates(waiting)) == [(KNOWN, "same_name"), (NEW, "same_name")]


def test_c4_a_name_that_only_a_record_gave_decides_nothing(bureau: Bureau) -> None:
    ensure_subject(NEW, "东莞市初见餐饮店", SubjectKind.ENTERPRISE, bureau.desk)
    assert candidates(found(bureau, "东莞市初见餐饮店")) == [(NEW, "same_name")]


def test_c4_a_former_name_alone_waits_for_a_person(bureau: Bureau) -> None:
    assert candidates(found(bureau, FORMER)) == [(KNOWN, "former_name")]


@pytest.mark.parametrize(
    "written",
    ["东莞市晴禾食品公司", "东莞市晴禾食晶有限公司", "晴禾食品有限公司", "广州市晴禾食品有限公司"],
)
def test_c4_a_like_name_is_never_taken_and_waits_for_a_person(bureau: Bureau, written: str) -> None:
    assert (KNOWN, "like_name") in candidates(found(bureau, written))


def test_c4_who_shares_only_a_first_character_is_no_candidate(bureau: Bureau) -> None:
    assert faults(found(bureau, "东莞市晴空航模")) == [("MC", "subject_unknown")]


@pytest.mark.parametrize("name", ["无名氏", "甲", "东莞市", ""])
def test_c4_a_name_that_nobody_bears_returns_the_row(bureau: Bureau, name: str) -> None:
    assert faults(found(bureau, name)) == [("MC", "subject_unknown")]


@pytest.mark.parametrize("name", ["甲", "东莞市甲", "A"])
def test_c4_short_names_are_found_too(bureau: Bureau, name: str) -> None:
    registered(bureau, NEW, name)
    assert found(bureau, name).subject == NEW


def test_d5_a_rare_character_is_not_taken_for_its_sister(bureau: Bureau) -> None:
    registered(bureau, NEW, "东莞市𠮷野餐饮店")
    assert found(bureau, "东莞市𠮷野餐饮店").subject == NEW
    assert not found(bureau, "东莞市吉野餐饮店").subject


def test_c2_an_item_takes_only_its_kinds_of_subjects(bureau: Bureau) -> None:
    only = ENTRY.model_copy(update={"subjects": (SubjectKind.INSTITUTION,)})
    assert faults(found(bureau, NAME, KNOWN, only)) == [("LB", "subject_not_covered")]
    assert faults(found(bureau, NAME, "", only)) == [("MC", "subject_unknown")]
    person = found(bureau, "张三", "", only, person=True, identity=IDENTITY)
    assert faults(person) == [("LB", "subject_not_covered")]


def test_c8_a_person_stands_under_a_key_that_says_nothing(bureau: Bureau) -> None:
    one = found(bureau, "张三", person=True, identity=IDENTITY)
    again = found(bureau, "张三丰", person=True, identity=f" {IDENTITY.lower()}")
    assert one.subject == again.subject == person_key(IDENTITY, bureau.vault)
    assert one.subject.startswith(PERSON)
    assert IDENTITY not in one.model_dump_json()


def test_c4_a_person_without_a_number_is_returned(bureau: Bureau) -> None:
    assert faults(found(bureau, "张三", person=True)) == [("ZJ", "person_unidentified")]


def test_c8_a_function_without_the_vault_never_names_a_person(bureau: Bureau) -> None:
    desk = replace(bureau.desk, vault=None)
    claim = Claim(name="张三", person=True, identity=IDENTITY)
    with pytest.raises(RuntimeError):
        match(claim, ENTRY, TODAY, desk)


class _Counting(FakeTable):
    reads = 0

    def get_many(self, keys: Any) -> Any:
        self.reads += 1
        return super().get_many(keys)

    def query(self, pk: str, **query: Any) -> Any:
        self.reads += 1
        return super().query(pk, **query)


def test_c4_a_whole_chunk_is_matched_by_one_read() -> None:
    table = _Counting()
    bureau = Bureau(table=table)
    for number in range(100, 150):
        registered(bureau, code_of(number), f"东莞市第{number}号食品店")
    table.reads = 0
    claims = [
        Claim(name=f"东莞市第{number}号食品店", code=code_of(number)) for number in range(100, 150)
    ]
    matching = matcher_for(claims * 10, ENTRY, TODAY, bureau.desk)
    assert all(matching(claim).registered for claim in claims * 10)
    assert table.reads == 1
