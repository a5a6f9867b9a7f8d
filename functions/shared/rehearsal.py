"""A call that changes nothing: what it writes stays in memory and ends with it (A21, test mode).

Everything that a route writes goes through `ports`, which puts a curtain before each table, bucket
and queue. While a rehearsal is on, the curtain is down: reads see what is there and what this very
call has written, writes are checked like real ones, and nothing of them is kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any, Generic, TypeVar

from functions.shared.errors import Conflict
from functions.shared.objects import Bucket, Upload
from functions.shared.table import Addition, Index, Key, Page, Record, Stale, Table

T = TypeVar("T")
_scene: ContextVar[dict[int, Any] | None] = ContextVar("rehearsal", default=None)


@contextmanager
def scope() -> Iterator[None]:
    """Within it a rehearsal may begin; it ends at the latest with it."""
    token = _scene.set(None)
    try:
        yield
    finally:
        _scene.reset(token)


def begin() -> None:
    """From here to the end of the scope nothing is kept."""
    _scene.set({})


def is_on() -> bool:
    """Whether nothing is kept at present."""
    return _scene.get() is not None


class Curtain(Generic[T]):
    """Stands before `real`, and in a rehearsal before what `dry` makes of it, one for each call."""

    def __init__(self, real: T, dry: Callable[[T], object]) -> None:
        self._real = real
        self._dry = dry

    def __getattr__(self, name: str) -> Any:
        scene = _scene.get()
        if scene is None:
            return getattr(self._real, name)
        if id(self) not in scene:
            scene[id(self)] = self._dry(self._real)
        return getattr(scene[id(self)], name)


class DryTable:
    """A table in a rehearsal. A query shows what was there before, in the state that it has now;
    what is new it does not find."""

    def __init__(self, real: Table) -> None:
        self._real = real
        self._written: dict[Key, Record] = {}

    def get(self, pk: str, sk: str) -> Record | None:
        found = self._written.get((pk, sk))
        return dict(found) if found else self._real.get(pk, sk)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Record]:
        wanted = list(keys)
        found = self._real.get_many(key for key in wanted if key not in self._written)
        return found | {key: dict(self._written[key]) for key in wanted if key in self._written}

    def put(self, record: Record, *, over: int | None) -> None:
        before = self.get(record["pk"], record["sk"])
        if (before["version"] if before else None) != over:
            raise Stale(f"{record['pk']}/{record['sk']}")
        self._written[record["pk"], record["sk"]] = dict(record)

    def put_newer(self, record: Record) -> bool:
        before = self.get(record["pk"], record["sk"])
        if before and before["version"] >= record["version"]:
            return False
        self._written[record["pk"], record["sk"]] = dict(record)
        return True

    def put_with(self, record: Record, *, over: int | None, additions: Sequence[Addition]) -> None:
        self.put(record, over=over)
        for one in additions:
            self.add(one)

    def add(self, addition: Addition) -> Record:
        before = self.get(addition.pk, addition.sk) or {"pk": addition.pk, "sk": addition.sk}
        counts = {**addition.counts, "version": 1}
        added = {name: before.get(name, 0) + count for name, count in counts.items()}
        self._written[addition.pk, addition.sk] = {**before, **added}
        return dict(self._written[addition.pk, addition.sk])

    def query(self, pk: str, *, index: Index | None = None, **how: Any) -> Page:
        page = self._real.query(pk, index=index, **how)
        if index and not index.whole:
            return page
        shown = (self._written.get((one["pk"], one["sk"]), one) for one in page.records)
        return Page(tuple(dict(one) for one in shown), page.after)


class DryObjects:
    """A bucket in a rehearsal."""

    def __init__(self, real: Bucket) -> None:
        self._real = real
        self._written: dict[str, bytes] = {}

    def read(self, key: str) -> bytes:
        return self._written[key] if key in self._written else self._real.read(key)

    def open(self, key: str) -> IO[bytes]:
        return io.BytesIO(self._written[key]) if key in self._written else self._real.open(key)

    def write(self, key: str, body: bytes) -> None:
        self._written[key] = body

    def list_keys(self, prefix: str) -> Iterator[str]:
        return self._real.list_keys(prefix)

    def size(self, key: str) -> int | None:
        return self._real.size(key)

    def link(self, key: str, *, seconds: int) -> str:
        return self._real.link(key, seconds=seconds)

    def upload(self, key: str, *, seconds: int) -> Upload:
        """Raises Conflict: what is sent to a signed address would be kept, and its rows taken."""
        raise Conflict.of("not_in_test_mode")

    def upload_of(self, key: str, *, media_type: str, size: int, seconds: int) -> Upload:
        """A real address: a photo that nothing names is seen by nobody."""
        return self._real.upload_of(key, media_type=media_type, size=size, seconds=seconds)
