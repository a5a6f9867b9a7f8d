"""What public credit tells: batches, records, parcels for others, grades, disputes (C)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.clocks import ClockTold
from functions.shared.events import Body

BATCH_CHANGED = "batch.changed"
RECORD_ACCEPTED = "record.accepted"
RECORD_CHANGED = "record.changed"
PARCEL_READY = "parcel.ready"
GRADE_CHANGED = "grade.changed"
DISPUTE_OPENED = "dispute.opened"
DISPUTE_CHANGED = "dispute.changed"


class SubjectKind(StrEnum):
    """Whose a credit record is, and so the core store that it stands in (C2)."""

    ENTERPRISE = "enterprise"  # companies, branches, sole traders, cooperatives
    INSTITUTION = "institution"  # public institutions, and organs of the state
    ORGANISATION = "organisation"  # social organisations
    PERSON = "person"  # key persons: never listed (C8)


class Category(StrEnum):
    """What a record says of its subject (C7)."""

    LICENCE = "licence"
    PENALTY = "penalty"
    DISHONEST = "dishonest"
    SERIOUS = "serious"  # a serious-violation list
    GOOD = "good"
    OTHER = "other"  # neither: commitments, annual reports, figures


class RecordState(StrEnum):
    """Whether a record counts."""

    LIVE = "live"
    REPAIRED = "repaired"  # the entity made it good: no longer shown, no longer counted against it
    WITHDRAWN = "withdrawn"  # its source took it back, or an objection showed it to be wrong


class Grade(StrEnum):
    """How far a subject is to be trusted, by published rules (C12)."""

    GOOD = "A"
    ORDINARY = "B"
    DISHONEST = "C"
    SERIOUS = "D"


class BatchState(StrEnum):
    """How far a batch has come (C4–C6)."""

    AWAITED = "awaited"  # its upload was announced
    CHECKING = "checking"
    HELD = "held"  # far outside what its source usually sends: a person decides
    COMMITTING = "committing"
    DONE = "done"
    BROKEN = "broken"  # it cannot be read at all, or is not in the catalogue
    REFUSED = "refused"  # a person sent the whole of it back


class BatchTold(Body):
    """A batch as its source needs it; `unit` is the source. The four counts sum to `rows` once it
    is done; `held` are rows that wait for a person."""

    id: str
    unit: str
    item: str
    state: BatchState
    rows: int = 0
    accepted: int = 0
    corrected: int = 0  # of the accepted
    duplicate: int = 0
    returned: int = 0
    held: int = 0
    late: int = 0  # of the accepted: handed in after their limit
    reasons: tuple[str, ...] = ()  # why it is held or broken
    received_at: AwareDatetime
    changed_at: AwareDatetime


class RecordTold(Body):
    """A credit record without its content: whose, what, since when, until when it is shown.

    `subject` is the entity's code, or a key person's key, which says nothing about the person.
    `public_from` and `public_until` are days of Shanghai, both shown; no `public_from`: never.
    """

    id: str
    subject: str
    kind: SubjectKind
    name: str  # "" for persons
    town: str | None = None
    item: str
    title: str
    category: Category
    source: str
    document: str = ""
    decided_on: date | None = None
    state: RecordState
    disputed: bool = False
    severity: str = ""
    public_from: date | None = None
    public_until: date | None = None
    taken_down: bool = False
    batch: str = ""
    changed_at: AwareDatetime


class ParcelTold(Body):
    """Records that are ready for a destination, which fetches them at `/v1/credit/parcels/{id}` and
    acknowledges them there (C10). `unit` is that destination; one event for each."""

    id: str
    unit: str
    records: int
    made_at: AwareDatetime


class GradeTold(Body):
    """A subject's grade, by which version of the rules, for which records (C12).

    `before` is the grade until this change, the same where only its reasons changed. `counter` is
    what every department's counter does with such a subject (`green_channel`, `tolerate_missing`,
    `restricted`, `banned` …), `visits` whether inspectors come `fewer` or `more` times ("": as to
    everybody).
    """

    subject: str
    kind: SubjectKind
    name: str
    town: str | None = None
    grade: Grade
    before: Grade
    rules: str
    reasons: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    visits: str = ""
    graded_at: AwareDatetime


class DisputeKind(StrEnum):
    """What an entity asks about a record (C11)."""

    OBJECTION = "objection"
    REPAIR = "repair"


class DisputeState(StrEnum):
    """Where a dispute stands."""

    FILED = "filed"  # with the credit office
    ASKED = "asked"  # with the source
    ANSWERED = "answered"  # back with the credit office, which decides
    UPHELD = "upheld"
    REFUSED = "refused"
    CLOSED = "closed"  # the entity gave it up, or the record fell away


class DisputeTold(Body):
    """An objection or a repair as whoever must act on it needs it. `unit` must act now ("": nobody
    any more), `former` are the units that had it before."""

    id: str
    kind: DisputeKind
    state: DisputeState
    record: str
    subject: str
    name: str
    item: str
    title: str
    unit: str = ""
    former: tuple[str, ...] = ()
    left: str | None = None
    ground: str = ""
    clocks: tuple[ClockTold, ...] = ()
    filed_at: AwareDatetime
    changed_at: AwareDatetime
