"""What happens to objections and repairs once they are filed: asked about, answered, decided (C11).

Every step writes the dispute under a condition, then brings its record in line (`outcomes.py`),
also before it: so whoever comes next mends what a crash left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from functions.credit.catalogue import Frozen
from functions.credit.desk import OFFICE, SYSTEM, Desk
from functions.credit.disputing import (
    Dispute,
    DisputeStep,
    DisputeVerb,
    Outcome,
    counted,
    counted_again,
    ref_of,
    stepped,
)
from functions.credit.outcomes import bring_in_line, corrected_values, time_for
from functions.shared.authorization import Action, Caller, Owner, allows, require
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.credit import DisputeKind
from functions.shared.provisional import Portion, ProvisionalIndex, work_through
from functions.shared.timekeeping import Timekeeper

MOST_LISTED = 200
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
_Ref = Annotated[str, StringConstraints(max_length=64)]


class Said(Frozen):
    """A step with its reason."""

    note: _Text
    ref: _Ref = ""


class Answer(Said):
    """What the source answers: whether its record stands, and why. `more_time` asks for the
    extension instead, once."""

    stands: bool | None = None
    more_time: bool = False


class DisputeDecision(Said):
    """What the credit office decides. An objection that is upheld withdraws the record, or corrects
    it by `values`, which are checked as a row is."""

    uphold: bool
    outcome: Outcome | None = None
    values: Annotated[dict[str, str], Field(max_length=100)] = {}


def ask_source(id: str, said: Said, caller: Caller, desk: Desk) -> Dispute:
    """Ask the source whether its record stands."""
    require(caller, Action.DISPUTE_DECIDE, Owner(OFFICE), "dispute")
    time = time_for(_of(id, desk), desk, extended=False)
    return _step(id, DisputeVerb.ASK, said, OFFICE, caller, desk, time=time, extended=False)


def answer(id: str, said: Answer, caller: Caller, desk: Desk) -> Dispute:
    """The source's answer, or its wish for more time. Not asked is not there (D3)."""
    dispute = _asked(id, caller, desk)
    if said.more_time:
        longer = time_for(dispute, desk, extended=True)
        verb = DisputeVerb.EXTEND
        return _step(id, verb, said, dispute.source, caller, desk, time=longer, extended=True)
    if said.stands is None:
        raise Invalid.of("value_missing", "stands")
    return _step(id, DisputeVerb.ANSWER, said, dispute.source, caller, desk)


def decide(id: str, said: DisputeDecision, caller: Caller, desk: Desk) -> Dispute:
    """Uphold or refuse; the record follows at once, and with it everybody who received it."""
    require(caller, Action.DISPUTE_DECIDE, Owner(OFFICE), "dispute")
    dispute = _of(id, desk)
    verb = DisputeVerb.UPHOLD if said.uphold else DisputeVerb.REFUSE
    if counted(dispute, _said(dispute, verb, said, OFFICE, caller, desk)):
        if said.outcome not in (None, dispute.outcome):
            raise Conflict.of("ref_reused", "ref", ref=said.ref)
        return bring_in_line(id, desk) or dispute
    outcome, values = _outcome(dispute, said, desk)
    return _step(id, verb, said, OFFICE, caller, desk, outcome=outcome, values=values)


def close(id: str, said: Said, caller: Caller, desk: Desk) -> Dispute:
    """Give it up: whoever may file about the record."""
    dispute = _of(id, desk)
    require(caller, Action.DISPUTE_FILE, Owner(dispute.subject), "dispute")
    unit = dispute.subject if _speaks_for(dispute.subject, caller) else OFFICE
    return _step(id, DisputeVerb.CLOSE, said, unit, caller, desk)


def read_dispute(id: str, caller: Caller, desk: Desk) -> Dispute:
    """A dispute for its subject, who was asked about it, and the credit office."""
    dispute = _of(id, desk)
    owners = (Owner(unit) for unit in (dispute.subject, *dispute.units))
    if not any(allows(caller, Action.DISPUTE_READ, owner) for owner in owners):
        raise NotFound("dispute")
    return dispute


