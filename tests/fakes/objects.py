"""`Objects` in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

from functions.shared.errors import NotFound
from functions.shared.objects import Upload


class MemoryObjects:
    """A bucket: the newest body of each key."""

    def __init__(self, bodies: dict[str, bytes] | None = None) -> None:
        self._bodies = dict(bodies or {})

    def __iter__(self) -> Iterator[str]:
        """The keys, in order."""
        return iter(sorted(self._bodies))

    def read(self, key: str) -> bytes:
        try:
            return self._bodies[key]
        except KeyError:
            raise NotFound("object") from None

    def open(self, key: str) -> IO[bytes]:
        return io.BytesIO(self.read(key))

    def write(self, key: str, body: bytes) -> None:
        self._bodies[key] = bytes(body)

    def list_keys(self, prefix: str) -> Iterator[str]:
        return (key for key in self if key.startswith(prefix))

    def upload(self, key: str, *, seconds: int) -> Upload:
        """An address that leads nowhere: tests write the object themselves."""
        return Upload(f"memory:{key}", seconds)
