"""The local city's people and how they sign in: sample officers with a known password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from functions.shared.authorization import Role
from functions.shared.directory import DESTINATIONS, Directory
from infra.localcity import City
from infra.posts import EVERYONE, SEATS, account, grants_of, written

PASSWORD = "Open-Sesame-2026"  # of everybody in the local city; nobody else's is known
_SHOWN_DEPARTMENTS = 5  # with people from the start; others appear when they first sign in


def sample(directory: Directory) -> Iterator[str]:
    """Who is there from the start: the city's own posts, every town office, some departments with
    the systems by which they hand in credit rows, and the systems that take those."""
    yield from (EVERYONE, *SEATS)
    towns = sorted(directory.towns)
    yield from (f"{Role.TOWN_OFFICE}:office.{town}" for town in towns)
    yield from (f"{Role.DESTINATION}:{one}" for one in DESTINATIONS)
    for department in directory.departments[:_SHOWN_DEPARTMENTS]:
        yield f"{Role.SOURCE}:{department.id}"
        units = [department.id, *(f"{department.id}.{town}" for town in sorted(department.towns))]
        for unit in units[:2]:
            yield from (f"{role}:{unit}" for role in (Role.LEAD, Role.OFFICER))


def settle(city: City, people: Iterable[str]) -> None:
    """Gives each of `people` an account with its grants. Raises NobodyThere."""
    cognito, pool = city.emulator.client("cognito-idp"), city.outputs["PoolId"]
    for who in people:
        _settle(cognito, pool, who)


def sign_in(city: City, who: str) -> str:
    """An access token of `who`, whose account is made where there is none. Raises NobodyThere."""
    cognito = city.emulator.client("cognito-idp")
    _settle(cognito, city.outputs["PoolId"], who)
    reply = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=city.outputs["PeopleClientId"],
        AuthParameters={"USERNAME": account(who), "PASSWORD": PASSWORD},
    )
    return str(reply["AuthenticationResult"]["AccessToken"])


def machine_clients(city: City) -> dict[str, dict[str, str]]:
    """The client credentials of the city's machine clients, with where they get their tokens."""
    cognito, pool = city.emulator.client("cognito-idp"), city.outputs["PoolId"]
    found = {}
    for name in ("registrar", "operator"):
        client = cognito.describe_user_pool_client(
            UserPoolId=pool, ClientId=city.outputs[f"{name.title()}ClientId"]
        )["UserPoolClient"]
        found[name] = {
            "client_id": client["ClientId"],
            "client_secret": client["ClientSecret"],
            "token_url": f"{city.emulator.url}/oauth2/token",
        }
    return found


def _settle(cognito: Any, pool: str, who: str) -> None:
    name, grants = account(who), grants_of(who)
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
    )
    for group in map(written, grants):
        with suppress(cognito.exceptions.GroupExistsException):
            cognito.create_group(UserPoolId=pool, GroupName=group)
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
