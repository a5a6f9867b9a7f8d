"""Signatures of messages between systems, by Standard Webhooks (standardwebhooks.com, `v1`)."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes

from functions.shared.errors import Fault, NotSignedIn

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_KEY_BYTES = 32  # the standard asks for 24 to 64
_LONGEST_ID = 64


def new_secret() -> str:
    """A fresh secret: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + b64encode(token_bytes(_KEY_BYTES)).decode()


def sign(secret: str, message: str, at: datetime, body: bytes) -> str:
    """The signature of `body` as the message with this id, sent at `at`: `v1,<base64>`.

    Raises ValueError for a secret that is not base64.
    """
    return _signature(secret, f"{message}.{int(at.timestamp())}", body)


def headers(message: str, at: datetime, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers of a message, with one signature for each of the valid `secrets`."""
    return {
        ID: message,
        TIMESTAMP: str(int(at.timestamp())),
        SIGNATURE: " ".join(sign(secret, message, at, body) for secret in secrets),
    }


def verify(given: Mapping[str, str], body: bytes, secrets: Iterable[str], now: datetime) -> str:
    """The id of the message, which is signed with one of `secrets` and at most five minutes old.

    Names of headers are compared in lower case. Raises NotSignedIn: `signature_missing`,
    `signature_id`, `signature_time`, `signature_old`, `signature_early` or `signature_wrong`.
    """
    lower = {name.lower(): value for name, value in given.items()}
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not lower.get(name)]
    if missing:
        raise NotSignedIn(*(Fault("signature_missing", name) for name in missing))
    message, timestamp = lower[ID], lower[TIMESTAMP]
    if len(message) > _LONGEST_ID:
        raise NotSignedIn(Fault("signature_id", ID, params={"most": _LONGEST_ID}))
    _check_age(timestamp, now)
    expected = [_signature(one, f"{message}.{timestamp}", body).encode() for one in secrets]
    offered = [one.encode() for one in lower[SIGNATURE].split()]
    if not any(hmac.compare_digest(own, one) for own in expected for one in offered):
        raise NotSignedIn(Fault("signature_wrong", SIGNATURE))
    return message


def _check_age(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise NotSignedIn(Fault("signature_time", TIMESTAMP))
    age = now.timestamp() - int(timestamp)
    most = TOLERANCE.total_seconds()
    if abs(age) > most:
        code = "signature_old" if age > 0 else "signature_early"
        raise NotSignedIn(Fault(code, TIMESTAMP, params={"most": int(most)}))


def _signature(secret: str, start: str, body: bytes) -> str:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except NotBase64:
        raise ValueError("a secret of a webhook is not base64") from None
    mac = hmac.new(key, start.encode() + b"." + body, sha256)
    return "v1," + b64encode(mac.digest()).decode()
