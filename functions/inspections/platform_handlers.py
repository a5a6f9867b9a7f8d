"""What the grid platform sends, signed (B11)."""

from __future__ import annotations

from chalice import Blueprint

from functions.inspections import wiring
from functions.inspections.platform import Said, Standing, standing, take_message
from functions.shared import clock, systems
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.directory import GRID
from functions.shared.errors import NotFound
from functions.shared.http import Operation, body_as, operation

bp = Blueprint(__name__)
_PLATFORM = Caller(f"system:{GRID}", frozenset({Grant(GRID, Role.PLATFORM)}))


# The path has a parameter, as those of the other webhooks: beside `{unit}` a gateway would take a
# fixed `grid` for all of its paths, and find no clues there.
@bp.route("/v1/webhooks/{unit}/inspections", methods=["POST"])
@operation(
    bp,
    Operation(
        "What the grid platform (`grid`) says of inspections, signed by Standard Webhooks",
        body=Said,
        reply=Standing,
        signature=True,
    ),
)
def post_platform_webhook(unit: str) -> Standing:
    request = bp.current_request
    message = systems.verified(unit, request.headers, request.raw_body, clock.real_now())
    if unit != GRID:
        raise NotFound("inspection")
    said = body_as(Said, request)
    return standing(take_message(said, message, _PLATFORM, wiring.desk()), said)
