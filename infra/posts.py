"""As whom one signs in: how a post is written, and which grants it stands for."""

from __future__ import annotations

from functions.shared.authorization import Grant, Role
from functions.shared.codes import parse_code
from functions.shared.directory import CREDIT, DESTINATIONS, GRID, OVERSIGHT
from functions.shared.errors import Invalid
from infra.city.roster import villages
from infra.city.whoswho import directory

EVERYONE = "city"  # somebody with every post of the city itself, to look around with
SEATS = {
    Role.REGISTRAR: "exchange",
    Role.OPERATOR: "city",
    Role.RULES: "city",
    Role.OVERSIGHT: OVERSIGHT,
    Role.DISPATCHER: "office",
    Role.CREDIT: CREDIT,
}
_OFFICE = SEATS[Role.DISPATCHER]  # and `office.TOWN` in each town
_OF_VILLAGES = (Role.VILLAGE, Role.INSPECTOR)


class NobodyThere(Exception):
    """No such post; the text says how one is written, or that nobody knows the unit."""


def grants_of(who: str) -> tuple[Grant, ...]:
    """The grants of `who`: `city`, `operator`, `officer:scjg.441900106000` (or its reverse),
    `officer:scjg.441900106000#2` for another person at the same post, `village:441900106001` and
    `inspector:441900106001` for a village's people, `source:scjg` for the system of a department
    that hands in credit rows, `entity:CODE` for an entity, `destination:creditcity` for a system
    that takes parcels.

    Raises NobodyThere.
    """
    post, _ = _parted(who)
    if post == EVERYONE:
        return tuple(Grant(unit, role) for role, unit in SEATS.items())
    if post in SEATS:
        return (Grant(SEATS[Role(post)], Role(post)),)
    first, _, second = post.partition(":")
    grant = Grant.parse(post) or Grant.parse(f"{second}:{first}")
    if grant is None:
        known = ", ".join([EVERYONE, *SEATS])
        roles = ", ".join(role for role in Role if role not in SEATS)
        raise NobodyThere(f"no post {who!r}: say {known}, or ROLE:UNIT with one of {roles}")
    if not _known(grant):
        raise NobodyThere(
            f"no unit {grant.unit!r}: departments stand in infra/city/departments.csv, towns in "
            "divisions.csv (scjg, scjg.TOWN; a town office is office.TOWN), villages as well: "
            "village:CODE and inspector:CODE"
        )
    return (grant,)


def account(who: str) -> str:
    """The one way to write `who`, which names the account: `city`, `rules`, `role:unit`."""
    post, number = _parted(who)
    if post == EVERYONE or post in SEATS:
        return post + number
    (grant,) = grants_of(post)
    return f"{grant.role}:{grant.unit}{number}"


def written(grant: Grant) -> str:
    """A grant as groups and scopes name it."""
    return f"{grant.unit}:{grant.role}"


def _parted(who: str) -> tuple[str, str]:
    """A post, and which of several people at it: `#2`, or "" for the first."""
    post, hash_sign, number = who.partition("#")
    if hash_sign and not (number.isdecimal() and int(number) > 1):
        raise NobodyThere(f"no post {who!r}: the second person at a post is {post}#2")
    return (post, f"#{int(number)}") if number else (post, "")


def _known(grant: Grant) -> bool:
    """Whether the unit is there, and has somebody in that role."""
    if grant.role in _OF_VILLAGES:
        return grant.unit in villages()
    if grant.role is Role.PLATFORM:
        return grant.unit == GRID
    if grant.role is Role.DESTINATION:
        return grant.unit in DESTINATIONS
    if grant.role is Role.ENTITY:
        return _is_code(grant.unit)
    body, _, town = grant.unit.partition(".")
    if body == _OFFICE and town:
        return town in directory().towns
    return grant.unit in SEATS.values() or directory().knows(grant.unit)


def _is_code(unit: str) -> bool:
    """An entity is its own unit: the code stands for it, whether or not it is registered yet."""
    try:
        return parse_code(unit).value == unit
    except Invalid:
        return False
