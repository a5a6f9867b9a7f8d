"""Interfaces over HTTPS: joining with a system, and the console's data about it (A21, A22)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.interfaces import joining, usecases
from functions.interfaces.addresses import checked
from functions.interfaces.console import CallsTold, WaitingTold, calls_of, waiting_of
from functions.interfaces.delivery_handlers import DeliveryTold, told
from functions.interfaces.desk import Desk
from functions.interfaces.domain import EventType
from functions.interfaces.joining import Agreed, Joining
from functions.interfaces.sending import start
from functions.interfaces.store import Store
from functions.shared import clock, ports, systems
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import SHANGHAI
from functions.shared.calls import Calls, Hour
from functions.shared.directory import is_unit, read_directory
from functions.shared.errors import Invalid
from functions.shared.http import Operation, operation
from functions.shared.joined import Quota, System, SystemState
from functions.shared.settings import settings
from functions.shared.signatures import new_secret

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SystemIn(_In):
    """Where a unit's events go (nowhere, where it only pulls), which types of them (none: all), and
    whether it only tests.

    `client`, `scopes` and `quota` an operator alone sets, and what is left out stays: the client id
    that its machine has at the identity provider (empty: none any more), the actions that this may
    do, and how often.
    """

    url: Annotated[str, StringConstraints(max_length=500)] = ""
    types: Annotated[tuple[EventType, ...], Field(max_length=len(EventType))] = ()
    test: bool = False
    client: Annotated[str, StringConstraints(max_length=200, pattern=r"^[\w.@:/+-]*$")] | None = (
        None
    )
    scopes: Annotated[tuple[Action, ...], Field(max_length=len(Action))] | None = None
    quota: Quota | None = None


class SystemTold(BaseModel):
    """A unit's system; `secret` (Standard Webhooks) is shown this once, when it was made.

    `valid_secrets` says how many are valid now: two for a while after a rotation. `quota` is what
    holds, `usual` whether nothing else was agreed. `resting_until`: nothing is posted before, since
    the endpoint has not answered lately. `may`: what the caller may do with it now.
    """

    unit: str
    url: str
    types: list[EventType]
    state: SystemState
    test: bool
    client: str | None = None
    scopes: list[Action]
    quota: Quota
    usual: bool
    valid_secrets: int
    secret: str | None = None
    resting_until: AwareDatetime | None = None
    joined_at: AwareDatetime
    changed_at: AwareDatetime
    may: tuple[str, ...] = ()


class SystemsQuery(_In):
    """Of which unit (none: of all that are yours), and after which, in their order."""

    unit: Annotated[str, StringConstraints(max_length=40)] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: str = ""


class SystemOverview(BaseModel):
    """A unit's system at a glance: its calls of today, and what waits for it."""

    system: SystemTold
    today: CallsTold
    queue: WaitingTold


class SystemsTold(BaseModel):
    """A page of systems by their units; `after` asks for the next. `all`: they are everybody's, and
    the caller may join for any unit."""

    systems: list[SystemOverview]
    after: str | None = None
    all: bool = False


class CallsQuery(_In):
    """Of which day (Shanghai); none: of today."""

    day: date | None = None


class HourTold(BaseModel):
    """The calls of one hour, and how many of them were refused or failed."""

    hour: int
    calls: int
    refused: int
    failed: int


class DayTold(BaseModel):
    """The calls of a unit's system on one day, and by hour."""

    unit: str
    day: date
    total: CallsTold
    hours: list[HourTold]


class RotationQuery(_In):
    """For how many hours the present secret stays valid: 0 where it has leaked. `changed_at`: as
    the system was read; where it has changed since, it keeps its secret, so that sent twice this
    counts once."""

    keep_hours: Annotated[int, Field(ge=0, le=168)] = 24
    changed_at: AwareDatetime | None = None


def _store() -> Store:
    return Store(ports.table("interfaces"), systems.vault)


def _desk() -> Desk:
    return Desk(_store(), clock.now())


