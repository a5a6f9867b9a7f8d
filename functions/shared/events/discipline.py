"""What joint discipline tells: to each participant its own part, and nobody else's (C13)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.clocks import ClockTold
from functions.shared.events import Body

SANCTION_CHANGED = "sanction.changed"  # to its initiator and whoever approves
CONSTRAINT_CHANGED = "constraint.changed"  # to one participant: one event for each


class SanctionState(StrEnum):
    """Where a joint sanction stands."""

    PROPOSED = "proposed"  # initiated, not approved
    ACTIVE = "active"
    REFUSED = "refused"
    LIFTING = "lifting"  # lifted; participants confirm that they stopped
    ENDED = "ended"


class ConstraintState(StrEnum):
    """How far one participant is with its measures."""

    PUSHED = "pushed"
    RECEIVED = "received"
    EXECUTED = "executed"
    LIFTED = "lifted"  # no longer to be applied; the participant has still to confirm
    CLOSED = "closed"


class MeasureTold(Body):
    """One measure of the published constraint list: what is to be done, by which law."""

    code: str
    title: str
    law: str


class ConstraintTold(Body):
    """What one participant (`unit`) must do about one subject: its own measures and nothing of the
    others'. `live`: to be applied now, until `until` (None: until it is lifted)."""

    id: str  # `<sanction>@<unit>`
    sanction: str
    unit: str
    subject: str
    kind: str
    name: str
    instrument: str
    title: str
    ground: str
    measures: tuple[MeasureTold, ...]
    state: ConstraintState
    live: bool
    note: str = ""
    clocks: tuple[ClockTold, ...] = ()
    approved_at: AwareDatetime
    until: date | None = None
    changed_at: AwareDatetime


class SanctionTold(Body):
    """A joint sanction as its initiator (`unit`) and the credit office see it."""

    id: str
    unit: str
    office: str
    instrument: str
    title: str
    subject: str
    kind: str
    name: str
    state: SanctionState
    ground: str
    records: tuple[str, ...] = ()
    clocks: tuple[ClockTold, ...] = ()
    changed_at: AwareDatetime
