"""What inspections tell: who has to visit whom, what was found, who must act at last (B)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.clocks import ClockTold
from functions.shared.events import Body

INSPECTION_OPENED = "inspection.opened"
INSPECTION_CHANGED = "inspection.changed"
NOTICE_ISSUED = "notice.issued"  # told while the correction period runs: a recheck must follow
RECHECK_OVER = "recheck.over"  # told once no recheck is waited for any more
INSPECTION_REFERRED = "inspection.referred"  # to supervision, which makes the tasks (B10)
REFERRAL_CHANGED = "referral.changed"  # from supervision: its body is the task (`TaskTold`)


class InspectionState(StrEnum):
    """Where an inspection stands."""

    WAITING = "waiting"  # with the village, or the town's dispatcher, who assigns it
    ASSIGNED = "assigned"  # with an inspector
    CORRECTING = "correcting"  # a notice was issued, and the operator has time to correct
    RECHECKING = "rechecking"  # the recheck is with the inspector
    DISPOSING = "disposing"  # two visits failed: the village's joint disposal (B9)
    CLASSIFYING = "classifying"  # the town decides who must act, where no rule does (B10)
    REFERRED = "referred"  # departments have tasks
    CLOSED = "closed"


class InspectionOutcome(StrEnum):
    """How an inspection ended."""

    PASSED = "passed"
    SETTLED = "settled"  # on the spot
    CORRECTED = "corrected"  # the recheck found nothing more
    DISPOSED = "disposed"  # by the village's joint disposal
    HANDLED = "handled"  # by the departments that it was referred to
    SUPERSEDED = "superseded"  # by the inspection that a later registration called for
    ENTITY_CANCELLED = "entity_cancelled"


class Reason(StrEnum):
    """What brings an inspector to the door: a registration (B3), or the plan of visits to whom
    public credit grades as dishonest (C12)."""

    ESTABLISHMENT = "establishment"
    ADDRESS = "address"
    SCOPE = "scope"
    CREDIT = "credit"


class FailedTold(Body):
    """One item that failed and is not settled: which, and what was found."""

    check: str
    title: str
    kinds: tuple[str, ...] = ()
    note: str = ""


class ReferralTold(Body):
    """What one department is to act on: the supervision `item` it falls under, the `checks` that
    are still unsolved with what was found (`words`), and the law. Known by `key`, item and unit."""

    key: str
    unit: str
    item: str
    item_version: int
    item_set: str
    checks: tuple[str, ...]
    words: tuple[str, ...]
    clause: str
    law: str
    licence: str


class Proposed(Body):
    """A supervision item that a finding's own words call for, and the units that it falls to."""

    item: str
    licence: str
    law: str
    words: tuple[str, ...]
    units: tuple[str, ...]


class Unclear(Body):
    """A finding that no rule sends to anybody, so that the town's office decides: which check, what
    was found (`words`, the finding's own `clause`), and what that calls for."""

    check: str
    title: str
    words: tuple[str, ...]
    clause: str
    proposals: tuple[Proposed, ...] = ()


class InspectionTold(Body):
    """An inspection as its village, its town and its inspector need it in a list.

    `unit` must act now ("" where nobody of the grid does): the village, or the office of its town;
    `former` are the units that had it before, `left` the one that its latest step took it from.
    `inspector` is who it is assigned to, since `assigned_at`. `failed` is what is wrong now.
    `clocks` run for `unit`. `registered_at` is when the registration arrived, `received_at` since
    when the unit that first had it has it.
    """

    id: str
    code: str
    edition: int
    reason: Reason
    name: str
    address: str
    town: str | None = None
    village: str | None = None
    state: InspectionState
    outcome: InspectionOutcome | None = None
    unit: str = ""
    former: tuple[str, ...] = ()
    left: str | None = None
    grid: str | None = None
    inspector: str | None = None
    assigned_at: AwareDatetime | None = None
    failed: tuple[FailedTold, ...] = ()
    notice: str | None = None
    correct_by: date | None = None
    referrals: tuple[ReferralTold, ...] = ()
    clocks: tuple[ClockTold, ...] = ()
    registered_at: AwareDatetime
    received_at: AwareDatetime
    changed_at: AwareDatetime


class VisitTold(Body):
    """One visit in a few words, for whoever acts on it later."""

    round: str
    at: AwareDatetime
    by: str
    findings: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()


class Referred(Body):
    """What the departments get to do, with all that was seen and done before (B10). `edition` is
    the registration that called for the inspection."""

    inspection: str
    code: str
    edition: int = 0
    name: str
    address: str
    town: str | None = None
    village: str | None = None
    referrals: tuple[ReferralTold, ...]
    notice: str | None = None
    visits: tuple[VisitTold, ...] = ()
    disposal: str = ""  # what the joint disposal tried, in words
    referred_at: AwareDatetime
