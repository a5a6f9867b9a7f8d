"""Parcels as their destinations see them: fetched, taken, refused (C10).

A destination sees what waits for it and nothing of the others'. What it fetches is true at that
moment: a record that was withdrawn, repaired or taken down meanwhile says so, without its content.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from functions.credit.batches import Destination, Parcel, Receipt, Sharing
from functions.credit.catalogue import Frozen, Shown
from functions.credit.checking import shown
from functions.credit.desk import Desk
from functions.credit.domain import CreditRecord
from functions.credit.publicity import entry_of
from functions.credit.sharing import batch_parcel, single_parcel
from functions.shared.authorization import Action, Caller, Owner, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.credit import Category, RecordState, SubjectKind

SYSTEMS = tuple(one for one in Destination if one is not Destination.PAGE)
MOST_LISTED = 200
PAGE = 100  # records of one answer: the longest texts must fit into it
_LOOKED_BACK = 5  # versions of a record whose parcel may still be on its way
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SharedState(StrEnum):
    """What a destination must do with a record: show it, or show it no more, and why."""

    LIVE = "live"
    TAKEN_DOWN = "taken_down"  # its publicity is over
    REPAIRED = "repaired"
    WITHDRAWN = "withdrawn"


class SharedRecord(Frozen):
    """A record as it is now, with what the public may see of it; only its marks where it is not
    live. `values` are by the layout's names."""

    id: str
    subject: str
    name: str = ""
    item: str
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: date | None = None
    severity: str = ""
    state: SharedState
    disputed: bool = False
    public_from: date | None = None
    public_until: date | None = None
    values: dict[str, str] = {}
    changed_at: AwareDatetime


class ParcelLine(Frozen):
    """How far a parcel is with a destination; `refused` are ids of records with its reason."""

    id: str
    destination: Destination
    records: int
    state: Sharing
    refused: dict[str, str] = {}
    made_at: AwareDatetime
    changed_at: AwareDatetime


class OpenedParcel(Frozen):
    """A page of a parcel's records, and where to go on (none: that was all)."""

    id: str
    made_at: AwareDatetime
    records: tuple[SharedRecord, ...]
    receipts: tuple[ParcelLine, ...]
    next: str | None = None


class Acknowledgement(Frozen):
    """A destination took a parcel, but for those records that it `refused`, each with its reason.
    `destination` is whose receipt it is, where the caller speaks for several."""

    destination: Destination | None = None
    refused: Annotated[dict[str, _Reason], Field(max_length=500)] = {}


class SharedWith(Frozen):
    """How far a record is with one destination, through which parcel."""

    destination: Destination
    state: Sharing
    reason: str = ""
    parcel: str
    changed_at: AwareDatetime


class RecordSharing(Frozen):
    """Where a record was shared to (C10); `public_by` is the day by which the law wants it shown.
    Empty `destinations`: it is not shared onward, or not yet."""

    record: str
    state: SharedState
    public_from: date | None = None
    public_until: date | None = None
    public_by: date | None = None
    destinations: tuple[SharedWith, ...] = ()


def list_parcels(
    destination: Destination, state: Literal["waiting", "refused"], caller: Caller, desk: Desk
) -> list[ParcelLine]:
    """The parcels that wait for a destination, or were refused by it, the oldest first, at most
    200: what was taken leaves the list."""
    require(caller, Action.PARCEL_READ, Owner(destination), "destination")
    kind = "parcel" if state == "waiting" else "refused"
    ids = [f"{id}/{destination}" for id in desk.cabinet.list_open(destination, kind, MOST_LISTED)]
    found = desk.cabinet.receipts.get_many(ids)
    lines = (_line(found[id].value) for id in ids if id in found)
    return [one for one in lines if one.state == state]


def open_parcel(id: str, after: str, caller: Caller, desk: Desk) -> OpenedParcel:
    """A parcel's records as they are now, a page after the record `after`; with the receipts that
    the caller may see. Raises NotFound."""
    mine = [one for one in SYSTEMS if allows(caller, Action.PARCEL_READ, Owner(one))]
    parcel = desk.cabinet.parcels.get(id)
    if parcel is None or not mine:
        raise NotFound("parcel")
    receipts = desk.cabinet.receipts.get_many(f"{id}/{one}" for one in mine)
    page, following = _page(parcel.value, after)
    found = desk.cabinet.records.get_many(page)
    return OpenedParcel(
        id=id,
        made_at=parcel.value.made_at,
        records=tuple(shared_record(found[one].value, desk) for one in page if one in found),
        receipts=tuple(sorted((_line(one.value) for one in receipts.values()), key=_order)),
        next=following,
    )


