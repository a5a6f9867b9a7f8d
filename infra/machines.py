"""The city's own machine clients, registered like everybody's: the registrar's and the operator's.

The first operator cannot register itself over the API, so whoever provides the stage does it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from functions.interfaces.desk import Desk
from functions.interfaces.domain import EventType
from functions.interfaces.joining import Agreed, Joining, join_system
from functions.interfaces.store import Store
from functions.shared.authorization import RULES, Action, Caller, Grant, Role
from functions.shared.joined import GiveVault, Quota, SystemState
from functions.shared.signatures import new_secret
from functions.shared.table import Table
from infra.posts import SEATS

_OUTPUTS = {Role.REGISTRAR: "RegistrarClientId", Role.OPERATOR: "OperatorClientId"}
_OURS = Quota(
    per_minute=6_000, per_day=2_000_000
)  # a registry's whole export is thousands of calls
_US = Caller("deploy", frozenset({Grant(SEATS[Role.OPERATOR], Role.OPERATOR)}))


def enrol(outputs: Mapping[str, str], table: Table, now: datetime, vault: GiveVault) -> list[str]:
    """Let the clients that `outputs` of the foundation name do what their roles may; their units.

    What somebody has registered for these units besides (an address, a quota) stays; repeated, it
    writes nothing. A stage with an issuer of its own has no such clients.
    """
    named = {role: outputs[name] for role, name in _OUTPUTS.items() if outputs.get(name)}
    for role, client in named.items():
        _enrol(role, client, Store(table, vault), now)
    return [SEATS[role] for role in named]


def scopes_of(role: Role) -> tuple[Action, ...]:
    """All that a role may do."""
    return tuple(action for action in Action if role in RULES[action])


def _enrol(role: Role, client: str, store: Store, now: datetime) -> None:
    unit = SEATS[role]
    found = store.systems.get(unit)
    kept = found.value if found and found.value.state is not SystemState.CLOSED else None
    joining = Joining(
        url=kept.url if kept else "",
        types=tuple(EventType(one) for one in kept.types) if kept else (),
        test=kept.test if kept else False,
        secret=new_secret(),
        agreed=Agreed(client, scopes_of(role), kept.quota if kept and kept.quota else _OURS),
    )
    if kept and (kept.client, kept.scopes) == (client, joining.agreed.scopes):
        return
    join_system(unit, joining, _US, Desk(store, now))
