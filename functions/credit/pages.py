"""A subject's page: for everybody what is public today, for officials and itself what counts (C8).

Key persons have no page: their keys look like codes that nobody has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from pydantic import BaseModel

from functions.credit.catalogue import Catalogue, Entry, Shown
from functions.credit.checking import shown
from functions.credit.desk import Desk
from functions.credit.domain import Correction, CreditRecord, Provenance, Subject, kind_of
from functions.shared.authorization import ANYONE, Action, Caller, Owner, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.codes import clean_code
from functions.shared.errors import NotFound
from functions.shared.events.credit import Category, RecordState, SubjectKind

PER_PAGE = 20
DISPUTED = "异议处理中"
_LONGEST_CODE = 18
_ORDER = {category: place for place, category in enumerate(Category)}


class Line(BaseModel):
    """A field of a record: its name in the layout, its title, and what it says."""

    name: str
    title: str
    value: str


class RecordShown(BaseModel):
    """A record as everybody sees it. `source` is the department's name; `shown_until` is the last
    day on which it is public (none: for good); `annotation` says that it is disputed."""

    id: str
    item: str
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: date | None = None
    lines: list[Line]
    shown_until: date | None = None
    annotation: str | None = None


class RecordKept(RecordShown):
    """A record as officials and the entity itself see it: also one that is not public, and where it
    came from. To the entity nothing is told of how it was handed in."""

    public: bool
    shown_from: date | None = None
    severity: str = ""
    note: str = ""
    disputes: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] | None = None
    provenance: Provenance | None = None


class SubjectShown(BaseModel):
    """Who a subject is. `registered`: the registry says so; else its records do. `cancelled`: it
    trades no more. `former` are names that it bore."""

    code: str
    name: str
    kind: SubjectKind
    town: str | None = None
    former: tuple[str, ...] = ()
    registered: bool
    cancelled: bool


class PublicGroup(BaseModel):
    """The records of one category, the newest first."""

    category: Category
    records: list[RecordShown]


class KeptGroup(BaseModel):
    """The records of one category, the newest first."""

    category: Category
    records: list[RecordKept]


class PublicPage(BaseModel):
    """What everybody sees of a subject: so many records of each category, and 20 of them; `next` is
    the page after."""

    subject: SubjectShown
    counts: dict[Category, int]
    groups: list[PublicGroup]
    next: int | None = None


class OfficialPage(BaseModel):
    """What officials see of a subject, and it of itself; as `PublicPage`."""

    subject: SubjectShown
    counts: dict[Category, int]
    groups: list[KeptGroup]
    next: int | None = None


def public_page(code: str, page: int, desk: Desk) -> PublicPage:
    """The page of a subject, for everybody; pages count from 1.

    Raises NotFound for a code that nobody has, for a key person, and for who stands here only by
    records that are not shown.
    """
    subject = _subject(code, desk)
    today = shanghai_day(desk.now)
    records = [one for one in desk.cabinet.list_records(subject.code) if one.shown_on(today)]
    if not subject.edition and not records:
        raise NotFound("subject")
    leaf, following = _leaf(records, page)
    catalogue = desk.books.catalogue.on(today)
    groups = [
        PublicGroup(category=category, records=[_shown(one, catalogue, today) for one in some])
        for category, some in groupby(leaf, lambda one: one.category)
    ]
    return PublicPage(
        subject=_told(subject), counts=_counts(records), groups=groups, next=following
    )


def official_page(
    code: str, page: int, caller: Caller, desk: Desk, record: str = ""
) -> OfficialPage:
    """The page of a subject, for officials and for the entity itself: all records that count, or
    `record` alone.

    Raises NotFound as `public_page` does, and where it is not the caller's.
    """
    code = clean_code(code)
    require(caller, Action.RECORD_READ, Owner(unit=code), "subject")
    subject = _subject(code, desk)
    today = shanghai_day(desk.now)
    official = allows(caller, Action.RECORD_READ, ANYONE)
    kept = desk.cabinet.list_records(subject.code)
    records = [one for one in kept if one.state is RecordState.LIVE]
    leaf, following = _leaf([one for one in records if record in ("", one.id)], page)
    catalogue = desk.books.catalogue.on(today)
    groups = [
        KeptGroup(
            category=category,
            records=[_kept(one, catalogue, today, official=official) for one in some],
        )
        for category, some in groupby(leaf, lambda one: one.category)
    ]
    return OfficialPage(
        subject=_told(subject), counts=_counts(records), groups=groups, next=following
    )


def _subject(code: str, desk: Desk) -> Subject:
    code = clean_code(code)
    if kind_of(code) is SubjectKind.PERSON or len(code) > _LONGEST_CODE:
        raise NotFound("subject")
    found = desk.cabinet.subjects.get(code)
    if found is None:
        raise NotFound("subject")
    return found.value


def _told(subject: Subject) -> SubjectShown:
    same = SubjectShown.model_fields.keys() - {"registered"}
    given = {name: getattr(subject, name) for name in same}
    return SubjectShown(registered=subject.edition > 0, **given)


def _counts(records: Iterable[CreditRecord]) -> dict[Category, int]:
    return dict(
        sorted(Counter(one.category for one in records).items(), key=lambda two: _ORDER[two[0]])
    )


def _leaf(records: list[CreditRecord], page: int) -> tuple[list[CreditRecord], int | None]:
    """The records of a page, by category and then the newest first, and the number of the next."""
    newest = sorted(records, key=lambda one: (one.decided_on or date.min, one.id), reverse=True)
    in_order = sorted(newest, key=lambda one: _ORDER[one.category])
    last = page * PER_PAGE
    return in_order[last - PER_PAGE : last], page + 1 if last < len(in_order) else None


def _shown(record: CreditRecord, catalogue: Catalogue, today: date) -> RecordShown:
    return RecordShown(**_fields(record, catalogue, today, Shown.PUBLIC))


def _kept(record: CreditRecord, catalogue: Catalogue, today: date, *, official: bool) -> RecordKept:
    fields = _fields(record, catalogue, today, Shown.OFFICIALS if official else Shown.PUBLIC)
    return RecordKept(
        **fields,
        public=record.shown_on(today),
        shown_from=record.public_from,
        severity=record.severity,
        note=record.note,
        disputes=record.disputes,
        corrections=_traces(record, _entry(record, catalogue, today)) if official else None,
        provenance=record.provenance if official else None,
    )


def _fields(
    record: CreditRecord, catalogue: Catalogue, today: date, to: Shown
) -> dict[str, object]:
    source = catalogue.source(record.source)
    return {
        **{name: getattr(record, name) for name in ("id", "item", "title", "category")},
        "source": source.name if source else record.source,
        "document": record.document,
        "decided_on": record.decided_on,
        "lines": _lines(record, _entry(record, catalogue, today), to),
        "shown_until": record.public_until,
        "annotation": DISPUTED if record.disputes else None,
    }


def _lines(record: CreditRecord, entry: Entry | None, to: Shown) -> list[Line]:
    if entry is None:
        return []  # nothing says who may see it
    seen = shown(entry, record.values, to).items()
    return [Line(name=name, title=entry.by_name[name].title, value=value) for name, value in seen]


def _traces(record: CreditRecord, entry: Entry | None) -> tuple[Correction, ...]:
    """What was corrected, but in fields that are shown to nobody."""
    rules = entry.by_name if entry else {}
    return tuple(
        one
        for one in record.corrections
        if one.field in rules and rules[one.field].shown is not Shown.NEVER
    )


def _entry(record: CreditRecord, catalogue: Catalogue, today: date) -> Entry | None:
    """By which entry a record's fields are shown: today's, since who may see what is decided by the
    rules that hold now; of an item that is no more collected, the last one."""
    versions = [one for one in catalogue.entries if one.id == record.item]
    last = max(versions, key=lambda one: one.version, default=None)
    return catalogue.entry(record.item, today) or last
