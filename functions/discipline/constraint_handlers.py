"""What participants carry out, and the check at the counter (C13)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.discipline import counter, usecases
from functions.discipline.counter import CounterTold
from functions.discipline.domain import Sanction, SanctionVerb, Unit
from functions.discipline.lives import ConstraintLife, ConstraintRow, part_life, row_of
from functions.discipline.store import Store
from functions.discipline.usecases import SanctionReason, SanctionRemark
from functions.discipline.wiring import desk
from functions.shared import ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.directory import body_of
from functions.shared.http import Operation, operation
from functions.shared.paging import cursor_of, record_of

bp = Blueprint(__name__)


class ConstraintsQuery(BaseModel):
    """Whose constraints: a department's, also asked for by its units in the towns; a page `after`
    another."""

    model_config = ConfigDict(extra="forbid")

    unit: Unit
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: Annotated[str, Field(max_length=1000)] = ""


class ConstraintsTold(BaseModel):
    """A page of what a department has to do or to go on doing, the earliest due first."""

    constraints: tuple[ConstraintRow, ...]
    after: str | None = None


class CounterQuery(BaseModel):
    """Who asks, where the caller has several units."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str, Field(max_length=64)] = ""


@bp.route("/v1/constraints", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "What a department has to carry out",
        Action.CONSTRAINT_READ,
        query=ConstraintsQuery,
        reply=ConstraintsTold,
    ),
)
def get_constraints(caller: Caller, query: ConstraintsQuery) -> ConstraintsTold:
    require(caller, Action.CONSTRAINT_READ, Owner(query.unit), "unit")
    body = body_of(query.unit)
    after = record_of(query.after, "open_due", open_of=f"{body}/constraint")
    store = Store(ports.table("discipline"))
    duties, last = store.list_duties(body, limit=query.limit, after=after)
    today = desk().today
    rows = tuple(row_of(duty.told, today) for duty in duties)
    return ConstraintsTold(constraints=rows, after=cursor_of(last))


@bp.route("/v1/constraints/{constraint_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Read what a participant has to do about a subject",
        Action.CONSTRAINT_READ,
        reply=ConstraintLife,
    ),
)
def get_constraint(constraint_id: str, caller: Caller) -> ConstraintLife:
    return _told(*usecases.read_constraint(constraint_id, caller, desk()), caller)


@bp.route("/v1/constraints/{constraint_id}/receive", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Say that a constraint was received",
        Action.CONSTRAINT_EXECUTE,
        SanctionRemark,
        reply=ConstraintLife,
    ),
)
def post_receive(constraint_id: str, caller: Caller, body: SanctionRemark) -> ConstraintLife:
    return _answer(constraint_id, SanctionVerb.RECEIVE, body.note, caller)


@bp.route("/v1/constraints/{constraint_id}/execute", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Say how the measures are carried out",
        Action.CONSTRAINT_EXECUTE,
        SanctionReason,
        reply=ConstraintLife,
    ),
)
def post_execute(constraint_id: str, caller: Caller, body: SanctionReason) -> ConstraintLife:
    return _answer(constraint_id, SanctionVerb.EXECUTE, body.note, caller)


@bp.route("/v1/constraints/{constraint_id}/confirm", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Confirm that lifted measures are applied no longer",
        Action.CONSTRAINT_EXECUTE,
        SanctionRemark,
        reply=ConstraintLife,
    ),
)
def post_confirm(constraint_id: str, caller: Caller, body: SanctionRemark) -> ConstraintLife:
    return _answer(constraint_id, SanctionVerb.CONFIRM, body.note, caller)


@bp.route("/v1/counter/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Check a subject at the counter: the measures that the caller's department must apply",
        Action.COUNTER_CHECK,
        query=CounterQuery,
        reply=CounterTold,
    ),
)
def get_counter(code: str, caller: Caller, query: CounterQuery) -> CounterTold:
    return counter.check(code, query.unit, caller, desk())


def _answer(id: str, verb: SanctionVerb, note: str, caller: Caller) -> ConstraintLife:
    return _told(*usecases.answer(id, verb, note, caller, desk()), caller)


def _told(sanction: Sanction, unit: str, caller: Caller) -> ConstraintLife:
    part = sanction.part_of(unit)
    assert part  # who has none does not get here
    return part_life(sanction, part, caller, desk().today)
