"""Who takes on what: claim, hand over, release, and the end of a claim (D2, A15).

Each is one write of one record, and the same again is no write. A row may leave its unit between
the look at it and the claim's write: such a claim does not hold, for it is older than whatever
brings the row back, and readers ask both (`inbox_rows.held`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.shared.authorization import Action, Caller, Owner, allows, require
from functions.shared.directory import town_of
from functions.shared.errors import Conflict, NotFound
from functions.shared.inbox import Claim, Inbox, Row, RowKind, claim_id
from functions.shared.inbox_rows import held

_SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Work:
    """What a row of a unit stands for."""

    unit: str
    kind: RowKind
    subject: str

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        return Owner(self.unit, town_of(self.unit))

    @property
    def id(self) -> str:
        """The id of the claim on it."""
        return claim_id(self.unit, self.kind, self.subject)


def claim_work(work: Work, caller: Caller, inbox: Inbox, now: datetime) -> Claim:
    """`work`, taken on by the caller.

    Raises NotFound where the unit has no such thing in its hands, Conflict where it is over, or
    an inspector was assigned to it, or where somebody else has it: within a unit one may know who,
    and since when.
    """
    row = _row(work, caller, inbox)
    mine = _claim(work, caller.id, now)

    def take(before: Claim | None) -> Claim:
        holder = held(row, before)
        if holder and holder.person != caller.id:
            raise _taken(holder)
        return holder or mine

    return inbox.claims.change(work.id, take, by=caller.id, now=now) or mine


def hand_over(work: Work, to: str, note: str, caller: Caller, inbox: Inbox, now: datetime) -> Claim:
    """`work`, taken on by the person `to`: handed over by who has it, or by who directs the unit.

    Persons are the issuer's, so only what they may then see shows whether `to` is of the unit; who
    directs it can take it back. Raises NotFound and Conflict as `claim_work`, and Conflict where
    nobody has it and the caller does not direct the unit.
    """
    row = _row(work, caller, inbox)
    theirs = _claim(work, to, now, note)

    def give(before: Claim | None) -> Claim:
        holder = held(row, before)
        if holder and (holder.person, holder.note) == (to, note):
            return holder
        _require_hold(work, holder, caller)
        return theirs

    return inbox.claims.change(work.id, give, by=caller.id, now=now) or theirs


def release_work(work: Work, caller: Caller, inbox: Inbox, now: datetime) -> Claim:
    """`work`, which nobody has any more: released by who had it, or by who directs the unit."""
    row = _row(work, caller, inbox)
    nobody = _claim(work, None, now)

    def let_go(before: Claim | None) -> Claim | None:
        holder = held(row, before)
        if holder is None:
            return None
        _require_hold(work, holder, caller)
        return nobody

    after = inbox.claims.change(work.id, let_go, by=caller.id, now=now)
    return after if after and after.person is None else nobody


def may_now(row: Row, holder: Claim | None, caller: Caller) -> tuple[str, ...]:
    """What the caller may do now about who has `row`, which `holder` has: `claim`, `handover`,
    `release`. Of what an inspector was assigned to nobody; an alert that goes with what it is about
    is claimed and let go with that."""
    owner = Owner(row.unit, town_of(row.unit))
    if not row.open or row.assigned or not allows(caller, Action.WORK_CLAIM, owner):
        return ()
    directs = allows(caller, Action.WORK_DIRECT, owner)
    if holder is None:
        return ("claim", "handover") if directs else ("claim",)
    its_own = (holder.kind, holder.subject) == (row.kind, row.subject)
    return ("handover", "release") if its_own and (directs or holder.person == caller.id) else ()


def end_claim(row: Row, at: datetime, inbox: Inbox, now: datetime) -> None:
    """End the claim on a `row` that was over, or had left, by `at`; a later claim is on what has
    come back, and stays."""

    def end(before: Claim | None) -> Claim | None:
        if before is None or before.person is None or before.at > at:
            return before
        return before.model_copy(update={"person": None, "at": now, "note": ""})

    id = claim_id(row.unit, row.kind, row.subject)
    inbox.claims.change(id, end, by=_SYSTEM, now=now)


def _row(work: Work, caller: Caller, inbox: Inbox) -> Row:
    require(caller, Action.WORK_CLAIM, work.owner, "subject")
    row = inbox.get(work.unit, work.kind, work.subject)
    if row is None or row.gone:
        raise NotFound("subject")
    if not row.open:
        raise Conflict.of("work_over", "subject")
    if row.assigned:
        raise Conflict.of("work_assigned", "subject", person=row.assigned.person)
    return row


def _require_hold(work: Work, holder: Claim | None, caller: Caller) -> None:
    if (holder and holder.person == caller.id) or allows(caller, Action.WORK_DIRECT, work.owner):
        return
    raise _taken(holder) if holder else Conflict.of("not_claimed", "subject")


def _taken(holder: Claim) -> Conflict:
    return Conflict.of(
        "claimed_already", "subject", person=holder.person, since=holder.at.isoformat()
    )


def _claim(work: Work, person: str | None, now: datetime, note: str = "") -> Claim:
    return Claim(
        unit=work.unit, kind=work.kind, subject=work.subject, person=person, at=now, note=note
    )