@bp.route("/v1/systems", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Systems that have joined, their calls and what waits for them",
        Action.SYSTEM_JOIN,
        query=SystemsQuery,
        reply=SystemsTold,
    ),
)
def get_systems(caller: Caller, query: SystemsQuery) -> SystemsTold:
    desk, store = _desk(), _store()
    if query.unit:
        found = [joining.read_system(query.unit, caller, desk)]
        return SystemsTold(systems=[_overview(one, store, desk, caller) for one in found])
    units = [one for one in joining.list_mine(caller, store.list_units) if one > query.after]
    page = units[: query.limit]
    stored = store.systems.get_many(page)
    shown = [_overview(stored[unit].value, store, desk, caller) for unit in page if unit in stored]
    after = page[-1] if len(units) > len(page) else None
    return SystemsTold(systems=shown, after=after, all=joining.operates(caller))


@bp.route("/v1/systems/{unit}", methods=["PUT"], authorizer=signed_in)
@operation(
    bp,
    Operation("Join with a unit's own system", Action.SYSTEM_JOIN, SystemIn, reply=SystemTold),
)
def put_system(unit: str, caller: Caller, body: SystemIn) -> SystemTold:
    joining.check_unit(unit, caller)
    if not is_unit(unit, read_directory(ports.objects("config").read)):
        raise Invalid.of("unit_unknown", "unit", unit=unit)
    if body.url:
        checked(body.url, private=settings().private_webhooks)
    agreed = Agreed(body.client, body.scopes, body.quota)
    wanted = Joining(body.url, body.types, new_secret(), body.test, agreed)
    desk = _desk()
    system, secret = joining.join_system(unit, wanted, caller, desk)
    return _system(system, desk, caller, secret)


@bp.route("/v1/systems/{unit}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a unit's own system", Action.SYSTEM_JOIN, reply=SystemTold))
def get_system(unit: str, caller: Caller) -> SystemTold:
    desk = _desk()
    return _system(joining.read_system(unit, caller, desk), desk, caller)


@bp.route("/v1/systems/{unit}", methods=["DELETE"], authorizer=signed_in)
@operation(bp, Operation("Part with a unit's own system", Action.SYSTEM_JOIN, reply=SystemTold))
def delete_system(unit: str, caller: Caller) -> SystemTold:
    desk = _desk()
    return _system(joining.close_system(unit, caller, desk), desk, caller)


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
    system = joining.rotate_secret(unit, secret, keep, caller, desk, query.changed_at)
    return _system(system, desk, caller, secret)


@bp.route("/v1/systems/{unit}/test", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Deliver a test to a unit's own system", Action.SYSTEM_JOIN, reply=DeliveryTold, status=202
    ),
)
def post_test(unit: str, caller: Caller) -> DeliveryTold:
    return told(usecases.try_system(unit, caller, _desk(), start))


@bp.route("/v1/systems/{unit}/calls", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "What a unit's own system called on a day",
        Action.SYSTEM_JOIN,
        query=CallsQuery,
        reply=DayTold,
    ),
)
def get_calls(unit: str, caller: Caller, query: CallsQuery) -> DayTold:
    joining.read_system(unit, caller, _desk())
    day = query.day or _today()
    hours = Calls(ports.table("interfaces")).list_hours(unit, day)
    return DayTold(unit=unit, day=day, total=calls_of(day, hours), hours=list(map(_hour, hours)))


def _today() -> date:
    """By the clock on the wall, by which quotas are counted, however fast the city runs."""
    return clock.real_now().astimezone(SHANGHAI).date()


def _hour(hour: Hour) -> HourTold:
    return HourTold(hour=hour.hour, calls=hour.calls, refused=hour.refused, failed=hour.failed)


def _overview(system: System, store: Store, desk: Desk, caller: Caller) -> SystemOverview:
    today = _today()
    hours = Calls(ports.table("interfaces")).list_hours(system.unit, today)
    return SystemOverview(
        system=_system(system, desk, caller),
        today=calls_of(today, hours),
        queue=waiting_of(system.unit, store),
    )


def _system(system: System, desk: Desk, caller: Caller, secret: str | None = None) -> SystemTold:
    found = usecases.line_of(system, desk)
    line = found.value if found and found.value.resting(desk.now) else None
    return SystemTold(
        unit=system.unit,
        url=system.url,
        types=[EventType(one) for one in system.types],
        state=system.state,
        test=system.test,
        client=system.client,
        scopes=list(system.scopes),
        quota=system.quota or systems.door().usual,
        usual=system.quota is None,
        valid_secrets=len(system.valid_secrets(desk.now)),
        secret=secret,
        resting_until=line.rests_until if line else None,
        joined_at=system.joined_at,
        changed_at=system.changed_at,
        may=joining.may(system, caller),
    )
