"""A batch from its object to the core store: every row ends in exactly one way, whoever dies."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.credit import folders
from functions.credit.batches import Batch, Counts, Step
from functions.credit.disputes import DisputeDecision, decide
from functions.credit.disputing import Outcome
from functions.credit.domain import CreditRecord
from functions.credit.intake import take_file
from functions.shared.errors import Fault
from functions.shared.events.credit import BatchState, RecordState
from infra.city.credit_samples import Company, Layout, Organ, identity
from infra.city.credit_samples import licence as licence_of
from tests.unit.credit.bureau import CODE, CREDIT, OTHER, SOURCE, TODAY, code_of
from tests.unit.credit.disputed import REFUSE, filed
from tests.unit.credit.mill import ANOTHER, NAME, Fuse, Mill, honour
from tests.unit.credit.sample_rows import organ_code

_WRONG = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
_STRANGE = code_of(999)
# one row of each kind: good, twice the same, a wrong name, good, a wrong digit, somebody else's
# document, an unknown code under a known name, good after cleansing
ROWS = [
    honour("1"),
    honour("1"),
    honour("2", name="东莞市别家贸易有限公司"),
    honour("3", OTHER, ANOTHER),
    honour("4", _WRONG),
    honour("1", OTHER, ANOTHER),
    honour("5", _STRANGE),
    honour(" 6 "),
]
SUMS = Counts(accepted=3, duplicate=1, returned=3, held=1, corrected=1)


def records(mill: Mill) -> list[CreditRecord]:
    return [one for code in (CODE, OTHER, _STRANGE) for one in mill.bureau.store.list_records(code)]


def faults_of(mill: Mill, batch: Batch) -> list[Fault]:
    """Why the rows of a batch's first chunk were returned in the end."""
    settled = folders.read_verdicts(batch, Step.COMMIT, 1, mill.bureau.files)
    return [fault for one in settled for fault in one.faults]


def codes_of(mill: Mill, batch: Batch) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in faults_of(mill, batch)]


def test_c5_every_row_ends_in_exactly_one_way_and_the_sums_are_the_input() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    assert (batch.state, batch.rows, batch.counts) == (BatchState.DONE, 8, SUMS)
    assert batch.counts.rows == batch.rows
    assert sorted(one.provenance.row for one in records(mill)) == [1, 4, 8]
    assert all(one.provenance.batch == batch.id for one in records(mill))


def test_c5_a_record_says_where_it_came_from_and_what_was_corrected() -> None:
    mill = Mill()
    batch = mill.take([honour(" 6 ")])
    [record] = records(mill)
    assert record.document == "东市监〔2026〕6号"
    assert {one.field for one in record.corrections} == {"WSH"}
    assert record.provenance.source == SOURCE
    assert record.provenance.received_at == batch.received_at
    assert (record.public_from, record.name, record.town is not None) == (TODAY, NAME, True)


@pytest.mark.parametrize("size", [1, 3, 500])
def test_c4_the_size_of_the_chunks_changes_nothing(size: int) -> None:
    assert Mill(size=size).take(ROWS).counts == SUMS


def test_c4_a_death_at_any_write_ends_in_the_same_state() -> None:
    calm = Mill()
    calm.take(ROWS)
    wanted, points = calm.state(), calm.fuse.points
    assert points > 60
    for nth in range(1, points + 1):
        mill = Mill(fuse=Fuse(nth))
        mill.take(ROWS)
        assert mill.deaths == 1, nth
        mill.run()
        assert mill.state() == wanted, nth


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_c4_messages_in_any_order_and_all_of_them_twice_end_in_the_same_sums(data: Any) -> None:
    mill = Mill(size=data.draw(st.integers(1, 4)))
    batch = mill.put(ROWS)
    mill.run(lambda waiting: data.draw(st.integers(0, waiting - 1)), twice=True)
    mill.run()
    batch = mill.batch(batch.id)
    assert (batch.state, batch.counts.rows) == (BatchState.DONE, 8)
    assert (batch.counts.accepted, batch.counts.held, len(records(mill))) == (3, 1, 3)
    # whoever is first has the document: the two rows of the one, or the one of the other
    assert (batch.counts.duplicate, batch.counts.returned) in ((1, 3), (0, 4))
    quality = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert [one.counts for one in quality] == [batch.counts]
    habits = mill.bureau.store.habits.get(f"{SOURCE}/honour")
    assert habits
    assert (habits.value.batches, habits.value.rows) == (1, 8)


