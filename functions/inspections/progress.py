"""How far a visit has come, as its sender is told: a phone, or the grid platform (B6, B11)."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from functions.inspections.deciding import is_whole, missing, too_early, waiting_for
from functions.inspections.domain import Inspection
from functions.inspections.seen import Round, Visit


class Progress(BaseModel):
    """Whether a visit is complete (null where the message was about none), which parts are
    `waiting_for` and of which checks it says nothing yet. `counts_from`: a recheck that found it as
    it was counts only then, when the time to correct is over, unless somebody finds it corrected by
    then. `began_too_early`: a recheck that began before the first visit was over never counts."""

    visit_complete: bool | None = None
    waiting_for: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    counts_from: datetime | None = None
    began_too_early: bool = False


def progress_of(inspection: Inspection, visit: Visit) -> Progress:
    """How far `visit` of `inspection` has come."""
    notice, complete = inspection.notice, is_whole(visit, inspection)
    early = too_early(visit, inspection)
    waits = complete and not early and inspection.awaits_recheck and visit.round is Round.RECHECK
    return Progress(
        visit_complete=complete,
        waiting_for=waiting_for(visit),
        missing=missing(visit, inspection),
        counts_from=notice.ends if notice and waits else None,
        began_too_early=early,
    )
