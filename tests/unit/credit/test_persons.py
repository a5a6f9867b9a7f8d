"""Key persons are found by their exact number, by those entitled, and never unlogged (C8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from functions.credit import persons
from functions.credit.batches import LookUp
from functions.credit.domain import CreditRecord, record_id
from functions.credit.matching import person_key
from functions.credit.persons import AskedOf, LookUpIn, Person, Revealed, RevealIn
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Conflict, Invalid, NotFound, Problem
from functions.shared.events.credit import Category, RecordState, SubjectKind
from functions.shared.vault import Unsealable
from tests.unit.credit.bureau import (
    CREDIT,
    ENTITY,
    LEAD,
    OFFICER,
    OVERSIGHT,
    STRANGER,
    Bureau,
    somebody,
)

NUMBER, OTHER = "110101199003070230", "11010119900307002X"
FIELD = "XK_FR_SFZH"


@dataclass
class Keeper:
    """The keeping function, called in process; `asked` is what it was asked."""

    bureau: Bureau
    asked: list[AskedOf] = field(default_factory=list)

    def key_of(self, look_up: str, number: str) -> str:
        return self._answer(AskedOf(look_up=look_up, number=number))["key"]

    def number_in(self, look_up: str, record: str, field: str) -> str:
        return self._answer(AskedOf(look_up=look_up, record=record, field=field))["number"]

    def _answer(self, asked: AskedOf) -> dict[str, str]:
        self.asked.append(asked)
        return persons.answer(asked, self.bureau.vault, self.bureau.store)


class Down(Keeper):
    """A keeping function that cannot be reached."""

    def _answer(self, asked: AskedOf) -> dict[str, str]:
        raise OSError("down")


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def person(
    bureau: Bureau, number: str = NUMBER, digest: str = "d1", **more: object
) -> CreditRecord:
    """A record of a person, with the number sealed."""
    key = person_key(number, bureau.vault)
    sealed = {FIELD: bureau.vault.seal(number, f"{record_id(key, digest)}/{FIELD}")}
    given = {
        **{"name": "张三丰", "kind": SubjectKind.PERSON, "category": Category.DISHONEST},
        **{"public_from": None, "sealed": sealed, **more},
    }
    return bureau.record(digest, code=key, **given)


def look_up(bureau: Bureau, caller: Caller = OFFICER, **more: object) -> Person:
    asked = LookUpIn.model_validate({"number": NUMBER, "purpose": "办理许可核查", **more})
    return persons.look_up_person(asked, f"n{bureau.now:%f}", caller, bureau.desk, Keeper(bureau))


def reveal(bureau: Bureau, found: Person, caller: Caller = CREDIT, **more: object) -> Revealed:
    record = found.records[0].id
    given = {"look_up": found.look_up, "record": record, "field": FIELD, "purpose": "核对身份"}
    asked = RevealIn.model_validate({**given, **more})
    return persons.reveal_number(asked, "r", caller, bureau.desk, Keeper(bureau))


def logged(bureau: Bureau, unit: str = "scjg") -> list[LookUp]:
    return bureau.store.list_look_ups(unit, "2026-01-01", "2026-12-31")


@pytest.mark.parametrize("caller", [OFFICER, LEAD, CREDIT])
def test_c8_who_is_entitled_finds_a_person_by_the_number(bureau: Bureau, caller: Caller) -> None:
    record = person(bureau)
    found = look_up(bureau, caller)
    assert (found.name, [one.id for one in found.records]) == ("张三丰", [record.id])
    assert found.records[0].sealed == (FIELD,)
    assert NUMBER not in found.model_dump_json()
    assert found.number.startswith("1") and "*" * 8 in found.number


@pytest.mark.parametrize("caller", [ENTITY, OVERSIGHT, somebody("x", "scjg", Role.SOURCE)])
def test_c8_nobody_else_looks_up_anybody_and_nothing_is_logged(
    bureau: Bureau, caller: Caller
) -> None:
    person(bureau)
    with pytest.raises(NotFound):
        look_up(bureau, caller)
    with pytest.raises(NotFound):
        look_up(bureau, caller, unit="scjg")
    assert logged(bureau) == []


def test_c8_nobody_looks_up_in_the_name_of_another_unit(bureau: Bureau) -> None:
    person(bureau)
    with pytest.raises(NotFound):
        look_up(bureau, STRANGER, unit="scjg")


@pytest.mark.parametrize(
    "written", ["１１０１０１１９９００３０７０２３０", " 110101 19900307 0230 "]
)
def test_c8_the_number_is_found_however_it_is_written(bureau: Bureau, written: str) -> None:
    person(bureau)
    assert look_up(bureau, number=written).name == "张三丰"


def test_c8_a_last_letter_may_be_small(bureau: Bureau) -> None:
    person(bureau, OTHER)
    assert look_up(bureau, number=OTHER.lower()).name == "张三丰"


def test_c8_nothing_found_looks_like_not_there_and_is_logged(bureau: Bureau) -> None:
    with pytest.raises(NotFound):
        look_up(bureau)
    [log] = logged(bureau)
    assert (log.found, log.by, log.purpose) == (False, "officer", "办理许可核查")


def test_c8_with_a_name_only_who_bears_it_is_found(bureau: Bureau) -> None:
    person(bureau)
    assert look_up(bureau, name=" 张三丰 ").name == "张三丰"
    bureau.later(seconds=1)
    with pytest.raises(NotFound):
        look_up(bureau, name="李四")
    assert [log.found for log in logged(bureau)] == [True, False]


@pytest.mark.parametrize("state", [RecordState.REPAIRED, RecordState.WITHDRAWN])
def test_c8_what_no_longer_counts_is_not_found(bureau: Bureau, state: RecordState) -> None:
    person(bureau, state=state)
    with pytest.raises(NotFound):
        look_up(bureau)


@pytest.mark.parametrize("number", ["110101199003070231", "11010119900307****", "张三丰的号码"])
def test_c8_what_is_no_number_is_refused_without_being_repeated(
    bureau: Bureau, number: str
) -> None:
    with pytest.raises(Invalid) as refused:
        look_up(bureau, number=number)
    [fault] = refused.value.faults
    assert (fault.code, fault.field) == ("person_number", "number")
    assert number not in str(refused.value)


@pytest.mark.parametrize("purpose", ["", "x", "   ok   "])
def test_c8_a_look_up_without_a_purpose_is_refused_without_repeating_the_number(
    purpose: str,
) -> None:
    with pytest.raises(ValidationError) as refused:
        LookUpIn.model_validate({"number": NUMBER, "purpose": purpose})
    assert NUMBER not in str(refused.value)


def test_c8_the_line_stands_before_anything_is_searched(bureau: Bureau) -> None:
    person(bureau)
    asked = LookUpIn(number=NUMBER, purpose="办理许可核查")
    with pytest.raises(OSError, match="down"):
        persons.look_up_person(asked, "n", OFFICER, bureau.desk, Down(bureau))
    [log] = logged(bureau)
    assert (log.found, log.subject) == (None, "")


def test_c8_the_log_and_the_records_hold_no_number(bureau: Bureau) -> None:
    person(bureau)
    reveal(bureau, look_up(bureau, CREDIT))
    assert NUMBER not in str(list(bureau.table))


def test_c8_the_credit_office_opens_a_number_it_just_looked_up(bureau: Bureau) -> None:
    person(bureau)
    found = look_up(bureau, CREDIT)
    bureau.later(minutes=10)
    assert reveal(bureau, found).number == NUMBER
    _, log = logged(bureau, "credit")
    assert (log.revealed, log.purpose, log.by) == (True, "核对身份", "credit")


def test_c8_after_ten_minutes_it_is_looked_up_again(bureau: Bureau) -> None:
    person(bureau)
    found = look_up(bureau, CREDIT)
    bureau.later(minutes=10, seconds=1)
    with pytest.raises(Conflict):
        reveal(bureau, found)
    assert len(logged(bureau, "credit")) == 1


def test_c8_nobody_opens_a_number_by_the_look_up_of_another(bureau: Bureau) -> None:
    person(bureau)
    found = look_up(bureau, CREDIT)
    colleague = somebody("colleague", "credit", Role.CREDIT)
    for caller in (colleague, OFFICER, LEAD):
        with pytest.raises(NotFound):
            reveal(bureau, found, caller)


def test_c8_an_officer_opens_no_number_though_it_found_the_person(bureau: Bureau) -> None:
    person(bureau)
    found = look_up(bureau, OFFICER)
    with pytest.raises(NotFound):
        reveal(bureau, found, OFFICER)


def test_c8_only_numbers_of_the_person_looked_up_are_opened(bureau: Bureau) -> None:
    person(bureau)
    other = person(bureau, OTHER, "d2")
    found = look_up(bureau, CREDIT)
    for name, wrong in (("record", other.id), ("record", "x.y"), ("field", "XK_NR")):
        with pytest.raises(NotFound):
            reveal(bureau, found, CREDIT, **{name: wrong})


@pytest.mark.parametrize("id", ["x", "x/", "credit/none"])
def test_c8_what_is_no_look_up_is_not_there(bureau: Bureau, id: str) -> None:
    person(bureau)
    found = look_up(bureau, CREDIT)
    with pytest.raises(NotFound):
        reveal(bureau, found, look_up=id)


def test_c8_nobody_not_found_is_opened(bureau: Bureau) -> None:
    record = person(bureau)
    with pytest.raises(NotFound):
        look_up(bureau, CREDIT, name="李四")
    [log] = logged(bureau, "credit")
    asked = RevealIn(look_up=log.id, record=record.id, field=FIELD, purpose="核对身份")
    with pytest.raises(NotFound):
        persons.reveal_number(asked, "r", CREDIT, bureau.desk, Keeper(bureau))


def test_c8_the_keeper_does_nothing_without_a_line_in_the_log(bureau: Bureau) -> None:
    record = person(bureau)
    for asked in (
        AskedOf(look_up="scjg/none", number=NUMBER),
        AskedOf(look_up="scjg/none", record=record.id, field=FIELD),
    ):
        with pytest.raises(Problem):
            persons.answer(asked, bureau.vault, bureau.store)


def test_c8_the_keeper_opens_nothing_for_a_look_up_that_was_not_to_open(bureau: Bureau) -> None:
    record = person(bureau)
    found = look_up(bureau, CREDIT)
    asked = AskedOf(look_up=found.look_up, record=record.id, field=FIELD)
    with pytest.raises(NotFound):
        persons.answer(asked, bureau.vault, bureau.store)


def test_c8_a_line_that_is_complete_serves_no_second_search(bureau: Bureau) -> None:
    person(bureau)
    found = look_up(bureau)
    with pytest.raises(NotFound):
        persons.answer(AskedOf(look_up=found.look_up, number=OTHER), bureau.vault, bureau.store)


def test_c8_a_number_that_was_moved_to_another_record_does_not_open(bureau: Bureau) -> None:
    first = person(bureau)
    bureau.later(seconds=1)
    person(bureau, digest="d2", sealed=first.sealed)
    found = look_up(bureau, CREDIT)
    moved = next(one.id for one in found.records if one.id.endswith("d2"))
    with pytest.raises(Unsealable):
        reveal(bureau, found, record=moved)


def test_c8_a_lead_reads_its_units_log_and_the_others_read_everybodys(bureau: Bureau) -> None:
    person(bureau)
    look_up(bureau)
    read = persons.list_look_ups
    days = (date(2026, 4, 1), date(2026, 4, 30))
    [own] = read(None, *days, LEAD, bureau.desk)
    assert (own.by, own.found, own.revealed) == ("officer", True, False)
    for caller in (CREDIT, OVERSIGHT):
        assert read("scjg", *days, caller, bureau.desk) == [own]
    assert read(None, date(2026, 4, 8), date(2026, 4, 30), LEAD, bureau.desk) == []
    for stranger in (STRANGER, OFFICER, ENTITY):
        with pytest.raises(NotFound):
            read("scjg", *days, stranger, bureau.desk)


def test_c8_the_days_of_the_log_are_those_of_shanghai() -> None:
    read = persons.list_look_ups
    for hour, day in ((15, date(2026, 4, 6)), (16, date(2026, 4, 7))):  # UTC
        bureau = Bureau(now=datetime(2026, 4, 6, hour, 30, tzinfo=UTC))
        person(bureau)
        look_up(bureau)
        assert len(read(None, day, day, LEAD, bureau.desk)) == 1
        assert len(read(None, date.min, date.max, LEAD, bureau.desk)) == 1
        other = date(2026, 4, 13 - day.day)
        assert read(None, other, other, LEAD, bureau.desk) == []
