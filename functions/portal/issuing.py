"""The issuer's side of a sign-in: OpenID Connect, authorization code with PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from functions.shared.logging import log
from functions.shared.settings import settings

_SECONDS = 8.0
_SCOPE = "openid"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody on the way to the issuer: what proves on return that it is the same browser."""

    state: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What the issuer is told of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives; "" for no `refresh` token."""

    access: str
    refresh: str


def leaving() -> Leaving:
    """A new way to the issuer."""
    return Leaving(secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def address(going: Leaving, back: str, hint: str = "") -> str:
    """Where a browser goes to sign in, and from where it comes `back`."""
    asked = {
        "response_type": "code",
        "client_id": settings().portal_client,
        "redirect_uri": back,
        "scope": _SCOPE,
        "state": going.state,
        "code_challenge": going.challenge,
        "code_challenge_method": "S256",
    } | ({"login_hint": hint} if hint else {})
    return f"{settings().sign_in_url}/oauth2/authorize?{urlencode(asked)}"


def leaving_for_good(back: str) -> str:
    """Where a browser goes so that the issuer forgets it too."""
    asked = {"client_id": settings().portal_client, "logout_uri": back}
    return f"{settings().sign_in_url}/logout?{urlencode(asked)}"


class OpenId:
    """The issuer of this deployment."""

    def redeem(self, code: str, verifier: str, back: str) -> Tokens | None:
        """The tokens for a code; None where the issuer refuses it."""
        told = _asked(
            grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=back
        )
        return Tokens(told["access_token"], told.get("refresh_token", "")) if told else None

    def renew(self, refresh: str) -> Tokens | None:
        """New tokens; None where the sign-in has ended. An issuer that changes what renews gives a
        new one of that too, and takes the old one no more."""
        told = _asked(grant_type="refresh_token", refresh_token=refresh)
        return Tokens(told["access_token"], told.get("refresh_token") or refresh) if told else None


def _asked(**form: str) -> dict[str, Any] | None:
    body = urlencode({**form, "client_id": settings().portal_client}).encode()
    request = urllib.request.Request(f"{settings().sign_in_url}/oauth2/token", body)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as reply:
            told: dict[str, Any] = json.load(reply)
    except (OSError, HTTPException, ValueError) as error:
        log.info("no tokens", reason=str(error))
        return None
    return told if "access_token" in told else None
