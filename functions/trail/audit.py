"""Checks a sealed day piece by piece, and joins the pieces: which row was changed, and how (D1).

A day may hold more than one call can read, and a record's versions are spread over many days. So a
piece says what its objects show by themselves, and gives the links of its records' chains; whoever
reads several pieces joins the links, over any number of days, and finds what only together shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from functions.shared.errors import Conflict, NotFound
from functions.shared.table import Record
from functions.shared.trail import GENESIS, digest
from functions.trail.domain import Leaf, Root, root_over, unpacked
from functions.trail.usecases import Archive, Roots, root_key

_MOST_OBJECTS = 50  # of one piece
_MOST_RECORDS = 5000  # after which a piece takes up no further object
_SEAL = ("version", "by", "at", "hash", "prev_hash")


class Sealed(Protocol):
    """The roots, by their names."""

    def list_keys(self, prefix: str) -> Iterator[str]: ...


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Link(_Told):
    """One version of a record, and the hash of the one before that it names."""

    table: str
    pk: str
    sk: str
    version: int
    hash: str
    prev: str = GENESIS
    by: str = ""
    at: str = ""


class RowFault(_Told):
    """A row that is not what was written: `fails` is `unsealed` (something wrote it that seals
    nothing), `hash` (it was changed), `prev_hash` or `version` (it does not follow from the version
    before), or `removed`. `by` and `at` are what the row itself claims."""

    table: str
    pk: str
    sk: str
    version: int | None = None
    by: str = ""
    at: str = ""
    fails: str


class ObjectFault(_Told):
    """An object of the archive that was `changed`, `added` or `removed` since its day was sealed,
    or a `root` that does not follow from what it lists, or from the day before."""

    key: str
    fails: str


class Checked(_Told):
    """How much a piece looked at."""

    objects: int
    records: int


class Piece(_Told):
    """What one piece of a sealed day shows. `after` leads to the next piece; `objects` counts all
    of the day's. `links` are those of its records, where they were asked for."""

    day: date
    root: str
    objects: int
    checked: Checked
    object_faults: list[ObjectFault] = []
    row_faults: list[RowFault] = []
    links: list[Link] = []
    after: str | None = None


def check_piece(day: date, archive: Archive, roots: Roots, after: str = "") -> Piece:
    """The piece of a sealed `day` that begins behind the object `after` ("": with the first).

    Raises Conflict for a day that is not sealed (yet).
    """
    sealed = _root(day, roots)
    if sealed is None:
        raise Conflict.of("day_not_sealed", "day", day=day.isoformat())
    object_faults = [] if after else list(_whole_day(sealed, archive, roots))
    row_faults: list[RowFault] = []
    links: list[Link] = []
    left = [leaf for leaf in sealed.leaves if leaf.key > after]
    read = 0
    for leaf in left[:_MOST_OBJECTS]:
        records, fails = _records(leaf, archive)
        if fails:
            object_faults.append(ObjectFault(key=leaf.key, fails=fails))
        row_faults += _faults(leaf.key, records)
        links += _links(leaf.key, records)
        read += 1
        if len(links) >= _MOST_RECORDS:
            break
    chains = Chains()
    chains.add(links)
    return Piece(
        day=day,
        root=sealed.root,
        objects=len(sealed.leaves),
        checked=Checked(objects=read, records=len(links)),
        object_faults=object_faults,
        row_faults=[*row_faults, *chains.faults(gaps=False)],
        links=links,
        after=left[read - 1].key if read < len(left) else None,
    )


