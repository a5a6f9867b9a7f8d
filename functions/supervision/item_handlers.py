"""The rules over HTTPS: add a version, try it on the past, put it in force (A4)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import Annotated, Self
from uuid import uuid4

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.http import Operation, operation
from functions.shared.matching.items import BadItems, ItemSet, parse_items
from functions.shared.trail import fingerprint
from functions.supervision.itemsets import (
    Edition,
    InForce,
    Register,
    broken,
    put_in_force,
    refuse_unusable,
    with_edition,
)
from functions.supervision.rulebooks import items_key, rulebooks
from functions.supervision.store import Store
from functions.supervision.trials import TrialOrder, TrialResult, result_key

bp = Blueprint(__name__)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemsIn(_In):
    """A whole version of the item set, as `toml` text (the form it is kept in) or as `items`."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    toml: Annotated[str, Field(max_length=2_000_000)] = ""
    items: ItemSet | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.toml) == (self.items is not None):
            raise ValueError("give either toml or items")
        return self


class RegisterTold(BaseModel):
    """All versions there are, which held or will hold when, and which holds `now`."""

    editions: tuple[Edition, ...]
    in_force: tuple[InForce, ...]
    now: InForce | None = None


class ForceIn(_In):
    """From which day (in Shanghai) the version holds; today where it is left out."""

    since: date | None = None


class TrialIn(_In):
    """Over how many of the newest registrations to try."""

    last: Annotated[int, Field(ge=1, le=200_000)] = 10_000


class TrialTold(BaseModel):
    """A trial; `result` appears when it is done."""

    id: str
    done: bool
    result: TrialResult | None = None


def _store() -> Store:
    return Store(ports.table("supervision"))


@bp.route("/v1/items", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The versions of the items, and which holds when", Action.ITEMS_READ, reply=RegisterTold
    ),
)
def get_register(caller: Caller) -> RegisterTold:
    require(caller, Action.ITEMS_READ, ANYONE, "items")
    register = _store().get_register() or Register()
    now = register.holds_on(shanghai_day(clock.now()))
    return RegisterTold(editions=register.editions, in_force=register.in_force, now=now)


@bp.route("/v1/items", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Add a version of the items", Action.ITEMS_WRITE, ItemsIn, reply=Edition, status=201),
)
def post_items(caller: Caller, body: ItemsIn) -> Edition:
    require(caller, Action.ITEMS_WRITE, ANYONE, "items")
    try:
        items = body.items or parse_items(body.toml)
    except BadItems as bad:
        raise broken(bad) from None
    now = clock.now()
    text = items.model_dump_json(exclude_defaults=True, by_alias=True)
    edition = Edition(
        version=items.version,
        digest=fingerprint(text)[:32],
        items=len(items.items),
        note=body.note,
        added_by=caller.id,
        added_at=now,
    )
    refuse_unusable(items, rulebooks().read_directory())
    _refuse_other(items)
    # The register first: of two who add one name at once, only one may write its body. Who dies
    # in between sends the version again; until then it cannot be put in force.
    change = partial(with_edition, edition=edition)
    register = _store().change_register(change, caller.id, now)
    ports.objects("config").write(items_key(items.version), text.encode())
    return (register.edition(items.version) if register else None) or edition


@bp.route("/v1/items/{version}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a version of the items", Action.ITEMS_READ, reply=ItemSet))
def get_items(version: str, caller: Caller) -> ItemSet:
    require(caller, Action.ITEMS_READ, ANYONE, "items")
    _known(version)
    return rulebooks().load(version)


@bp.route("/v1/items/{version}/force", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Put a version in force from a day", Action.ITEMS_WRITE, ForceIn, reply=Register),
)
def post_force(version: str, caller: Caller, body: ForceIn) -> Register:
    require(caller, Action.ITEMS_WRITE, ANYONE, "items")
    now = clock.now()
    today = shanghai_day(now)
    since = body.since or today
    known = (_store().get_register() or Register()).edition(version)
    if known and not rulebooks().load(version).in_force(since).items:
        raise Invalid.of("items_empty", "since")
    entry = InForce(version=version, since=since, put_by=caller.id, put_at=now)
    register = _store().change_register(
        lambda before: put_in_force(before, entry, today), caller.id, now
    )
    return register or Register()


@bp.route("/v1/items/{version}/trials", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Try a version on the newest registrations, against the version in force",
        Action.ITEMS_WRITE,
        TrialIn,
        reply=TrialTold,
        status=202,
    ),
)
def post_trial(version: str, caller: Caller, body: TrialIn) -> TrialTold:
    require(caller, Action.ITEMS_WRITE, ANYONE, "items")
    register = _known(version)
    now = clock.now()
    order = TrialOrder(
        id=uuid4().hex,
        version=version,
        against=register.version_on(shanghai_day(now)),
        last=body.last,
        ordered_by=caller.id,
        ordered_at=now,
    )
    ports.send("items-trial", order.model_dump_json())
    return TrialTold(id=order.id, done=False)


@bp.route("/v1/trials/{trial_id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a trial", Action.ITEMS_WRITE, reply=TrialTold))
def get_trial(trial_id: str, caller: Caller) -> TrialTold:
    require(caller, Action.ITEMS_WRITE, ANYONE, "trial")
    try:
        body = ports.objects("config").read(result_key(trial_id))
    except NotFound:
        return TrialTold(id=trial_id, done=False)
    return TrialTold(id=trial_id, done=True, result=TrialResult.model_validate_json(body))


def _refuse_other(items: ItemSet) -> None:
    """A version never changes, not even one that the register has forgotten."""
    with suppress(NotFound):
        if rulebooks().load(items.version) != items:
            raise Conflict.of("version_exists", "version", version=items.version)


def _known(version: str) -> Register:
    register = _store().get_register() or Register()
    if register.edition(version) is None:
        raise NotFound("version")
    return register
