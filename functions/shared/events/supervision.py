"""What supervision tells: what was decided for an entity, and every step of every task."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.clocks import ClockTold
from functions.shared.events import Body

CASE_DECIDED = "case.decided"
TASK_PUSHED = "task.pushed"
TASK_CHANGED = "task.changed"
RULED = "ruling.given"  # its body is the registration, with the place that was ruled
CALENDAR_LOADED = "calendar.loaded"


class Outcome(StrEnum):
    """What became of a registration (A6): each counts once."""

    PUSHED = "pushed"
    NO_ITEM = "no_item"
    MANUAL = "manual"


class State(StrEnum):
    """Where a task stands."""

    PUSHED = "pushed"
    RECEIVED = "received"
    HANDLING = "handling"
    RETURNED = "returned"
    CLOSED = "closed"


class End(StrEnum):
    """How a task ends (A16)."""

    LICENSED = "licensed"
    ALREADY_LICENSED = "already_licensed"
    FILED = "filed"
    PENALISED = "penalised"
    REFUSED = "refused"
    NO_VIOLATION = "no_violation"
    NOT_CARRIED_ON = "not_carried_on"
    NOT_FOUND = "not_found"
    CORRECTED = "corrected"
    ENTITY_CANCELLED = "entity_cancelled"
    WITHDRAWN = "withdrawn"


class CaseDecided(Body):
    """What supervision decided for an entity's newest registration; the town office's push.

    `former` are the towns whose offices had the case before ("": the city's own office had it).
    """

    code: str
    edition: int
    name: str
    town: str | None = None
    former: tuple[str, ...] = ()
    village: str | None = None
    outcome: Outcome
    item_set: str
    reasons: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    decided_at: AwareDatetime


class CalendarLoaded(Body):
    """Another version of the working calendar holds, published for the `years` that it lists."""

    version: str
    years: tuple[int, ...]
    loaded_at: AwareDatetime


class StepTold(Body):
    """One step of a task's life: `unit` had it then, `due` is the limit that the step met or
    missed, `to` where it went."""

    verb: str
    at: AwareDatetime
    unit: str
    due: date | None = None
    to: str | None = None


class ProofTold(Body):
    """What was shown to end a task by a licence, a filing or a penalty: the document's `number`,
    the day on which that was decided, until when a licence holds, what a penalty is and the `fine`
    in yuan, where there is one."""

    number: str
    on: date
    valid_until: date | None = None
    text: str = ""
    fine: Decimal | None = None


class TaskTold(Body):
    """A task as its receiver needs it in a list; `left` is the unit that it has just left,
    `address` where the entity is registered ("" where that was not told).

    `former` are all units that it has left, since not every leaving need have been told by itself.
    `words`, `clause` and `law` are the reason of the push (A5). `due` is the day by which the
    present stage must be over, where one is set; `case_due` that of the whole case. `clocks` are
    the limits that run now: none while it is suspended, none once it is closed (A13). `steps` is
    its whole life. A task that an inspection called for names it and the `referral` (its key) that
    it serves (B10). `proof` is the document by which it ended, where there is one (A16).
    """

    id: str
    code: str
    name: str
    item: str
    item_version: int
    licence: str
    unit: str
    left: str | None = None
    former: tuple[str, ...] = ()
    address: str = ""
    town: str | None = None
    village: str | None = None
    words: tuple[str, ...]
    clause: str
    law: str
    state: State
    end: End | None = None
    proof: ProofTold | None = None
    due: date | None = None
    case_due: date | None = None
    clocks: tuple[ClockTold, ...] = ()
    suspended: bool = False
    steps: tuple[StepTold, ...] = ()
    inspection: str | None = None
    referral: str | None = None
    pushed_at: AwareDatetime
    changed_at: AwareDatetime
