"""A unit joins with its own system, changes it, leaves: by registration, not by code (A21)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.interfaces.desk import Desk
from functions.interfaces.domain import EventType
from functions.shared.authorization import ANYONE, Action, Caller, Owner, allows, require
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.joined import Client, Quota, Secret, System, SystemState

# A department (`scjg`), its unit or an office in a town (`scjg.441900106000`), or a village's code.
_UNIT = re.compile(r"[a-z][a-z0-9]{1,15}(\.\d{12})?|\d{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What an operator agrees with a unit about its calls; None: as it was.

    An empty `client` takes the machine client away.
    """

    client: str | None = None
    scopes: tuple[Action, ...] | None = None
    quota: Quota | None = None

    def given(self) -> dict[str, Any]:
        """What of it is given."""
        every = {"client": self.client, "scopes": self.scopes, "quota": self.quota}
        return {name: value for name, value in every.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Joining:
    """With what a unit joins: the checked address of its webhook (empty: it only pulls), the types
    it wants (none: all), whether it only tests, and a secret for the case that it needs one."""

    url: str
    types: tuple[EventType, ...]
    secret: str
    test: bool = False
    agreed: Agreed = Agreed()


def check_unit(unit: str, caller: Caller) -> None:
    """Raises NotFound where the caller may not join for `unit`, Invalid where it cannot be one."""
    _require(unit, caller)
    if not _UNIT.fullmatch(unit):
        raise Invalid.of("unit_form", "unit")


def join_system(
    unit: str, joining: Joining, caller: Caller, desk: Desk
) -> tuple[System, str | None]:
    """Join with a unit's own system, or change where and what it is told; also after a 410.

    The secret comes with the first joining (also a new one after leaving) and never again. Raises
    Invalid where anybody but an operator would agree on calls, Conflict for another unit's client.
    The client is claimed first, and counts once the system names it: a crash in between admits
    nobody.
    """
    check_unit(unit, caller)
    agreed = joining.agreed.given()
    if agreed and not operates(caller):
        raise Invalid.all(Fault("operators_only", name) for name in agreed)
    if joining.agreed.client:
        _claim(joining.agreed.client, unit, caller, desk)
    if "client" in agreed:
        agreed["client"] = agreed["client"] or None

    def joined(before: System | None) -> System:
        told = {"url": joining.url, "types": joining.types, "test": joining.test, **agreed}
        if before is None or before.state is SystemState.CLOSED:
            secrets = (Secret(value=joining.secret),)
            times = {"joined_at": desk.now, "changed_at": desk.now}
            return System(unit=unit, secrets=secrets, **told, **times)
        change = {**told, "state": SystemState.ENABLED}
        if all(getattr(before, name) == value for name, value in change.items()):
            return before
        return before.model_copy(update={**change, "changed_at": desk.now})

    system = desk.records.systems.change(unit, joined, by=caller.id, now=desk.now)
    assert system is not None  # `joined` never gives None
    # Whoever joins says that somebody is there: what waits goes out by the next sweep.
    desk.records.lines.change(unit, lambda line: line and line.well(), by=caller.id, now=desk.now)
    return system, joining.secret if system.secrets[0].value == joining.secret else None


def read_system(unit: str, caller: Caller, desk: Desk) -> System:
    """A unit's system; raises NotFound where there is none of the caller's."""
    _require(unit, caller)
    found = desk.records.systems.get(unit)
    if found is None:
        raise NotFound("system")
    return found.value


def close_system(unit: str, caller: Caller, desk: Desk) -> System:
    """Part with a unit's system: nothing goes there, nothing is taken from it; the record stays."""
    present = read_system(unit, caller, desk)
    change = {"state": SystemState.CLOSED, "changed_at": desk.now}

    def closed(before: System | None) -> System | None:
        if before is None or before.state is SystemState.CLOSED:
            return None
        return before.model_copy(update=change)

    return desk.records.systems.change(unit, closed, by=caller.id, now=desk.now) or present


def rotate_secret(
    unit: str,
    secret: str,
    keep: timedelta,
    caller: Caller,
    desk: Desk,
    seen: datetime | None = None,
) -> System:
    """Give a unit's system a new secret; the present one stays valid for `keep` (none: it leaked).

    An older one than the present ends at once: sent twice, a rotation would end the secret that was
    to stay. Raises Conflict where the system has left, or has changed since it was `seen`.
    """
    if read_system(unit, caller, desk).state is SystemState.CLOSED:
        raise Conflict.of("system_closed", "unit")

    def rotated(before: System | None) -> System | None:
        halfway = before and before.secrets[0].value == secret
        if before and seen and not halfway and before.changed_at != seen:
            raise Conflict.of("system_changed", "unit")
        return before.rotated(secret, keep=keep, now=desk.now) if before else None

    system = desk.records.systems.change(unit, rotated, by=caller.id, now=desk.now)
    assert system is not None  # systems are never deleted
    return system


def list_mine(caller: Caller, list_all: Callable[[], list[str]]) -> list[str]:
    """The units whose systems the caller may see, in order; raises NotFound where there is none."""
    units = list_all() if operates(caller) else list(caller.units(Action.SYSTEM_JOIN))
    if not units and not operates(caller):
        raise NotFound("systems")
    return sorted(units)


def may(system: System, caller: Caller) -> tuple[str, ...]:
    """What the caller may do with a system of his now: `join` is to change it, or to come back, and
    `agree` to say how it may call."""
    verbs = ["join", "agree"] if operates(caller) else ["join"]
    if system.state is SystemState.CLOSED:
        return tuple(verbs)
    verbs += ["rotate", "part"]
    if system.state is SystemState.ENABLED and system.url:
        verbs += ["test"] if system.test else ["test", "replay"]
    return tuple(verbs)


def operates(caller: Caller) -> bool:
    """Whether the caller looks after everybody's systems."""
    return allows(caller, Action.SYSTEM_JOIN, ANYONE)


def _require(unit: str, caller: Caller) -> None:
    require(caller, Action.SYSTEM_JOIN, Owner(unit), "system")


def _claim(client: str, unit: str, caller: Caller, desk: Desk) -> None:
    """One client belongs to one unit: to the one that claimed it last, unless another's system
    names it already."""

    def claimed(before: Client | None) -> Client:
        if before and before.unit != unit:
            holder = desk.records.systems.get(before.unit)
            left = holder is None or holder.value.state is SystemState.CLOSED
            if not left and holder and holder.value.client == client:
                raise Conflict.of("client_taken", "client", client=client, unit=before.unit)
        return Client(id=client, unit=unit)

    desk.records.clients.change(client, claimed, by=caller.id, now=desk.now)