def acknowledge(id: str, said: Acknowledgement, caller: Caller, desk: Desk) -> ParcelLine:
    """Keep what a destination did with a parcel; the same again changes nothing, and what it says
    later holds. Raises NotFound, Invalid where it refuses what is not in the parcel."""
    destination = _destination(said, caller)
    parcel = desk.cabinet.parcels.get(id)
    if parcel is None:
        raise NotFound("parcel")
    if strangers := said.refused.keys() - set(parcel.value.records):
        raise Invalid.of("not_in_parcel", "refused", records=", ".join(sorted(strangers)))
    state = Sharing.REFUSED if said.refused else Sharing.TAKEN

    def received(old: Receipt | None) -> Receipt | None:
        if old is None or (old.state, old.refused) == (state, said.refused):
            return old
        change = {"state": state, "refused": dict(said.refused), "changed_at": desk.now}
        return old.model_copy(update=change)

    receipt = desk.cabinet.receipts.change(
        f"{id}/{destination}", received, by=caller.id, now=desk.now
    )
    if receipt is None:
        raise NotFound("parcel")
    return _line(receipt)


def sharing_of(id: str, caller: Caller, desk: Desk) -> RecordSharing:
    """How far a record is with each destination, by the newest parcel that brought it; of persons
    nothing is there (C8). Raises NotFound."""
    found = desk.cabinet.records.get(id)
    if found is None or found.value.kind is SubjectKind.PERSON:
        raise NotFound("record")
    record = found.value
    require(caller, Action.RECORD_READ, Owner(record.subject), "record")
    parcel = _newest_parcel(record, int(found.record["version"]), desk)
    receipts = desk.cabinet.receipts.get_many(f"{parcel}/{one}" for one in Destination)
    with_each = (_shared_with(one.value, id) for one in receipts.values())
    return RecordSharing(
        record=id,
        state=state_of(record, shanghai_day(desk.now)),
        public_from=record.public_from,
        public_until=record.public_until,
        public_by=record.public_by,
        destinations=tuple(sorted(with_each, key=_order)) if parcel else (),
    )


def state_of(record: CreditRecord, today: date) -> SharedState:
    """What a destination must do with a record on a day."""
    if record.state is RecordState.LIVE:
        return SharedState.LIVE if record.shown_on(today) else SharedState.TAKEN_DOWN
    return SharedState(record.state)


def shared_record(record: CreditRecord, desk: Desk) -> SharedRecord:
    """A record as a destination may see it now."""
    state = state_of(record, shanghai_day(desk.now))
    same = SharedRecord.model_fields.keys() - {"state", "disputed", "values", "name", "severity"}
    marks = {name: getattr(record, name) for name in same}
    if state is not SharedState.LIVE:
        return SharedRecord(state=state, disputed=bool(record.disputes), **marks)
    entry = entry_of(record, desk)
    return SharedRecord(
        state=state,
        disputed=bool(record.disputes),
        name=record.name,
        severity=record.severity,
        values=shown(entry, record.values, Shown.PUBLIC) if entry else {},
        **marks,
    )


def _newest_parcel(record: CreditRecord, version: int, desk: Desk) -> str:
    """The newest parcel that brought a record; "" where none did."""
    versions = range(version, max(1, version - _LOOKED_BACK), -1)
    ids = [*(single_parcel(record.id, one) for one in versions), batch_parcel(record.provenance)]
    found = desk.cabinet.parcels.get_many(ids)
    brought = (id for id in ids if id in found and record.id in found[id].value.records)
    return next(brought, "")


def _page(parcel: Parcel, after: str) -> tuple[list[str], str | None]:
    rest = [one for one in parcel.records if one > after]
    return rest[:PAGE], rest[PAGE - 1] if len(rest) > PAGE else None


def _destination(said: Acknowledgement, caller: Caller) -> Destination:
    mine = [one for one in SYSTEMS if allows(caller, Action.PARCEL_ACKNOWLEDGE, Owner(one))]
    if not mine or (said.destination and said.destination not in mine):
        raise NotFound("parcel")
    if said.destination is None and len(mine) > 1:
        raise Invalid.of("value_missing", "destination")
    return said.destination or mine[0]


def _line(receipt: Receipt) -> ParcelLine:
    same = ParcelLine.model_fields.keys() - {"id"}
    return ParcelLine(id=receipt.parcel, **{name: getattr(receipt, name) for name in same})


def _shared_with(receipt: Receipt, record: str) -> SharedWith:
    state = receipt.state
    if state is Sharing.REFUSED and record not in receipt.refused:
        state = Sharing.TAKEN
    return SharedWith(
        destination=receipt.destination,
        state=state,
        reason=receipt.refused.get(record, ""),
        parcel=receipt.parcel,
        changed_at=receipt.changed_at,
    )


def _order(one: ParcelLine | SharedWith) -> int:
    return list(Destination).index(one.destination)
