"""Clues over HTTPS: reporting, assigning, feeding back, and the towns' switches (A17, A18)."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.clues import usecases, wiring
from functions.clues.answering import ClueFeedback
from functions.clues.assigning import Decision
from functions.clues.desk import AutoAssign, Desk
from functions.clues.domain import Clue, Unit
from functions.clues.life import ClueLife, life_of
from functions.clues.reporting import Report
from functions.shared import clock, ports, systems
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Grant, Owner, Role, require
from functions.shared.calendar import shanghai_day
from functions.shared.directory import GRID, office
from functions.shared.http import Operation, body_as, operation
from functions.shared.photos import MOST_BYTES, SENT_WITHIN, PhotoType, photo_key

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PhotoIn(_In):
    """A photo that is about to be sent: `bytes` is its exact length, at most 10 MB."""

    unit: Unit | None = None
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    type: PhotoType
    bytes: Annotated[int, Field(ge=1, le=MOST_BYTES)]


class PhotoPlace(BaseModel):
    """Where to PUT a photo within `expires_in` seconds, with exactly these `headers`; `key` names
    it in the report."""

    key: str
    url: str
    headers: dict[str, str]
    expires_in: int


class SwitchIn(_In):
    """Whether the system assigns a town's clear clues by itself."""

    automatic: bool


def _life(clue: Clue, caller: Caller, desk: Desk) -> ClueLife:
    return life_of(clue, caller, desk.photos, shanghai_day(desk.now))


@bp.route("/v1/photos", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Announce a photo and get the address to PUT it to",
        Action.CLUE_REPORT,
        PhotoIn,
        reply=PhotoPlace,
        status=201,
    ),
)
def post_photo(caller: Caller, body: PhotoIn) -> PhotoPlace:
    unit = usecases.reporting_unit(body.unit, caller)
    key = photo_key(unit, uuid4().hex, body.type)
    signed = ports.objects("evidence").upload_of(
        key, media_type=body.type, size=body.bytes, seconds=SENT_WITHIN
    )
    return PhotoPlace(
        key=key, url=signed.url, headers=dict(signed.headers), expires_in=signed.expires_in
    )


@bp.route("/v1/clues", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Report a clue", Action.CLUE_REPORT, Report, reply=ClueLife, status=201))
def post_clue(caller: Caller, body: Report) -> ClueLife:
    desk = wiring.desk()
    return _life(usecases.report_clue(body, caller, desk), caller, desk)


@bp.route("/v1/webhooks/{unit}/clues", methods=["POST"])
@operation(
    bp,
    Operation(
        "A clue from a unit's own system, signed by Standard Webhooks",
        body=Report,
        reply=ClueLife,
        status=201,
        signature=True,
    ),
)
def post_clue_webhook(unit: str) -> ClueLife:
    request = bp.current_request
    message = systems.verified(unit, request.headers, request.raw_body, clock.real_now())
    body, desk = body_as(Report, request), wiring.desk()
    report = body.model_copy(update={"unit": body.unit or unit, "ref": body.ref or message})
    machine = _machine(unit)
    return _life(usecases.report_clue(report, machine, desk), machine, desk)


def _machine(unit: str) -> Caller:
    """The system of a unit, which speaks for that; the grid platform speaks for villages (B8)."""
    role = Role.PLATFORM if unit == GRID else Role.OFFICER
    return Caller(f"system:{unit}", frozenset({Grant(unit, role)}))


@bp.route("/v1/clues/{clue_id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a clue with its whole life", Action.CLUE_READ, reply=ClueLife))
def get_clue(clue_id: str, caller: Caller) -> ClueLife:
    desk = wiring.desk()
    return _life(usecases.read_clue(clue_id, caller, desk), caller, desk)


@bp.route("/v1/clues/{clue_id}/assign", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Assign a clue to one or several units, or take it back",
        Action.CLUE_ASSIGN,
        Decision,
        reply=ClueLife,
    ),
)
def post_assign(clue_id: str, caller: Caller, body: Decision) -> ClueLife:
    desk = wiring.desk()
    return _life(usecases.assign_clue(clue_id, body, caller, desk), caller, desk)


@bp.route("/v1/clues/{clue_id}/feedback", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Feed back on a unit's share of a clue",
        Action.CLUE_FEED_BACK,
        ClueFeedback,
        reply=ClueLife,
    ),
)
def post_clue_feedback(clue_id: str, caller: Caller, body: ClueFeedback) -> ClueLife:
    desk = wiring.desk()
    return _life(usecases.feed_back(clue_id, body, caller, desk), caller, desk)


@bp.route("/v1/clues/settings/{town}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Whether the system assigns a town's clear clues by itself",
        Action.CLUE_SETTINGS,
        reply=AutoAssign,
    ),
)
def get_switch(town: str, caller: Caller) -> AutoAssign:
    require(caller, Action.CLUE_SETTINGS, Owner(office(town)), "town")
    return usecases.read_switch(town, wiring.desk())


@bp.route("/v1/clues/settings/{town}", methods=["PUT"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Let the system assign a town's clear clues by itself, or not",
        Action.CLUE_SETTINGS,
        SwitchIn,
        reply=AutoAssign,
    ),
)
def put_switch(town: str, caller: Caller, body: SwitchIn) -> AutoAssign:
    return usecases.change_switch(town, body.automatic, caller, wiring.desk())
