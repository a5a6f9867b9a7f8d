"""Versions of the item set: added, tried, put in force from a date, never changed (A4)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.errors import Conflict, Invalid

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
    in_force: Annotated[tuple[InForce, ...], Field(max_length=2000)] = ()

    def edition(self, version: str) -> Edition | None:
        """The version of this name."""
        return next((one for one in self.editions if one.version == version), None)

    def version_on(self, day: date) -> str:
        """The version that holds on `day`: the newest put in force, among those that have begun.

        Raises Conflict where none has.
        """
        begun = [one for one in self.in_force if one.since <= day]
        if not begun:
            raise Conflict.of("no_items_in_force", "version", day=day.isoformat())
        return max(begun, key=lambda one: (one.since, one.put_at)).version


def with_edition(register: Register | None, edition: Edition) -> Register:
    """The register with a new version; the same content under the same name is a repeat.

    Raises Conflict where the name stands for other content: a version never changes.
    """
    register = register or Register()
    known = register.edition(edition.version)
    if known is None:
        return register.model_copy(update={"editions": (*register.editions, edition)})
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
    return register.model_copy(update={"in_force": (*register.in_force, entry)})
