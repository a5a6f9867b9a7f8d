"""What a registration does to an entity: establish, change, cancel it, or nothing new (A1, A7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from zlib import crc32

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.registry.addresses import Place, is_cluster
from functions.registry.rows import Event, Row
from functions.shared.events.registry import Happening, Registration
from functions.shared.trail import fingerprint

_MOST_SEEN = 12
SHARDS = tuple(range(16))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """Where a row came from and when: its batch, its number there, and since when it holds.

    `as_of` is what the registry said, else when the batch was received.
    """

    batch: str
    row: int
    as_of: AwareDatetime
    received_at: AwareDatetime


class Taken(StrEnum):
    """What became of a row (rows = accepted + duplicate + rejected)."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Seen(_Frozen):
    """A row that made an edition, or said the same again: which content, from where, as of when.

    `received_at` is None where that was the instant as of which it holds.
    """

    content: str
    edition: int
    batch: str
    row: int
    as_of: AwareDatetime
    received_at: AwareDatetime | None = None
    taken: Taken = Taken.ACCEPTED

    def older_than(self, newest: Seen) -> bool:
        """Whether `newest` stands for this row too: later rows win, in whatever order they arrive.

        Registries that give only a day send several batches as of the same instant: the later batch
        wins, and in a batch the later row, whichever repetition of the batch brings it.
        """
        dated = self.received_at is not None
        if self.batch == newest.batch and (not dated or self.as_of == newest.as_of):
            return self.row < newest.row
        return self._order < newest._order

    @property
    def _order(self) -> tuple[AwareDatetime, AwareDatetime, int]:
        return self.as_of, self.received_at or self.as_of, self.row


class Entity(_Frozen):
    """An entity as its newest registration describes it.

    `edition` counts its registrations, `earlier` is what the ones before the newest did; `seen` are
    the newest rows, by which a repeat is known.
    `pending` is true from arrival until a sweep releases it.
    """

    code: str
    edition: int = 1
    happening: Happening
    earlier: tuple[Happening, ...] = ()
    changed: tuple[str, ...] = ()
    name: str
    established: date | None = None
    entity_type: str = ""
    representative: str = ""
    capital: str = ""
    scope: str = ""
    province: str = ""
    city: str = ""
    address: str = ""
    town: str | None = None
    village: str | None = None
    place_problem: str | None = None
    cluster: bool = False
    received_at: AwareDatetime
    seen: tuple[Seen, ...] = ()
    pending: bool = False
    released_at: AwareDatetime | None = None

    @property
    def shard(self) -> int:
        """Which part of the pending index it stands in."""
        return crc32(self.code.encode()) % len(SHARDS)

    @property
    def registration_id(self) -> str:
        """The id of its newest registration."""
        return f"{self.code}.{self.edition}"


_CONTENT = (
    "name",
    "established",
    "entity_type",
    "representative",
    "capital",
    "scope",
    "province",
    "city",
    "address",
)


@dataclass(frozen=True, slots=True)
class Take:
    """What a row is, its registration's id, and the entity after it (None: nothing changes)."""

    taken: Taken
    registration: str
    after: Entity | None = None


def take(row: Row, place: Place, source: Source, before: Entity | None) -> Take:
    """What `row` is: a new registration, or nothing new.

    The same row from the same place is a repeated message and gets the answer it got before. A row
    older than what is in force is a duplicate: the newer one already stands for it. Where only its
    arrival dates it, that is remembered, for it may arrive again. The same content again is a
    duplicate too, but from then on it is in force as of the later instant, and whatever arrives
    late is measured against that.
    """
    fresh = _fresh(row, place, source)
    if before is None:
        return Take(Taken.ACCEPTED, fresh.registration_id, fresh)
    for seen in before.seen:
        if (seen.batch, seen.row) == (source.batch, source.row):
            return Take(seen.taken, f"{before.code}.{seen.edition}")
    newest, now = before.seen[-1], fresh.seen[-1]
    again = now.model_copy(update={"edition": before.edition, "taken": Taken.DUPLICATE})
    if now.older_than(newest):
        if now.received_at is not None:
            return Take(Taken.DUPLICATE, before.registration_id)
        return _duplicate(before, (*before.seen[:-1], again, newest))
    if now.content == newest.content:
        return _duplicate(before, (*before.seen, again))
    edition = before.edition + 1
    now = now.model_copy(update={"edition": edition})
    after = fresh.model_copy(
        update={
            "edition": edition,
            "happening": _happening(row, before),
            "earlier": (*before.earlier, before.happening)[-_MOST_SEEN:],
            "changed": tuple(
                name for name in _CONTENT if getattr(fresh, name) != getattr(before, name)
            ),
            "seen": (*before.seen, now)[-_MOST_SEEN:],
        }
    )
    return Take(Taken.ACCEPTED, after.registration_id, after)


def _duplicate(before: Entity, seen: tuple[Seen, ...]) -> Take:
    after = before.model_copy(update={"seen": seen[-_MOST_SEEN:]})
    return Take(Taken.DUPLICATE, before.registration_id, after)


def _fresh(row: Row, place: Place, source: Source) -> Entity:
    """The entity as if `row` were its first registration."""
    content: dict[str, Any] = {name: getattr(row, name) for name in _CONTENT}
    content["capital"] = f"{row.capital.amount} {row.capital.currency}" if row.capital else ""
    cancelled = row.event is Event.CANCELLATION
    digest = fingerprint([content, cancelled])[:22]
    return Entity(
        code=row.code,
        happening=Happening.CANCELLATION if cancelled else Happening.ESTABLISHMENT,
        **content,
        town=place.town,
        village=place.village,
        place_problem=place.reason,
        cluster=is_cluster(row.address, row.scope),
        received_at=source.received_at,
        seen=(_seen(digest, source),),
        pending=True,
    )


def _seen(content: str, source: Source) -> Seen:
    dated = source.as_of != source.received_at
    return Seen(
        content=content,
        edition=1,
        batch=source.batch,
        row=source.row,
        as_of=source.as_of,
        received_at=source.received_at if dated else None,
    )


def released(entity: Entity, now: AwareDatetime) -> Entity:
    """The entity after a sweep took it up."""
    return entity.model_copy(update={"pending": False, "released_at": now})


def told(entity: Entity) -> Registration:
    """What the other features hear of the entity."""
    return Registration(
        code=entity.code,
        edition=entity.edition,
        happening=entity.happening,
        happened=(*entity.earlier, entity.happening),
        changed=entity.changed,
        name=entity.name,
        entity_type=entity.entity_type,
        scope=entity.scope,
        address=entity.address,
        town=entity.town,
        village=entity.village,
        place_problem=entity.place_problem,
        cluster=entity.cluster,
        received_at=entity.received_at,
    )


def _happening(row: Row, before: Entity) -> Happening:
    if row.event is Event.CANCELLATION:
        return Happening.CANCELLATION
    if before.happening is Happening.CANCELLATION:
        return Happening.ESTABLISHMENT  # it trades again
    return Happening.CHANGE
