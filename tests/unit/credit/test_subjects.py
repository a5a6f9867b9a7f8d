"""What the registry tells becomes subjects and an index of their names, in any order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.credit.changes import events_of
from functions.credit.domain import PERSON, Named, Subject, kind_of
from functions.credit.names import named
from functions.credit.store import Store
from functions.credit.subjects import ensure_subject, take_registration
from functions.shared.events.credit import SubjectKind
from functions.shared.events.registry import Happening, Registration
from tests.fakes.interrupted import Crash, Interrupted
from tests.unit.credit.bureau import CODE, REGIONS, TOWN, Bureau

A, B, C = "东莞市晴禾食品有限公司", "东莞市明禾食品有限公司", "广东晴禾控股有限公司"


def told(edition: int = 1, name: str = A, **more: Any) -> Registration:
    given = {
        "happening": Happening.ESTABLISHMENT if edition == 1 else Happening.CHANGE,
        "received_at": datetime(2026, 3, 1, 0, edition % 60, tzinfo=UTC),
        "town": TOWN,
        **more,
    }
    return Registration(code=CODE, edition=edition, name=name, **given)


def subject(bureau: Bureau) -> Subject:
    found = bureau.store.subjects.get(CODE)
    assert found
    return found.value


def index(bureau: Bureau) -> dict[str, bool]:
    """Which names lead to the subject, and whether each is a former one."""
    records = [record for record in bureau.table if record["pk"].startswith("N#")]
    found = [Named(**{k: v for k, v in one.items() if k in Named.model_fields}) for one in records]
    return {one.name: one.former for one in found}


def writes(bureau: Bureau) -> int:
    return sum(record["version"] for record in bureau.table)


def test_c4_a_registration_makes_a_subject_and_its_name_an_entry_of_the_index() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    found = subject(bureau)
    assert (found.name, found.kind, found.town) == (A, SubjectKind.ENTERPRISE, TOWN)
    assert (found.edition, found.cancelled, found.former) == (1, False, ())
    assert index(bureau) == {A: False}


def test_c4_a_new_company_costs_two_writes_and_an_edition_that_changes_nothing_here_none() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    assert writes(bureau) == 2
    take_registration(told(2, changed=("scope", "capital")), bureau.desk)
    take_registration(told(), bureau.desk)
    assert writes(bureau) == 2


def test_c4_a_change_of_name_keeps_the_former_one_in_the_index() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    take_registration(told(2, B, changed=("name",)), bureau.desk)
    assert (subject(bureau).name, subject(bureau).former) == (B, (A,))
    assert index(bureau) == {A: True, B: False}


def test_c4_a_name_taken_back_is_the_present_one_again() -> None:
    bureau = Bureau()
    for edition, name in enumerate((A, B, A), start=1):
        take_registration(told(edition, name, changed=("name",)), bureau.desk)
    assert (subject(bureau).name, subject(bureau).former) == (A, (B,))
    assert index(bureau) == {A: False, B: True}


def test_c4_a_cancelled_subject_stays_and_may_trade_again() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    take_registration(told(2, happening=Happening.CANCELLATION), bureau.desk)
    assert subject(bureau).cancelled
    take_registration(told(3, happening=Happening.ESTABLISHMENT), bureau.desk)
    assert not subject(bureau).cancelled


def test_c4_a_name_that_came_back_unheard_is_not_undone_by_what_lay_between() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    take_registration(told(3, A, changed=("name",)), bureau.desk)
    take_registration(told(2, B, changed=("name",)), bureau.desk)
    assert (subject(bureau).name, subject(bureau).former) == (A, (B,))


def _history(steps: list[tuple[str, str | None, Happening, tuple[str, ...]]]) -> list[Registration]:
    """Editions as the registry tells them: each says what differs from the one before."""
    told_so_far: list[Registration] = []
    for edition, (name, town, happening, other) in enumerate(steps, start=1):
        before = told_so_far[-1] if told_so_far else None
        changed = list(other)
        if before and before.name != name:
            changed.append("name")
        if before and before.town != town:
            changed.append("address")
        stays = before and before.happening is not Happening.CANCELLATION
        if happening is Happening.CHANGE and not stays:
            happening = Happening.ESTABLISHMENT
        told_so_far.append(
            told(edition, name, town=town, happening=happening, changed=tuple(changed))
        )
    return told_so_far


_STEPS = st.tuples(
    st.sampled_from([A, B, C]),
    st.sampled_from([TOWN, None]),
    st.sampled_from([Happening.CHANGE, Happening.CHANGE, Happening.CANCELLATION]),
    st.sampled_from([(), ("scope",)]),
)


@given(st.lists(_STEPS, min_size=1, max_size=6).map(_history), st.data())
def test_c4_repeats_and_disorder_end_in_the_same_state(
    history: list[Registration], data: st.DataObject
) -> None:
    orderly, shuffled = Bureau(), Bureau()
    for one in history:
        take_registration(one, orderly.desk)
    for one in data.draw(st.permutations([*history, *history[::2]])):
        take_registration(one, shuffled.desk)
    last, names = history[-1], {one.name for one in history}
    for bureau in (orderly, shuffled):
        found = subject(bureau)
        assert (found.name, found.town) == (last.name, last.town)
        assert found.cancelled == (last.happening is Happening.CANCELLATION)
        assert set(found.former) == names - {last.name}
        assert index(bureau) == {name: name != last.name for name in names}


def test_c4_a_subject_that_only_a_record_knows_is_found_by_that_name() -> None:
    bureau = Bureau()
    ensure_subject(CODE, A, SubjectKind.ENTERPRISE, bureau.desk)
    ensure_subject(CODE, B, SubjectKind.ENTERPRISE, bureau.desk)
    assert (subject(bureau).name, subject(bureau).edition) == (A, 0)
    assert index(bureau) == {A: False}


def test_c4_who_is_found_after_a_crash_is_found_by_name_too() -> None:
    def crash() -> None:
        raise Crash

    nth = 1
    while True:
        bureau = Bureau()
        table = Interrupted(bureau.table, nth, crash)
        desk = replace(bureau.desk, cabinet=Store(table))
        with suppress(Crash):
            ensure_subject(CODE, A, SubjectKind.ENTERPRISE, desk)
        if bureau.store.subjects.get(CODE) is None:  # else nobody calls again
            ensure_subject(CODE, A, SubjectKind.ENTERPRISE, bureau.desk)
        assert (subject(bureau).name, index(bureau)) == (A, {A: False}), nth
        if table.points < nth:
            break
        nth += 1
    assert nth > 6


def test_c4_the_registry_overrules_the_name_that_a_record_gave() -> None:
    bureau = Bureau()
    ensure_subject(CODE, A, SubjectKind.ENTERPRISE, bureau.desk)
    take_registration(told(1, B), bureau.desk)
    assert (subject(bureau).name, subject(bureau).former) == (B, ())
    assert index(bureau) == {A: True, B: False}


def test_c4_a_record_never_overrules_the_registry() -> None:
    bureau = Bureau()
    take_registration(told(), bureau.desk)
    ensure_subject(CODE, B, SubjectKind.ENTERPRISE, bureau.desk)
    assert subject(bureau).name == A
    assert index(bureau) == {A: False}


def test_c8_of_a_person_no_name_is_kept_and_none_is_found() -> None:
    bureau = Bureau()
    ensure_subject(f"{PERSON}KEY", "张三", SubjectKind.PERSON, bureau.desk)
    found = bureau.store.subjects.get(f"{PERSON}KEY")
    assert found
    assert (found.value.name, found.value.claimed) == ("", "")
    assert index(bureau) == {}


def _interrupted(bureau: Bureau, nth: int, event: Callable[[], object]) -> bool:
    """Take a change of name while `event` happens at the `nth` point; whether there was one."""
    table = Interrupted(bureau.table, nth, event)
    desk = replace(bureau.desk, cabinet=Store(table))
    try:
        take_registration(told(2, B, changed=("name",)), desk)
    except Crash:
        take_registration(told(2, B, changed=("name",)), bureau.desk)
    return table.points >= nth


def test_c4_a_crash_anywhere_is_mended_by_the_repeat() -> None:
    def crash() -> None:
        raise Crash

    nth = 1
    while True:
        bureau = Bureau()
        take_registration(told(), bureau.desk)
        happened = _interrupted(bureau, nth, crash)
        assert (subject(bureau).name, subject(bureau).former) == (B, (A,)), nth
        assert index(bureau) == {A: True, B: False}, nth
        if not happened:
            break
        nth += 1
    assert nth > 10


def test_c4_two_editions_at_once_end_like_one_after_the_other() -> None:
    nth = 1
    while True:
        bureau = Bureau()
        take_registration(told(), bureau.desk)
        newer = partial(take_registration, told(3, C, changed=("name",)), bureau.desk)
        happened = _interrupted(bureau, nth, newer)
        if not happened:
            break
        assert (subject(bureau).name, set(subject(bureau).former)) == (C, {A, B}), nth
        assert index(bureau) == {A: True, B: True, C: False}, nth
        nth += 1
    assert nth > 10


def test_d5_a_name_that_looks_like_a_key_is_told_as_nothing_else() -> None:
    bureau = Bureau()
    for name in ("ABR#咖啡有限公司", "ABZ#咖啡有限公司"):
        stored = bureau.store.names.save(
            named(name, CODE, kind_of(CODE), REGIONS), before=None, by="test", now=bureau.now
        )
        assert list(events_of(None, stored.record)) == []
