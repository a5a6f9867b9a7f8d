"""What phones send over HTTPS: the uploads of a visit (B6, B7)."""

from __future__ import annotations

from datetime import date

from chalice import Blueprint

from functions.inspections import wiring
from functions.inspections.domain import Inspection
from functions.inspections.progress import Progress, progress_of
from functions.inspections.visits import Upload, take_upload, visit_of
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class VisitTaken(Progress):
    """What became of an upload: how far its visit has come, and where the inspection stands now."""

    inspection: str
    state: InspectionState
    outcome: InspectionOutcome | None = None
    notice: str | None = None
    correct_by: date | None = None
    visit_complete: bool


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
    notice = inspection.notice
    return VisitTaken(
        inspection=inspection.id,
        state=inspection.state,
        outcome=inspection.outcome,
        notice=notice.number if notice else None,
        correct_by=notice.correct_by if notice else None,
        **dict(progress_of(inspection, visit)),
    )
