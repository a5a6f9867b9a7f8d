"""A department's own system on this machine: takes what is posted and answers as it is told."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

_MOST_TRICKLES = 200  # ten seconds: a client that waits for the end fails, and does not hang


@dataclass
class Receiver:
    """What came in, and what the next answers are (204 where nothing is said)."""

    port: int = 0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hooks?from=sanwei"


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that runs meanwhile."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            given = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append((self.path, given, body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests speak for themselves."""

    class Server(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def trickling(first: bytes, again: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that answers with `first` and then with `again` over and over."""
    stop = threading.Event()

    def trickle(line: socket.socket) -> None:
        with suppress(OSError), tls.wrap_socket(line, server_side=True) if tls else line as told:
            told.sendall(first)
            for _ in range(_MOST_TRICKLES):
                if stop.wait(0.05):
                    return
                told.sendall(again)

    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                trickle(server.accept()[0])

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(5)
