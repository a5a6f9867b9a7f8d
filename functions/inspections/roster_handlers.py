"""Grids and inspectors of a village over HTTPS (B4)."""

from __future__ import annotations

from chalice import Blueprint

from functions.inspections import rosters, wiring
from functions.inspections.desk import Roster, RosterContent
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


@bp.route("/v1/villages/{village}/roster", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("The grids and inspectors of a village", Action.ROSTER_READ, reply=Roster))
def get_roster(village: str, caller: Caller) -> Roster:
    return rosters.read_roster(village, caller, wiring.desk())


@bp.route("/v1/villages/{village}/roster", methods=["PUT"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Put other grids and inspectors in the place of a village's",
        Action.ROSTER_WRITE,
        RosterContent,
        reply=Roster,
    ),
)
def put_roster(village: str, caller: Caller, body: RosterContent) -> Roster:
    roster = Roster(village=village, **dict(body))
    return rosters.load_roster(roster, caller, wiring.desk())
