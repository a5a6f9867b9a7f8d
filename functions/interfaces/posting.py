"""Posts to a receiver: to the checked address and no other, within ten seconds, no redirects."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Timer

from functions.interfaces.addresses import Address, Resolve, Unresolved, checked, resolved
from functions.interfaces.domain import Answer, Problem
from functions.shared.errors import Invalid

_SECONDS = 10.0


@dataclass(frozen=True)
class Poster:
    """Makes POSTs; whatever a receiver does comes back as an Answer, never as an exception.

    The socket is opened here and handed to the HTTP client, so that no second look-up of the name
    can lead elsewhere. `seconds` bounds the whole of it, handshake and trickled headers included;
    the reply's body is never read.
    """

    private: bool = False
    seconds: float = _SECONDS
    resolve: Resolve = resolved
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What came of posting `body` to `url`."""
        try:
            address = checked(url, private=self.private, resolve=self.resolve)
            return self._post(address, headers, body)
        except Unresolved:
            return Answer(problem=Problem.NETWORK)
        except Invalid:
            return Answer(problem=Problem.ADDRESS)
        except (OSError, HTTPException):
            return Answer(problem=Problem.NETWORK)

    def _post(self, address: Address, headers: Mapping[str, str], body: bytes) -> Answer:
        raw = socket.create_connection((address.ip, address.port), timeout=self.seconds)
        with raw, raw.dup() as line:  # the handshake takes `raw` away; `line` stays ours to cut
            watch = Timer(self.seconds, partial(_cut, line))
            watch.daemon = True
            watch.start()
            try:
                return self._ask(raw, address, headers, body)
            finally:
                watch.cancel()

    def _ask(
        self, raw: socket.socket, address: Address, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        with closing(HTTPConnection(address.ip, address.port, timeout=self.seconds)) as client:
            client.sock = (
                self.tls.wrap_socket(raw, server_hostname=address.host) if address.secure else raw
            )
            client.request("POST", address.target, body, {"Host": address.authority, **headers})
            reply = client.getresponse()
            return Answer(status=reply.status, retry_after=reply.headers.get("Retry-After", ""))


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
