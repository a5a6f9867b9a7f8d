"""What has a limit beyond the published calendar is found by shards, to be counted again (A14).

A room keeps such records in a sparse index of its own table. When another calendar is loaded, each
shard is worked through from its beginning, for as long as there is time, and then from where that
ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from zlib import crc32

from pydantic import BaseModel, ConfigDict

from functions.shared.table import Index, Record, Table

PROVISIONAL = Index("provisional", "provisional_shard", "provisional_id")
SHARDS = range(16)
_PAGE = 100


class Portion(BaseModel):
    """A shard of what is provisional, from `after` on (None: from its beginning)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    shard: int
    after: Record | None = None


class ProvisionalIndex(Protocol):
    """The ids of what has a running limit that no published calendar covers."""

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]: ...


def shard_of(id: str) -> int:
    """The shard in which something stands."""
    return crc32(id.encode()) % len(SHARDS)


def attributes(id: str) -> dict[str, str]:
    """What puts a record into the index."""
    return {"provisional_shard": _key(shard_of(id)), "provisional_id": id}


def list_provisional(
    table: Table, shard: int, *, limit: int, after: Record | None = None
) -> tuple[list[str], Record | None]:
    """A page of the ids of a shard, and where to go on (None: that was all)."""
    page = table.query(_key(shard), index=PROVISIONAL, limit=limit, after=after)
    return [record["provisional_id"] for record in page.records], page.after


def work_through(
    portion: Portion,
    index: ProvisionalIndex,
    again: Callable[[str], object],
    go_on: Callable[[], bool],
) -> Portion | None:
    """Call `again` with each id of a shard, page after page, as far as `go_on` allows; what is left
    of it (None: nothing).

    What cannot be read or written holds up no other: what was wrong with it is raised when the
    shard has come to its end, and the repeat finds it.
    """
    wrong: list[Exception] = []
    while go_on():
        ids, after = index.list_provisional(portion.shard, limit=_PAGE, after=portion.after)
        for id in ids:
            try:
                again(id)
            except Exception as error:
                wrong.append(error)
        if after is None:
            if wrong:
                raise wrong[0]
            return None
        portion = portion.model_copy(update={"after": after})
    return portion


def _key(shard: int) -> str:
    return f"P#{shard:02d}"