def test_c4_an_object_told_twice_is_one_batch_and_another_content_is_another() -> None:
    mill = Mill()
    first, again = mill.put(ROWS), mill.put(ROWS)
    mill.run()
    other = mill.take([honour("9")])
    assert first.id == again.id
    assert other.id != first.id
    assert mill.batch(first.id).counts == SUMS
    assert other.counts == Counts(accepted=1)


def test_c5_the_same_values_again_are_a_duplicate_and_other_values_replace_the_record() -> None:
    mill = Mill()
    mill.take([honour("1")], name="a.json")
    mill.bureau.later(days=1)
    again = mill.take([honour("1")], name="b.json")
    assert again.counts == Counts(duplicate=1)
    changed = mill.take([honour("1", NR="诚信经营示范单位")], name="c.json")
    assert changed.counts == Counts(accepted=1)
    [record] = records(mill)
    assert record.values["NR"] == "诚信经营示范单位"
    assert record.provenance.batch == changed.id
    stored = mill.bureau.store.records.get(record.id)
    assert stored
    assert stored.record["version"] == 2


def test_c5_a_late_repeat_of_an_older_batch_never_undoes_a_newer_one() -> None:
    mill = Mill()
    mill.put([honour("1")], name="old.json")
    mill.work_check_only()
    late = list(mill.bureau.sent)
    mill.bureau.sent.clear()
    mill.bureau.later(days=1)
    mill.take([honour("1", NR="新的名称")], name="new.json")
    mill.bureau.sent.extend(late)
    mill.run()
    [record] = records(mill)
    assert record.values["NR"] == "新的名称"
    assert mill.batch("scjg.honour.old").counts == Counts(duplicate=1)


def test_c5_a_file_that_waited_was_received_when_it_arrived_and_is_no_newer_for_it() -> None:
    mill = Mill()
    key, arrived = f"in/{SOURCE}/honour/old.json", mill.bureau.now
    mill.bureau.later(days=30)
    mill.take([honour("1", NR="新")], name="new.json")
    mill.bureau.files.write(key, json.dumps({"rows": [honour("1", NR="旧")]}).encode())
    old = take_file(key, "old", mill.bureau.desk, arrived=arrived)
    mill.run()
    assert (old.received_at, mill.batch(old.id).counts) == (arrived, Counts(duplicate=1))
    assert [one.values["NR"] for one in records(mill)] == ["新"]


def test_c5_two_rows_of_a_batch_that_contradict_each_other_are_not_both_taken() -> None:
    mill = Mill()
    batch = mill.take([honour("1"), honour("1", NR="别的名称")])
    assert (batch.counts.accepted, batch.counts.returned) == (1, 1)


def test_c5_a_record_of_another_source_is_not_touched() -> None:
    mill = Mill()
    mill.take([honour("1")])
    [before] = records(mill)
    moved = before.model_copy(update={"source": "swsj"})
    stored = mill.bureau.store.records.get(before.id)
    mill.bureau.store.records.save(moved, before=stored, by="test", now=mill.bureau.now)
    batch = mill.take([honour("1", NR="别的名称")], name="b2.json")
    assert batch.counts == Counts(returned=1)
    assert records(mill) == [moved]
    [fault] = faults_of(mill, batch)
    assert (fault.code, fault.params) == ("other_source", {"name": "税务局"})


def test_c5_what_is_no_document_of_one_subject_alone_is_taken_of_all_of_them() -> None:
    def report(code: str, name: str) -> dict[str, str]:
        row = {"XDR_MC": name, "XDR_SHXYM": code, "BGND": "2025"}
        return {**row, "GSRQ": "2026-03-01", "GSZT": "已公示"}

    mill = Mill(shared=True)
    both = [(CODE, NAME), (OTHER, ANOTHER)]
    reports = mill.take([report(*one) for one in [*both, *both]], "annual_report", "r.json")
    assert (reports.counts.accepted, reports.counts.duplicate) == (2, 2)
    honours = mill.take([honour("1", *one) for one in [*both, *both]])
    assert (honours.counts.accepted, honours.counts.duplicate) == (2, 2)


