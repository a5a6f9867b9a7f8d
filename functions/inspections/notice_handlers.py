"""Notices of correction over HTTPS (B7)."""

from __future__ import annotations

from chalice import Blueprint

from functions.inspections.prints import PrintedNotice, fetched
from functions.inspections.reading import read_inspection
from functions.inspections.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


@bp.route("/v1/inspections/{inspection_id}/notice", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The way to an inspection's printed notice of correction",
        Action.INSPECTION_READ,
        reply=PrintedNotice,
    ),
)
def get_notice(inspection_id: str, caller: Caller) -> PrintedNotice:
    room = desk()
    return fetched(read_inspection(inspection_id, caller, room), room)
