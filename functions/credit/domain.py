"""Subjects, their records, and where everything came from (C2, C5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from pydantic import AwareDatetime, Field

from functions.credit.catalogue import Entry, Frozen
from functions.shared.events.credit import Category, Grade, RecordState, SubjectKind
from functions.shared.trail import fingerprint

OFFICE = "credit"  # the unit of the credit office
SYSTEM = "system"  # who does what nobody does
PERSON = "P"  # begins the key of a key person; no unified code does
MOST_FORMER = 20  # names of one subject that are kept


class Correction(Frozen):
    """What cleansing changed in a row (C4): which field, by which rule, from what to what. Of
    identity numbers neither is kept."""

    field: str
    rule: str
    before: str = ""
    after: str = ""


class Provenance(Frozen):
    """Where a record's content came from: the batch and the row in it, when, and how many working
    days after its limit (C5)."""

    batch: str
    row: int
    source: str
    received_at: AwareDatetime
    days_late: int = 0


class Subject(Frozen):
    """Whom records are about, as the registry (or, where that does not know it, a record) names it.

    `code` is the entity's code or a key person's key. `edition` is the registration's (0: the
    registry does not know it). `former` are names that the registry told, `claimed` is the one
    that a record gave before the registry told any.
    """

    code: str
    kind: SubjectKind
    name: str = ""
    former: tuple[str, ...] = ()
    claimed: str = ""
    edition: int = 0
    town: str | None = None
    cancelled: bool = False
    changed_at: AwareDatetime


class Named(Frozen):
    """An entry of the index of names: a normalised name that a subject bears or bore."""

    key: str  # normalised, without the region before it
    whole: str  # normalised, whole
    name: str  # as it is written
    code: str
    kind: SubjectKind
    former: bool = False


class CreditRecord(Frozen):
    """One row of a source, checked: the core store (C2).

    `values` are by the layout's names, in one form each; identity numbers stand in `sealed`, each
    encrypted about `<id>/<field>`. `disputes` are the open ones. `public_from` and `public_until`
    are days of Shanghai, both shown; without the first it is never shown, without the second for
    good. `taken_down` says that those who received it were told that its time is over. `refuted`
    names the values (`said_by`) that an objection showed to be wrong, `decided` the objection that
    withdrew or corrected the record: its source may not say otherwise. `onward` says that it was
    ever to go to other systems, which must then hear that it is hidden.
    """

    id: str  # `<subject>.<digest>`
    subject: str
    kind: SubjectKind
    name: str = ""
    town: str | None = None
    item: str
    item_version: int
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: date | None = None
    severity: str = ""
    values: dict[str, str]
    sealed: dict[str, str] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    provenance: Provenance
    state: RecordState = RecordState.LIVE
    disputes: tuple[str, ...] = ()
    note: str = ""  # what is said beside it: why it was withdrawn, by which dispute
    refuted: str = ""
    decided: str = ""
    onward: bool = False
    public_from: date | None = None
    public_until: date | None = None
    public_by: date | None = None  # the day by which the law wanted it shown
    taken_down: bool = False
    retold: bool = False  # it changed since its batch brought it: a parcel of its own tells it
    changed_at: AwareDatetime

    def shown_on(self, day: date) -> bool:
        """Whether the public sees it on a day of Shanghai: exact, whether or not a sweep ran."""
        if self.state is not RecordState.LIVE or self.public_from is None:
            return False
        return self.public_from <= day and (self.public_until is None or day <= self.public_until)


class Earlier(Frozen):
    """What a subject's grade was before: through which rules of which version, from when on."""

    grade: Grade
    rules: str
    reasons: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    since: AwareDatetime


class Graded(Frozen):
    """A subject's grade: by which version of the rules, through which records, since when (C12).

    `counter` and `visits` are what the grade brings (`GradeTold`). `history` are the newest grades
    and reasons that it had before, the oldest first; the trail has all.
    """

    subject: str
    kind: SubjectKind
    name: str = ""
    town: str | None = None
    grade: Grade = Grade.ORDINARY
    before: Grade = Grade.ORDINARY
    rules: str = ""
    reasons: tuple[str, ...] = ()  # ids of the rules that led to it
    records: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    visits: str = ""
    again_on: date | None = None  # the day on which time alone changes it
    since: AwareDatetime | None = None  # when it got this grade for these reasons
    history: tuple[Earlier, ...] = ()
    graded_at: AwareDatetime


def record_id(subject: str, digest: str) -> str:
    """The id of a subject's record."""
    return f"{subject}.{digest}"


def subject_of(record: str) -> str:
    """The subject that a record's id names."""
    return record.rpartition(".")[0]


def digest_of(entry: Entry, values: dict[str, str]) -> str:
    """What makes a row the same as another: the entry's group and the values of its key fields,
    as cleansed and without spaces. 16 characters."""
    parts = (entry.group or entry.id, *("".join(values.get(one, "").split()) for one in entry.key))
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def said_by(values: Mapping[str, str]) -> str:
    """A short name of a record's values."""
    return fingerprint(dict(values))[:22]


def kind_of(code: str) -> SubjectKind:
    """What kind of subject a code is: by its class (GB 32100-2015, positions 1 and 2)."""
    if code.startswith(PERSON):
        return SubjectKind.PERSON
    if len(code) == 18 and code[0] in "15":
        return SubjectKind.INSTITUTION if code[0] == "1" else SubjectKind.ORGANISATION
    return SubjectKind.ENTERPRISE
