"""Whose message is this? Verifies with the secrets of a unit's system, and lets it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from functions.shared import admission, joined, ports, signatures
from functions.shared.admission import Door
from functions.shared.joined import Quota
from functions.shared.keys import Purpose
from functions.shared.settings import settings
from functions.shared.vault import Vault


def door() -> Door:
    """Through which the systems of this deployment come in."""
    config = settings()
    usual = Quota(per_minute=config.calls_per_minute, per_day=config.calls_per_day)
    return Door(ports.table("interfaces"), usual, vault)


def vault() -> Vault:
    """What opens the secrets that we share with systems."""
    return ports.vault(Purpose.SYSTEMS)


def verified(
    unit: str,
    headers: Mapping[str, str],
    body: bytes | str,
    now: datetime,
    through: Callable[[], Door] = door,
) -> str:
    """The id of a message that the system of `unit` has signed, and may send by its quota.

    Raises NotSignedIn, or TooMany; a unit without a system looks like a wrong signature. Of what a
    system in test mode sends nothing is kept: the rest of the call is a rehearsal.
    """
    entrance = through()
    found = joined.shelf(entrance.table, entrance.vault).get(unit)
    raw = body if isinstance(body, bytes) else body.encode()
    message = signatures.verify(headers, raw, found.value.valid_secrets(now) if found else (), now)
    assert found is not None  # else there is no secret, and no signature holds
    admission.take(found.value, entrance, now)
    return message
