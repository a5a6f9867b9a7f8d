"""Key persons: found only by their exact number, by those entitled; every look-up is logged (C8).

The number leaves its request in one direction: to the one function that may turn it into a key.
That function does so only for a look-up that stands in the log, so nobody is looked up unlogged.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.credit.batches import LookUp
from functions.credit.catalogue import FieldType, Shown
from functions.credit.desk import Cabinet, Desk
from functions.credit.domain import CreditRecord
from functions.credit.identifiers import read_identity
from functions.credit.matching import person_key
from functions.credit.names import normalised
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import strikes
from functions.shared.errors import Conflict, Fault, Invalid, NotFound
from functions.shared.events.credit import Category, RecordState
from functions.shared.vault import Vault

WITHIN = timedelta(minutes=10)  # of a look-up its numbers may be opened
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)  # nothing is logged outside of these
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=200)]


class _In(BaseModel):
    """What comes in: its errors never repeat what was given, which may be a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class LookUpIn(_In):
    """Whom to look up: the number (GB 11643, or of another paper) in whatever form; with a `name`,
    only where the person bears it. Why, and for which of the caller's units."""

    number: Annotated[str, StringConstraints(min_length=5, max_length=40)] = Field(repr=False)
    name: _Text | None = None
    purpose: _Purpose
    unit: _Text | None = None


class RevealIn(_In):
    """Which number of a record to open, by which own look-up of the last ten minutes, and why."""

    look_up: _Text
    record: _Text
    field: _Text
    purpose: _Purpose


class PersonRecord(BaseModel):
    """A record as officials see it. `sealed` are fields that hold a number, without it."""

    id: str
    item: str
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: str = ""
    disputed: bool = False
    values: dict[str, str]
    sealed: tuple[str, ...] = ()


class Person(BaseModel):
    """A key person: under which look-up it is logged, the name, the number masked, the records."""

    look_up: str
    name: str
    number: str
    records: list[PersonRecord]


class Revealed(BaseModel):
    """One number, opened."""

    look_up: str
    number: str = Field(repr=False)


class LoggedLookUp(BaseModel):
    """A look-up as the log tells it. `found` is missing where the search was not finished."""

    id: str
    unit: str
    by: str
    at: AwareDatetime
    purpose: str
    subject: str = ""
    found: bool | None = None
    revealed: bool = False


class Keeper(Protocol):
    """The function that alone may handle identity numbers, as others call it."""

    def key_of(self, look_up: str, number: str) -> str:
        """The key under which the person with this number stands."""
        ...

    def number_in(self, look_up: str, record: str, field: str) -> str:
        """The number that a record's field holds."""
        ...


def look_up_person(
    asked: LookUpIn, nonce: str, caller: Caller, desk: Desk, keeper: Keeper
) -> Person:
    """The person with a number, and its live records.

    The look-up is logged before anything is searched: a crash after that leaves a line that says
    that somebody began. Nothing found looks like what is not the caller's, and is logged as such.
    Raises Invalid for what cannot be a number, NotFound.
    """
    unit = _looking(asked.unit, caller)
    number = read_identity(asked.number, shanghai_day(desk.now))
    if number.fault:
        raise Invalid(Fault("person_number", "number"))
    log = LookUp(
        id=_id(unit, nonce, desk), by=caller.id, unit=unit, purpose=asked.purpose, at=desk.now
    )
    desk.cabinet.look_ups.save(log, before=None, by=caller.id, now=desk.now)
    key = keeper.key_of(log.id, number.value)
    live = [one for one in desk.cabinet.list_records(key) if one.state is RecordState.LIVE]
    wanted = normalised(asked.name) if asked.name else ""
    found = bool(live) and (not wanted or any(normalised(one.name) == wanted for one in live))
    _complete(log.id, key, found, caller, desk)
    if not found:
        raise NotFound("person")
    records = [_shown(one, desk) for one in live]
    return Person(look_up=log.id, name=live[0].name, number=_masked(number.value), records=records)


