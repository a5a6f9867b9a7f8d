"""Every record says who wrote it and what it followed, in a chain that shows tampering (D1).

A sealed record carries `version` (1, 2, ...), `by`, `at`, `prev_hash` and `hash`. `hash` covers the
whole record but itself, `prev_hash` is the `hash` of the version before. The versions are archived
from the stream; a daily root over the archive goes to a bucket with Object Lock.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

from functions.shared.table import Record

GENESIS = ""
_LENGTH = 32  # characters of a hash: 192 bits are plenty, and each record carries two


def seal(content: Record, *, before: Record | None, by: str, now: datetime) -> Record:
    """`content` as the version after `before` (None: the first), written by `by` at `now`."""
    record = {
        **content,
        "version": before["version"] + 1 if before else 1,
        "by": by,
        "at": now.isoformat(),
        "prev_hash": before["hash"] if before else GENESIS,
    }
    return {**record, "hash": digest(record)}


def digest(record: Record) -> str:
    """The hash of a record: SHA-256 over its canonical JSON without `hash` and Nones, shortened."""
    body = {name: value for name, value in record.items() if name != "hash" and value is not None}
    return fingerprint(body)[:_LENGTH]


def fingerprint(value: Any) -> str:
    """A short, stable name for a JSON value: SHA-256 in URL-safe base64, 43 characters."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def broken(record: Record, before: Record | None) -> str | None:
    """Why `record` cannot be what followed `before`, or None where the chain holds."""
    if digest(record) != record["hash"]:
        return "hash"
    if record["prev_hash"] != (before["hash"] if before else GENESIS):
        return "prev_hash"
    if record["version"] != (before["version"] + 1 if before else 1):
        return "version"
    return None
