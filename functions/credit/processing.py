"""A batch chunk by chunk: checked, judged as a whole, brought into the core store (C4–C6).

A chunk's rows are written as an object, then its result as a record; whoever finds that the last
result is there takes the batch a step further, under a condition. So every message may come twice,
at once or late, and a death anywhere is mended by the message's own repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

from functions.credit import folders
from functions.credit.batches import (
    Batch,
    Checked,
    ChunkResult,
    HeldRow,
    Match,
    Step,
    Taken,
    Verdict,
)
from functions.credit.catalogue import Entry
from functions.credit.checking import check_row
from functions.credit.committing import commit_rows, decided_on, received_on
from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import Correction, CreditRecord, digest_of, record_id
from functions.credit.finishing import codes_of, count_of, finish, tally
from functions.credit.habits import far_reasons, habits_of
from functions.credit.intake import entry_of, send_chunks
from functions.credit.lateness import days_late
from functions.credit.matching import matcher_for
from functions.credit.ownership import others_of, owned
from functions.credit.restoring import restored
from functions.credit.sharing import batch_parcel, make_parcel
from functions.shared.errors import Fault
from functions.shared.events.credit import BatchState

_STATE = {Step.CHECK: BatchState.CHECKING, Step.COMMIT: BatchState.COMMITTING}


def take_chunk(message: Mapping[str, Any], desk: Desk) -> None:
    """Do one step with one chunk (`{batch, content, number, step}`), and take the batch further
    where that was the last one. What belongs to another content or a later state is left alone."""
    step, number = Step(message["step"]), int(message["number"])
    found = desk.cabinet.batches.get(str(message["batch"]))
    if found is None or found.value.content != message["content"]:
        return
    batch = found.value
    id = f"{batch.id}/{batch.content}/{step}/{number:06d}"
    repeated = desk.cabinet.chunks.get(id) is not None
    if not repeated and batch.state is _STATE[step]:
        result = (_check if step is Step.CHECK else _commit)(batch, number, desk)
        desk.cabinet.chunks.change(id, lambda old: old or result, by=SYSTEM, now=desk.now)
    advance(batch.id, desk, again=repeated)


def advance(batch_id: str, desk: Desk, *, again: bool = False) -> None:
    """Take a batch further whose chunks are all through a step. `again`: a repeat, so whoever took
    it to its state may have died before sending what that state needs."""
    found = desk.cabinet.batches.get(batch_id)
    if found is None:
        return
    batch = found.value
    if batch.state is BatchState.CHECKING:
        _assess(batch, desk)
    elif batch.state is BatchState.COMMITTING:
        if len(results_of(batch, Step.COMMIT, desk)) == batch.chunks:
            finish(batch, desk)
        elif again:
            send_chunks(batch, Step.COMMIT, desk)


def results_of(batch: Batch, step: Step, desk: Desk) -> list[ChunkResult]:
    """The results of a batch's chunks in a step, in order."""
    found = desk.cabinet.list_chunks(batch.id)
    return [one for one in found if one.step is step and one.content == batch.content]


def _assess(batch: Batch, desk: Desk) -> None:
    """Once all rows are checked: commit them, or hold the batch that is far off the habits (C6)."""
    results = results_of(batch, Step.CHECK, desk)
    if len(results) < batch.chunks:
        return
    counts = tally(one.counts for one in results)
    reasons = far_reasons(entry_of(batch, desk).habit, habits_of(batch, desk), counts)
    state = BatchState.HELD if reasons else BatchState.COMMITTING
    changes = {"state": state, "counts": counts, "reasons": (*batch.reasons, *reasons)}
    decided = {"changed_at": desk.now, **changes}
    won = False

    def further(old: Batch | None) -> Batch | None:
        nonlocal won
        won = old is not None and old.state is BatchState.CHECKING
        return old.model_copy(update=decided) if old and won else old

    after = desk.cabinet.batches.change(batch.id, further, by=SYSTEM, now=desk.now)
    if won and after and after.state is BatchState.COMMITTING:
        send_chunks(after, Step.COMMIT, desk)


