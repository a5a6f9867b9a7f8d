"""A unit's own system that has joined: where its events go, how it may call us, our shared secrets.

`interfaces` alone writes these records; the others read whose a client or a secret is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.shared.authorization import Action
from functions.shared.records import Shelf, Stored, changed
from functions.shared.table import Key, Table, pages
from functions.shared.vault import Unsealable, Vault, is_sealed

GiveVault = Callable[[], Vault]
_SHARDS = range(16)  # every event asks whether its receiver has a system: no key may be hot


class SystemState(StrEnum):
    """Whether a system is delivered to."""

    ENABLED = "enabled"
    DISABLED = "disabled"  # it answered 410; it may still send
    CLOSED = "closed"  # it has left: nothing goes there, nothing is taken from it


class Secret(BaseModel):
    """A shared secret and until when it is valid (None: until it is replaced).

    It stands in the table sealed about its unit, in a record of its own that never reaches the
    trail's archive; only who signs or verifies has the vault that opens it. Who reads a system
    without the vault has it sealed, and cannot use it.
    """

    model_config = ConfigDict(frozen=True)

    value: str = Field(repr=False)
    until: AwareDatetime | None = None


class Quota(BaseModel):
    """How many calls a system may make in a minute and in a day, by the clock on the wall."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_minute: int = Field(ge=1, le=100_000)
    per_day: int = Field(ge=1, le=100_000_000)


class System(BaseModel):
    """A unit's own system: where its events go (`url`; empty: nowhere, it pulls), which types it
    wants (none: all), and how it may call.

    `client` is the id of its machine client at the identity provider, `scopes` the actions that
    this client may do, within its token's grants; `quota` what was agreed in place of the usual.
    `test`: nothing real goes there, and what comes from there changes nothing.
    """

    model_config = ConfigDict(frozen=True)

    unit: str
    url: str = ""
    types: tuple[str, ...] = ()
    state: SystemState = SystemState.ENABLED
    secrets: tuple[Secret, ...] = ()
    client: str | None = None
    scopes: tuple[Action, ...] = ()
    quota: Quota | None = None
    test: bool = False
    joined_at: AwareDatetime
    changed_at: AwareDatetime

    def wants(self, kind: str) -> bool:
        """Whether events of this type go there."""
        live = self.state is SystemState.ENABLED and bool(self.url) and not self.test
        return live and (not self.types or kind in self.types)

    def valid_secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign and verify now, the newest first; none once it has left.

        Raises Unsealable where the system was read without the vault.
        """
        if self.state is SystemState.CLOSED:
            return ()
        if any(is_sealed(one.value) for one in self.secrets):
            raise Unsealable("read without the vault")
        return tuple(one.value for one in self.secrets if one.until is None or now < one.until)

    def rotated(self, secret: str, *, keep: timedelta, now: datetime) -> System:
        """This system with a new secret; the present one stays valid for `keep` (at most two)."""
        if self.secrets[0].value == secret:
            return self.model_copy(
                update={"changed_at": now}
            )  # a writer that was overtaken halfway
        present = self.secrets[0].model_copy(update={"until": now + keep})
        secrets = (Secret(value=secret), present)
        return self.model_copy(update={"secrets": secrets, "changed_at": now})


class Client(BaseModel):
    """A machine client's id and the unit that claims it: one client belongs to one unit.

    It is claimed before the unit's system names it, and counts only where the system does: what a
    crash leaves in between admits nobody, and the next that claims it takes it over.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    unit: str


class _Keys(BaseModel):
    """The secrets of a unit's system, and the unit."""

    model_config = ConfigDict(frozen=True)

    unit: str
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class _StoredSystem(Stored[System]):
    """A system as it was read, and its secrets as they were read with it."""

    keys: Stored[_Keys] | None = None


