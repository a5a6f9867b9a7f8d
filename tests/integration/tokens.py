"""An issuer of the tests' own: tokens as Cognito writes them, signed by a key made here."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ISSUER = "https://issuer.example/pool"
_KEY = ec.generate_private_key(ec.SECP256R1())
_PUBLIC = {**ECAlgorithm.to_jwk(_KEY.public_key(), as_dict=True), "kid": "tests", "use": "sig"}


class _Published(BaseHTTPRequestHandler):
    """Gives the issuer's keys to whoever asks."""

    def do_GET(self) -> None:
        body = json.dumps({"keys": [_PUBLIC]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def _publish() -> str:
    """Keys are only ever fetched over HTTP, so the issuer answers on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Published)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/keys.json"


KEYS = _publish()
"""Where the issuer's keys are."""


def token(*grants: str, name: str = "somebody", seconds: int = 3600) -> str:
    """An access token of a person with `grants` (`unit:role`), that holds for `seconds`."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": f"sub-{name}",
        "username": name,
        "client_id": "portal",
        "cognito:groups": list(grants),
        "iat": now,
        "exp": now + seconds,
    }
    return jwt.encode(claims, _KEY, algorithm="ES256", headers={"kid": "tests"})
