"""Which unit's system calls, and whether it may: registered, within its scopes and its quota (A21).

Persons have no quota: what they may do is all in `authorization`. A machine is closed out by
default, also with a good token: its client must stand in a system's registration, which says for
which actions. Signed messages of a unit's system have the same quota, counted together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.shared import joined, rehearsal
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import SHANGHAI
from functions.shared.calls import Calls, Count
from functions.shared.errors import Fault, Forbidden, TooMany
from functions.shared.joined import Quota, System
from functions.shared.logging import log
from functions.shared.table import Ledger


@dataclass
class Visit:
    """One call while it is answered: which unit's system makes it, as soon as that is known."""

    unit: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """The table of `interfaces`, the quota of a system with which none was agreed, and what opens
    the secrets of those that sign (None: nobody who signs comes in)."""

    table: Ledger
    usual: Quota
    vault: joined.GiveVault | None = None


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


@contextmanager
def visiting() -> Iterator[Visit]:
    """Around the answering of one call."""
    visit = Visit()
    token = _visit.set(visit)
    try:
        with rehearsal.scope():
            yield visit
    finally:
        _visit.reset(token)


def admit(caller: Caller, action: Action, door: Door, now: datetime) -> None:
    """Let a machine in, for `action`.

    Raises Forbidden (`client_not_registered`, `scope_missing`) or TooMany.
    """
    system = joined.of_client(caller.client, door.table)
    if system is None:
        raise Forbidden.of("client_not_registered", "authorization", client=caller.client)
    take(system, door, now)
    if action not in system.scopes:
        raise Forbidden.of("scope_missing", "authorization", action=action, unit=system.unit)


def take(system: System, door: Door, now: datetime) -> None:
    """Count a call of a unit's system, and let it in within its quota; a rehearsal begins where the
    system is in test mode. Raises TooMany.

    One write unit; a call that is refused or fails costs another. A crash after it has counted a
    call that was not answered, which nobody misses.
    """
    visit = _visit.get()
    if visit is not None:
        visit.unit = system.unit
    count = Calls(door.table).enter(system.unit, now)
    _check(count, system.quota or door.usual, now)
    if system.test:
        rehearsal.begin()


def leave(visit: Visit, status: int, door: Door, now: datetime) -> None:
    """Count how a call was answered, where it was a system's. Raises nothing: it is answered."""
    if not visit.unit:
        return
    try:
        Calls(door.table).leave(visit.unit, status, now)
    except Exception:
        log.exception("call not counted", unit=visit.unit, status=status)


def _check(count: Count, quota: Quota, now: datetime) -> None:
    local = now.astimezone(SHANGHAI)
    if count.minute > quota.per_minute:
        fault = Fault("quota_minute", params={"most": quota.per_minute})
        raise TooMany(fault, 60 - local.second)
    if count.day > quota.per_day:
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)
        fault = Fault("quota_day", params={"most": quota.per_day})
        raise TooMany(fault, int((midnight - local).total_seconds()) + 1)
