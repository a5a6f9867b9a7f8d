"""The archive of every version of every record, and the daily root that seals it (D1)."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from functions.shared.table import Record
from functions.shared.trail import broken

_REMOVED = "removed"


class Leaf(BaseModel):
    """One object of the archive and the SHA-256 of its bytes."""

    model_config = ConfigDict(frozen=True)

    key: str
    sha256: str


class Root(BaseModel):
    """A day of the archive: its objects, and one hash over all of them and the root before."""

    model_config = ConfigDict(frozen=True)

    day: date
    before: str
    leaves: tuple[Leaf, ...]
    root: str


class Broken(BaseModel):
    """A record that is not what was written: its key, version, and which part of its seal fails."""

    model_config = ConfigDict(frozen=True)

    pk: str
    sk: str
    version: int
    fails: str


def packed(records: Iterable[Record]) -> bytes:
    """Versions of records as compressed JSON lines; the same records give the same bytes."""
    lines = (json.dumps(one, ensure_ascii=False, sort_keys=True, default=str) for one in records)
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def unpacked(body: bytes) -> list[Record]:
    """The versions that `packed` packed."""
    text = gzip.decompress(body).decode()
    return [json.loads(line) for line in text.splitlines()]


def removal(record: Record) -> Record:
    """What the archive says of a record that was taken out of its table, which nothing here does:
    somebody else did."""
    return {**{name: record[name] for name in ("pk", "sk", "version")}, _REMOVED: True}


def archive_key(feature: str, day: date, first: str) -> str:
    """Where a batch stands: by day, then by feature and the sequence number of its first change."""
    return f"archive/{day.isoformat()}/{feature}/{first}.jsonl.gz"


def root_of(day: date, before: str, objects: Mapping[str, bytes]) -> Root:
    """The root over a day's objects."""
    leaves = tuple(
        Leaf(key=key, sha256=hashlib.sha256(body).hexdigest())
        for key, body in sorted(objects.items())
    )
    return Root(day=day, before=before, leaves=leaves, root=root_over(day, before, leaves))


def root_over(day: date, before: str, leaves: Iterable[Leaf]) -> str:
    """The one hash over a day's leaves and the root before."""
    text = "\n".join([day.isoformat(), before, *(f"{one.key} {one.sha256}" for one in leaves)])
    return hashlib.sha256(text.encode()).hexdigest()


def faults_in(history: Iterable[Record]) -> Iterator[Broken]:
    """What is wrong with the versions of one record, oldest first; a version seen twice is one.

    A missing version shows as the next one's `version` or `prev_hash`, a record that was removed as
    `removed`.
    """
    before: Record | None = None
    for record in sorted(history, key=lambda one: int(one["version"])):
        if _REMOVED in record:
            yield _fault(record, _REMOVED)
            continue
        if before and before["version"] == record["version"] and before == record:
            continue
        if fails := broken(record, before):
            yield _fault(record, fails)
        before = record


def _fault(record: Mapping[str, Any], fails: str) -> Broken:
    return Broken(pk=record["pk"], sk=record["sk"], version=int(record["version"]), fails=fails)
