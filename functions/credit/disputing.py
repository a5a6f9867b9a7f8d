"""Objections and repairs: what an entity asks about a record, and every step until it is decided
(C11). Their rules and time limits are data (`repair_book.py`, the book of repair)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime

from functions.credit.catalogue import Frozen
from functions.credit.domain import OFFICE, SYSTEM
from functions.credit.repair_book import DisputeEvent, DisputeStage
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold
from functions.shared.errors import Conflict
from functions.shared.events.credit import DisputeKind, DisputeState
from functions.shared.timekeeping import Timekeeper
from functions.shared.trail import fingerprint


class DisputeVerb(StrEnum):
    """A step in a dispute's life."""

    FILE = "file"
    ASK = "ask"  # the source
    EXTEND = "extend"  # the source takes more time
    ANSWER = "answer"  # by the source
    UPHOLD = "uphold"
    REFUSE = "refuse"
    CLOSE = "close"
    RECOUNT = "recount"


class Outcome(StrEnum):
    """What an objection that is upheld does to the record."""

    WITHDRAW = "withdraw"
    CORRECT = "correct"


class DisputeStep(Frozen):
    """Who did what when; a step with the same `ref` is the same step. `stands` is what the source
    answers: whether the record does."""

    verb: DisputeVerb
    at: AwareDatetime
    by: str
    unit: str
    ref: str = ""
    note: str = ""
    stands: bool | None = None


class Dispute(Frozen):
    """One objection or repair. `unit` must act now; `units` are all that had it. `commitment` and
    `duties` are what a repair shows: a public commitment and the day on which the duties were done.
    `rules` is the version of the book by which it is decided. Where it is upheld, `outcome` and
    `values` say what becomes of the record."""

    id: str
    kind: DisputeKind
    state: DisputeState = DisputeState.FILED
    record: str
    subject: str
    name: str
    item: str
    title: str
    source: str
    ground: str
    commitment: str = ""
    duties_done_on: date | None = None
    attachments: tuple[str, ...] = ()
    rules: str
    unit: str
    units: tuple[str, ...]
    clocks: tuple[ClockTold, ...] = ()
    extended: bool = False
    outcome: Outcome | None = None
    values: dict[str, str] = {}  # the record's, whole, where it is corrected
    steps: tuple[DisputeStep, ...]
    filed_at: AwareDatetime
    changed_at: AwareDatetime

    @property
    def is_open(self) -> bool:
        """Whether somebody must still act."""
        return self.state in _AFTER


_ANYWHERE = {
    DisputeVerb.UPHOLD: DisputeState.UPHELD,
    DisputeVerb.REFUSE: DisputeState.REFUSED,
    DisputeVerb.CLOSE: DisputeState.CLOSED,
}
_AFTER: dict[DisputeState, dict[DisputeVerb, DisputeState]] = {
    DisputeState.FILED: {DisputeVerb.ASK: DisputeState.ASKED, **_ANYWHERE},
    DisputeState.ASKED: {
        DisputeVerb.EXTEND: DisputeState.ASKED,
        DisputeVerb.ANSWER: DisputeState.ANSWERED,
        **_ANYWHERE,
    },
    DisputeState.ANSWERED: {DisputeVerb.ASK: DisputeState.ASKED, **_ANYWHERE},
}
_STARTS = {
    DisputeVerb.ASK: DisputeEvent.ASKED,
    DisputeVerb.ANSWER: DisputeEvent.ANSWERED,
}
_DECIDES = (DisputeVerb.UPHOLD, DisputeVerb.REFUSE)


def verbs_now(dispute: Dispute, today: date) -> tuple[DisputeVerb, ...]:
    """What may follow from where a dispute stands today, whoever says it."""
    possible = _AFTER.get(dispute.state, {})
    decides = () if _waits_for_source(dispute, today) else _DECIDES
    told = [verb for verb in possible if verb not in _DECIDES or verb in decides]
    return tuple(one for one in told if one is not DisputeVerb.EXTEND or not dispute.extended)


