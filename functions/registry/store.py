"""Which key an entity, a file and a sweep stand under in the registry's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from functions.registry.domain import Entity
from functions.registry.uploads import ChunkResult, Upload
from functions.shared.records import Shelf, read_as
from functions.shared.table import Index, Record, Table, pages

PENDING = Index("pending", "pending_shard", "pending_at")


@dataclass(frozen=True)
class Store:
    """The registry's table."""

    table: Table

    @cached_property
    def entities(self) -> Shelf[Entity]:
        """Entities by code; those that wait for a sweep are indexed by shard and arrival."""
        return Shelf(
            self.table,
            Entity,
            lambda code: (f"E#{code}", "E"),
            lambda entity: entity.code,
            _pending,
        )

    @cached_property
    def _uploads(self) -> Shelf[Upload]:
        return Shelf(self.table, Upload, lambda id: (f"F#{id}", "F"), lambda upload: upload.id)

    @cached_property
    def _results(self) -> Shelf[ChunkResult]:
        return Shelf(
            self.table,
            ChunkResult,
            lambda id: (f"F#{id.partition('/')[0]}", f"R#{id.partition('/')[2]}"),
            result_id,
        )

    def get_upload(self, id: str) -> Upload | None:
        """The file with this id."""
        found = self._uploads.get(id)
        return found.value if found else None

    def change_upload(
        self, id: str, how: Callable[[Upload | None], Upload | None], by: str, now: datetime
    ) -> Upload | None:
        """Write what `how` makes of the file; see `Shelf.change`."""
        return self._uploads.change(id, how, by=by, now=now)

    def save_result(self, result: ChunkResult, by: str, now: datetime) -> None:
        """Record what became of a chunk, once."""
        self._results.change(result_id(result), lambda before: before or result, by=by, now=now)

    def list_results(self, upload: str, content: str = "") -> list[ChunkResult]:
        """The results of a file's chunks so far, in order; those of this `content` alone."""
        begins = f"R#{content}/" if content else "R#"
        records = pages(self.table, f"F#{upload}", begins=begins)
        return [self._results.read(record).value for record in records]

    def list_pending(self, shard: int, until: datetime, limit: int) -> list[str]:
        """At most `limit` codes of a shard that arrived by `until`, longest waiting first."""
        page = self.table.query(_shard(shard), index=PENDING, until=_instant(until), limit=limit)
        return [record["pk"].removeprefix("E#") for record in page.records]


def result_id(result: ChunkResult) -> str:
    """Where a chunk's result stands among those of its file."""
    return "/".join(filter(None, (result.upload, result.content, f"{result.number:06d}")))


def _pending(entity: Entity) -> dict[str, str]:
    if not entity.pending:
        return {}
    return {
        "pending_shard": _shard(entity.shard),
        "pending_at": _instant(entity.received_at),
    }


def _shard(shard: int) -> str:
    return f"P#{shard:02d}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def entity_in(record: Record) -> Entity | None:
    """The entity that a record of the table holds, if it holds one."""
    return read_as(Entity, record) if record["sk"] == "E" else None
