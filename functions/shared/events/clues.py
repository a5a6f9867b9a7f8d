"""What clues tell: a suspicion that was reported, who was assigned to it, what came of it (A17)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.clocks import ClockTold
from functions.shared.events import Body

CLUE_REPORTED = "clue.reported"
CLUE_CHANGED = "clue.changed"


class ClueState(StrEnum):
    """Where a clue stands: it waits for an office to assign it, is with its receivers, is over."""

    REPORTED = "reported"
    ASSIGNED = "assigned"
    CLOSED = "closed"


class ShareState(StrEnum):
    """Where one receiver's share of a clue stands."""

    ASSIGNED = "assigned"
    RECEIVED = "received"
    DISPUTED = "disputed"  # not ours: the office decides again
    RELIEVED = "relieved"  # the office took it back
    CLOSED = "closed"


class ShareTold(Body):
    """One receiver's share: why it was chosen (`words` of what was seen, `item`, `law`, or the
    office's `note`), by whom, and its clocks while they run."""

    unit: str
    state: ShareState
    by: str
    automatic: bool = False
    item: str = ""
    licence: str = ""
    law: str = ""
    words: tuple[str, ...] = ()
    note: str = ""
    end: str | None = None
    clocks: tuple[ClockTold, ...] = ()
    assigned_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class ClueTold(Body):
    """A clue as its office and its receivers need it in a list.

    `code` is absent where the subject has none (an unlicensed shop). `office` is who assigns it
    now: the town's office, or the common superior to which a dispute has climbed; `offices` are
    all that had it. `clocks` run for the office while something is left to assign.
    """

    id: str
    code: str | None = None
    name: str = ""
    place: str
    town: str
    village: str | None = None
    seen: str
    photos: int = 0
    reporter: str
    state: ClueState
    office: str
    offices: tuple[str, ...] = ()
    shares: tuple[ShareTold, ...] = ()
    clocks: tuple[ClockTold, ...] = ()
    reported_at: AwareDatetime
    changed_at: AwareDatetime