def reveal_number(
    asked: RevealIn, nonce: str, caller: Caller, desk: Desk, keeper: Keeper
) -> Revealed:
    """One number of a person whom the caller found within the last ten minutes.

    Logged first, as a line of its own with its purpose. Raises NotFound where the look-up or the
    record is not the caller's to open, Conflict where the look-up is too old.
    """
    found = desk.cabinet.look_ups.get(asked.look_up) if "/" in asked.look_up[:-1] else None
    before = found.value if found else None
    if before is None or before.by != caller.id or not before.found:
        raise NotFound("look_up")
    require(caller, Action.PERSON_REVEAL, Owner(unit=before.unit), "look_up")
    if desk.now - before.at > WITHIN:
        raise Conflict.of("look_up_over", "look_up", minutes=WITHIN.seconds // 60)
    record = desk.cabinet.records.get(asked.record)
    if record is None or record.value.subject != before.subject:
        raise NotFound("record")
    if asked.field not in record.value.sealed:
        raise NotFound("field")
    log = LookUp(
        id=_id(before.unit, nonce, desk),
        by=caller.id,
        unit=before.unit,
        subject=before.subject,
        purpose=asked.purpose,
        found=True,
        revealed=True,
        at=desk.now,
    )
    desk.cabinet.look_ups.save(log, before=None, by=caller.id, now=desk.now)
    number = keeper.number_in(log.id, record.value.id, asked.field)
    return Revealed(look_up=log.id, number=number)


def list_look_ups(
    unit: str | None, since: date, until: date, caller: Caller, desk: Desk
) -> list[LoggedLookUp]:
    """The look-ups of a unit on the days `since` to `until` of Shanghai, oldest first; of the
    caller's own unit where none is named. Raises NotFound."""
    own = unit or _only(sorted(caller.units(Action.LOOK_UP_READ)))
    require(caller, Action.LOOK_UP_READ, Owner(unit=own), "unit")
    first, last = max(since, _FIRST), min(until, _LAST)
    after_last = strikes(last + timedelta(days=1)) - timedelta(microseconds=1)
    found = desk.cabinet.list_look_ups(own, _instant(strikes(first)), _instant(after_last))
    return [LoggedLookUp.model_validate(one.model_dump()) for one in found]


class AskedOf(_In):
    """What the keeper is asked under a look-up: the key of a `number`, or else the number that a
    `record` holds in a `field`."""

    look_up: str
    number: str = Field(default="", repr=False)
    record: str = ""
    field: str = ""


def answer(asked: AskedOf, vault: Vault, cabinet: Cabinet) -> dict[str, str]:
    """`{"key": …}` or `{"number": …}`, where the look-up stands in the log for just that.

    Raises NotFound: whoever may call this function, and forgets the log, learns nothing.
    """
    found = cabinet.look_ups.get(asked.look_up)
    log = found.value if found else None
    if log is None:
        raise NotFound("look_up")
    if asked.number and log.found is None:
        return {"key": person_key(asked.number, vault)}
    record = cabinet.records.get(asked.record) if log.revealed else None
    if record is None or record.value.subject != log.subject:
        raise NotFound("record")
    sealed = record.value.sealed.get(asked.field)
    if sealed is None:
        raise NotFound("field")
    return {"number": vault.open(sealed, f"{asked.record}/{asked.field}")}


def _looking(unit: str | None, caller: Caller) -> str:
    own = unit or _only(sorted(caller.units(Action.PERSON_LOOK_UP)))
    require(caller, Action.PERSON_LOOK_UP, Owner(unit=own), "unit")
    return own


def _only(units: list[str]) -> str:
    if not units:
        raise NotFound("unit")
    if len(units) > 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(units))
    return units[0]


def _masked(number: str) -> str:
    """Only both ends of it, by which whoever has it in hand knows that it is this one."""
    return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"


def _id(unit: str, nonce: str, desk: Desk) -> str:
    return f"{unit}/{_instant(desk.now)}.{nonce}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _complete(id: str, key: str, found: bool, caller: Caller, desk: Desk) -> None:
    def completed(log: LookUp | None) -> LookUp | None:
        return log and log.model_copy(update={"subject": key, "found": found})

    desk.cabinet.look_ups.change(id, completed, by=caller.id, now=desk.now)


def _shown(record: CreditRecord, desk: Desk) -> PersonRecord:
    """By the entry that holds now; of an item that no longer does, only what every record says."""
    today = shanghai_day(desk.now)
    entry = desk.books.catalogue.on(today).entry(record.item, today)
    open_ = (
        {
            one.name
            for one in entry.fields
            if one.shown is not Shown.NEVER and one.type is not FieldType.IDENTITY
        }
        if entry
        else set()
    )
    return PersonRecord(
        id=record.id,
        item=record.item,
        title=record.title,
        category=record.category,
        source=record.source,
        document=record.document,
        decided_on=record.decided_on.isoformat() if record.decided_on else "",
        disputed=bool(record.disputes),
        values={name: text for name, text in record.values.items() if name in open_},
        sealed=tuple(record.sealed),
    )
