"""What a row tells whoever opens the worklist: what, why, until when, how late, who has it (D2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.clocks import Light, days_late, light
from functions.shared.events.alerts import AlertTold
from functions.shared.events.clues import ClueState, ClueTold, ShareState, ShareTold
from functions.shared.events.credit import DisputeState, DisputeTold
from functions.shared.events.discipline import (
    ConstraintState,
    ConstraintTold,
    SanctionState,
    SanctionTold,
)
from functions.shared.events.inspections import InspectionState, InspectionTold
from functions.shared.events.supervision import CaseDecided, State, TaskTold
from functions.shared.inbox import Claim, Row, RowKind

_EXCERPT = 120  # characters of what was seen, in a list


class RowState(StrEnum):
    """Where a task, an inspection, a dispute, a sanction or a participant's part of one stands."""

    PUSHED = State.PUSHED
    RECEIVED = State.RECEIVED
    HANDLING = State.HANDLING
    RETURNED = State.RETURNED
    WAITING = InspectionState.WAITING
    ASSIGNED = InspectionState.ASSIGNED
    CORRECTING = InspectionState.CORRECTING
    RECHECKING = InspectionState.RECHECKING
    DISPOSING = InspectionState.DISPOSING
    CLASSIFYING = InspectionState.CLASSIFYING
    REFERRED = InspectionState.REFERRED
    FILED = DisputeState.FILED
    ASKED = DisputeState.ASKED
    ANSWERED = DisputeState.ANSWERED
    UPHELD = DisputeState.UPHELD
    REFUSED = DisputeState.REFUSED
    PROPOSED = SanctionState.PROPOSED
    ACTIVE = SanctionState.ACTIVE
    LIFTING = SanctionState.LIFTING
    ENDED = SanctionState.ENDED
    EXECUTED = ConstraintState.EXECUTED
    LIFTED = ConstraintState.LIFTED
    CLOSED = "closed"


class Why(BaseModel):
    """Why something stands in an inbox, as the parts of one sentence: the `words` of a `clause`
    (or of what was seen) that an item's `law` is about; the `reasons` why a person must look, or an
    inspector must go there, with the `words` for what was wrong and the number of the notice as
    `note`; the `words` of measures that an instrument (`law`) asks for, with their ground as
    `note`; or the `rung` of the ladder that a limit's `stage` has reached."""

    model_config = ConfigDict(frozen=True)

    words: tuple[str, ...] = ()
    clause: str | None = None
    item: str | None = None
    law: str | None = None
    reasons: tuple[str, ...] = ()
    note: str | None = None
    rung: str | None = None
    stage: str | None = None


class RowTold(BaseModel):
    """A row as it is told. `due` is the first limit that runs, `case_due` that of the whole; the
    `light` and the calendar days by which it is late are of today. `claimed_by` has taken it on;
    `may` is what the reader may do about that now (`claim`, `handover`, `release`)."""

    model_config = ConfigDict(frozen=True)

    unit: str
    kind: RowKind
    subject: str
    sequence: int
    gone: bool = False
    open: bool
    changed: str
    state: RowState | None = None
    light: Light
    days_late: int = 0
    due: date | None = None
    case_due: date | None = None
    why: Why
    claimed_by: str | None = None
    claimed_at: AwareDatetime | None = None
    may: tuple[str, ...] = ()
    task: TaskTold | None = None
    case: CaseDecided | None = None
    clue: ClueTold | None = None
    inspection: InspectionTold | None = None
    dispute: DisputeTold | None = None
    sanction: SanctionTold | None = None
    constraint: ConstraintTold | None = None
    alert: AlertTold | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """By what a person looks for it: the entity's name and code; of a clue that names none the
        place, of an alert its title."""
        shown = getattr(self, self.kind.value)
        fields = ("name", "code", "subject", "place")
        known = ("title",) if self.kind is RowKind.ALERT else fields
        return tuple(str(getattr(shown, field, None) or "") for field in known)


class Filter(BaseModel):
    """Which rows are wanted. `claimed` is a person, or `me`, or `nobody`: of what is open. `entity`
    is a part of an entity's name or code."""

    model_config = ConfigDict(extra="forbid")

    kind: RowKind | None = None
    state: RowState | None = None
    item: str = ""
    open: bool | None = None
    light: Light | None = None
    claimed: Annotated[str, Field(max_length=128)] = ""
    entity: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""

    @property
    def only_open(self) -> bool:
        """Whether only what is open can fit: then what is closed need not be read."""
        return self.open is True or bool(self.claimed) or self.light in (Light.YELLOW, Light.RED)

    def fits(self, row: RowTold, me: str) -> bool:
        """Whether a row is one of those; `me` is who asks."""
        asked = (
            (self.kind, row.kind),
            (self.state, row.state),
            (self.item or None, row.why.item),
            (self.open, row.open),
            (self.light, row.light),
        )
        return (
            all(wanted is None or wanted == found for wanted, found in asked)
            and self._claim_fits(row, me)
            and any(self.entity.casefold() in text.casefold() for text in row.names)
        )

    def _claim_fits(self, row: RowTold, me: str) -> bool:
        if not self.claimed:
            return True
        if self.claimed == "nobody":
            return row.open and row.claimed_by is None
        return row.claimed_by == (me if self.claimed == "me" else self.claimed)


