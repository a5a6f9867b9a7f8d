"""Inspections over HTTPS: read, list, assign, call back, send back, place (B1, B4)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from functions.inspections import assigning, returning, wiring
from functions.inspections.assigning import GivenOut
from functions.inspections.loads import LoadTold, loads_of
from functions.inspections.orders import Assignment, Placement, Recall, Return
from functions.inspections.reading import (
    InspectionLife,
    InspectionRow,
    Wanted,
    life_of,
    list_for,
    read_inspection,
)
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.events.inspections import InspectionState
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)
_Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BoardQuery(_In):
    """Whose board: a village by its code, or an office; and what of it."""

    unit: _Name
    state: InspectionState | None = None
    inspector: _Name | None = None
    after: str = ""


class BoardTold(BaseModel):
    """At most 50 open inspections of a unit, the earliest due first."""

    inspections: list[InspectionRow]
    after: str | None = None


class LoadsQuery(_In):
    """Whose load: up to 60 villages and offices, the parameter once for each."""

    unit: Annotated[
        list[_Name],
        BeforeValidator(lambda given: [given] if isinstance(given, str) else given),
        Field(min_length=1, max_length=60),
    ]


class LoadsTold(BaseModel):
    """How much each has to do, in the order asked."""

    loads: list[LoadTold]


class AcceptIn(_In):
    """All proposals are accepted; there is nothing to say."""


@bp.route("/v1/inspections", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "What a unit has to inspect, with whom the system would send",
        Action.INSPECTION_READ,
        query=BoardQuery,
        reply=BoardTold,
    ),
)
def get_board(caller: Caller, query: BoardQuery) -> BoardTold:
    wanted = Wanted(query.state, query.inspector)
    rows, after = list_for(query.unit, caller, wiring.desk(), wanted, query.after)
    return BoardTold(inspections=rows, after=after)


@bp.route("/v1/loads", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How much villages and offices have to inspect, and who of them how much",
        Action.INSPECTION_READ,
        query=LoadsQuery,
        reply=LoadsTold,
    ),
)
def get_loads(caller: Caller, query: LoadsQuery) -> LoadsTold:
    return LoadsTold(loads=loads_of(query.unit, caller, wiring.desk()))


@bp.route("/v1/inspections/{inspection_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Read an inspection with its whole life", Action.INSPECTION_READ, reply=InspectionLife
    ),
)
def get_inspection(inspection_id: str, caller: Caller) -> InspectionLife:
    desk = wiring.desk()
    return life_of(read_inspection(inspection_id, caller, desk), desk, caller)


@bp.route("/v1/inspections/{inspection_id}/assign", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Give an inspection to an inspector, or accept the proposal",
        Action.INSPECTION_ASSIGN,
        Assignment,
        reply=InspectionLife,
    ),
)
def post_inspection_assign(inspection_id: str, caller: Caller, body: Assignment) -> InspectionLife:
    desk = wiring.desk()
    return life_of(assigning.assign(inspection_id, body, caller, desk), desk)


@bp.route("/v1/inspections/{inspection_id}/recall", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Call an inspection back from its inspector",
        Action.INSPECTION_ASSIGN,
        Recall,
        reply=InspectionLife,
    ),
)
def post_inspection_recall(inspection_id: str, caller: Caller, body: Recall) -> InspectionLife:
    desk = wiring.desk()
    return life_of(assigning.recall(inspection_id, body, caller, desk), desk)


@bp.route("/v1/inspections/{inspection_id}/return", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Send an inspection back from its village to the office of its town",
        Action.INSPECTION_ASSIGN,
        Return,
        reply=InspectionLife,
    ),
)
def post_inspection_return(inspection_id: str, caller: Caller, body: Return) -> InspectionLife:
    desk = wiring.desk()
    return life_of(returning.give_back(inspection_id, body, caller, desk), desk)


@bp.route("/v1/inspections/{inspection_id}/place", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Say in which village the address of an inspection lies",
        Action.INSPECTION_PLACE,
        Placement,
        reply=InspectionLife,
    ),
)
def post_inspection_place(inspection_id: str, caller: Caller, body: Placement) -> InspectionLife:
    desk = wiring.desk()
    return life_of(assigning.place(inspection_id, body, caller, desk), desk)


@bp.route("/v1/villages/{village}/assign", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Accept the proposals for all inspections of a village that nobody has",
        Action.INSPECTION_ASSIGN,
        AcceptIn,
        reply=GivenOut,
    ),
)
def post_village_assign(village: str, caller: Caller, body: AcceptIn) -> GivenOut:
    return assigning.assign_all(village, caller, wiring.desk())
