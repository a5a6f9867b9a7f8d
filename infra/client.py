"""Talks to a city over HTTPS, local or deployed, and makes one sentence of whatever goes wrong."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

DEFAULT_URL = "http://127.0.0.1:8000"
_SECONDS = 60.0  # the API itself has 29
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)  # seconds before another try
_AGAIN = frozenset({429, 500, 502, 503, 504})
_JSON = "application/json"
_MOST_FAULTS = 5  # that one line names
# What a gateway quotes of a call that it does not understand, the caller's token with it.
_SECRET = re.compile(r"Bearer\s+\S+|Authorization(\s*[=:]|\s+header)|\beyJ[\w-]{8,}", re.IGNORECASE)
# API Gateway says so of a path that it does not have; of a token it says "not authorized".
_NO_PATH = re.compile(r"missing authentication token", re.IGNORECASE)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class CallFailed(Exception):
    """The city did not do it; the text says why in one line. `status` is 0 without an answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status below 400."""

    status: int
    body: bytes
    media_type: str = _JSON

    @property
    def json(self) -> Any:
        """The body as JSON; raises CallFailed where it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise CallFailed(f"the city answered with {self.media_type}, not JSON") from None


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is sent (as `media_type`) and which form of answer is accepted."""

    method: str
    path: str
    body: bytes | None = None
    media_type: str = _JSON
    accept: str = _JSON


class Identity(Protocol):
    """Whose token a call carries."""

    def token(self, *, renewed: bool = False) -> str:
        """A token; a fresh one where the last was refused (`renewed`)."""
        ...


@dataclass
class Api:
    """One city's API. Calls may be sent again after trouble on the way: every one of them counts
    once (batches by their id, feedback by its content)."""

    url: str
    identity: Identity
    language: str = "en"
    transport: Callable[[urllib.request.Request], Reply] = field(default_factory=lambda: send)
    pause: Callable[[float], None] = time.sleep
    _reached: bool = field(default=False, init=False)
    _token: str = field(default="", init=False)

    @property
    def caller(self) -> str:
        """As whom the last call was made; empty where the token does not say."""
        return caller_of(self._token)

    def get(self, path: str, **query: str | int | None) -> Any:
        """The JSON at `path`; raises CallFailed."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return self.send(Call("GET", f"{path}?{asked}" if asked else path)).json

    def post(self, path: str, body: Any = None) -> Any:
        """What the city answers to the JSON `body`; raises CallFailed."""
        return self.send(
            Call("POST", path, None if body is None else json.dumps(body).encode())
        ).json

    def put(self, path: str, body: Any) -> Any:
        """What the city answers to the JSON `body` put at `path`; raises CallFailed."""
        return self.send(Call("PUT", path, json.dumps(body).encode())).json

    def send(self, call: Call) -> Reply:
        """The answer to one call; raises CallFailed."""
        renewed = False
        tries = iter(_PAUSES)
        while True:
            try:
                return self._once(call, renewed=renewed)
            except CallFailed as failed:
                if failed.status in (401, 403) and not renewed:
                    renewed = True
                    continue
                again = failed.status in _AGAIN or (failed.status == 0 and self._reached)
                seconds = next(tries, None)
                if not again or seconds is None:
                    raise
                self.pause(seconds)

    def _once(self, call: Call, *, renewed: bool) -> Reply:
        self._token = self.identity.token(renewed=renewed)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept-Language": self.language,
            "Accept": call.accept,
            "Content-Type": call.media_type,
        }
        request = urllib.request.Request(
            self.url + call.path, call.body, headers, method=call.method
        )
        try:
            reply = self.transport(request)
        except CallFailed as failed:
            if failed.status or self._reached or urlsplit(self.url).hostname not in LOOPBACK:
                raise
            raise CallFailed(f"{failed}; `sanwei up` starts a city here") from None
        self._reached = True
        return reply


def send(request: urllib.request.Request, seconds: float = _SECONDS) -> Reply:
    """Sends `request`, through the environment's proxies unless to this machine itself.

    Raises CallFailed without an answer, or with one that refuses.
    """
    place = urlsplit(request.full_url)
    try:
        with _opener(place.hostname or "").open(request, timeout=seconds) as reply:
            return Reply(reply.status, reply.read(), reply.headers.get_content_type())
    except urllib.error.HTTPError as error:
        with error:
            me = caller_of(request.get_header("Authorization", "").removeprefix("Bearer "))
            raise CallFailed(sentence(error.code, _read(error), me), error.code) from None
    except (OSError, http.client.HTTPException) as error:
        address = f"{place.scheme}://{place.netloc}"
        raise CallFailed(f"nothing answers at {address}: {_trouble(error)}") from None


def caller_of(token: str) -> str:
    """Whom a token names, as the issuer calls it; empty where it does not say. It is only shown:
    nothing trusts it."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return str(claims.get("username") or claims.get("client_id") or claims.get("sub") or "")
    except (IndexError, ValueError, AttributeError):
        return ""


def sentence(status: int, body: bytes, me: str = "") -> str:
    """What a refusing answer says to `me`, in one line; a problem's faults with their place, five
    at most. What quotes a token is not repeated."""
    try:
        told = json.loads(body)
    except ValueError:
        told = {}
    if not isinstance(told, Mapping):
        told = {}
    faults = [fault for fault in told.get("faults", []) if isinstance(fault, Mapping)]
    if not faults:
        text = told.get("title") or told.get("message") or told.get("Message") or "no reason given"
        return _without_faults(status, str(text))
    lines = [fault_line(fault, me) for fault in faults[:_MOST_FAULTS]]
    more = int(told.get("fault_count", len(faults))) - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more > 0 else "")


def _without_faults(status: int, text: str) -> str:
    """What a refusal means that is not the city's own, but a gateway's."""
    if status in (401, 403) and (_SECRET.search(text) or _NO_PATH.search(text)):
        return f"no such path, or refused by the gateway before the city saw it ({status})"
    said = f": {text}" if not _SECRET.search(text) else ""
    return f"{_KNOWN.get(status, 'refused')} ({status}{said})"


def fault_line(fault: Mapping[str, Any], me: str = "") -> str:
    """One fault: row, field and sentence; `me` is who asked, where that is known."""
    where = [f"row {fault['row']}"] if fault.get("row") else []
    where += [str(fault["field"])] if fault.get("field") else []
    text = str(fault.get("message") or fault.get("code") or "refused")
    if _SECRET.search(text):
        text = str(fault.get("code") or "refused")
    if fault.get("code") == "not_found":
        text += f" (or not yours: you are {me})" if me else " (or not yours)"
    return f"{', '.join(where)}: {text}" if where else text


_KNOWN = {
    401: "not signed in, or the sign-in has ended; see `sanwei token`",
    403: "not signed in, or the sign-in has ended; see `sanwei token`",
    404: "not there, or not yours",
    413: "too large",
}


def _opener(host: str) -> urllib.request.OpenerDirector:
    proxies: dict[str, str] | None = (
        {} if host in LOOPBACK else None
    )  # None: those of the environment
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirect())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another host; it is an error here."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _read(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read()
    except (OSError, http.client.HTTPException):
        return b""


def _trouble(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ConnectionRefusedError):
        return "connection refused"
    if isinstance(reason, TimeoutError | socket.timeout):
        return "no answer in time"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
