"""Versions of the working calendar: loaded once, never changed, the newest holds (A14)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import read_calendar
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.findings import faults_of
from functions.shared.holidays import CalendarData
from functions.shared.objects import Objects
from functions.shared.records import Stored
from functions.shared.table import Stale
from functions.shared.trail import fingerprint
from functions.supervision.desk import SYSTEM

IN_FORCE_KEY = "calendar.toml"  # in the configuration bucket: what every room reads
_MOST_LOADED = 500  # remembered in the one record; what is forgotten stays in the trail


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CalendarText(_Frozen):
    """A version of the calendar as its file gives it, `name` being the version's; `digest` names
    what it says, without comments and layout."""

    name: str
    digest: str
    years: tuple[int, ...]
    text: str


class Loaded(_Frozen):
    """Who loaded which version when, and the years for which a notice is in it."""

    version: str
    digest: str
    years: tuple[int, ...]
    loaded_by: str
    loaded_at: AwareDatetime


class Calendars(_Frozen):
    """What was loaded, in order: the last one holds. One record: its stream tells the city."""

    loaded: tuple[Loaded, ...]

    @property
    def in_force(self) -> Loaded:
        """The version that holds."""
        return self.loaded[-1]


class Texts(Protocol):
    """Where the versions are kept."""

    def get(self, id: str) -> Stored[CalendarText] | None: ...

    def save(
        self, value: CalendarText, *, before: Stored[CalendarText] | None, by: str, now: datetime
    ) -> Stored[CalendarText]: ...


class Library(Protocol):
    """The versions of the calendar, and which of them were loaded."""

    @property
    def calendar_texts(self) -> Texts: ...

    def get_calendars(self) -> Calendars | None: ...

    def change_calendars(
        self, how: Callable[[Calendars | None], Calendars | None], by: str, now: datetime
    ) -> Calendars | None: ...


def load_calendar(
    toml: str, caller: Caller, library: Library, bucket: Objects, now: datetime
) -> Calendars:
    """Put a version of the calendar in force; sent again, it changes nothing (A14).

    The text is kept once under its version, which decides who came first; then the register is
    written, whose event has every provisional limit counted again. Who dies in between sends it
    again: until then the calendar before holds. The event writes the bucket's copy as well.

    Raises Invalid where the text is no calendar, Conflict where its version stands for another
    one, or where it lacks a year that has been published.
    """
    require(caller, Action.CALENDAR_WRITE, ANYONE, "calendar")
    new, deployed = read_text(toml), read_text(bucket.read(IN_FORCE_KEY).decode())
    before = library.get_calendars()
    with_loaded(before, _loaded(new, caller.id, now), deployed, now)  # before anything is kept
    if before is None:
        _keep(deployed, library.calendar_texts, SYSTEM, now)
    _keep(new, library.calendar_texts, caller.id, now)
    entry = _loaded(new, caller.id, now)
    register = library.change_calendars(
        lambda present: with_loaded(present, entry, deployed, now), caller.id, now
    )
    publish(library, bucket)
    assert register  # it was written, or stood there before
    return register


def with_loaded(
    register: Calendars | None, entry: Loaded, deployed: CalendarText, now: datetime
) -> Calendars:
    """The register with another version in force; as it is where that was loaded before.

    The first one follows the calendar with which the system was `deployed`. Raises Conflict.
    """
    register = register or Calendars(loaded=(_loaded(deployed, SYSTEM, now),))
    known = next((one for one in register.loaded if one.version == entry.version), None)
    if known and known.digest != entry.digest:
        raise Conflict.of("calendar_version_used", "version", version=entry.version)
    if known:
        return register
    if missing := sorted(set(register.in_force.years) - set(entry.years)):
        raise Conflict.of("calendar_lacks_year", "years", year=missing[0])
    return Calendars(loaded=(*register.loaded, entry)[-_MOST_LOADED:])


def publish(library: Library, bucket: Objects) -> None:
    """Write the calendar in force to where every room reads it; a repeat writes the same."""
    register = library.get_calendars()
    kept = library.calendar_texts.get(register.in_force.version) if register else None
    if kept:
        body = kept.value.text.encode()
        bucket.write(f"calendars/{kept.value.name}.toml", body)
        bucket.write(IN_FORCE_KEY, body)


def read_text(toml: str) -> CalendarText:
    """A version from its file; raises Invalid with the fields at fault."""
    try:
        data = read_calendar(toml)
    except tomllib.TOMLDecodeError as error:
        raise Invalid.of("calendar_broken", "toml", detail=str(error)) from None
    except ValidationError as error:
        raise Invalid.all(_faults(error)) from None
    return CalendarText(
        name=data.version,
        digest=fingerprint(data.model_dump(mode="json")),
        years=tuple(notice.year for notice in data.years),
        text=toml,
    )


def _faults(error: ValidationError) -> list[Fault]:
    """What is wrong, by the names of the file's fields; a rule of our own says its sentence."""
    found = error.errors(include_url=False, include_input=False)
    return [
        Fault("calendar_broken", fault.field, params={"detail": str(one["ctx"]["error"])})
        if one["type"] == "value_error"
        else fault
        for one, fault in zip(found, faults_of(error, CalendarData), strict=True)
    ]


def _keep(text: CalendarText, texts: Texts, by: str, now: datetime) -> None:
    """Keep a version for good; raises Conflict where another stands under its name."""
    try:
        if texts.get(text.name) is None:
            texts.save(text, before=None, by=by, now=now)
    except Stale:
        pass
    kept = texts.get(text.name)
    if kept is None or kept.value.digest != text.digest:
        raise Conflict.of("calendar_version_used", "version", version=text.name)


def _loaded(text: CalendarText, by: str, now: datetime) -> Loaded:
    return Loaded(
        version=text.name, digest=text.digest, years=text.years, loaded_by=by, loaded_at=now
    )