def _check(batch: Batch, number: int, desk: Desk) -> ChunkResult:
    """Check and match the rows of a chunk; nothing of them is in the core store yet."""
    entry, today = entry_of(batch, desk), received_on(batch)
    raw = folders.read_raw(batch, number, desk.files)
    rows = restored(raw.rows, batch, entry, desk)
    catalogue = desk.books.catalogue.of(batch.catalogue)
    theirs = others_of(catalogue, batch.source)
    checked = [owned(check_row(entry, cells, row, today), entry, theirs) for row, cells in rows]
    claims = [one.claim for one in checked if not one.faults]
    match = matcher_for(claims, entry, today, desk)
    verdicts = [_uncut(one) for one in raw.faults]
    for one in checked:
        found = Match(faults=one.faults) if one.faults else match(one.claim)
        verdicts.append(_verdict(one, found, batch, entry, desk))
    verdicts.sort(key=lambda one: one.row)
    folders.write_verdicts(batch, Step.CHECK, number, verdicts, desk.files)
    return _result(batch, number, Step.CHECK, verdicts)


def _commit(batch: Batch, number: int, desk: Desk) -> ChunkResult:
    """Bring a chunk's accepted rows into the core store, and give its held rows to the office."""
    entry = entry_of(batch, desk)
    checked = folders.read_verdicts(batch, Step.CHECK, number, desk.files)
    committed = commit_rows(checked, batch, entry, desk)
    verdicts = [one for one, _ in committed]
    for one in verdicts:
        if one.taken is Taken.HELD:
            _hold(one, batch, desk)
    folders.write_verdicts(batch, Step.COMMIT, number, verdicts, desk.files)
    share([record for _, record in committed if record], desk)
    return _result(batch, number, Step.COMMIT, verdicts)


def share(records: list[CreditRecord], desk: Desk) -> None:
    """Put what a batch brought into the parcels of its rows (C10)."""
    for id, some in groupby(records, lambda one: batch_parcel(one.provenance)):
        make_parcel(id, some, desk)


def _hold(verdict: Verdict, batch: Batch, desk: Desk) -> None:
    held = HeldRow(
        batch=batch.id,
        row=verdict.row,
        source=batch.source,
        item=batch.item,
        verdict=verdict,
        held_at=desk.now,
    )
    id = f"{batch.id}/{verdict.row:08d}"
    desk.cabinet.held.change(id, lambda old: old or held, by=SYSTEM, now=desk.now)


def _uncut(fault: Fault) -> Verdict:
    return Verdict(row=fault.row or 0, taken=Taken.RETURNED, faults=(fault,))


def _verdict(checked: Checked, match: Match, batch: Batch, entry: Entry, desk: Desk) -> Verdict:
    if match.faults:
        faults = tuple(replace(one, row=checked.row) for one in match.faults)
        return Verdict(row=checked.row, taken=Taken.RETURNED, faults=faults)
    values = corrected(checked.values, match, entry)
    digest = digest_of(entry, values)
    about = record_id(match.subject, digest) if match.subject else held_about(batch, checked.row)
    return Verdict(
        row=checked.row,
        taken=Taken.ACCEPTED if match.subject else Taken.HELD,
        subject=match.subject,
        name=match.name or checked.claim.name,
        registered=match.registered,
        digest=digest,
        values=values,
        sealed=_sealed(checked.identities, about, desk),
        corrections=(*checked.corrections, *_noted(checked), *match.corrections),
        candidates=match.candidates,
        days_late=_days_late(entry, values, batch, desk),
    )


def corrected(values: Mapping[str, str], match: Match, entry: Entry) -> dict[str, str]:
    """A row's values with what matching corrected in them: a name, a code."""
    known = [one for one in match.corrections if one.after and one.field in entry.by_name]
    return {**values, **{one.field: one.after for one in known}}


def _noted(checked: Checked) -> list[Correction]:
    """What could not be proved of a row stays beside it, as a note."""
    return [Correction(field=one.field, rule=one.code) for one in checked.warnings]


def held_about(batch: Batch, row: int) -> str:
    """What a held row's identity numbers are sealed about: it has no record yet."""
    return f"{batch.id}/{row}"


def _sealed(identities: Mapping[str, str], about: str, desk: Desk) -> dict[str, str]:
    if not identities:
        return {}
    if desk.vault is None:
        raise RuntimeError("this function may not keep identity numbers")
    return {name: desk.vault.seal(one, f"{about}/{name}") for name, one in identities.items()}


def _days_late(entry: Entry, values: dict[str, str], batch: Batch, desk: Desk) -> int:
    decided: date | None = decided_on(entry, values)
    if entry.due is None or decided is None:
        return 0
    return days_late(entry.due, decided, received_on(batch), desk.rules.on(desk.now).calendar)


def _result(batch: Batch, number: int, step: Step, verdicts: list[Verdict]) -> ChunkResult:
    return ChunkResult(
        batch=batch.id,
        content=batch.content,
        number=number,
        step=step,
        counts=tally(count_of(one) for one in verdicts),
        codes=codes_of(verdicts),
    )
