"""What waits for a person: a batch far from the habits, a row in doubt; decided once (C4, C6)."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest
from python_calamine import CalamineWorkbook

from functions.credit import folders
from functions.credit.batches import Batch, Counts, Taken
from functions.credit.changes import events_of
from functions.credit.deciding import decide_row, refuse, release
from functions.credit.returns import list_returned
from functions.credit.store import DUE, OPEN
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.credit import BatchState
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Record
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.unit.credit.bureau import CODE, OTHER, SOURCE, Bureau, code_of
from tests.unit.credit.mill import ANOTHER, NAME, Fuse, Mill, honour
from tests.unit.credit.test_processing import ROWS, SUMS, licence, many

_STRANGE = code_of(999)
HELD_ROW = 7


def held_batch(mill: Mill) -> Batch:
    batch = mill.take(many(20, 40))
    assert batch.state is BatchState.HELD
    return batch


def after(batch: Batch, mill: Mill) -> Counts:
    mill.run()
    return mill.batch(batch.id).counts


def test_c6_a_released_batch_goes_on_with_its_good_rows() -> None:
    mill = Mill(size=25)
    batch = held_batch(mill)
    release(batch.id, "节前集中报送", "office", mill.desk)
    release(batch.id, "节前集中报送", "office", mill.desk)
    assert after(batch, mill) == Counts(accepted=20, returned=40)
    done = mill.batch(batch.id)
    assert (done.state, done.decided_by, done.note) == (BatchState.DONE, "office", "节前集中报送")


def test_c6_a_refused_batch_goes_back_whole_and_leaves_no_habit() -> None:
    mill = Mill(size=25)
    batch = held_batch(mill)
    refuse(batch.id, "模板错误", "office", mill.desk)
    refuse(batch.id, "模板错误", "office", mill.desk)
    assert after(batch, mill) == Counts(returned=60)
    assert mill.batch(batch.id).state is BatchState.REFUSED
    told = list(list_returned(mill.batch(batch.id), mill.bureau.desk))
    assert [one.row for one in told] == list(range(1, 61))
    assert all(one.faults[-1].code == "batch_refused" for one in told)
    assert mill.bureau.store.habits.get(f"{SOURCE}/honour") is None
    assert mill.bureau.store.list_records(CODE) == []
    [quality] = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert quality.counts == Counts(returned=60)


def test_c6_what_was_released_cannot_be_refused_and_the_reverse() -> None:
    mill = Mill(size=25)
    batch = held_batch(mill)
    refuse(batch.id, "x", "office", mill.desk)
    with pytest.raises(Conflict):
        release(batch.id, "x", "office", mill.desk)
    with pytest.raises(Conflict):
        refuse(mill.take([honour("z")], name="z.json").id, "x", "office", mill.desk)
    with pytest.raises(NotFound):
        refuse("nothing", "x", "office", mill.desk)


@pytest.mark.parametrize("nth", range(0, 40, 3))
def test_c6_a_death_on_the_way_from_a_release_loses_nothing(nth: int) -> None:
    mill = Mill(size=25)
    batch = held_batch(mill)
    mill.fuse.nth, mill.fuse.points = nth, 0
    mill.survive(lambda: release(batch.id, "x", "office", mill.desk))
    assert after(batch, mill) == Counts(accepted=20, returned=40)


def test_c4_a_person_says_whom_a_row_is_about_and_the_sums_move() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    assert mill.bureau.store.list_open("credit", "held") == [f"{batch.id}/{HELD_ROW:08d}"]
    for _ in range(2):
        decide_row(batch.id, HELD_ROW, CODE, "已核对", "office", mill.desk)
    counts = after(batch, mill)
    assert (counts.accepted, counts.held, counts.rows) == (SUMS.accepted + 1, 0, SUMS.rows)
    [record] = [one for one in mill.bureau.store.list_records(CODE) if one.provenance.row == 7]
    assert record.values["XDR_SHXYM"] == CODE
    assert ("chosen_by_office", _STRANGE, CODE) in {
        (one.rule, one.before, one.after) for one in record.corrections
    }
    assert mill.bureau.store.list_open("credit", "held") == []
    [quality] = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert quality.counts == counts
    with pytest.raises(Conflict):
        decide_row(batch.id, HELD_ROW, OTHER, "x", "office", mill.desk)


def test_c4_a_row_that_is_decided_while_its_batch_ends_is_counted_and_in_the_sheet() -> None:
    class Slow(MemoryObjects):
        """While the first sheet is written, a person sends a row back."""

        def write(self, key: str, body: bytes) -> None:
            super().write(key, body)
            if key.startswith("returned/") and self.opened:
                self.opened = False
                id = key.removeprefix("returned/").removesuffix(".xlsx")
                decide_row(id, HELD_ROW, None, "无法核实", "office", mill.desk)
                mill.work(json.loads(mill.bureau.sent.pop()[1]))

        opened = True

    mill = Mill(Bureau(files=Slow()), size=500)
    batch = mill.take(ROWS)
    assert (batch.counts.returned, batch.counts.held) == (SUMS.returned + 1, 0)
    [quality] = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert quality.counts == batch.counts
    assert "无法核实" in told_by(mill, batch)


def told_by(mill: Mill, batch: Batch) -> str:
    """All that stands in the sheet of a batch's returned rows."""
    body = io.BytesIO(mill.bureau.files.read(folders.sheet_key(batch)))
    return str(CalamineWorkbook.from_filelike(body).get_sheet_by_index(0).to_python())


