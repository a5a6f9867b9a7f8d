"""The room's store keeps what it is given, under the keys of four core stores."""

from datetime import date

from functions.credit.changes import events_of
from functions.shared.events.credit import SubjectKind
from tests.unit.credit.bureau import CODE, Bureau, code_of


def test_c2_a_subject_its_records_and_its_page_stand_together() -> None:
    bureau = Bureau()
    bureau.subject()
    record = bureau.record()
    assert bureau.store.list_records(CODE) == [record]
    assert bureau.store.records.get(record.id)
    assert bureau.store.subjects.get(CODE)


def test_c2_the_class_of_a_code_says_which_core_store_it_is() -> None:
    kinds = [Bureau().subject(code_of(7, two)).kind for two in ("91", "92", "12", "51")]
    assert kinds == [
        SubjectKind.ENTERPRISE,
        SubjectKind.ENTERPRISE,
        SubjectKind.INSTITUTION,
        SubjectKind.ORGANISATION,
    ]


def test_c7_a_record_is_shown_to_the_last_day_and_not_after() -> None:
    record = Bureau().record(public_until=date(2026, 6, 30))
    assert record.shown_on(date(2026, 6, 30))
    assert not record.shown_on(date(2026, 7, 1))


def test_d1_a_record_is_told_as_it_is_written() -> None:
    bureau = Bureau()
    bureau.record()
    [record] = [one for one in bureau.table if one["sk"].startswith("R#")]
    assert [one.type for one in events_of(None, record)] == ["record.accepted"]
