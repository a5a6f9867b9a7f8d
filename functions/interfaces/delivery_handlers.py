"""Deliveries over HTTPS: the console's list, replays of one and of many, what failed (A22)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.interfaces import replaying, usecases
from functions.interfaces.desk import Desk
from functions.interfaces.domain import Attempt, Delivery, EventType, State, mark
from functions.interfaces.failures import MOST_AGAIN, Pile, list_failures, redrive
from functions.interfaces.letters import SqsLetters
from functions.interfaces.replays import Replay, Which
from functions.interfaces.sending import send, send_replay
from functions.interfaces.store import Store, partition
from functions.shared import aws, clock, ports, rehearsal
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import Conflict
from functions.shared.http import Operation, operation
from functions.shared.paging import cursor_of, record_of

bp = Blueprint(__name__)
_MOST_READS = 20  # pages that one filtered request may read
_LONGEST_UNIT = 40

UnitName = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_UNIT)]
Since = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DeliveriesQuery(_In):
    """Whose deliveries: in which state, of which type of events, and of what happened since when
    (to the second)."""

    unit: UnitName
    state: State | None = None
    type: EventType | None = None
    since: Since | None = None
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
    """A page of a unit's deliveries, oldest first. None is there before its first attempt, unless
    it waits for an endpoint that rests."""

    unit: str
    deliveries: list[DeliveryTold]
    after: str | None = None


class ReplayIn(_In):
    """What happened since when is delivered to a unit's system again, by the deliveries' state.

    The same `ref` asks once, however often it is sent; without one every request is another.
    """

    unit: UnitName
    since: Since
    state: Which = Which.PARKED
    ref: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None


class ReplayTold(BaseModel):
    """How far a replay is: deliveries that it looked at, and those that it put on their way."""

    id: str
    unit: str
    since: AwareDatetime
    state: Which
    asked_at: AwareDatetime
    looked: int
    sent: int
    done: bool


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
    return Desk(_store(), clock.now())


def _letters() -> SqsLetters:
    return SqsLetters(aws.sqs(), aws.queue_url)


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
    since = mark(query.unit, query.since) if query.since else ""
    found: list[Delivery] = []
    for _ in range(_MOST_READS):
        left = query.limit - len(found)
        page = store.list_by_unit(query.unit, limit=left, since=since, after=after)
        found += [one for one in store.read(page) if _asked(one, query)]
        after = page.after
        if after is None or len(found) >= query.limit:
            break
    shown = [told(one) for one in found]
    return DeliveriesTold(unit=query.unit, deliveries=shown, after=cursor_of(after))


@bp.route("/v1/deliveries/{delivery}/replay", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Deliver an event once more", Action.SYSTEM_JOIN, reply=DeliveryTold))
def post_replay(delivery: str, caller: Caller) -> DeliveryTold:
    return told(usecases.replay(delivery, caller, _desk(), send))


@bp.route("/v1/deliveries/replay", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Deliver everything since an instant once more",
        Action.SYSTEM_JOIN,
        ReplayIn,
        reply=ReplayTold,
        status=202,
    ),
)
def post_replay_of_many(caller: Caller, body: ReplayIn) -> ReplayTold:
    asked = replaying.Asked(body.unit, body.since, body.state, body.ref or uuid4().hex)
    return _replay(replaying.ask_replay(asked, caller, _desk(), lambda one: send_replay(one.id)))


@bp.route("/v1/replays/{replay}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("How far a replay is", Action.SYSTEM_JOIN, reply=ReplayTold))
def get_replay(replay: str, caller: Caller) -> ReplayTold:
    return _replay(replaying.read_replay(replay, caller, _desk()))


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
    if rehearsal.is_on():  # what is moved from queue to queue cannot be kept in memory
        raise Conflict.of("not_in_test_mode")
    moved = redrive(body.queue, body.most, caller, _letters())
    return RedriveTold(queue=body.queue, moved=moved)


def told(delivery: Delivery) -> DeliveryTold:
    """A delivery as the console shows it."""
    shown = {name: getattr(delivery, name) for name in DeliveryTold.model_fields}
    if delivery.state is not State.PENDING:
        shown["due_at"] = None
    return DeliveryTold(**shown)


def _asked(delivery: Delivery, query: DeliveriesQuery) -> bool:
    return query.state in (None, delivery.state) and query.type in (None, delivery.type)


def _replay(replay: Replay) -> ReplayTold:
    return ReplayTold(**{name: getattr(replay, name) for name in ReplayTold.model_fields})
