"""What happens to the trail: days are sealed, and anyone may check them (D1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile
from typing import Protocol

from functions.shared.errors import NotFound
from functions.shared.table import Record
from functions.trail.domain import Broken, Root, faults_in, root_of, root_over, unpacked

_MOST_MISSED = 31  # days that one night makes up for


class Archive(Protocol):
    """Where the versions are kept."""

    def read(self, key: str) -> bytes: ...

    def list_keys(self, prefix: str) -> Iterator[str]: ...


class Roots(Protocol):
    """Where the roots are kept, beyond anybody's reach to change."""

    def read(self, key: str) -> bytes: ...

    def write(self, key: str, body: bytes) -> None: ...


def root_key(day: date) -> str:
    """Where the root of a day stands."""
    return f"roots/{day.isoformat()}.json"


def seal_until(day: date, archive: Archive, roots: Roots) -> list[Root]:
    """Seal `day` and the unsealed days since the last sealed one, oldest first, so that each root
    holds on to the one before; a missed night is made up for within a month."""
    days = [day - timedelta(days=back) for back in range(_MOST_MISSED)]
    missed = list(takewhile(lambda one: not _is_sealed(one, roots), days))
    if len(missed) == len(days):  # nothing was ever sealed: begin where the archive does
        missed = [one for one in missed if any(archive.list_keys(f"archive/{one.isoformat()}/"))]
    return [seal_day(one, archive, roots) for one in sorted({day, *missed})]


def seal_day(day: date, archive: Archive, roots: Roots) -> Root:
    """Seal all objects of `day`; one that is sealed already stays as it is."""
    try:
        return Root.model_validate_json(roots.read(root_key(day)))
    except NotFound:
        root = _computed(day, archive, roots)
        roots.write(root_key(day), root.model_dump_json().encode())
        return root


def check_day(day: date, archive: Archive, roots: Roots) -> list[str]:
    """The keys of a sealed day's objects that were changed, added or removed since; the root's own
    where it is not the root of what it lists.

    Raises NotFound for a day that was never sealed.
    """
    sealed = Root.model_validate_json(roots.read(root_key(day)))
    if sealed.root != root_over(sealed.day, sealed.before, sealed.leaves):
        return [root_key(day)]
    now = root_of(day, sealed.before, _objects(day, archive))
    before = {leaf.key: leaf.sha256 for leaf in sealed.leaves}
    after = {leaf.key: leaf.sha256 for leaf in now.leaves}
    differing = {key for key in before | after if before.get(key) != after.get(key)}
    return sorted(differing)


def check_histories(days: list[date], archive: Archive) -> list[Broken]:
    """The records whose chain of versions does not hold, over the archive of `days` from the first
    day on."""
    histories: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for day in days:
        for key in archive.list_keys(f"archive/{day.isoformat()}/"):
            feature = key.split("/")[2]
            for record in unpacked(archive.read(key)):
                histories[feature, record["pk"], record["sk"]].append(record)
    return [fault for history in histories.values() for fault in faults_in(history)]


def _is_sealed(day: date, roots: Roots) -> bool:
    try:
        roots.read(root_key(day))
    except NotFound:
        return False
    return True


def _computed(day: date, archive: Archive, roots: Roots) -> Root:
    try:
        before = Root.model_validate_json(roots.read(root_key(day - timedelta(days=1)))).root
    except NotFound:
        before = ""
    return root_of(day, before, _objects(day, archive))


def _objects(day: date, archive: Archive) -> dict[str, bytes]:
    keys = archive.list_keys(f"archive/{day.isoformat()}/")
    return {key: archive.read(key) for key in keys}
