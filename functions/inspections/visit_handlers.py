"""What phones send over HTTPS: the uploads of a visit (B6, B7)."""

from __future__ import annotations

from datetime import date, datetime

from chalice import Blueprint
from pydantic import BaseModel

from functions.inspections import wiring
from functions.inspections.deciding import is_whole, missing, waiting_for
from functions.inspections.domain import Inspection
from functions.inspections.seen import Round
from functions.inspections.visits import Upload, take_upload, visit_of
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class VisitTaken(BaseModel):
    """What became of an upload: whether its visit is complete, which parts are `waiting_for` and of
    which checks it says nothing yet; and where the inspection stands now. `counts_from`: a recheck
    that found it as it was counts only then, when the time to correct is over, unless somebody
    finds it corrected by then."""

    inspection: str
    state: InspectionState
    outcome: InspectionOutcome | None = None
    notice: str | None = None
    correct_by: date | None = None
    visit_complete: bool
    waiting_for: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    counts_from: datetime | None = None


@bp.route("/v1/inspections/{inspection_id}/uploads", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Send a visit, or a part of it, from a phone",
        Action.INSPECTION_VISIT,
        Upload,
        reply=VisitTaken,
    ),
)
def post_upload(inspection_id: str, caller: Caller, body: Upload) -> VisitTaken:
    return _taken(take_upload(inspection_id, body, caller, wiring.desk()), body, caller)


def _taken(inspection: Inspection, upload: Upload, caller: Caller) -> VisitTaken:
    visit = visit_of(inspection, upload.visit, upload.round, upload.by or caller.id)
    assert visit  # it was taken
    notice, complete = inspection.notice, is_whole(visit, inspection)
    waits = complete and inspection.awaits_recheck and visit.round is Round.RECHECK
    return VisitTaken(
        inspection=inspection.id,
        state=inspection.state,
        outcome=inspection.outcome,
        notice=notice.number if notice else None,
        correct_by=notice.correct_by if notice else None,
        visit_complete=complete,
        waiting_for=waiting_for(visit),
        missing=missing(visit, inspection),
        counts_from=notice.ends if notice and waits else None,
    )
