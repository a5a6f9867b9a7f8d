"""The trail over HTTPS: which days are sealed, and whether they still are what was (D1, D3)."""

from __future__ import annotations

from datetime import date

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict

from functions.shared import ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.errors import Invalid
from functions.shared.http import Operation, operation
from functions.trail.audit import Piece, check_piece, list_days

bp = Blueprint(__name__)


class AuditQuery(BaseModel):
    """Which piece of the day: the first, or the one `after` another; and whether the links of its
    records' chains are wanted, for joining pieces."""

    model_config = ConfigDict(extra="forbid")

    after: str = ""
    links: bool = False


class SealedDays(BaseModel):
    """The days that are sealed, in order."""

    days: list[date]


@bp.route("/v1/audit", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Which days of the trail are sealed", Action.TRAIL_READ, reply=SealedDays))
def get_audit(caller: Caller) -> SealedDays:
    require(caller, Action.TRAIL_READ, ANYONE, "trail")
    return SealedDays(days=list_days(ports.objects("trail-roots")))


@bp.route("/v1/audit/{day}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("Check a piece of a sealed day", Action.TRAIL_READ, query=AuditQuery, reply=Piece),
)
def get_audit_day(day: str, caller: Caller, query: AuditQuery) -> Piece:
    require(caller, Action.TRAIL_READ, ANYONE, "day")
    asked = _day(day)
    if query.after and not query.after.startswith(f"archive/{asked.isoformat()}/"):
        raise Invalid.of("cursor_broken", "after")
    archive, roots = ports.objects("trail"), ports.objects("trail-roots")
    piece = check_piece(asked, archive, roots, query.after)
    return piece if query.links else piece.model_copy(update={"links": []})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid.of("value_date_parsing", "day") from None
