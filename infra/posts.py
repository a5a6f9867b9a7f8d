"""As whom one signs in: how a post is written, and which grants it stands for."""

from __future__ import annotations

from functions.shared.authorization import Grant, Role

EVERYONE = "city"  # somebody with every post of the city itself, to look around with
SEATS = {
    Role.REGISTRAR: "exchange",
    Role.OPERATOR: "city",
    Role.RULES: "city",
    Role.OVERSIGHT: "city",
    Role.DISPATCHER: "office",
}
_OFFICE = SEATS[Role.DISPATCHER]  # and `office.TOWN` in each town


class NobodyThere(Exception):
    """No such post; the text says how one is written, or that nobody knows the unit."""


def grants_of(who: str) -> tuple[Grant, ...]:
    """The grants of `who`: `city`, `operator`, `officer:scjg.441900106000` (or its reverse).

    Raises NobodyThere.
    """
    if who == EVERYONE:
        return tuple(Grant(unit, role) for role, unit in SEATS.items())
    if who in SEATS:
        return (Grant(SEATS[Role(who)], Role(who)),)
    first, _, second = who.partition(":")
    grant = Grant.parse(who) or Grant.parse(f"{second}:{first}")
    if grant is None:
        known = ", ".join([EVERYONE, *SEATS])
        roles = ", ".join(role for role in Role if role not in SEATS)
        raise NobodyThere(f"no post {who!r}: say {known}, or ROLE:UNIT with one of {roles}")
    if not _known(grant.unit):
        raise NobodyThere(
            f"no unit {grant.unit!r}: departments stand in infra/city/departments.csv, towns in "
            "divisions.csv (scjg, scjg.TOWN; a town office is office.TOWN)"
        )
    return (grant,)


def account(who: str) -> str:
    """The one way to write `who`, which names the account: `city`, `rules`, `role:unit`."""
    if who == EVERYONE or who in SEATS:
        return who
    (grant,) = grants_of(who)
    return f"{grant.role}:{grant.unit}"


def written(grant: Grant) -> str:
    """A grant as groups and scopes name it."""
    return f"{grant.unit}:{grant.role}"


def _known(unit: str) -> bool:
    from infra.seed import directory  # which itself signs people in to their posts

    body, _, town = unit.partition(".")
    if body == _OFFICE and town:
        return town in directory().towns
    return unit in SEATS.values() or directory().knows(unit)