@dataclass
class Chains:
    """The chains of versions that links of any number of pieces make."""

    _versions: dict[tuple[str, str, str], dict[int, dict[str, Link]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )

    def add(self, links: Iterable[Link]) -> None:
        """Take up more links; the same link again is no news."""
        for link in links:
            self._versions[link.table, link.pk, link.sk][link.version].setdefault(link.hash, link)

    @property
    def older(self) -> int:
        """How many records began before what was taken up: their first link has nothing to hold
        on to."""
        return sum(min(versions) > 1 for versions in self._versions.values())

    def faults(self, *, gaps: bool = True) -> Iterator[RowFault]:
        """The links that do not hold. With `gaps`, also where a version is missing: only of use
        where everything between was taken up."""
        for versions in self._versions.values():
            before: dict[str, Link] = {}
            last = 0
            for version, here in sorted(versions.items()):
                fails = _fails(last, before, version, here, gaps=gaps)
                if fails:
                    yield _fault(next(reversed(here.values())), fails)
                before, last = here, version


def _fails(
    last: int, before: dict[str, Link], version: int, here: dict[str, Link], *, gaps: bool
) -> str | None:
    if len(here) > 1:
        return "version"  # two rows that both say that they are this version
    (link,) = here.values()
    if version == 1:
        return "prev_hash" if link.prev != GENESIS else None
    if last == version - 1 and before:
        return "prev_hash" if link.prev not in before else None
    return "version" if gaps and before else None


def list_days(roots: Sealed) -> list[date]:
    """The days that are sealed, in order."""
    names = (key.rpartition("/")[2].removesuffix(".json") for key in roots.list_keys("roots/"))
    return sorted(map(date.fromisoformat, names))


def _root(day: date, roots: Roots) -> Root | None:
    try:
        return Root.model_validate_json(roots.read(root_key(day)))
    except NotFound:
        return None


def _whole_day(sealed: Root, archive: Archive, roots: Roots) -> Iterator[ObjectFault]:
    """Whether the root holds, holds on to the day before, and lists what is there."""
    yesterday = _root(sealed.day - timedelta(days=1), roots)
    follows = sealed.before == (yesterday.root if yesterday else "")
    if sealed.root != root_over(sealed.day, sealed.before, sealed.leaves) or not follows:
        yield ObjectFault(key=root_key(sealed.day), fails="root")
    listed = {leaf.key for leaf in sealed.leaves}
    for key in archive.list_keys(f"archive/{sealed.day.isoformat()}/"):
        if key not in listed:
            yield ObjectFault(key=key, fails="added")


def _records(leaf: Leaf, archive: Archive) -> tuple[list[Record], str | None]:
    """An object's records, as far as they can be read, and what is wrong with the object."""
    try:
        body = archive.read(leaf.key)
    except NotFound:
        return [], "removed"
    fails = None if sha256(body).hexdigest() == leaf.sha256 else "changed"
    try:
        return unpacked(body), fails
    except (OSError, EOFError, ValueError):  # no gzip, cut off, no JSON
        return [], "changed"


def _faults(key: str, records: Iterable[Record]) -> Iterator[RowFault]:
    for record in records:
        fails = _own_fault(record)
        if fails:
            yield RowFault(
                table=_table(key),
                pk=str(record.get("pk", "")),
                sk=str(record.get("sk", "")),
                version=record.get("version"),
                by=str(record.get("by", "")),
                at=str(record.get("at", "")),
                fails=fails,
            )


def _own_fault(record: Record) -> str | None:
    if "removed" in record:
        return "removed"
    if not _is_sealed(record):
        return "unsealed"
    return "hash" if digest(record) != record["hash"] else None


def _links(key: str, records: Iterable[Record]) -> list[Link]:
    table = _table(key)
    return [
        Link(
            table=table,
            pk=one["pk"],
            sk=one["sk"],
            version=one["version"],
            hash=one["hash"],
            prev=one["prev_hash"],
            by=one["by"],
            at=one["at"],
        )
        for one in records
        if _is_sealed(one)
    ]


def _is_sealed(record: Record) -> bool:
    return "removed" not in record and all(name in record for name in _SEAL)


def _table(key: str) -> str:
    return key.split("/")[2]


def _fault(link: Link, fails: str) -> RowFault:
    named = link.model_dump(include={"table", "pk", "sk", "version", "by", "at"})
    return RowFault(**named, fails=fails)
