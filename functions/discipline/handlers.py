"""Joint sanctions over HTTPS: initiated, approved, lifted (C13)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.discipline import usecases
from functions.discipline.changes import sanction_told
from functions.discipline.desk import Desk
from functions.discipline.domain import Sanction, Unit
from functions.discipline.lives import SanctionLife, life_of
from functions.discipline.usecases import SanctionOrder, SanctionReason, SanctionRemark
from functions.discipline.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.events.discipline import SanctionTold
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class SanctionsQuery(BaseModel):
    """On whom (a code, or a key person's key), and for which unit of the caller's."""

    model_config = ConfigDict(extra="forbid")

    unit: Unit
    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class SanctionsTold(BaseModel):
    """Sanctions that are not over."""

    sanctions: tuple[SanctionTold, ...]


def _life(sanction: Sanction, caller: Caller, at: Desk) -> SanctionLife:
    return life_of(sanction, caller, at.today)


@bp.route("/v1/sanctions", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Propose to put a subject under an instrument of joint discipline",
        Action.SANCTION_INITIATE,
        SanctionOrder,
        reply=SanctionLife,
        status=201,
    ),
)
def post_sanction(caller: Caller, body: SanctionOrder) -> SanctionLife:
    at = desk()
    return _life(usecases.initiate(body, caller, at), caller, at)


@bp.route("/v1/sanctions", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The joint sanctions on a subject that are not over, of those that the caller may read",
        Action.SANCTION_READ,
        query=SanctionsQuery,
        reply=SanctionsTold,
    ),
)
def get_sanctions(caller: Caller, query: SanctionsQuery) -> SanctionsTold:
    found = usecases.list_sanctions(query.subject, query.unit, caller, desk())
    return SanctionsTold(sanctions=tuple(sanction_told(one) for one in found))


@bp.route("/v1/sanctions/{sanction_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp, Operation("Read a joint sanction with its life", Action.SANCTION_READ, reply=SanctionLife)
)
def get_sanction(sanction_id: str, caller: Caller) -> SanctionLife:
    at = desk()
    return _life(usecases.read_sanction(sanction_id, caller, at), caller, at)


@bp.route("/v1/sanctions/{sanction_id}/approve", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Approve a joint sanction: its participants have their measures from now on",
        Action.SANCTION_APPROVE,
        SanctionRemark,
        reply=SanctionLife,
    ),
)
def post_approve(sanction_id: str, caller: Caller, body: SanctionRemark) -> SanctionLife:
    at = desk()
    return _life(usecases.approve(sanction_id, body, caller, at), caller, at)


@bp.route("/v1/sanctions/{sanction_id}/refuse", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Refuse a joint sanction", Action.SANCTION_APPROVE, SanctionReason, reply=SanctionLife
    ),
)
def post_refuse(sanction_id: str, caller: Caller, body: SanctionReason) -> SanctionLife:
    at = desk()
    return _life(usecases.refuse(sanction_id, body, caller, at), caller, at)


@bp.route("/v1/sanctions/{sanction_id}/lift", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Lift a joint sanction, as its initiator or the credit office",
        Action.SANCTION_INITIATE,
        SanctionReason,
        reply=SanctionLife,
    ),
)
def post_lift(sanction_id: str, caller: Caller, body: SanctionReason) -> SanctionLife:
    at = desk()
    return _life(usecases.lift(sanction_id, body, caller, at), caller, at)
