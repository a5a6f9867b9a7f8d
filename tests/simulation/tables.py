"""The world's tables and buckets, whose calls may fail or be overtaken by others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import IO, Any, TypeVar

from functions.shared.stream import Change
from functions.shared.table import Addition, Index, Key, Page, Record
from tests.fakes.objects import MemoryObjects
from tests.fakes.table import FakeTable
from tests.simulation.faults import guarded
from tests.simulation.queues import Stream
from tests.simulation.world import World

T = TypeVar("T")


def _subject(pk: str) -> str:
    """Whom a record concerns: the code or id in its key."""
    return pk.partition("#")[2]


class WorldTable:
    """A table whose calls may fail or be overtaken, and whose changes feed streams."""

    def __init__(self, world: World, name: str, *indexes: Index) -> None:
        self._world = world
        self._name = name
        self.streams: list[Stream] = []
        self.changes: list[Change] = []
        self.remembers = True  # a run too long to be looked through afterwards need not
        self._written = 0
        self.inner = FakeTable(*indexes, on_write=self._changed)

    def get(self, pk: str, sk: str) -> Record | None:
        self._world.overtaken(_subject(pk))
        return self.inner.get(pk, sk)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        self._world.overtaken()
        return self.inner.get_many(keys)

    def put(self, record: Record, *, over: int | None) -> None:
        self._world.overtaken(record.get("code") or _subject(record["pk"]))
        self._guard(record, lambda: self.inner.put(record, over=over))

    def put_newer(self, record: Record) -> bool:
        self._world.overtaken(record.get("subject", ""))
        return self._guard(record, lambda: self.inner.put_newer(record))

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        """In one piece: it fails before all of it, or after."""
        self._world.overtaken(_subject(record["pk"]))
        whole = partial(self.inner.put_with, record, over=over, additions=additions)
        self._guard(record, whole)

    def add(self, addition: Addition) -> Record:
        self._world.overtaken()
        name = f"add {self._name} {addition.sk[:1]}"
        return guarded(self._world.faults, name, lambda: self.inner.add(addition))

    def scan(self, segment: int, segments: int, **page: Any) -> Page:
        self._world.overtaken()
        return self.inner.scan(segment, segments, **page)

    def query(self, pk: str, **query: Any) -> Page:
        self._world.overtaken()
        return self.inner.query(pk, **query)

    def _guard(self, record: Record, call: Callable[[], T]) -> T:
        return guarded(self._world.faults, f"put {self._name} {record['sk'][:1]}", call)

    def _changed(self, old: Record | None, new: Record) -> None:
        change = Change(old, new)
        self._written += 1
        if self.remembers:
            self.changes.append(change)
        for stream in self.streams:
            stream.feed((self._written, change))


class WorldObjects(MemoryObjects):
    """A bucket whose writes may fail, and which tells `arrived` of new objects under `in/`."""

    def __init__(
        self,
        world: World,
        arrived: Callable[[str], None] = lambda key: None,
        bodies: dict[str, bytes] | None = None,
    ) -> None:
        super().__init__(bodies)
        self._world = world
        self._arrived = arrived

    def open(self, key: str) -> IO[bytes]:
        self._world.overtaken()
        return super().open(key)

    def write(self, key: str, body: bytes) -> None:
        guarded(self._world.faults, "write object", lambda: self._write(key, body))

    def _write(self, key: str, body: bytes) -> None:
        super().write(key, body)
        if key.startswith("in/"):
            self._arrived(key)
