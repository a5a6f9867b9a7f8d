"""What goes back to its source: row, field, reason in words; and in again, corrected (C5)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from functions.credit import folders
from functions.credit.batches import Batch, Counts, Form
from functions.credit.intake import batch_id
from functions.credit.restoring import masked
from functions.credit.returns import list_returned, page_of, without_numbers
from functions.credit.submitting import announce, submit
from functions.shared.errors import Conflict, NotFound
from functions.shared.events.credit import BatchState
from infra.city.credit_samples import identity
from tests.unit.credit.bureau import CODE, SOURCE
from tests.unit.credit.mill import Mill, honour
from tests.unit.credit.test_intake import xlsx_of
from tests.unit.credit.test_processing import ROWS, licence

_HEAD = ["原行号", "XDR_MC", "XDR_SHXYM", "WSH", "JDRQ", "NR", "退回原因"]


def sheet(mill: Mill, batch: Batch) -> list[list[Any]]:
    body = mill.bureau.files.read(folders.sheet_key(batch))
    return CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()


def given(name: str, mill: Mill, **more: Any) -> Batch:
    now = mill.bureau.now
    values = {"source": SOURCE, "item": "honour", "form": Form.JSON, "by": "test", **more}
    return Batch(id=batch_id(SOURCE, name), received_at=now, changed_at=now, **values)


def test_c5_the_sheet_has_the_columns_as_sent_and_says_what_is_wrong_in_words() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    head, *lines = sheet(mill, batch)
    assert head == _HEAD
    assert [int(line[0]) for line in lines] == [3, 5, 6]
    assert lines[1][-1].startswith("统一社会信用代码：")
    assert "校验码" in lines[1][-1]
    assert lines[0][1] == "东莞市别家贸易有限公司"


def test_c5_the_pages_hold_the_same_rows_in_order_each_once() -> None:
    mill = Mill()
    batch = mill.take(ROWS)
    first, after = page_of(batch, "", 2, mill.bureau.desk)
    rest, end = page_of(batch, after, 2, mill.bureau.desk)
    assert [one.row for one in (*first, *rest)] == [3, 5, 6]
    assert end == ""


def test_c5_the_corrected_sheet_is_taken_and_the_old_batch_says_by_which() -> None:
    mill = Mill()
    old = mill.take(ROWS)
    body = mill.bureau.files.read(folders.sheet_key(old))
    new = announce(given("again", mill, form=Form.XLSX, replaces=old.id), mill.bureau.desk)
    mill.bureau.files.write(folders.inbox_key(new), body)  # nothing corrected: all come back
    done = mill.take(body, name=f"{new.id}.xlsx")
    assert (done.id, done.unknown) == (new.id, ())
    assert done.counts == Counts(returned=3)
    assert mill.batch(old.id).replaced_by == new.id
    right = [honour("2"), honour("1")]  # one corrected, one that had been taken
    fixed = submit(given("right", mill, replaces=old.id), right, mill.bureau.desk)
    mill.take(mill.bureau.files.read(folders.inbox_key(fixed)), name=f"{fixed.id}.json")
    assert mill.batch(fixed.id).counts == Counts(accepted=1, duplicate=1)


def test_c5_cells_that_look_like_formulas_stay_texts() -> None:
    mill = Mill()
    wicked = '=HYPERLINK("http://x","y")'
    batch = mill.take([honour("1", CODE[:-1] + "?", NR=wicked), honour("2", "", NR="+1")])
    lines = sheet(mill, batch)[1:]
    assert [line[5] for line in lines] == [wicked, "+1"]


def test_c8_identity_numbers_are_masked_in_the_sheet_in_whatever_column() -> None:
    mill = Mill()
    row = {**licence(), "XDR_SHXYM": identity(7), "NR": f"持证人{identity(8)}"}
    batch = mill.take([row], item="licence")
    assert batch.counts == Counts(returned=1)
    told = str(sheet(mill, batch)) + str(list(list_returned(batch, mill.bureau.desk)))
    assert identity(7) not in told
    assert identity(8) not in told
    assert masked(identity(7)) in told


def test_c8_a_mask_shows_both_ends_of_a_number_and_nothing_of_a_short_one() -> None:
    assert masked("441900199001011234") == "4419**********1234"
    assert masked("12345678") == "********"
    assert masked("E12345678") == "E1*****78"  # a passport: no more is shown than hidden
    assert without_numbers("文号 441900199001011234") == "文号 441900199001011234"  # no such number


def test_c5_a_batch_sent_twice_under_one_id_is_one_batch() -> None:
    mill = Mill()
    first = submit(given("x", mill), [honour("1")], mill.bureau.desk)
    again = submit(given("x", mill), [honour("1")], mill.bureau.desk)
    assert first == again
    with pytest.raises(Conflict):
        announce(given("x", mill, item="licence"), mill.bureau.desk)


def test_d3_nobody_replaces_the_batch_of_another_source() -> None:
    mill = Mill()
    old = mill.take(ROWS)
    foreign = given("y", mill, source="swsj", replaces=old.id)
    with pytest.raises(NotFound):
        announce(foreign, mill.bureau.desk)


def test_c5_a_batch_without_anything_wrong_has_no_sheet() -> None:
    mill = Mill()
    batch = mill.take([honour("1")])
    assert batch.state is BatchState.DONE
    assert [one for one in mill.bureau.files if one.startswith("returned/")] == []


def test_c5_a_masked_number_of_a_corrected_sheet_is_the_one_that_was_sent() -> None:
    mill = Mill()
    rows = [licence("1"), {**licence("2"), "JDRQ": "哪天"}]
    old = mill.take(rows, item="licence")
    assert old.counts == Counts(accepted=1, returned=1)
    head, line = sheet(mill, old)
    assert line[head.index("FR_ZJHM")] == masked(identity(7))
    line[head.index("JDRQ")] = "2026/03/31"
    body = xlsx_of([head, line])
    new = announce(given("n", mill, item="licence", form=Form.XLSX, replaces=old.id), mill.desk)
    done = mill.take(body, item="licence", name=f"{new.id}.xlsx")
    assert (done.counts.accepted, done.unknown) == (1, ())
    records = mill.bureau.store.list_records(CODE)
    opened = {mill.bureau.vault.open(one.sealed["FR_ZJHM"], f"{one.id}/FR_ZJHM") for one in records}
    assert (len(records), opened) == (2, {identity(7)})


@pytest.mark.parametrize("number", ["²", "9" * 5000, "٢", "-1"])
def test_d4_what_stands_for_a_row_number_may_be_anything(number: str) -> None:
    mill = Mill()
    old = mill.take([licence("1"), {**licence("2"), "JDRQ": "哪天"}], item="licence")
    head, line = sheet(mill, old)
    row = {**dict(zip(head, line, strict=True)), "JDRQ": "2026/03/31", "原行号": number}
    new = announce(given("n", mill, item="licence", replaces=old.id), mill.desk)
    done = mill.take([row], item="licence", name=f"{new.id}.json")
    assert (done.state, done.counts.returned) == (BatchState.DONE, 1)
    assert page_of(old, f"{number}.{number}", 10, mill.desk) == page_of(old, "", 10, mill.desk)


def test_c8_a_mask_that_fits_no_row_of_the_replaced_batch_is_no_number() -> None:
    mill = Mill()
    old = mill.take([licence("1"), {**licence("2"), "JDRQ": "哪天"}], item="licence")
    head, line = sheet(mill, old)
    line[head.index("JDRQ")], line[0] = "2026/03/31", "7"
    body = xlsx_of([head, line])
    new = announce(given("n", mill, item="licence", form=Form.XLSX, replaces=old.id), mill.desk)
    assert mill.take(body, item="licence", name=f"{new.id}.xlsx").counts.returned == 1
    assert mill.take(body, item="licence", name="elsewhere.xlsx").counts.returned == 1
