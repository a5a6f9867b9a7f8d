"""Who looks at a page: the token of a sign-in, kept in a cookie that no script can read.

A page has no authorizer in front, since a gateway answers a missing token with JSON where a reader
needs the way to the sign-in. The token is verified here, by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from functions.portal.issuing import Tokens
from functions.shared import identity
from functions.shared.authorization import Caller
from functions.shared.errors import Fault, NotSignedIn
from functions.shared.settings import settings

SESSION, REFRESH, LEAVING, LANGUAGE = "session", "refresh", "sign-in", "language"
KEPT_SECONDS = 12 * 3600  # as long as a refresh token holds
_MOST_BYTES = 3900  # of one cookie; browsers drop what is longer


class Issuer(Protocol):
    """Who gives tokens."""

    def renew(self, refresh: str) -> Tokens | None:
        """New tokens; None where the sign-in has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in; `renewed` are tokens that the browser does not have yet."""

    caller: Caller
    renewed: Tokens | None = None


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies that a browser sent; those of others at the same address, in whatever form, do
    not matter. Of two with one name the nearer comes first, and counts."""
    found: dict[str, str] = {}
    for pair in headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        found.setdefault(name, value)
    return joined(found)


def session_of(cookies: Mapping[str, str], issuer: Issuer) -> Session | None:
    """Whose session the cookies hold; renewed once where its token has ended."""
    if token := cookies.get(SESSION):
        try:
            return Session(_caller(token))
        except NotSignedIn:
            pass
    refresh = cookies.get(REFRESH)
    fresh = issuer.renew(refresh) if refresh else None
    if not fresh:
        return None
    try:
        return Session(_caller(fresh.access), fresh)
    except NotSignedIn:
        return None


def _caller(token: str) -> Caller:
    """The person a token speaks for; a machine has no business with pages, where nothing counts
    its calls (A21). Raises NotSignedIn."""
    config = settings()
    caller = identity.caller_of(
        token,
        issuer=config.issuer,
        audience=config.audience,
        keys=identity.issuer_keys(config.keys_url),
    )
    if caller.client:
        raise NotSignedIn(Fault("token_refused", "authorization"))
    return caller


def cookie(
    name: str, value: str, *, secure: bool, seconds: int = KEPT_SECONDS, readable: bool = False
) -> str:
    """A Set-Cookie line; `seconds` 0 makes the browser forget it."""
    parts = [f"{name}={value}", "Path=/", f"Max-Age={seconds}", "SameSite=Lax"]
    parts += [] if readable else ["HttpOnly"]
    parts += ["Secure"] if secure else []
    return "; ".join(parts)


def session_cookies(name: str, token: str, *, secure: bool) -> list[str]:
    """A token as cookies: in parts, where it is longer than one may be."""
    parts = [token[at : at + _MOST_BYTES] for at in range(0, len(token), _MOST_BYTES)] or [""]
    named = [(name, parts[0])]
    named += [(f"{name}.{number}", part) for number, part in enumerate(parts[1:], start=1)]
    named += [(f"{name}.{len(parts)}", "")]  # of a longer one before
    return [
        cookie(one, part, secure=secure, seconds=KEPT_SECONDS if part else 0) for one, part in named
    ]


def token_cookies(tokens: Tokens, *, secure: bool) -> list[str]:
    """Both tokens as cookies; what is empty is forgotten."""
    return [
        *session_cookies(SESSION, tokens.access, secure=secure),
        *session_cookies(REFRESH, tokens.refresh, secure=secure),
    ]


def joined(cookies: Mapping[str, str]) -> dict[str, str]:
    """The cookies with those in one piece that came in parts."""
    whole = {name: value for name, value in cookies.items() if "." not in name}
    for name in whole:
        number = 1
        while part := cookies.get(f"{name}.{number}"):
            whole[name] += part
            number += 1
    return whole
