"""Parcels of records for the other systems, over HTTPS (C10)."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.credit import parcels
from functions.credit.batches import Destination
from functions.credit.parcels import Acknowledgement, OpenedParcel, ParcelLine, RecordSharing
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ParcelsWanted(_In):
    """Whose parcels, and which: those that wait for it, or those that it refused."""

    destination: Destination
    state: Literal["waiting", "refused"] = "waiting"


class ParcelWanted(_In):
    """From which record on: `next` of the page before."""

    after: Annotated[str, StringConstraints(max_length=200)] = ""


class Parcels(BaseModel):
    """The oldest parcels of a destination, at most 200."""

    parcels: list[ParcelLine]


@bp.route("/v1/credit/parcels", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The parcels that wait for a destination, or were refused by it",
        Action.PARCEL_READ,
        query=ParcelsWanted,
        reply=Parcels,
    ),
)
def get_parcels(caller: Caller, query: ParcelsWanted) -> Parcels:
    found = parcels.list_parcels(query.destination, query.state, caller, desk())
    return Parcels(parcels=found)


@bp.route("/v1/credit/parcels/{parcel_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Fetch the records of a parcel, as they are now",
        Action.PARCEL_READ,
        query=ParcelWanted,
        reply=OpenedParcel,
    ),
)
def get_parcel(parcel_id: str, caller: Caller, query: ParcelWanted) -> OpenedParcel:
    return parcels.open_parcel(parcel_id, query.after, caller, desk())


@bp.route("/v1/credit/parcels/{parcel_id}/receipt", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Acknowledge a parcel: taken, but for the records that are refused",
        Action.PARCEL_ACKNOWLEDGE,
        Acknowledgement,
        reply=ParcelLine,
    ),
)
def post_receipt(parcel_id: str, caller: Caller, body: Acknowledgement) -> ParcelLine:
    return parcels.acknowledge(parcel_id, body, caller, desk())


@bp.route("/v1/credit/records/{record_id}/sharing", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How far a record is with each system that it is shared onward to",
        Action.RECORD_READ,
        reply=RecordSharing,
    ),
)
def get_sharing(record_id: str, caller: Caller) -> RecordSharing:
    return parcels.sharing_of(record_id, caller, desk())