def test_c11_a_document_that_was_taken_from_the_wrong_company_may_go_to_the_right_one() -> None:
    mill = Mill()
    mill.take([honour("1")])
    [wrong] = records(mill)
    stored = mill.bureau.store.records.get(wrong.id)
    gone = wrong.model_copy(update={"state": RecordState.WITHDRAWN})
    mill.bureau.store.records.save(gone, before=stored, by="test", now=mill.bureau.now)
    mill.bureau.later(days=1)
    batch = mill.take([honour("1", OTHER, ANOTHER)], name="b2.json")
    assert batch.counts == Counts(accepted=1)
    assert {one.subject: one.state for one in records(mill)} == {
        CODE: RecordState.WITHDRAWN,
        OTHER: RecordState.LIVE,
    }


def test_c1_working_days_after_the_limit_are_counted_for_the_row_and_its_batch() -> None:
    mill = Mill()
    in_time, late = honour("1", JDRQ="2026/03/31"), honour("2", JDRQ="2026/02/27")
    batch = mill.take([in_time, late])
    # 20 working days after 27 February (the 28th is made up for 春节) end on 26 March; then come
    # seven to 7 April, 清明 left out
    assert (batch.counts.late, batch.counts.days_late) == (1, 7)
    assert sorted(one.provenance.days_late for one in records(mill)) == [0, 7]


def licence(document: str = "1") -> dict[str, str]:
    """A licence row, with the representative's identity number."""
    organ = Organ("东莞市市场监督管理局", "11441900YX9000012H")
    cells = licence_of(1, Company(CODE, NAME), organ, TODAY - timedelta(days=7), Random(1))
    return {
        **cells,
        "WSH": f"东市监许〔2026〕{document}号",
        "FR_ZJLX": "身份证",
        "FR_ZJHM": identity(7),
    }


def test_c8_identity_numbers_stand_nowhere_but_sealed() -> None:
    mill = Mill()
    batch = mill.take([licence(), {**licence("2"), "XDR_SHXYM": identity(7)}], item=Layout.LICENCE)
    assert (batch.counts.accepted, batch.counts.returned) == (1, 1)
    [record] = records(mill)
    opened = mill.bureau.vault.open(record.sealed["FR_ZJHM"], f"{record.id}/FR_ZJHM")
    assert opened == identity(7)
    assert all(identity(7) not in str(one) for one in mill.bureau.table)
    open_text = [
        key for key in mill.bureau.files if identity(7).encode() in mill.bureau.files.read(key)
    ]
    assert {key.partition("/")[0] for key in open_text} <= {"in", "raw"}


def test_c5_the_same_identity_number_again_is_the_same_row_and_another_is_not() -> None:
    mill = Mill()
    mill.take([licence()], item=Layout.LICENCE, name="a.json")
    mill.bureau.later(days=1)
    again = mill.take([licence()], item=Layout.LICENCE, name="b.json")
    other = {**licence(), "FR_ZJHM": identity(8)}
    changed = mill.take([other], item=Layout.LICENCE, name="c.json")
    assert (again.counts.duplicate, changed.counts.accepted) == (1, 1)


def test_c10_what_a_batch_brought_goes_onward_in_one_parcel() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    parcel = mill.bureau.store.parcels.get(f"{batch.id}.000000")
    assert parcel
    assert set(parcel.value.records) == {one.id for one in records(mill)}


def many(good: int, bad: int) -> list[dict[str, Any]]:
    """So many good rows, and so many with a wrong check digit."""
    rows = [honour(f"g{number}") for number in range(good)]
    return rows + [honour(f"w{number}", _WRONG) for number in range(bad)]


def test_c6_a_first_batch_of_mostly_wrong_rows_waits_for_a_person() -> None:
    mill = Mill(size=500)
    batch = mill.take(many(20, 40))
    assert (batch.state, batch.reasons) == (BatchState.HELD, ("batch_first_errors",))
    assert records(mill) == []
    assert mill.bureau.store.list_open("credit", "batch") == [batch.id]


