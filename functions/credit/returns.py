"""Returned rows on their way back to their source: page by page, and as a sheet (C5).

The sheet has the source's own columns as they were sent, each row's number, and why it came back in
words; corrected, the same sheet can be handed in again. Identity numbers are masked in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

from functions.credit import folders
from functions.credit.batches import Batch, Step, Taken, Verdict
from functions.credit.catalogue import Entry, FieldType
from functions.credit.desk import Desk
from functions.credit.forms import MOST_SHEET_ROWS
from functions.credit.headings import ERRORS, NUMBER
from functions.credit.intake import entry_of
from functions.credit.restoring import RawRows, masked
from functions.shared import messages
from functions.shared.codes import is_citizen_id
from functions.shared.errors import Fault, NotFound
from functions.shared.events.credit import BatchState
from functions.shared.workbooks import new_workbook, write_cell

REFUSED = "batch_refused"
_SETTLED = (BatchState.COMMITTING, BatchState.DONE)
_PLACE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})")
_NUMBERS = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row that goes back and why. `chunk` is where it stands; those that a person sent back stand
    behind all chunks."""

    chunk: int
    row: int
    faults: tuple[Fault, ...]


def page_of(batch: Batch, after: str, limit: int, desk: Desk) -> tuple[list[ReturnedRow], str]:
    """At most `limit` returned rows behind `after` ("" for the first), and where to go on ("": that
    was all)."""
    found = _PLACE.fullmatch(after)
    begin = (int(found[1]), int(found[2])) if found else (0, 0)
    rows = list(islice(list_returned(batch, desk, begin), limit + 1))
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{last.chunk}.{last.row}" if last else ""


def list_returned(
    batch: Batch, desk: Desk, begin: tuple[int, int] = (0, 0)
) -> Iterator[ReturnedRow]:
    """The rows that go back, in order, from behind a chunk and row."""
    step = Step.COMMIT if batch.state in _SETTLED else Step.CHECK
    whole = batch.state is BatchState.REFUSED
    for result in desk.cabinet.list_chunks(batch.id):
        ours = result.step is step and result.content == batch.content
        if not ours or result.number < begin[0] or not (whole or result.counts.returned):
            continue
        for one in folders.read_verdicts(batch, step, result.number, desk.files):
            at = (result.number, one.row)
            if at > begin and (whole or one.taken is Taken.RETURNED):
                yield ReturnedRow(*at, _faults(one, whole))
    for held in desk.cabinet.list_held(batch.id):
        at = (batch.chunks + 1, held.row)
        if at > begin and held.verdict.taken is Taken.RETURNED:
            yield ReturnedRow(*at, held.verdict.faults)


def write_sheet(batch: Batch, desk: Desk) -> None:
    """Write the sheet of a batch's returned rows, at most 50,000, where there are any; the same
    rows again make the same sheet."""
    rows = list(islice(list_returned(batch, desk), MOST_SHEET_ROWS))
    if rows:
        desk.files.write(folders.sheet_key(batch), _sheet(batch, rows, desk))


def sentence(fault: Fault, entry: Entry | None, language: str) -> str:
    """A fault in words, with the title of its field."""
    known = fault.code in messages.TEXTS
    text = messages.text(fault.code, language, **fault.params) if known else fault.code
    field = entry.by_name.get(fault.field) if entry else None
    return f"{field.title}：{text}" if field else text


def without_numbers(text: str) -> str:
    """`text` with every citizen's identity number in it masked, in whatever column it stands."""
    plain = unicodedata.normalize("NFKC", text)
    found = [one for one in _NUMBERS.findall(plain) if is_citizen_id(one.upper())]
    for one in found:
        plain = plain.replace(one, masked(one))
    return plain if found else text


def _faults(verdict: Verdict, refused: bool) -> tuple[Fault, ...]:
    if not refused:
        return verdict.faults
    return (*verdict.faults, Fault(REFUSED, "row", verdict.row))


def _sheet(batch: Batch, rows: list[ReturnedRow], desk: Desk) -> bytes:
    entry = entry_of(batch, desk)
    secret = {one.name for one in entry.fields if one.type is FieldType.IDENTITY}
    sent = _headings(batch, desk)
    raw = RawRows(batch, desk)
    file = BytesIO()
    book = new_workbook(file, constant_memory=True)
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("退回")
    for place, heading in enumerate((NUMBER, *sent.values(), ERRORS)):
        write_cell(sheet, 0, place, heading, bold)
    for line, one in enumerate(rows, start=1):
        cells = raw.cells(one.row)
        write_cell(sheet, line, 0, one.row, None)
        for place, name in enumerate(sent, start=1):
            value = cells.get(name, "")
            shown = masked(value) if name in secret else without_numbers(value)
            write_cell(sheet, line, place, shown, text)
        why = "；".join(sentence(fault, entry, messages.ZH) for fault in one.faults)
        write_cell(sheet, line, len(sent) + 1, why, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _headings(batch: Batch, desk: Desk) -> dict[str, str]:
    try:
        return folders.read_headings(batch, desk.files)
    except NotFound:
        return {}
