"""Who calls the city: a token from the environment, a kept sign-in, or client credentials.

Sign-ins are kept per address in a file that only its owner can read. One that `sanwei up` made for
a local city renews itself; one for a deployed city renews while the credentials are there.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from functions.shared import clock
from functions.shared.authorization import Grant
from infra import client
from infra.posts import NobodyThere, grants_of, written

PROJECT = Path(__file__).resolve().parents[1]
STATE = PROJECT / ".state"
BOOK = STATE / "sign-ins.json"
_LEFT = 60  # seconds that a token must still hold
_SERVER = "sanwei/"  # the resource server's prefix before each scope


class NotSignedIn(client.CallFailed):
    """There is nothing to sign in with; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A kept sign-in: as whom, the token, and the state directory of a local city."""

    who: str
    token: str
    state: str = ""


@dataclass
class Environment:
    """The tokens of `sanwei` for the city at `url`, by the process's environment and `book`.

    `who` asks for somebody else than was kept; then nothing is kept either.
    """

    url: str
    variables: Mapping[str, str]
    book: Path = BOOK
    who: str = ""

    def token(self, *, renewed: bool = False) -> str:
        """A token for a call; raises NotSignedIn."""
        if given := self.variables.get("SANWEI_TOKEN"):
            return given
        kept = self.kept()
        if self.who and (kept is None or kept.who != self.who):
            return self.fresh(self.who).token
        if kept and not renewed and seconds_left(kept.token) > _LEFT:
            return kept.token
        fresh = self.fresh(kept.who if kept else "")
        if kept:
            self.keep(fresh)
        return fresh.token

    def fresh(self, who: str) -> SignIn:
        """A new sign-in as `who` (empty: as the city itself, or as the client is allowed to)."""
        kept = self.kept()
        if kept and kept.state:
            return SignIn(who or kept.who, _local_token(kept.state, who or kept.who), kept.state)
        if self.variables.get("SANWEI_TOKEN_URL"):
            return SignIn(who, _client_token(self.variables, who))
        raise NotSignedIn(
            f"not signed in to {self.url}: no city keeps a sign-in for it here{_silent(self.url)}; "
            "`sanwei up` starts a local city and signs in; for any other set SANWEI_TOKEN, or "
            "SANWEI_CLIENT_ID, SANWEI_CLIENT_SECRET and SANWEI_TOKEN_URL"
        )

    def kept(self) -> SignIn | None:
        """The sign-in that is kept for this city."""
        entry = _read(self.book).get(self.url)
        return SignIn(**entry) if entry else None

    def keep(self, sign_in: SignIn | None) -> None:
        """Keeps `sign_in` for this city; None forgets it."""
        entries = _read(self.book)
        entries.pop(self.url, None)
        if sign_in:
            entries[self.url] = asdict(sign_in)
        self.book.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.book.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(entries, indent=2), encoding="utf-8")
        fresh.replace(self.book)


def seconds_left(token: str) -> float:
    """How long `token` still holds by its own words; 0 where it does not say."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return float(claims["exp"]) - clock.now().timestamp()
    except (IndexError, ValueError, KeyError, TypeError):
        return 0.0


def _silent(url: str) -> str:
    """Says so where `url` is of this machine, and nobody listens there."""
    place = urlsplit(url)
    if place.hostname not in client.LOOPBACK:
        return ""
    with socket.socket() as probe:
        probe.settimeout(1)
        heard = probe.connect_ex(("127.0.0.1", place.port or 80)) == 0
    return "" if heard else ", and none answers there"


def _local_token(state: str, who: str) -> str:
    from infra import localcity, people  # boto3 is slow to load, and few calls need it

    city = localcity.find(Path(state))
    if city is None:
        raise NotSignedIn(f"the local city over {state} is not up; `sanwei up` starts it")
    _grants(who)
    return people.sign_in(city, who)


def _grants(who: str) -> tuple[Grant, ...]:
    try:
        return grants_of(who)
    except NobodyThere as nobody:
        raise NotSignedIn(str(nobody)) from None


def _client_token(variables: Mapping[str, str], who: str) -> str:
    """A token by client credentials (RFC 6749, 4.4); `who` narrows the scope to one post."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": variables.get("SANWEI_CLIENT_ID", ""),
        "client_secret": variables.get("SANWEI_CLIENT_SECRET", ""),
    }
    if who:
        asked["scope"] = " ".join(_SERVER + written(grant) for grant in _grants(who))
    address = variables["SANWEI_TOKEN_URL"]
    if not address.startswith(("https://", "http://")):
        raise NotSignedIn(f"SANWEI_TOKEN_URL is not an address: {address!r}")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = urllib.request.Request(address, urlencode(asked).encode(), headers)
    try:
        return str(client.send(request).json["access_token"])
    except (KeyError, TypeError):
        raise NotSignedIn(f"{address} gave no token") from None
    except client.CallFailed as failed:
        raise NotSignedIn(f"{address} gave no token: {failed}") from None


def _read(book: Path) -> dict[str, Any]:
    try:
        entries = json.loads(book.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
