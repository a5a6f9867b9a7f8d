"""One kind of record on a table: a frozen model in, a sealed record out, and back (D1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from functions.shared.table import Key, Record, Stale, Table
from functions.shared.trail import seal

M = TypeVar("M", bound=BaseModel)
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Stored(Generic[M]):
    """A value and the record it was read from; writing needs the latter's version."""

    value: M
    record: Record


@dataclass(frozen=True, slots=True)
class Shelf(Generic[M]):
    """Where the records of one model stand: their keys, and what their indexes need besides.

    `indexed` gives the attributes that put a value into secondary indexes; left out, the value is
    not in them (sparse).
    """

    table: Table
    model: type[M]
    key: Callable[[str], Key]
    id_of: Callable[[M], str]
    indexed: Callable[[M], Mapping[str, Any]] = lambda value: {}

    def get(self, id: str) -> Stored[M] | None:
        """The value with this id as last written."""
        record = self.table.get(*self.key(id))
        return self.read(record) if record else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[M]]:
        """The values that exist among `ids`, by id."""
        found = self.table.get_many(self.key(id) for id in ids)
        read = [self.read(record) for record in found.values()]
        return {self.id_of(one.value): one for one in read}

    def save(self, value: M, *, before: Stored[M] | None, by: str, now: datetime) -> Stored[M]:
        """Write `value` as the version after `before` (None: the first); raises Stale."""
        stored = self.sealed(value, before=before, by=by, now=now)
        self.table.put(stored.record, over=before.record["version"] if before else None)
        return stored

    def sealed(self, value: M, *, before: Stored[M] | None, by: str, now: datetime) -> Stored[M]:
        """What `save` writes, for whoever writes it together with what it counts."""
        pk, sk = self.key(self.id_of(value))
        content = {
            "pk": pk,
            "sk": sk,
            **value.model_dump(mode="json", exclude_defaults=True, exclude_none=True),
            **self.indexed(value),
        }
        record = seal(content, before=before.record if before else None, by=by, now=now)
        return Stored(value, record)

    def change(
        self, id: str, how: Callable[[M | None], M | None], *, by: str, now: datetime
    ) -> M | None:
        """Read, let `how` decide, write; again if somebody else wrote in between.

        `how` gets None where there is no such value, and returns None (or what it got) where
        nothing is to be written. Returns what is stored afterwards.
        """
        return changed(self, id, how, by=by, now=now)

    def read(self, record: Record) -> Stored[M]:
        """The value that `record` holds."""
        return Stored(read_as(self.model, record), record)


class Keeps(Protocol[M]):
    """Where values are read and written over what was read."""

    def get(self, id: str) -> Stored[M] | None: ...

    def save(self, value: M, *, before: Stored[M] | None, by: str, now: datetime) -> Stored[M]: ...


class Collection(Keeps[M], Protocol[M]):
    """Where values of one kind are kept, by id: what a use case needs of a shelf."""

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[M]]: ...

    def change(
        self, id: str, how: Callable[[M | None], M | None], *, by: str, now: datetime
    ) -> M | None: ...


def changed(
    shelf: Keeps[M], id: str, how: Callable[[M | None], M | None], *, by: str, now: datetime
) -> M | None:
    """See `Shelf.change`; raises Stale where others keep writing in between."""
    for _ in range(_TRIES):
        before = shelf.get(id)
        old = before.value if before else None
        new = how(old)
        if new is None or new == old:
            return old
        try:
            return shelf.save(new, before=before, by=by, now=now).value
        except Stale:
            continue
    raise Stale(id)


def read_as(model: type[M], record: Record) -> M:
    """The part of `record` that `model` describes; keys, seal and index attributes are left out."""
    fields = model.model_fields
    return model.model_validate({name: value for name, value in record.items() if name in fields})
