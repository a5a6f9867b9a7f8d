"""Who a bearer token speaks for: OpenID Connect, verified with the issuer's published keys."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

import jwt

from functions.shared.authorization import Caller, Grant
from functions.shared.errors import Fault, NotSignedIn

_SCOPE_SERVER = "sanwei/"  # the resource server's prefix before each scope


class Keys(Protocol):
    """Finds the key that signed a token."""

    def get_signing_key_from_jwt(self, token: str) -> Any: ...


@cache
def issuer_keys(url: str) -> Keys:
    """The issuer's keys, fetched when first needed and again when an unknown key id appears."""
    return jwt.PyJWKClient(url, cache_keys=True, timeout=5)


def caller_of(token: str, *, issuer: str, audience: tuple[str, ...], keys: Keys) -> Caller:
    """The caller that `token` was issued to.

    Grants are the groups of a person (`cognito:groups`, `groups`) and the scopes of a machine
    client. A token that names a client and no user (`username`) speaks for a machine: which of
    them may call is no matter of `audience` but of their registration (`admission.py`). Raises
    NotSignedIn where signature, issuer, client or time does not hold.
    """
    try:
        claims = jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token).key,
            algorithms=["RS256", "ES256"],
            issuer=issuer,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            leeway=30,
        )
    except jwt.PyJWTError as error:
        raise NotSignedIn(Fault("token_refused", "authorization")) from error
    person = str(claims.get("username") or "")
    client = claims.get("client_id") or claims.get("aud") or ""
    machine = "" if person else str(claims.get("client_id") or "")
    if audience and not machine and client not in audience:
        raise NotSignedIn(Fault("token_refused", "authorization"))
    return Caller(id=person or str(claims["sub"]), grants=_grants(claims), client=machine)


def _grants(claims: dict[str, Any]) -> frozenset[Grant]:
    groups = [*claims.get("cognito:groups", ()), *claims.get("groups", ())]
    scopes = [
        scope.removeprefix(_SCOPE_SERVER)
        for scope in str(claims.get("scope", "")).split()
        if scope.startswith(_SCOPE_SERVER)
    ]
    return frozenset(grant for text in (*groups, *scopes) if (grant := Grant.parse(text)))
