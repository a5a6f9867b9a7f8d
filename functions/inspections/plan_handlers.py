"""The plan of visits over HTTPS (C12)."""

from __future__ import annotations

from chalice import Blueprint

from functions.inspections.plans import PlanTold, plan_of
from functions.inspections.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


@bp.route("/v1/plans/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How an entity is visited because of its credit grade, and which visits were left out",
        Action.INSPECTION_READ,
        reply=PlanTold,
    ),
)
def get_plan(code: str, caller: Caller) -> PlanTold:
    return plan_of(code, caller, desk())
