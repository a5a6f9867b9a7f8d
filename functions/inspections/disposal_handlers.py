"""Joint disposal and classification over HTTPS (B9, B10)."""

from __future__ import annotations

from chalice import Blueprint

from functions.inspections import disposal, wiring
from functions.inspections.classifying import Classification
from functions.inspections.disposal import DisposalReport
from functions.inspections.reading import InspectionLife, life_of
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


@bp.route("/v1/inspections/{inspection_id}/disposal", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Record the result of joint disposal",
        Action.INSPECTION_DISPOSE,
        DisposalReport,
        reply=InspectionLife,
    ),
)
def post_disposal(inspection_id: str, caller: Caller, body: DisposalReport) -> InspectionLife:
    desk = wiring.desk()
    return life_of(disposal.record_disposal(inspection_id, body, caller, desk), desk)


@bp.route("/v1/inspections/{inspection_id}/classify", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Say who must act on what is unclear",
        Action.INSPECTION_CLASSIFY,
        Classification,
        reply=InspectionLife,
    ),
)
def post_classify(inspection_id: str, caller: Caller, body: Classification) -> InspectionLife:
    desk = wiring.desk()
    return life_of(disposal.classify(inspection_id, body, caller, desk), desk)
