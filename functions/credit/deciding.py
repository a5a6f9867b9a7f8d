"""What the credit office decides: whole batches far from the habits, single rows in doubt (C4, C6).

A decision is one write; what follows from it is done by the queue `credit-rows`, which alone may
read identity numbers, and the same decision again sends it once more. So a death between the two
costs a repeat, and a repeat nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from functions.credit.batches import (
    Batch,
    Candidate,
    Claim,
    HeldRow,
    Match,
    Taken,
    Verdict,
)
from functions.credit.catalogue import Entry
from functions.credit.committing import commit_rows, received_on
from functions.credit.desk import Desk
from functions.credit.domain import Correction, digest_of, record_id
from functions.credit.finishing import recount
from functions.credit.intake import ROWS_QUEUE, entry_of
from functions.credit.matching import matcher_for
from functions.credit.processing import advance, corrected, held_about, share
from functions.shared.codes import clean_code
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.events.credit import BatchState

DECIDE, FINISH = "decide", "finish"  # steps of a message beside those of a chunk
CHOSEN = "chosen_by_office"  # the rule of a correction that a person made
SENT_BACK = "row_sent_back"


def release(batch_id: str, note: str, by: str, desk: Desk) -> Batch:
    """Let a held batch go on. Raises NotFound, Conflict (`batch_not_held`)."""
    batch = _decide(batch_id, BatchState.COMMITTING, note, by, desk)
    desk.send(ROWS_QUEUE, json.dumps({"batch": batch.id, "step": FINISH}))
    return batch


def refuse(batch_id: str, note: str, by: str, desk: Desk) -> Batch:
    """Send a held batch back to its source, every row. Raises as `release` does."""
    batch = _decide(batch_id, BatchState.REFUSED, note, by, desk)
    desk.send(ROWS_QUEUE, json.dumps({"batch": batch.id, "step": FINISH}))
    return batch


def _decide(batch_id: str, state: BatchState, note: str, by: str, desk: Desk) -> Batch:
    gone_on = (BatchState.COMMITTING, BatchState.DONE)
    same = gone_on if state is BatchState.COMMITTING else (state,)

    def decided(old: Batch | None) -> Batch:
        if old is None:
            raise NotFound("batch")
        if old.decided_by and old.state in same:
            return old  # the same decision again
        if old.state is not BatchState.HELD:
            raise Conflict.of("batch_not_held", "state", state=old.state)
        changes = {"state": state, "decided_by": by, "note": note, "changed_at": desk.now}
        return old.model_copy(update=changes)

    after = desk.cabinet.batches.change(batch_id, decided, by=by, now=desk.now)
    if after is None:
        raise NotFound("batch")
    return after


def decide_row(
    batch_id: str, row: int, subject: str | None, note: str, by: str, desk: Desk
) -> HeldRow:
    """Say whom a held row is about, or (no subject) send it back to its source.

    The subject is one of the row's candidates, or any that matching accepts for its name. Raises
    NotFound, Invalid (`subject_not_matched`), Conflict (`row_decided`: otherwise, before).
    """
    id = f"{batch_id}/{row:08d}"
    subject = clean_code(subject or "")
    found = desk.cabinet.held.get(id)
    if found is None:
        raise NotFound("row")
    if subject and found.value.open:
        batch = _batch_of(found.value, desk)
        _match(found.value, subject, batch, entry_of(batch, desk), desk)

    def decided(old: HeldRow | None) -> HeldRow:
        if old is None:
            raise NotFound("row")
        if not old.open:
            if old.chosen != subject:
                raise Conflict.of("row_decided", "row", by=old.decided_by)
            return old
        changes = {"open": False, "chosen": subject, "decided_by": by, "note": note}
        return old.model_copy(update=changes)

    after = desk.cabinet.held.change(id, decided, by=by, now=desk.now)
    if after is None:
        raise NotFound("row")
    desk.send(ROWS_QUEUE, json.dumps({"batch": batch_id, "row": row, "step": DECIDE}))
    return after


def carry_out(message: Mapping[str, Any], desk: Desk) -> None:
    """Do what was decided: let a batch go on, bring a held row into the core store or send it back,
    and count anew."""
    batch_id = str(message["batch"])
    if message["step"] == DECIDE:
        _carry_out_row(f"{batch_id}/{int(message['row']):08d}", desk)
    else:
        advance(batch_id, desk, again=True)
    recount(batch_id, desk)


def _carry_out_row(id: str, desk: Desk) -> None:
    found = desk.cabinet.held.get(id)
    if found is None or found.value.open:
        return
    held = found.value
    if held.verdict.taken is not Taken.HELD:
        return
    try:
        verdict = _settled(held, desk)
    except Invalid as gone:  # matching knows better by now
        faults = tuple(replace(one, row=held.row) for one in gone.faults)
        verdict = Verdict(row=held.row, taken=Taken.RETURNED, faults=faults)

    def settled(old: HeldRow | None) -> HeldRow | None:
        if old is None or old.verdict.taken is not Taken.HELD:
            return old
        return old.model_copy(update={"verdict": verdict})

    desk.cabinet.held.change(id, settled, by=held.decided_by, now=desk.now)


def _settled(held: HeldRow, desk: Desk) -> Verdict:
    """What becomes of a row that was decided."""
    given = held.verdict
    if not held.chosen:
        fault = Fault(SENT_BACK, "row", held.row, {"note": held.note})
        return Verdict(row=held.row, taken=Taken.RETURNED, faults=(fault,))
    batch = _batch_of(held, desk)
    entry = entry_of(batch, desk)
    match = _match(held, held.chosen, batch, entry, desk)
    values = corrected(given.values, match, entry)
    digest = digest_of(entry, values)
    id = record_id(match.subject, digest)
    verdict = Verdict(
        row=held.row,
        taken=Taken.ACCEPTED,
        subject=match.subject,
        name=match.name or given.name,
        registered=match.registered,
        digest=digest,
        values=values,
        sealed=_sealed_anew(given.sealed, held_about(batch, held.row), id, desk),
        corrections=(*given.corrections, *match.corrections),
        days_late=given.days_late,
    )
    [(verdict, record)] = commit_rows([verdict], batch, entry, desk)
    if record:
        share([record], desk)
    return verdict


def _match(held: HeldRow, subject: str, batch: Batch, entry: Entry, desk: Desk) -> Match:
    """Whom a row is about by a person's choice. Raises Invalid where matching knows better."""
    roles, given = entry.roles, held.verdict
    code = given.values.get(roles.code, "") if roles.code else ""
    chosen = Correction(field=roles.code, rule=CHOSEN, before=code, after=subject)
    if any(one.code == subject for one in given.candidates):
        return _candidate(given.candidates, subject, chosen, desk)
    if subject == code:  # the registry knows another by this name; a person says that it is not he
        return Match(subject=subject, name=given.name, corrections=(chosen,))
    claim = Claim(name=given.values.get(roles.name, given.name), code=subject)
    match = matcher_for([claim], entry, received_on(batch), desk)(claim)
    if not match.subject:
        raise Invalid.of("subject_not_matched", "subject", subject=subject)
    return match.model_copy(update={"corrections": (chosen, *match.corrections)})


def _candidate(
    candidates: tuple[Candidate, ...], subject: str, chosen: Correction, desk: Desk
) -> Match:
    known = desk.cabinet.subjects.get(subject)
    name = next(one.name for one in candidates if one.code == subject)
    return Match(
        subject=subject,
        name=known.value.name if known else name,
        registered=known is not None,
        corrections=(chosen,),
    )


def _sealed_anew(sealed: Mapping[str, str], before: str, id: str, desk: Desk) -> dict[str, str]:
    if not sealed:
        return {}
    if desk.vault is None:
        raise RuntimeError("this function may not read identity numbers")
    vault = desk.vault
    opened = {name: vault.open(text, f"{before}/{name}") for name, text in sealed.items()}
    return {name: vault.seal(text, f"{id}/{name}") for name, text in opened.items()}


def _batch_of(held: HeldRow, desk: Desk) -> Batch:
    found = desk.cabinet.batches.get(held.batch)
    if found is None:
        raise NotFound("batch")
    return found.value
