"""Rules that people write as TOML: versions that never change, each in force from a day on.

A room keeps the versions of its books in its own table; the first of each comes with the
configuration, so that a new city has rules before anybody has published any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.objects import Objects
from functions.shared.records import Shelf
from functions.shared.table import Table
from functions.shared.trail import fingerprint

B = TypeVar("B")
_MOST_KEPT = 8  # parsed versions per book and process
_FIRST = date(2000, 1, 1)
CONFIGURED = "configuration"  # who published what came with the city


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edition(_Frozen):
    """A version of a book: it holds from the day `since` on, until a later one does."""

    version: str
    since: date
    digest: str
    note: str = ""
    by: str
    at: AwareDatetime | None = None


class Register(_Frozen):
    """All versions of one book that were published, in the order in which they were."""

    book: str
    editions: tuple[Edition, ...] = ()

    def on(self, day: date) -> Edition | None:
        """The version that holds on `day`: of those that have begun the one that began last, and of
        several that began on the same day the one published last."""
        begun = [one for one in reversed(self.editions) if one.since <= day]
        return max(begun, key=lambda one: one.since) if begun else None


class _Text(_Frozen):
    id: str  # `<book>/<version>`
    text: str


@dataclass
class Handbook(Generic[B]):
    """One book: `parse` makes its rules out of TOML (raises ValueError), `version_of` reads its
    version. It stands as `<name>.toml` in the configuration, and further versions in `table`."""

    name: str
    table: Table
    config: Objects
    parse: Callable[[str], B]
    _parsed: dict[str, B] = field(default_factory=dict)

    def steady(self) -> Handbook[B]:
        """The same book for one use case, which reads only once which versions there are: thousands
        of rows then go by the same ones."""
        return _Steady(self.name, self.table, self.config, self.parse, self._parsed)

    def on(self, day: date) -> B:
        """The rules that hold on `day` (Shanghai)."""
        found = self._register().on(day)
        return self._read(found.version if found else "")

    def of(self, version: str) -> B:
        """The rules of a version, whenever it holds. Raises NotFound."""
        if version and all(one.version != version for one in self._register().editions):
            first = self._read("")
            if getattr(first, "version", None) != version:
                raise NotFound("version")
            return first
        return self._read(version)

    def text(self, version: str) -> str:
        """A version's TOML; the configuration's where none is named. Raises NotFound."""
        if not version:
            return self.config.read(f"{self.name}.toml").decode()
        found = self._texts.get(f"{self.name}/{version}")
        if found is None:
            raise NotFound("version")
        return found.value.text

    def list_editions(self) -> tuple[Edition, ...]:
        """Every version, the configuration's first."""
        text = self.text("")
        first = Edition(
            version=str(getattr(self.parse(text), "version", "")),
            since=_FIRST,
            digest=fingerprint(text),
            by=CONFIGURED,
        )
        return (first, *self._register().editions)

    def publish(self, text: str, since: date, *, note: str, by: str, now: datetime) -> Edition:
        """Put a version in force from a day on; the text first, so that no register names what is
        not there. The same again is a repeat.

        Raises Invalid where it cannot be read, Conflict where the version stands for another text.
        """
        try:
            version = str(getattr(self.parse(text), "version", ""))
        except ValueError as error:
            raise unreadable(error) from None
        edition = Edition(
            version=version, since=since, digest=fingerprint(text), note=note, by=by, at=now
        )
        first = self.list_editions()[0]
        if first.version == version and first.digest != edition.digest:
            raise Conflict.of("version_exists", "version", version=version)
        id = f"{self.name}/{version}"
        kept = self._texts.change(id, lambda old: old or _Text(id=id, text=text), by=by, now=now)
        if not kept or kept.text != text:
            raise Conflict.of("version_exists", "version", version=version)

        def added(register: Register | None) -> Register:
            register = register or Register(book=self.name)
            if any(one.version == version and one.since == since for one in register.editions):
                return register
            return register.model_copy(update={"editions": (*register.editions, edition)})

        self._registers.change(self.name, added, by=by, now=now)
        return edition

    def _register(self) -> Register:
        found = self._registers.get(self.name)
        return found.value if found else Register(book=self.name)

    def _read(self, version: str) -> B:
        if version not in self._parsed:
            self._parsed[version] = self.parse(self.text(version))
            while len(self._parsed) > _MOST_KEPT:
                del self._parsed[next(iter(self._parsed))]
        return self._parsed[version]

    @property
    def _registers(self) -> Shelf[Register]:
        return Shelf(self.table, Register, lambda name: (f"BOOK#{name}", "0"), lambda r: r.book)

    @property
    def _texts(self) -> Shelf[_Text]:
        return Shelf(self.table, _Text, _text_key, lambda text: text.id)


def unreadable(error: ValueError) -> Invalid:
    """Why a book's TOML cannot be read: each field in it with what is wrong, or the line."""
    reasons = [" ".join(str(error).split())]
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False, include_context=False)
        reasons = [f"{'.'.join(map(str, one['loc'])) or 'book'}: {one['msg']}" for one in found]
    return Invalid.all(Fault("book_broken", "toml", params={"reason": one}) for one in reasons)


@dataclass
class _Steady(Handbook[B]):
    """See `Handbook.steady`."""

    _known: Register | None = None

    def _register(self) -> Register:
        if self._known is None:
            self._known = super()._register()
        return self._known


def _text_key(id: str) -> tuple[str, str]:
    name, _, version = id.partition("/")
    return f"BOOK#{name}", f"V#{version}"