@dataclass(frozen=True, slots=True)
class Systems:
    """Systems by their unit, on the table of `interfaces`; their secrets stand apart, sealed.

    Secrets are written first: what a crash leaves in between is a secret that nobody was told,
    beside the one before it. One from before secrets were sealed is read as it is, and sealed with
    the next write. The vault is asked for only where there are secrets.
    """

    table: Table
    vault: GiveVault | None = None

    def get(self, id: str) -> Stored[System] | None:
        """A unit's system as last written, with its secrets."""
        found = self._shelf.get(id)
        return self._whole(found, self._keys.get(id)) if found else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[System]]:
        """The systems that exist among the units `ids`."""
        wanted = list(ids)
        keys = self._keys.get_many(wanted)
        found = self._shelf.get_many(wanted)
        return {unit: self._whole(one, keys.get(unit)) for unit, one in found.items()}

    def save(
        self, value: System, *, before: Stored[System] | None, by: str, now: datetime
    ) -> Stored[System]:
        """Write a system over the one that was read; raises Stale, and Unsealable where it has a
        new secret and there is no vault to seal it."""
        keys = before.keys if isinstance(before, _StoredSystem) else self._keys.get(value.unit)
        secrets = self._sealed(value, keys.value.secrets if keys else ())
        if keys is None or keys.value.secrets != secrets:
            new = _Keys(unit=value.unit, secrets=secrets)
            keys = self._keys.save(new, before=keys, by=by, now=now)
        plain = value.model_copy(update={"secrets": ()})
        return self._whole(self._shelf.save(plain, before=before, by=by, now=now), keys)

    def change(
        self,
        id: str,
        how: Callable[[System | None], System | None],
        *,
        by: str,
        now: datetime,
    ) -> System | None:
        """Read, let `how` decide, write; see `Shelf.change`."""
        return changed(self, id, how, by=by, now=now)

    @property
    def _shelf(self) -> Shelf[System]:
        return Shelf(self.table, System, _key, lambda system: system.unit)

    @property
    def _keys(self) -> Shelf[_Keys]:
        return Shelf(self.table, _Keys, lambda unit: (f"X#{unit}", "X"), lambda keys: keys.unit)

    def _whole(self, found: Stored[System], keys: Stored[_Keys] | None) -> Stored[System]:
        secrets = keys.value.secrets if keys else found.value.secrets
        opened = self._opened(found.value.unit, secrets)
        value = found.value.model_copy(update={"secrets": opened})
        return _StoredSystem(value, found.record, keys)

    def _opened(self, unit: str, secrets: tuple[Secret, ...]) -> tuple[Secret, ...]:
        if self.vault is None or not any(is_sealed(one.value) for one in secrets):
            return secrets
        vault = self.vault()
        return tuple(
            one.model_copy(update={"value": vault.open(one.value, _about(unit))})
            if is_sealed(one.value)
            else one
            for one in secrets
        )

    def _sealed(self, value: System, stored: tuple[Secret, ...]) -> tuple[Secret, ...]:
        """The secrets as they are to stand: those that stand already, where nothing changed, for
        sealing again would be a change."""
        kept = all(is_sealed(one.value) for one in stored)
        if value.secrets == self._opened(value.unit, stored) and kept:
            return stored
        if self.vault is None:
            if all(is_sealed(one.value) or one in stored for one in value.secrets):
                return value.secrets
            raise Unsealable("a secret is written only by who has the vault")
        vault = self.vault()
        return tuple(
            one.model_copy(update={"value": vault.seal(one.value, _about(value.unit))})
            for one in value.secrets
        )


def shelf(table: Table, vault: GiveVault | None = None) -> Systems:
    """Systems by their unit, on the table of `interfaces`; their secrets can be used with the vault
    alone."""
    return Systems(table, vault)


def clients(table: Table) -> Shelf[Client]:
    """Whose the machine clients are, on the table of `interfaces`."""
    return Shelf(table, Client, lambda id: (f"CL#{id}", "CL"), lambda client: client.id)


def of_client(client: str, table: Table) -> System | None:
    """The system that a machine client speaks for; None for one that nobody has registered."""
    claimed = clients(table).get(client)
    found = shelf(table).get(claimed.value.unit) if claimed else None
    if found is None or found.value.client != client:
        return None
    return None if found.value.state is SystemState.CLOSED else found.value


def list_units(table: Table) -> list[str]:
    """The units that have ever joined with a system."""
    return [record["sk"] for shard in _SHARDS for record in pages(table, _partition(shard))]


def _about(unit: str) -> str:
    return f"system/{unit}"


def _key(unit: str) -> Key:
    return _partition(crc32(unit.encode()) % len(_SHARDS)), unit


def _partition(shard: int) -> str:
    return f"S#{shard:02d}"