def counted(dispute: Dispute, step: DisputeStep) -> bool:
    """Whether this very step was taken before. Raises Conflict where its `ref` was for another."""
    before = next((one for one in dispute.steps if (one.ref, one.by) == (step.ref, step.by)), None)
    if before and any(getattr(before, n) != getattr(step, n) for n in ("verb", "note", "stands")):
        raise Conflict.of("ref_reused", "ref", ref=step.ref)
    return before is not None


def ref_of(dispute: Dispute, verb: DisputeVerb, by: str, said: object) -> str:
    """What names a step whose sender did not: the same words count once, until the source was asked
    anew, or answered."""
    rounds = sum(one.verb in _STARTS and one.verb is not verb for one in dispute.steps)
    return fingerprint([verb, by, said, rounds])[:22]


def stepped(dispute: Dispute, step: DisputeStep, time: Timekeeper, **more: Any) -> Dispute:
    """`dispute` after a step; the same where it was counted before. `more` is what else changes.

    Raises Conflict where the step does not follow from the state.
    """
    if counted(dispute, step):
        return dispute
    state = _state_after(dispute, step)
    unit = _holder(dispute, state)
    change = {
        "state": state,
        "unit": unit,
        "units": dispute.units if not unit or unit in dispute.units else (*dispute.units, unit),
        "clocks": _clocks(dispute, step, time),
        "steps": (*dispute.steps, step),
        "changed_at": step.at,
        **more,
    }
    return dispute.model_copy(update=change)


def counted_again(dispute: Dispute, now: AwareDatetime, time: Timekeeper) -> Dispute:
    """`dispute` with its provisional limits by the present calendar, and a step that tells old and
    new (A14); the same where that changes nothing."""
    clocks = time.recounted(dispute.clocks)
    if clocks == dispute.clocks:
        return dispute
    moved = (
        f"{old.stage}: {old.due} → {new.due}"
        for old, new in zip(dispute.clocks, clocks, strict=True)
        if old != new
    )
    note = f"{'; '.join(moved)} ({time.calendar.version})"
    step = DisputeStep(
        verb=DisputeVerb.RECOUNT,
        at=now,
        by=SYSTEM,
        unit=dispute.unit,
        ref=fingerprint([DisputeVerb.RECOUNT, note])[:22],
        note=note,
    )
    change = {"clocks": clocks, "steps": (*dispute.steps, step), "changed_at": now}
    return dispute.model_copy(update=change)


def _state_after(dispute: Dispute, step: DisputeStep) -> DisputeState:
    possible = _AFTER.get(dispute.state, {})
    if not possible:
        raise Conflict.of("dispute_over", "verb", state=dispute.state)
    if step.verb not in possible:
        allowed = ", ".join(possible)
        raise Conflict.of("dispute_step", "verb", state=dispute.state, allowed=allowed)
    if step.verb in _DECIDES and (due := _waits_for_source(dispute, shanghai_day(step.at))):
        raise Conflict.of("source_has_time", "verb", due=due.isoformat())
    if step.verb is DisputeVerb.EXTEND and dispute.extended:
        raise Conflict.of("dispute_extended", "verb")
    return possible[step.verb]


def _waits_for_source(dispute: Dispute, today: date) -> date | None:
    """Until when whoever was asked has the time to answer; None where that is over."""
    if dispute.state is not DisputeState.ASKED:
        return None
    days = (one.due for one in dispute.clocks if one.stage == DisputeStage.ANSWER)
    return next((due for due in days if today <= due), None)


def _holder(dispute: Dispute, state: DisputeState) -> str:
    if state is DisputeState.ASKED:
        return dispute.source
    return OFFICE if state in _AFTER else ""


def _clocks(dispute: Dispute, step: DisputeStep, time: Timekeeper) -> tuple[ClockTold, ...]:
    """The clock of the whole goes on; each stage has its own. More time moves the one that runs."""
    if step.verb is DisputeVerb.EXTEND:
        again = (one.model_copy(update={"provisional": True}) for one in dispute.clocks)
        return time.recounted(again)
    if step.verb not in _STARTS:
        return ()
    whole = (one for one in dispute.clocks if one.stage == DisputeStage.CLOSE)
    return (*whole, *time.started(_STARTS[step.verb], step.at))
