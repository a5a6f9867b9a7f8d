"""Whose message is this? Looks up the secrets of a unit's system and verifies with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from functions.shared import joined, ports, signatures


class SystemSecrets(Protocol):
    """Looks up the secrets of a unit's system."""

    def __call__(self, unit: str, now: datetime) -> Iterable[str]: ...


def secrets_of(unit: str, now: datetime) -> tuple[str, ...]:
    """The valid secrets of a unit's system; none where it has no system."""
    found = joined.shelf(ports.table("interfaces")).get(unit)
    return found.value.valid_secrets(now) if found else ()


def verified(
    unit: str,
    headers: Mapping[str, str],
    body: bytes | str,
    now: datetime,
    secrets: SystemSecrets = secrets_of,
) -> str:
    """The id of a message that the system of `unit` has signed.

    Raises NotSignedIn; a unit without a system looks like a wrong signature.
    """
    raw = body if isinstance(body, bytes) else body.encode()
    return signatures.verify(headers, raw, secrets(unit, now), now)
