"""Objections and repairs over HTTPS (C11)."""

from __future__ import annotations

from datetime import date

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.credit import disputes
from functions.credit.desk import Desk
from functions.credit.dispute_allowing import may_now
from functions.credit.disputes import Answer, DisputeDecision, Said
from functions.credit.disputing import Dispute, DisputeStep, DisputeVerb, Outcome
from functions.credit.filing import Filing, file_dispute
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, Role, allows
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold, Light, light
from functions.shared.events.credit import DisputeKind, DisputeState
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class DisputesWanted(BaseModel):
    """Whose: a unit that must act, or an entity by its code."""

    model_config = ConfigDict(extra="forbid")

    unit: str


class DisputeLife(BaseModel):
    """An objection or a repair with its whole life. `by` of a step is the caller's own, or shown to
    officials only; `may` is what the caller may do about it now."""

    id: str
    kind: DisputeKind
    state: DisputeState
    record: str
    subject: str
    name: str
    item: str
    title: str
    source: str
    ground: str
    commitment: str = ""
    duties_done_on: date | None = None
    attachments: tuple[str, ...] = ()
    rules: str
    unit: str
    clocks: tuple[ClockTold, ...] = ()
    light: Light
    outcome: Outcome | None = None
    steps: tuple[DisputeStep, ...]
    filed_at: AwareDatetime
    changed_at: AwareDatetime
    may: tuple[DisputeVerb, ...] = ()


class Disputes(BaseModel):
    """Disputes, at most 200."""

    disputes: list[DisputeLife]


def _life(dispute: Dispute, caller: Caller, now: Desk) -> DisputeLife:
    officials = caller.without(Role.ENTITY)
    units = (Owner(unit) for unit in dispute.units)
    inside = any(allows(officials, Action.DISPUTE_READ, owner) for owner in units)
    steps = (
        one if inside or one.by == caller.id else one.model_copy(update={"by": ""})
        for one in dispute.steps
    )
    same = DisputeLife.model_fields.keys() - {"light", "steps", "may"}
    today = shanghai_day(now.now)
    return DisputeLife(
        light=light(dispute.clocks, today),
        may=may_now(dispute, caller, today),
        steps=tuple(steps),
        **{name: getattr(dispute, name) for name in same},
    )


@bp.route("/v1/credit/records/{record_id}/disputes", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Object to a record, or ask that it be repaired",
        Action.DISPUTE_FILE,
        Filing,
        reply=DisputeLife,
        status=201,
    ),
)
def post_dispute(record_id: str, caller: Caller, body: Filing) -> DisputeLife:
    now = desk()
    return _life(file_dispute(record_id, body, caller, now), caller, now)


@bp.route("/v1/credit/disputes", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The disputes that wait for a unit, or all of an entity's own",
        Action.DISPUTE_READ,
        query=DisputesWanted,
        reply=Disputes,
    ),
)
def get_disputes(caller: Caller, query: DisputesWanted) -> Disputes:
    now = desk()
    found = disputes.list_disputes(query.unit, caller, now)
    return Disputes(disputes=[_life(one, caller, now) for one in found])


@bp.route("/v1/credit/disputes/{dispute_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("Read a dispute with its whole life", Action.DISPUTE_READ, reply=DisputeLife),
)
def get_dispute(dispute_id: str, caller: Caller) -> DisputeLife:
    now = desk()
    return _life(disputes.read_dispute(dispute_id, caller, now), caller, now)


@bp.route("/v1/credit/disputes/{dispute_id}/ask", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Ask the source whether its record stands",
        Action.DISPUTE_DECIDE,
        Said,
        reply=DisputeLife,
    ),
)
def post_ask(dispute_id: str, caller: Caller, body: Said) -> DisputeLife:
    now = desk()
    return _life(disputes.ask_source(dispute_id, body, caller, now), caller, now)


@bp.route("/v1/credit/disputes/{dispute_id}/answer", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Answer whether a record stands, or take more time, once",
        Action.DISPUTE_ANSWER,
        Answer,
        reply=DisputeLife,
    ),
)
def post_answer(dispute_id: str, caller: Caller, body: Answer) -> DisputeLife:
    now = desk()
    return _life(disputes.answer(dispute_id, body, caller, now), caller, now)


@bp.route("/v1/credit/disputes/{dispute_id}/decide", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Uphold or refuse a dispute; the record follows at once",
        Action.DISPUTE_DECIDE,
        DisputeDecision,
        reply=DisputeLife,
    ),
)
def post_decide(dispute_id: str, caller: Caller, body: DisputeDecision) -> DisputeLife:
    now = desk()
    return _life(disputes.decide(dispute_id, body, caller, now), caller, now)


@bp.route("/v1/credit/disputes/{dispute_id}/close", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Give a dispute up", Action.DISPUTE_FILE, Said, reply=DisputeLife),
)
def post_close(dispute_id: str, caller: Caller, body: Said) -> DisputeLife:
    now = desk()
    return _life(disputes.close(dispute_id, body, caller, now), caller, now)
