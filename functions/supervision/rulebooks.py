"""The rules of this deployment: item sets by version, directory, calendar, kept once read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache

from functions.shared import ports
from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.directory import Directory, read_directory
from functions.shared.matching.items import ItemSet
from functions.shared.matching.matcher import Matcher
from functions.shared.objects import Objects
from functions.supervision.calendars import IN_FORCE_KEY
from functions.supervision.cases import Rulebook
from functions.supervision.itemsets import Register
from functions.supervision.store import Store

_MOST_BOOKS = 8  # kept per process: versions that hold or held, each as of a day or whole


def items_key(version: str) -> str:
    """Where an item set stands in the configuration bucket."""
    return f"items/{version}.json"


class StoredRulebooks:
    """`Rulebooks` from the register in the table and the bodies in the bucket.

    A version never changes, so what was read once is kept; which one holds is asked each time.
    """

    def __init__(self, store: Store, bucket: Objects) -> None:
        self._store = store
        self._bucket = bucket
        self._books: dict[tuple[str, date | None], Rulebook] = {}
        self._directory: Directory | None = None
        self._calendars: dict[str, Calendar] = {}

    def in_force(self, now: datetime) -> Rulebook:
        """The rules that hold at `now`; raises Conflict where none does."""
        register = self._store.get_register() or Register()
        day = shanghai_day(now)
        return self._book(register.version_on(day), day)

    def of(self, version: str, on: datetime | None = None) -> Rulebook:
        """The rules of a version as they held `on` an instant, or whole."""
        return self._book(version, shanghai_day(on) if on else None)

    def load(self, version: str) -> ItemSet:
        """The item set of a version; raises NotFound."""
        return ItemSet.model_validate_json(self._bucket.read(items_key(version)))

    def _book(self, version: str, day: date | None) -> Rulebook:
        calendar = self.read_calendar()
        book = self._books.pop((version, day), None)
        if book is None:
            items = self.load(version)
            held = items.in_force(day) if day else items
            book = Rulebook(held, Matcher(held), self._around(), calendar)
        self._books[version, day] = book  # last in, last out: what was asked for longest ago goes
        if len(self._books) > _MOST_BOOKS:
            del self._books[next(iter(self._books))]
        return replace(book, calendar=calendar)

    def read_calendar(self) -> Calendar:
        """The calendar in force: which that is, is asked each time."""
        register = self._store.get_calendars()
        version = register.in_force.version if register else ""
        if version not in self._calendars:
            kept = self._store.calendar_texts.get(version) if version else None
            text = kept.value.text if kept else self._bucket.read(IN_FORCE_KEY).decode()
            self._calendars[version] = parse_calendar(text)
        return self._calendars[version]

    def read_directory(self) -> Directory:
        """The directory as it stands in the bucket now."""
        return read_directory(self._bucket.read)

    def _around(self) -> Directory:
        if self._directory is None:
            self._directory = self.read_directory()
        return self._directory


@cache
def rulebooks() -> StoredRulebooks:
    """The rules of this process."""
    return StoredRulebooks(Store(ports.table("supervision")), ports.objects("config"))
