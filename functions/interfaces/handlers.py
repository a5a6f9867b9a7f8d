"""Interfaces over HTTPS: joining with a system, and the console's data (A21, A22)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.interfaces import usecases
from functions.interfaces.addresses import checked
from functions.interfaces.domain import Attempt, Delivery, EventType, State
from functions.interfaces.failures import MOST_AGAIN, Pile, list_failures, redrive
from functions.interfaces.letters import SqsLetters
from functions.interfaces.sending import send
from functions.interfaces.store import Store, partition
from functions.interfaces.usecases import Desk, Joining
from functions.shared import aws, clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.http import Operation, operation
from functions.shared.joined import System, SystemState
from functions.shared.paging import cursor_of, record_of
from functions.shared.settings import settings
from functions.shared.signatures import new_secret

bp = Blueprint(__name__)
_MOST_READS = 20  # pages that one filtered request may read


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SystemIn(_In):
    """Where a unit's events go, and which types of them (none: all)."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=500)]
    types: Annotated[tuple[EventType, ...], Field(max_length=len(EventType))] = ()


class SystemTold(BaseModel):
    """A unit's system; `secret` (Standard Webhooks) is shown this once, when it was made.

    `valid_secrets` says how many are valid now: two for a while after a rotation.
    """

    unit: str
    url: str
    types: list[EventType]
    state: SystemState
    valid_secrets: int
    secret: str | None = None
    joined_at: AwareDatetime
    changed_at: AwareDatetime


class RotationQuery(_In):
    """For how many hours the present secret stays valid: 0 where it has leaked."""

    keep_hours: Annotated[int, Field(ge=0, le=168)] = 24


class DeliveriesQuery(_In):
    """Whose deliveries, and in which state."""

    unit: str
    state: State | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str = ""


class DeliveryTold(BaseModel):
    """One event on its way to a unit's system, with its latest attempts."""

    id: str
    type: EventType
    subject: str
    sequence: int
    state: State
    tried: int
    planned_at: AwareDatetime
    due_at: AwareDatetime | None = None
    attempts: list[Attempt]


class DeliveriesTold(BaseModel):
    """A page of a unit's deliveries, oldest first."""

    unit: str
    deliveries: list[DeliveryTold]
    after: str | None = None


class FailuresQuery(_In):
    """Of which queue (none: of all), and how many messages of each."""

    queue: str | None = None
    most: Annotated[int, Field(ge=1, le=100)] = 10


class FailuresTold(BaseModel):
    """What lies in the dead-letter queues and what is parked."""

    failures: list[Pile]


class RedriveIn(_In):
    """What lies for `queue` is sent again, at most `most` messages of it."""

    queue: str
    most: Annotated[int, Field(ge=1, le=MOST_AGAIN)] = MOST_AGAIN


class RedriveTold(BaseModel):
    """How many messages were sent again."""

    queue: str
    moved: int


def _store() -> Store:
    return Store(ports.table("interfaces"))


def _desk() -> Desk:
    store = _store()
    return Desk(store.systems, store.deliveries, clock.now())


def _letters() -> SqsLetters:
    return SqsLetters(aws.sqs(), aws.queue_url)


@bp.route("/v1/systems/{unit}", methods=["PUT"], authorizer=signed_in)
@operation(
    bp,
    Operation("Join with a unit's own system", Action.SYSTEM_JOIN, SystemIn, reply=SystemTold),
)
def put_system(unit: str, caller: Caller, body: SystemIn) -> SystemTold:
    usecases.check_unit(unit, caller)
    checked(body.url, private=settings().private_webhooks)
    joining = Joining(body.url, body.types, new_secret())
    desk = _desk()
    system, secret = usecases.join_system(unit, joining, caller, desk)
    return _system(system, desk, secret)


@bp.route("/v1/systems/{unit}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a unit's own system", Action.SYSTEM_JOIN, reply=SystemTold))
def get_system(unit: str, caller: Caller) -> SystemTold:
    desk = _desk()
    return _system(usecases.read_system(unit, caller, desk), desk)


@bp.route("/v1/systems/{unit}", methods=["DELETE"], authorizer=signed_in)
@operation(bp, Operation("Part with a unit's own system", Action.SYSTEM_JOIN, reply=SystemTold))
def delete_system(unit: str, caller: Caller) -> SystemTold:
    desk = _desk()
    return _system(usecases.close_system(unit, caller, desk), desk)


@bp.route("/v1/systems/{unit}/secret", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Give a unit's own system a new secret",
        Action.SYSTEM_JOIN,
        query=RotationQuery,
        reply=SystemTold,
    ),
)
def post_secret(unit: str, caller: Caller, query: RotationQuery) -> SystemTold:
    desk, secret = _desk(), new_secret()
    keep = timedelta(hours=query.keep_hours)
    return _system(usecases.rotate_secret(unit, secret, keep, caller, desk), desk, secret)


@bp.route("/v1/deliveries", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Deliveries to a unit's own system",
        Action.SYSTEM_JOIN,
        query=DeliveriesQuery,
        reply=DeliveriesTold,
    ),
)
def get_deliveries(caller: Caller, query: DeliveriesQuery) -> DeliveriesTold:
    require(caller, Action.SYSTEM_JOIN, Owner(query.unit), "deliveries")
    store, after = _store(), record_of(query.after, pk=partition(query.unit))
    found: list[Delivery] = []
    for _ in range(_MOST_READS):
        page = store.list_by_unit(query.unit, limit=query.limit - len(found), after=after)
        found += [one for one in store.read(page) if query.state in (None, one.state)]
        after = page.after
        if after is None or len(found) >= query.limit:
            break
    told = [_delivery(one) for one in found]
    return DeliveriesTold(unit=query.unit, deliveries=told, after=cursor_of(after))


@bp.route("/v1/deliveries/{delivery}/replay", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Deliver an event once more", Action.SYSTEM_JOIN, reply=DeliveryTold))
def post_replay(delivery: str, caller: Caller) -> DeliveryTold:
    return _delivery(usecases.replay(delivery, caller, _desk(), send))


@bp.route("/v1/failures", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "What could not be handled or told",
        Action.FAILURES_READ,
        query=FailuresQuery,
        reply=FailuresTold,
    ),
)
def get_failures(caller: Caller, query: FailuresQuery) -> FailuresTold:
    return FailuresTold(failures=list_failures(query.queue, query.most, caller, _letters()))


@bp.route("/v1/redrive", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Send what failed again", Action.REDRIVE, RedriveIn, reply=RedriveTold))
def post_redrive(caller: Caller, body: RedriveIn) -> RedriveTold:
    moved = redrive(body.queue, body.most, caller, _letters())
    return RedriveTold(queue=body.queue, moved=moved)


def _system(system: System, desk: Desk, secret: str | None = None) -> SystemTold:
    return SystemTold(
        unit=system.unit,
        url=system.url,
        types=[EventType(one) for one in system.types],
        state=system.state,
        valid_secrets=len(system.valid_secrets(desk.now)),
        secret=secret,
        joined_at=system.joined_at,
        changed_at=system.changed_at,
    )


def _delivery(delivery: Delivery) -> DeliveryTold:
    shown = {name: getattr(delivery, name) for name in DeliveryTold.model_fields}
    if delivery.state is not State.PENDING:
        shown["due_at"] = None
    return DeliveryTold(**shown)
