"""An issuer of the tests' own: tokens as Cognito writes them, signed by a key made here."""

from __future__ import annotations

import base64
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

ISSUER = "https://issuer.example/pool"
_KEY = ec.generate_private_key(ec.SECP256R1())
_PUBLIC = {**ECAlgorithm.to_jwk(_KEY.public_key(), as_dict=True), "kid": "tests", "use": "sig"}
KEYS = (
    "data:application/json;base64,"
    + base64.b64encode(json.dumps({"keys": [_PUBLIC]}).encode()).decode()
)
"""Where the issuer's keys are, as an address that holds them."""


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
