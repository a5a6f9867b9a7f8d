"""Versions of the item set: added, tried, put in force from a date, never changed (A4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, groupby
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from functions.shared.directory import Directory
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.findings import faults_of
from functions.shared.matching.items import BadItems, ItemSet, SupervisionItem

# One record holds the register, and a record ends at 400 KB: with the longest notes 150 editions
# are 260 KB. What is forgotten here is in the trail, and its body stays in the bucket.
_MOST_EDITIONS = 150
_MOST_IN_FORCE = 500

Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edition(_Frozen):
    """One version of the item set: `digest` names its content, which stands in the bucket."""

    version: Version
    digest: str
    items: int
    note: str = ""
    added_by: str
    added_at: AwareDatetime


class InForce(_Frozen):
    """From `since` on (a day in Shanghai) `version` holds."""

    version: Version
    since: date
    put_by: str
    put_at: AwareDatetime


class Register(_Frozen):
    """All versions there are, and which held or will hold when. One record: its history is the
    trail of every change to the rules."""

    editions: tuple[Edition, ...] = ()
    in_force: tuple[InForce, ...] = ()

    def edition(self, version: str) -> Edition | None:
        """The version of this name."""
        return next((one for one in self.editions if one.version == version), None)

    def version_on(self, day: date) -> str:
        """The version that holds on `day`: the newest put in force, among those that have begun.

        Raises Conflict where none has.
        """
        holds = self.holds_on(day)
        if holds is None:
            raise Conflict.of("no_items_in_force", "version", day=day.isoformat())
        return holds.version

    def holds_on(self, day: date) -> InForce | None:
        """Which version holds on `day`, and since when."""
        begun = [one for one in self.in_force if one.since <= day]
        return max(begun, key=lambda one: (one.since, one.put_at), default=None)


def with_edition(register: Register | None, edition: Edition) -> Register:
    """The register with a new version; the same content under the same name is a repeat.

    Raises Conflict where the name stands for other content: a version never changes.
    """
    register = register or Register()
    known = register.edition(edition.version)
    if known is None:
        kept = {entry.version for entry in register.in_force}
        old = [one for one in register.editions if one.version not in kept]
        surplus = {one.version for one in old[: len(register.editions) + 1 - _MOST_EDITIONS]}
        known_still = (one for one in register.editions if one.version not in surplus)
        return register.model_copy(update={"editions": (*known_still, edition)})
    if known.digest != edition.digest:
        raise Conflict.of("version_exists", "version", version=edition.version)
    return register


def put_in_force(register: Register | None, entry: InForce, today: date) -> Register:
    """The register with a version that holds from a day on; not from a day that has passed.

    Raises Invalid for a version that nobody added, or a day before `today`.
    """
    register = register or Register()
    if register.edition(entry.version) is None:
        raise Invalid.of("version_unknown", "version", version=entry.version)
    if entry.since < today:
        raise Invalid.of("day_in_past", "since", day=entry.since.isoformat())
    newest = register.in_force[-1] if register.in_force else None
    if newest and (newest.version, newest.since) == (entry.version, entry.since):
        return register
    entries = _lately((*register.in_force, entry), today)
    return register.model_copy(update={"in_force": entries})


def broken(bad: BadItems) -> Invalid:
    """What is wrong with an item file, fault by fault: `items.SJ07.rules.0.words`."""
    if bad.error is None:
        lines = str(bad).splitlines()
        return Invalid.all(Fault("items_broken", "toml", params={"detail": line}) for line in lines)
    return Invalid.all(
        replace(one, field=_by_code(one.field, bad.codes)) for one in faults_of(bad.error)
    )


def _by_code(field: str, codes: tuple[str, ...]) -> str:
    """A field's path with the item's code in place of its number."""
    whole, _, rest = field.partition(".")
    place, _, rest = rest.partition(".")
    if whole != "items" or not place.isdecimal():
        return field
    return ".".join(part for part in (whole, codes[int(place)], rest) if part)


def refuse_unusable(items: ItemSet, directory: Directory) -> None:
    """Raises Invalid for a set that cannot be decided by: it is empty, names items that it does not
    have or departments that nobody is, or holds two versions of an item on one day."""
    if not items.items:
        raise Invalid.of("items_empty", "items")
    codes = {item.code for item in items.items}
    faults = [
        Fault("item_unknown", f"items.{item.code}.covered_by", params={"item": one})
        for item in items.items
        for one in item.covered_by
        if one not in codes
    ]
    by_code = groupby(sorted(items.items, key=lambda one: one.code), key=lambda one: one.code)
    faults += [
        Fault("item_twice", f"items.{code}", params={"item": code})
        for code, versions in by_code
        if any(_meet(one, other) for one, other in combinations(versions, 2))
    ]
    faults += [
        Fault(
            "item_department_unknown",
            f"items.{item.code}.departments",
            params={"item": item.code, "department": department},
        )
        for item in items.items
        for department in item.departments
        if not directory.unit_for(department, item.level, None)
    ]
    if faults:
        raise Invalid.all(faults)


def _meet(one: SupervisionItem, other: SupervisionItem) -> bool:
    """Whether both hold on some day, or cannot be told apart."""
    later = max(one.holds_from, other.holds_from)
    both = one.in_force(later) and other.in_force(later)
    return one.version == other.version or both


def _lately(entries: tuple[InForce, ...], today: date) -> tuple[InForce, ...]:
    """`entries` without the oldest of those that hold no more, where there are too many.

    Raises Conflict where too many are still to come.
    """
    begun = [one for one in entries if one.since <= today]
    holds = max(begun, key=lambda one: (one.since, one.put_at), default=None)
    over = [one for one in begun if one is not holds]
    surplus = max(0, len(entries) - _MOST_IN_FORCE)
    if surplus > len(over):
        raise Conflict.of("too_many_in_force", "since", most=_MOST_IN_FORCE)
    forgotten = over[:surplus]
    return tuple(one for one in entries if not any(one is other for other in forgotten))
