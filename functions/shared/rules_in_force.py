"""The supervision items that hold now, with the matcher, the directory and the calendar.

For rooms that ask what a text calls for without owning the items: supervision alone writes the
register of versions, which is read here from its table, and the sets, which stand in the bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import AwareDatetime

from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.directory import Directory, read_directory
from functions.shared.events import Body
from functions.shared.matching.items import ItemSet, SupervisionItem
from functions.shared.matching.matcher import Match, Matcher
from functions.shared.objects import Objects
from functions.shared.records import M, read_as
from functions.shared.table import Record, Table

NO_ITEMS = ItemSet(version="none", items=())
_REGISTER = ("ITEMS", "REGISTER")
_CALENDARS = ("CALENDARS", "REGISTER")


class _Holding(Body):
    version: str
    since: date
    put_at: AwareDatetime


class _Register(Body):
    """What this needs of supervision's register (`supervision/itemsets.py`)."""

    in_force: tuple[_Holding, ...] = ()

    def version_on(self, day: date) -> str | None:
        begun = [one for one in self.in_force if one.since <= day]
        return max(begun, key=lambda one: (one.since, one.put_at)).version if begun else None


class _Loaded(Body):
    version: str


class _Calendars(Body):
    """What this needs of supervision's register of calendars (`supervision/calendars.py`)."""

    loaded: tuple[_Loaded, ...] = ()


class _CalendarText(Body):
    text: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The items of one version that hold on a day, and what they are applied with."""

    items: ItemSet
    matcher: Matcher
    directory: Directory
    calendar: Calendar

    def item(self, match: Match) -> SupervisionItem:
        """The item that matched."""
        found = (match.code, match.version)
        return next(one for one in self.items.items if (one.code, one.version) == found)


class RulesInForce:
    """Reads the rules and keeps them: a version of the items or the calendar never changes, which
    one holds is asked each time; the directory is read once a day, and so is the calendar that
    came with the system, which holds until another is loaded."""

    def __init__(self, supervision: Table, config: Objects) -> None:
        self._table = supervision
        self._bucket = config
        self._items: tuple[str, date, ItemSet, Matcher] | None = None
        self._around: tuple[date, Directory] | None = None
        self._calendar: tuple[str, date, Calendar] | None = None

    def on(self, now: datetime) -> Rules:
        """The rules that hold at `now`; without any item where no version does."""
        day = shanghai_day(now)
        records = self._table.get_many([_REGISTER, _CALENDARS])
        register = _read(_Register, records.get(_REGISTER))
        items, matcher = self._set(register.version_on(day) if register else None, day)
        calendars = _read(_Calendars, records.get(_CALENDARS))
        version = calendars.loaded[-1].version if calendars and calendars.loaded else ""
        return Rules(items, matcher, self._directory(day), self._calendar_of(version, day))

    def _set(self, version: str | None, day: date) -> tuple[ItemSet, Matcher]:
        kept = self._items
        if kept is None or kept[:2] != (version or "", day):
            items = self._load(version).in_force(day) if version else NO_ITEMS
            kept = self._items = (version or "", day, items, Matcher(items))
        return kept[2], kept[3]

    def _load(self, version: str) -> ItemSet:
        return ItemSet.model_validate_json(self._bucket.read(f"items/{version}.json"))

    def _directory(self, day: date) -> Directory:
        kept = self._around
        if kept is None or kept[0] != day:
            kept = self._around = (day, read_directory(self._bucket.read))
        return kept[1]

    def _calendar_of(self, version: str, day: date) -> Calendar:
        kept = self._calendar
        if kept is None or kept[0] != version or (kept[1] != day and not version):
            record = self._table.get(_CALENDARS[0], f"V#{version}") if version else None
            loaded = _read(_CalendarText, record)
            text = loaded.text if loaded else self._text("calendar.toml")
            kept = self._calendar = (version, day, parse_calendar(text))
        return kept[2]

    def _text(self, key: str) -> str:
        return self._bucket.read(key).decode("utf-8-sig")


def _read(model: type[M], record: Record | None) -> M | None:
    return read_as(model, record) if record else None
