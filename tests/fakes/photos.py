"""`Photos` in memory: a test says what has been sent."""

from __future__ import annotations

from functions.shared.objects import Upload


class MemoryPhotos:
    """A bucket of pictures of which only the sizes matter."""

    def __init__(self, sizes: dict[str, int] | None = None) -> None:
        self.sizes = dict(sizes or {})

    def size(self, key: str) -> int | None:
        return self.sizes.get(key)

    def upload_of(self, key: str, *, media_type: str, size: int, seconds: int) -> Upload:
        """An address that leads nowhere: tests say themselves what arrived."""
        headers = {"Content-Type": media_type, "Content-Length": str(size)}
        return Upload(f"memory:{key}", seconds, headers)

    def link(self, key: str, *, seconds: int) -> str:
        return f"memory:{key}?{seconds}"
