"""A unit's own system that has joined: where its events go, and the secrets it shares with us.

`interfaces` alone writes these records; the others read the secrets (`systems.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.shared.records import Shelf
from functions.shared.table import Key, Table, pages

_SHARDS = range(16)  # every event asks whether its receiver has a system: no key may be hot


class SystemState(StrEnum):
    """Whether a system is delivered to."""

    ENABLED = "enabled"
    DISABLED = "disabled"  # it answered 410; it may still send
    CLOSED = "closed"  # it has left: nothing goes there, nothing is taken from it


class Secret(BaseModel):
    """A shared secret and until when it is valid (None: until it is replaced).

    It stands in the table as it is; a key of the key service that only two functions may use is
    to encrypt it, together with identity numbers (C8).
    """

    model_config = ConfigDict(frozen=True)

    value: str = Field(repr=False)
    until: AwareDatetime | None = None


class System(BaseModel):
    """A unit's own system: where its events go, which types it wants (none: all)."""

    model_config = ConfigDict(frozen=True)

    unit: str
    url: str
    types: tuple[str, ...] = ()
    state: SystemState = SystemState.ENABLED
    secrets: tuple[Secret, ...]
    joined_at: AwareDatetime
    changed_at: AwareDatetime

    def wants(self, kind: str) -> bool:
        """Whether events of this type go there."""
        return self.state is SystemState.ENABLED and (not self.types or kind in self.types)

    def valid_secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign and verify now, the newest first; none once it has left."""
        if self.state is SystemState.CLOSED:
            return ()
        return tuple(one.value for one in self.secrets if one.until is None or now < one.until)

    def rotated(self, secret: str, *, keep: timedelta, now: datetime) -> System:
        """This system with a new secret; the present one stays valid for `keep` (at most two)."""
        present = self.secrets[0].model_copy(update={"until": now + keep})
        secrets = (Secret(value=secret), present)
        return self.model_copy(update={"secrets": secrets, "changed_at": now})


def shelf(table: Table) -> Shelf[System]:
    """Systems by their unit, on the table of `interfaces`."""
    return Shelf(table, System, _key, lambda system: system.unit)


def list_units(table: Table) -> list[str]:
    """The units that have ever joined with a system."""
    return [record["sk"] for shard in _SHARDS for record in pages(table, _partition(shard))]


def _key(unit: str) -> Key:
    return _partition(crc32(unit.encode()) % len(_SHARDS)), unit


def _partition(shard: int) -> str:
    return f"S#{shard:02d}"