def test_c6_ten_times_the_usual_rows_or_far_more_wrong_ones_wait_too() -> None:
    mill = Mill(size=500)
    for number in range(3):
        mill.take([honour(f"{number}a"), honour(f"{number}b")], name=f"{number}.json")
    more = mill.take(many(60, 0), name="more.json")
    worse = mill.take([honour(f"x{n}", _WRONG) for n in range(50)], name="worse.json")
    small = mill.take([honour("y", _WRONG)], name="small.json")
    assert (more.state, more.reasons) == (BatchState.HELD, ("batch_far_rows",))
    assert worse.reasons == ("batch_far_rows", "batch_far_errors")
    assert small.state is BatchState.DONE


def test_c11_what_an_objection_showed_to_be_wrong_does_not_come_back_with_the_next_list() -> None:
    mill = Mill()
    mill.take([honour("1")], name="a.json")
    [record] = records(mill)
    right = DisputeDecision(
        uphold=True, note="更正", outcome=Outcome.CORRECT, values={"NR": "先进单位"}
    )
    decide(filed(mill.bureau, record).id, right, CREDIT, mill.bureau.desk)
    for name in ("b", "c"):
        mill.bureau.later(days=1)
        assert mill.take([honour("1")], name=f"{name}.json").counts == Counts(duplicate=1)
    assert [one.values["NR"] for one in records(mill)] == ["先进单位"]
    assert mill.take([honour("1", NR="先进单位")], name="d.json").counts == Counts(duplicate=1)


@pytest.mark.parametrize("values", [{}, {"NR": "先进单位"}], ids=["withdrawn", "corrected"])
def test_c11_no_other_values_of_its_source_undo_what_was_decided_on_an_objection(
    values: dict[str, str],
) -> None:
    mill = Mill()
    mill.take([honour("1")], name="a.json")
    [record] = records(mill)
    outcome = Outcome.CORRECT if values else Outcome.WITHDRAW
    said = DisputeDecision(uphold=True, note="属实", outcome=outcome, values=values)
    dispute = filed(mill.bureau, record)
    decide(dispute.id, said, CREDIT, mill.bureau.desk)
    [before] = records(mill)
    assert before.decided == dispute.id
    mill.bureau.later(days=1)
    again = mill.take([honour("1", NR="标兵")], name="b.json")
    assert (again.counts, codes_of(mill, again)) == (
        Counts(returned=1),
        [("WSH", "record_decided")],
    )
    assert mill.take([honour("1")], name="c.json").counts == Counts(duplicate=1)
    assert records(mill) == [before]
    assert mill.take([honour("2", NR="标兵")], name="d.json").counts == Counts(accepted=1)


def test_c11_a_refused_objection_and_a_withdrawal_by_the_source_leave_the_source_its_say() -> None:
    mill = Mill()
    mill.take([honour("1")], name="a.json")
    [record] = records(mill)
    decide(filed(mill.bureau, record).id, REFUSE, CREDIT, mill.bureau.desk)
    mill.bureau.later(days=1)
    changed = mill.take([honour("1", NR="标兵")], name="b.json")
    assert changed.counts == Counts(accepted=1)
    [record] = records(mill)
    stored = mill.bureau.store.records.get(record.id)
    gone = record.model_copy(update={"state": RecordState.WITHDRAWN})
    mill.bureau.store.records.save(gone, before=stored, by="test", now=mill.bureau.now)
    mill.bureau.later(days=1)
    assert mill.take([honour("1")], name="c.json").counts == Counts(accepted=1)
    assert [one.state for one in records(mill)] == [RecordState.LIVE]


@pytest.mark.parametrize(
    ("field", "unit", "code"),
    [("LYDWDM", "gaj", "source_code_other"), ("XKJGDM", "gaj", "organ_other")],
)
def test_c1_who_is_in_the_catalogue_hands_in_its_own_rows(field: str, unit: str, code: str) -> None:
    mill = Mill()
    rows = [licence(), {**licence("2"), field: organ_code(unit)}]
    rows.append({**licence("3"), field: code_of(77, "11")})  # nobody's in the catalogue
    batch = mill.take(rows, item=Layout.LICENCE)
    assert (batch.counts.accepted, batch.counts.returned) == (2, 1)
    assert codes_of(mill, batch) == [(field, code)]