def told(row: Row, claim: Claim | None, today: date, may: tuple[str, ...] = ()) -> RowTold:
    """What `row` says on the day `today`, with the `claim` that holds on it, and what its reader
    `may` do about that."""
    clocks = row.clocks
    return RowTold(
        unit=row.unit,
        kind=row.kind,
        subject=row.subject,
        sequence=row.sequence,
        gone=row.gone,
        open=row.open,
        changed=row.changed,
        state=RowState(row.state) if row.state else None,
        light=light(clocks, today),
        days_late=days_late(clocks, today),
        due=row.due,
        case_due=row.task.case_due if row.task else None,
        why=_why(row),
        claimed_by=claim.person if claim else None,
        claimed_at=claim.at if claim else None,
        may=may,
        task=row.task,
        case=row.case,
        clue=row.clue,
        inspection=row.inspection,
        dispute=row.dispute,
        sanction=row.sanction,
        constraint=row.constraint,
        alert=row.alert,
    )


def urgency(row: RowTold) -> tuple[bool, date, str]:
    """The order in which a person takes things up: what is open first, by the day it is due."""
    return not row.open, row.due or date.max, row.subject


def task_for(task: TaskTold) -> TaskTold:
    """A task as a row keeps it: without its life, which is read with the task itself."""
    return task.model_copy(update={"steps": (), "former": (), "left": None})


def clue_for(clue: ClueTold, unit: str) -> ClueTold:
    """A clue as the row of `unit` keeps it: an office sees who has which share, a receiver its own
    alone; what was seen is cut to an excerpt."""
    if unit == clue.office:
        shares = tuple(_outline(share, unit) for share in clue.shares)
    else:
        shares = tuple(share for share in clue.shares if share.unit == unit)
    change = {"seen": _excerpt(clue.seen), "shares": shares, "offices": ()}
    if unit != clue.office:
        change |= {"clocks": ()}
    return clue.model_copy(update=change)


def inspection_for(inspection: InspectionTold) -> InspectionTold:
    """An inspection as a row keeps it: what is wrong is cut to excerpts, and who had it before or
    acts on it besides is read with the inspection itself."""
    failed = tuple(one.model_copy(update={"note": _excerpt(one.note)}) for one in inspection.failed)
    return inspection.model_copy(
        update={"failed": failed, "former": (), "left": None, "referrals": ()}
    )


def dispute_for(dispute: DisputeTold) -> DisputeTold:
    """A dispute as a row keeps it: who had it before is read with the dispute itself."""
    change = {"ground": _excerpt(dispute.ground), "former": (), "left": None}
    return dispute.model_copy(update=change)


def sanction_for(sanction: SanctionTold, unit: str) -> SanctionTold:
    """A sanction as the row of `unit` keeps it; its clock is the credit office's."""
    change: dict[str, Any] = {"ground": _excerpt(sanction.ground)}
    if unit != sanction.office:
        change |= {"clocks": ()}
    return sanction.model_copy(update=change)


def constraint_for(constraint: ConstraintTold) -> ConstraintTold:
    """A participant's part as its row keeps it: with all its measures, for those are its work."""
    change = {"ground": _excerpt(constraint.ground), "note": _excerpt(constraint.note)}
    return constraint.model_copy(update=change)


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def _outline(share: ShareTold, unit: str) -> ShareTold:
    if share.unit == unit:
        return share
    left_out = {"words": (), "law": "", "licence": "", "note": "", "clocks": ()}
    return share.model_copy(update=left_out)


def _why(row: Row) -> Why:
    if task := row.task:
        return Why(words=task.words, clause=task.clause, item=task.item, law=task.law)
    if row.case:
        return Why(reasons=row.case.reasons)
    if one := row.inspection:
        failed = tuple(failed.title for failed in one.failed)
        return Why(reasons=(one.reason,), words=failed, note=one.notice)
    if alert := row.alert:
        reasons = ("unassigned",) if alert.unassigned else ()
        return Why(rung=alert.rung, stage=alert.stage, reasons=reasons)
    if row.dispute or row.sanction or row.constraint:
        return _why_credit(row)
    if row.clue and (share := row.share):
        return Why(
            words=share.words,
            item=share.item or None,
            law=share.law or None,
            note=share.note or None,
        )
    return Why(reasons=_to_assign(row.clue)) if row.clue else Why()


def _why_credit(row: Row) -> Why:
    if one := row.dispute:
        return Why(reasons=(one.kind,), words=(one.title,), item=one.item, note=one.ground)
    if part := row.constraint:
        measures = tuple(measure.title for measure in part.measures)
        return Why(words=measures, law=part.title, note=part.ground)
    sanction = row.sanction
    return Why(law=sanction.title, note=sanction.ground) if sanction else Why()


def _to_assign(clue: ClueTold) -> tuple[str, ...]:
    if clue.state is ClueState.REPORTED:
        return ("reported",)
    return tuple(f"disputed:{one.unit}" for one in clue.shares if one.state is ShareState.DISPUTED)