def test_c4_a_code_that_a_person_typed_stands_in_the_record_in_its_one_form() -> None:
    mill = Mill()
    batch = mill.take([{**honour("7"), "XDR_SHXYM": _STRANGE}])
    decide_row(batch.id, 1, f" {CODE.lower()} ", "已核对", "office", mill.desk)
    decide_row(batch.id, 1, CODE, "已核对", "office", mill.desk)
    assert after(batch, mill).accepted == 1
    [record] = mill.bureau.store.list_records(CODE)
    assert record.values["XDR_SHXYM"] == CODE


def test_c4_the_code_that_the_row_gave_may_be_the_right_one_after_all() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    decide_row(batch.id, HELD_ROW, _STRANGE, "同名的另一家", "office", mill.desk)
    assert after(batch, mill).accepted == SUMS.accepted + 1
    assert [one.subject for one in mill.bureau.store.list_records(_STRANGE)] == [_STRANGE]


def test_c10_a_row_that_is_decided_later_is_told_onward_with_the_others_of_its_batch() -> None:
    told: list[tuple[str, int]] = []

    def hear(old: Record | None, new: Record) -> None:
        told.extend(
            (one.subject, one.data["records"])
            for one in events_of(old, new)
            if one.type == "parcel.ready"
        )

    mill = Mill(bureau=Bureau(table=FakeTable(OPEN, DUE, PROVISIONAL, on_write=hear)), size=500)
    batch = mill.take(ROWS)
    decide_row(batch.id, HELD_ROW, CODE, "x", "office", mill.desk)
    mill.run(twice=True)
    parcel = f"{batch.id}.000000/creditcity"
    assert [records for subject, records in told if subject == parcel] == [3, 4]


def test_c4_a_person_cannot_give_a_row_to_somebody_of_another_name() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    with pytest.raises(Invalid) as refused:
        decide_row(batch.id, HELD_ROW, OTHER, "x", "office", mill.desk)
    assert refused.value.faults[0].code == "subject_not_matched"
    assert not mill.bureau.sent
    assert mill.batch(batch.id).counts == SUMS


def test_c4_a_row_that_a_person_sends_back_is_returned_with_why_and_is_in_the_sheet() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    decide_row(batch.id, HELD_ROW, None, "查无此单位", "office", mill.desk)
    counts = after(batch, mill)
    assert (counts.returned, counts.held) == (SUMS.returned + 1, 0)
    told = list(list_returned(mill.batch(batch.id), mill.bureau.desk))
    assert [one.row for one in told] == [3, 5, 6, 7]
    assert told[-1].faults[0].params == {"note": "查无此单位"}
    [quality] = mill.bureau.store.list_qualities(SOURCE, "2026-01-01", "2026-12-31")
    assert quality.codes["row_sent_back"] == 1


def test_c4_a_decided_row_whose_document_is_taken_meanwhile_is_returned() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    mill.bureau.later(days=1)
    mill.take([honour("5", OTHER, ANOTHER)], name="b2.json")
    decide_row(batch.id, HELD_ROW, CODE, "x", "office", mill.desk)
    counts = after(batch, mill)
    assert (counts.accepted, counts.returned) == (SUMS.accepted, SUMS.returned + 1)


def _decided(mill: Mill, batch: Batch) -> None:
    decide_row(batch.id, HELD_ROW, CODE, "x", "office", mill.desk)


def test_c4_a_death_anywhere_on_the_way_from_a_decision_ends_in_the_same_sums() -> None:
    calm = Mill()
    batch = calm.take(ROWS)
    calm.fuse.points = 0
    decide_row(batch.id, HELD_ROW, CODE, "x", "office", calm.desk)
    wanted = after(batch, calm)
    for nth in range(1, calm.fuse.points + 1):
        mill = Mill()
        mill.take(ROWS)
        mill.fuse.nth, mill.fuse.points = nth, 0
        mill.survive(partial(_decided, mill, batch))
        assert after(batch, mill) == wanted
        assert mill.deaths == 1


def test_c8_identity_numbers_of_a_decided_row_are_sealed_about_its_record() -> None:
    mill = Mill()
    batch = mill.take([{**licence(), "XDR_SHXYM": _STRANGE}], item="licence")
    assert batch.counts == Counts(held=1)
    decide_row(batch.id, 1, CODE, "x", "office", mill.desk)
    assert after(batch, mill) == Counts(accepted=1, corrected=1)
    [record] = mill.bureau.store.list_records(CODE)
    assert mill.bureau.vault.open(record.sealed["FR_ZJHM"], f"{record.id}/FR_ZJHM")


def test_c4_a_message_about_a_row_that_nobody_decided_does_nothing() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    mill.work(json.loads(json.dumps({"batch": batch.id, "row": HELD_ROW, "step": "decide"})))
    held = mill.bureau.store.held.get(f"{batch.id}/{HELD_ROW:08d}")
    assert held
    assert (held.value.verdict.taken, mill.batch(batch.id).counts) == (Taken.HELD, SUMS)
    assert NAME in held.value.verdict.candidates[0].name
    assert Fuse().points == 0
