"""Look-ups of key persons, each logged (C8). Numbers travel in bodies, never in addresses."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict

from functions.credit import persons, wiring
from functions.credit.desk import Desk
from functions.shared import ports, rehearsal
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)
_SPAN = timedelta(days=30)  # that is listed where nothing is said


class LookUpsQuery(BaseModel):
    """Of which unit (the caller's own), from which day to which (the last 30 days)."""

    model_config = ConfigDict(extra="forbid")

    unit: str | None = None
    since: date | None = None
    until: date | None = None


class LookUps(BaseModel):
    """Look-ups, oldest first."""

    look_ups: list[persons.LoggedLookUp]


class _Function:
    """`persons.Keeper`: the function that alone has the right to the key."""

    def key_of(self, look_up: str, number: str) -> str:
        return str(ports.call("credit_persons", {"look_up": look_up, "number": number})["key"])

    def number_in(self, look_up: str, record: str, field: str) -> str:
        asked = {"look_up": look_up, "record": record, "field": field}
        return str(ports.call("credit_persons", asked)["number"])


@bp.route("/v1/credit/persons/look-ups", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Look up a key person by the number; logged, with its purpose",
        Action.PERSON_LOOK_UP,
        persons.LookUpIn,
        reply=persons.Person,
    ),
)
def post_look_up(caller: Caller, body: persons.LookUpIn) -> persons.Person:
    return persons.look_up_person(body, uuid4().hex[:12], caller, _desk(), _Function())


@bp.route("/v1/credit/persons/reveal", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Open one number of a person just looked up; logged, with its purpose",
        Action.PERSON_REVEAL,
        persons.RevealIn,
        reply=persons.Revealed,
    ),
)
def post_reveal(caller: Caller, body: persons.RevealIn) -> persons.Revealed:
    return persons.reveal_number(body, uuid4().hex[:12], caller, _desk(), _Function())


@bp.route("/v1/credit/persons/look-ups", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The look-ups of a unit: who, when, why, and whether there was anybody",
        Action.LOOK_UP_READ,
        query=LookUpsQuery,
        reply=LookUps,
    ),
)
def get_look_ups(caller: Caller, query: LookUpsQuery) -> LookUps:
    desk = wiring.desk()
    until = query.until or shanghai_day(desk.now)
    since = query.since or max(until, date.min + _SPAN) - _SPAN
    found = persons.list_look_ups(query.unit, since, until, caller, desk)
    return LookUps(look_ups=found)


def _desk() -> Desk:
    """Of a system in test mode nothing is kept, the log neither: it looks up nobody."""
    if rehearsal.is_on():
        raise Conflict.of("person_in_test")
    return wiring.desk()
