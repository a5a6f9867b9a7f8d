"""Whether a caller may do something to an object, by the table of rights; closed by default (D3).

A caller holds grants, each a role in a unit (`scjg.441900106000:officer`). An action is allowed
when one grant's role has it in RULES and the object lies where RULES says. What is not allowed
looks exactly like what is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from functions.shared.errors import NotFound
from functions.shared.rights import RULES, Action, Role, Whose

__all__ = [
    "ANYONE",
    "CITY",
    "RULES",
    "Action",
    "Caller",
    "Grant",
    "Owner",
    "Role",
    "Whose",
    "allows",
    "require",
]

CITY = "city"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit. A unit reads `<body>` or `<body>.<town code>`."""

    unit: str
    role: Role

    @property
    def town(self) -> str | None:
        """The town that the unit lies in; None for a unit of the city."""
        return self.unit.partition(".")[2] or None

    @classmethod
    def parse(cls, text: str) -> Grant | None:
        """`unit:role`, or None for any other text (a token may hold foreign groups and scopes)."""
        unit, colon, role = text.rpartition(":")
        if not (colon and unit and role in set(Role)):
            return None
        return cls(unit, Role(role))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a person or a machine client, by the issuer's name for it.

    `client` is the id of a machine client, and empty for a person.
    """

    id: str
    grants: frozenset[Grant] = frozenset()
    client: str = ""

    def units(self, action: Action) -> frozenset[str]:
        """The units in which this caller may do `action` to the unit's own objects."""
        return frozenset(grant.unit for grant in self.grants if grant.role in RULES[action])

    def without(self, role: Role) -> Caller:
        """The same caller, as if it did not have that role anywhere."""
        kept = frozenset(grant for grant in self.grants if grant.role is not role)
        return replace(self, grants=kept)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an object is: the unit that has it and the town that it lies in."""

    unit: str | None = None
    town: str | None = None


ANYONE = Owner()


def allows(caller: Caller, action: Action, owner: Owner) -> bool:
    """Whether one of the caller's grants covers `action` on an object of `owner`."""
    return any(
        grant.role in RULES[action] and _covers(RULES[action][grant.role], grant, owner)
        for grant in caller.grants
    )


def require(caller: Caller, action: Action, owner: Owner, what: str) -> None:
    """Raises NotFound(`what`) where the caller may not do this: not yours looks like not there."""
    if not allows(caller, action, owner):
        raise NotFound(what)


def _covers(whose: Whose, grant: Grant, owner: Owner) -> bool:
    match whose:
        case Whose.ALL:
            return True
        case Whose.TOWN:
            return grant.town is not None and grant.town == owner.town
        case Whose.BELOW:
            unit = owner.unit or ""
            return unit == grant.unit or unit.startswith(f"{grant.unit}.")
        case Whose.OWN:
            return owner.unit == grant.unit