def list_disputes(unit: str, caller: Caller, desk: Desk) -> list[Dispute]:
    """The disputes that wait for a unit, the earliest due first, at most 200; of an entity (its
    unit is its code) all of its own, the open ones first."""
    require(caller, Action.DISPUTE_READ, Owner(unit), "unit")
    ids = desk.cabinet.list_open(unit, "dispute", MOST_LISTED)
    if not ids:
        records = desk.cabinet.list_records(unit)
        mine = dict.fromkeys(id for record in records for id in record.disputes)
        ids = [*mine, *desk.cabinet.list_open(unit, "disputed", MOST_LISTED)]
    found = desk.cabinet.disputes.get_many(dict.fromkeys(ids))
    return [found[id].value for id in dict.fromkeys(ids) if id in found][:MOST_LISTED]


def recount(
    portion: Portion, index: ProvisionalIndex, desk: Desk, go_on: Callable[[], bool]
) -> Portion | None:
    """Count the limits of a shard's disputes again, as far as `go_on` allows; what is left of it
    (None: nothing).

    Each is one write, and only where something changes: a repeat changes nothing, and a crash
    leaves to the repeat what was not done.
    """

    def again(dispute: Dispute | None) -> Dispute | None:
        return dispute and counted_again(dispute, desk.now, time_for(dispute, desk))

    def change(id: str) -> None:
        desk.cabinet.disputes.change(id, again, by=SYSTEM, now=desk.now)

    return work_through(portion, index, change, go_on)


def _step(
    id: str,
    verb: DisputeVerb,
    said: Said,
    unit: str,
    caller: Caller,
    desk: Desk,
    *,
    time: Timekeeper | None = None,
    **more: Any,
) -> Dispute:
    """Take a step, with the record in line before and after it."""
    bring_in_line(id, desk)

    def after(dispute: Dispute | None) -> Dispute | None:
        if dispute is None:
            return None
        step = _said(dispute, verb, said, unit, caller, desk)
        return stepped(dispute, step, time or time_for(dispute, desk), **more)

    dispute = desk.cabinet.disputes.change(id, after, by=caller.id, now=desk.now)
    if dispute is None:
        raise NotFound("dispute")
    return bring_in_line(id, desk) or dispute


def _said(
    dispute: Dispute, verb: DisputeVerb, said: Said, unit: str, caller: Caller, desk: Desk
) -> DisputeStep:
    words = said.model_dump(mode="json", exclude={"ref"})
    return DisputeStep(
        verb=verb,
        at=desk.now,
        by=caller.id,
        unit=unit,
        ref=said.ref or ref_of(dispute, verb, caller.id, words),
        note=said.note,
        stands=said.stands if isinstance(said, Answer) else None,
    )


def _of(id: str, desk: Desk) -> Dispute:
    found = desk.cabinet.disputes.get(id)
    if found is None:
        raise NotFound("dispute")
    return found.value


def _asked(id: str, caller: Caller, desk: Desk) -> Dispute:
    dispute = _of(id, desk)
    if dispute.source not in dispute.units:
        raise NotFound("dispute")
    require(caller, Action.DISPUTE_ANSWER, Owner(dispute.source), "dispute")
    return dispute


def _outcome(
    dispute: Dispute, said: DisputeDecision, desk: Desk
) -> tuple[Outcome | None, dict[str, str]]:
    """What becomes of the record. Raises Invalid where that is said of what changes nothing, or the
    corrected values are wrong."""
    if not said.uphold or dispute.kind is DisputeKind.REPAIR:
        if said.outcome or said.values:
            raise Invalid.of("only_with_objection", "outcome" if said.outcome else "values")
        return None, {}
    outcome = said.outcome or Outcome.WITHDRAW
    if (outcome is Outcome.CORRECT) != bool(said.values):
        raise Invalid.of("value_missing" if not said.values else "only_with_correct", "values")
    record = desk.cabinet.records.get(dispute.record)
    if outcome is Outcome.WITHDRAW or record is None:
        return outcome, {}
    return outcome, corrected_values(record.value, said.values, desk)


def _speaks_for(subject: str, caller: Caller) -> bool:
    return any(grant.unit == subject for grant in caller.grants)
