"""A batch's sums, its source's figures, and its end (C5, C6).

The sums are always counted from the results of the chunks and from what became of the held rows,
inside the change of the batch, so that no order of decisions can leave them wrong. The figures come
first and the state last: a death in between is mended by whoever repeats the last step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions.credit import returns
from functions.credit.batches import Batch, Counts, HeldRow, Quality, Step, Taken, Verdict
from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import Correction
from functions.credit.habits import remember
from functions.credit.returns import REFUSED
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import BatchState

# What checking and matching note beside a row without changing anything in it.
NOTES = frozenset(
    {
        *("not_registered", "code_without_check_digit"),
        *("code_authority_unknown", "code_organisation_check"),
    }
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of a batch's rows, and how often each fault was found."""

    counts: Counts
    codes: Mapping[str, int]


def tally(counts: Iterable[Counts]) -> Counts:
    """The sum of sums."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one.model_dump())
    return Counts(**total)


def count_of(verdict: Verdict) -> Counts:
    """What a row adds to the sums."""
    counts: dict[str, int] = {verdict.taken: 1}
    if verdict.taken is Taken.ACCEPTED:
        counts["corrected"] = int(any(map(_is_change, verdict.corrections)))
        counts["late"] = int(verdict.days_late > 0)
        counts["days_late"] = verdict.days_late
    return Counts(**counts)


def codes_of(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many rows were returned for each fault."""
    found = Counter(code for one in verdicts for code in {fault.code for fault in one.faults})
    return dict(found)


def finish(batch: Batch, desk: Desk) -> None:
    """End a batch whose chunks are all committed."""
    remember(batch, sums_of(batch, desk).counts, desk)
    _tell_replaced(batch, desk)
    _settle(batch, desk)


def recount(batch_id: str, desk: Desk) -> None:
    """Count a batch again after one of its held rows was decided, or all of it was refused."""
    found = desk.cabinet.batches.get(batch_id)
    if found and found.value.state in (BatchState.DONE, BatchState.REFUSED):
        _settle(found.value, desk)


def sums_of(batch: Batch, desk: Desk) -> Sums:
    """The sums as they are now."""
    if batch.state is BatchState.REFUSED:
        return Sums(Counts(returned=batch.rows), {REFUSED: batch.rows})
    results = [one for one in desk.cabinet.list_chunks(batch.id) if one.content == batch.content]
    done = [one for one in results if one.step is Step.COMMIT]
    codes: Counter[str] = Counter()
    for one in done:
        codes.update(one.codes)
    held = [one for one in desk.cabinet.list_held(batch.id) if decided(one)]
    codes.update(codes_of(one.verdict for one in held))
    counts = tally([*(one.counts for one in done), *(count_of(one.verdict) for one in held)])
    # The chunks counted these rows as held, before anybody had decided.
    return Sums(counts.model_copy(update={"held": counts.held - len(held)}), codes)


def decided(held: HeldRow) -> bool:
    """Whether what was decided on a held row is carried out."""
    return held.verdict.taken is not Taken.HELD


def _settle(batch: Batch, desk: Desk) -> None:
    """Write what a batch comes to, again where a row was decided meanwhile: who decides it before
    the end counts nothing himself."""
    while True:
        counts = _note_figures(batch, desk)
        if batch.state is BatchState.COMMITTING or not counts.held:
            returns.write_sheet(batch, desk)
        batch = _end(batch, desk)
        if sums_of(batch, desk).counts == counts:
            return


def _note_figures(batch: Batch, desk: Desk) -> Counts:
    def figures(old: Quality | None) -> Quality:
        sums = sums_of(batch, desk)
        return Quality(
            batch=batch.id,
            source=batch.source,
            item=batch.item,
            day=shanghai_day(batch.received_at).isoformat(),
            counts=sums.counts,
            codes=dict(sums.codes),
        )

    id = f"{batch.source}/{shanghai_day(batch.received_at).isoformat()}/{batch.id}"
    quality = desk.cabinet.qualities.change(id, figures, by=SYSTEM, now=desk.now)
    return quality.counts if quality else Counts()


def _end(batch: Batch, desk: Desk) -> Batch:
    def ended(old: Batch | None) -> Batch | None:
        if old is None:
            return None
        counts = sums_of(old, desk).counts
        if old.state is BatchState.COMMITTING:
            end = {"state": BatchState.DONE, "done_at": desk.now, "changed_at": desk.now}
            return old.model_copy(update={"counts": counts, **end})
        if counts == old.counts:
            return old
        return old.model_copy(update={"counts": counts, "changed_at": desk.now})

    return desk.cabinet.batches.change(batch.id, ended, by=SYSTEM, now=desk.now) or batch


def _tell_replaced(batch: Batch, desk: Desk) -> None:
    """Say on the batch that this one replaces by which it was."""
    if not batch.replaces:
        return

    def replaced(old: Batch | None) -> Batch | None:
        if old is None or old.replaced_by:
            return old
        return old.model_copy(update={"replaced_by": batch.id, "changed_at": desk.now})

    desk.cabinet.batches.change(batch.replaces, replaced, by=SYSTEM, now=desk.now)


def _is_change(correction: Correction) -> bool:
    return correction.rule not in NOTES
