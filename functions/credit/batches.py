"""A batch of rows of one source, and what became of each row (C4–C6).

Every row ends in exactly one of accepted, duplicate, returned, held; the four sum to the input.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from functions.credit.catalogue import Frozen
from functions.credit.domain import Correction
from functions.shared.errors import Fault
from functions.shared.events.credit import BatchState


class Form(StrEnum):
    """How a batch was sent."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class Taken(StrEnum):
    """What became of a row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    RETURNED = "returned"
    HELD = "held"


class Counts(Frozen):
    """Sums over rows; `corrected` and `late` are among the accepted."""

    accepted: int = 0
    duplicate: int = 0
    returned: int = 0
    held: int = 0
    corrected: int = 0
    late: int = 0
    days_late: int = 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.accepted + self.duplicate + self.returned + self.held

    @property
    def returned_share(self) -> float:
        """The share of rows that were returned."""
        return self.returned / self.rows if self.rows else 0.0


class Claim(Frozen):
    """Who a row says that its subject is: before matching. `identity` is a person's number as it
    was sent; it leaves the process only encrypted."""

    name: str
    code: str = ""
    person: bool = False
    identity: str = Field(default="", repr=False)


class Checked(Frozen):
    """A row after validation and cleansing: `values` in one form each, identity numbers under
    `identities`, what was corrected, and what is wrong (any fault returns the row; `warnings` are
    what could not be proved, and return nothing)."""

    row: int
    values: dict[str, str]
    identities: dict[str, str] = Field(default_factory=dict, repr=False)
    corrections: tuple[Correction, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    claim: Claim


class Candidate(Frozen):
    """Somebody whom a held row may be about, and why (`former_name`, `same_name`, `like_name`)."""

    code: str
    name: str
    why: str


class Match(Frozen):
    """Whom a row is about: a `subject` key and kind, or faults that return the row, or candidates
    among whom a person must choose. `corrections` are those of name and code."""

    subject: str = ""
    name: str = ""
    registered: bool = False
    corrections: tuple[Correction, ...] = ()
    faults: tuple[Fault, ...] = ()
    candidates: tuple[Candidate, ...] = ()


class Verdict(Frozen):
    """A row as it stands between checking and the core store, in the batch's folder: identity
    numbers only in `sealed` (about `<subject>.<digest>/<field>`)."""

    row: int
    taken: Taken
    subject: str = ""
    name: str = ""
    registered: bool = False
    digest: str = ""
    values: dict[str, str] = Field(default_factory=dict)
    sealed: dict[str, str] = Field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    faults: tuple[Fault, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    record: str = ""  # that it became, or is a duplicate of
    days_late: int = 0


class Batch(Frozen):
    """A batch: which item of which source, how far it has come, what became of its rows.

    `content` names what the file held; `replaces` is the batch whose returned rows it brings again,
    `replaced_by` the one that brought this one's. `entry_version` is of the catalogue entry by
    which all of it is checked. `unknown` are columns that the entry does not know: nothing of them
    went on. `by` sent it.
    """

    id: str
    source: str
    item: str
    entry_version: int = 0
    catalogue: str = ""
    name: str = ""
    form: Form
    content: str = ""
    replaces: str = ""
    replaced_by: str = ""
    unknown: tuple[str, ...] = ()
    state: BatchState = BatchState.AWAITED
    rows: int = 0
    chunks: int = 0
    counts: Counts = Counts()
    reasons: tuple[str, ...] = ()  # why it is held
    faults: tuple[Fault, ...] = ()  # why it is broken
    decided_by: str = ""  # who released or refused a held one
    note: str = ""  # why
    by: str
    received_at: AwareDatetime
    done_at: AwareDatetime | None = None
    changed_at: AwareDatetime


class Step(StrEnum):
    """What is done with a chunk."""

    CHECK = "check"
    COMMIT = "commit"


class ChunkResult(Frozen):
    """What became of one chunk's rows in one step; `held` are the numbers of its held rows."""

    batch: str
    content: str = ""
    number: int
    step: Step
    counts: Counts
    codes: dict[str, int] = Field(default_factory=dict)  # of faults, how often


class HeldRow(Frozen):
    """A row that waits for a person, who says whom it is about (`chosen`) or sends it back (C4).
    The verdict is what became of it: held until what was decided is carried out."""

    batch: str
    row: int
    source: str
    item: str
    verdict: Verdict
    open: bool = True
    chosen: str = ""
    decided_by: str = ""
    note: str = ""
    held_at: AwareDatetime


class Habits(Frozen):
    """What a source usually sends of an item: sums over its batches (C6)."""

    source: str
    item: str
    batches: int = 0
    rows: int = 0
    returned: int = 0
    counted: tuple[str, ...] = ()  # the newest batches in it: a repeat counts once

    @property
    def usual_rows(self) -> float:
        """Rows of a batch."""
        return self.rows / self.batches if self.batches else 0.0

    @property
    def usual_share(self) -> float:
        """The share of rows that were returned."""
        return self.returned / self.rows if self.rows else 0.0


class Quality(Frozen):
    """The figures of one batch as its source's quality is summed from (C5)."""

    batch: str
    source: str
    item: str
    day: str  # ISO, Shanghai
    counts: Counts
    codes: dict[str, int] = Field(default_factory=dict)


class LookUp(Frozen):
    """Who looked for which key person, when, for which purpose, and whether there was one (C8)."""

    id: str
    by: str
    unit: str
    subject: str = ""  # "": the search was not finished
    purpose: str
    found: bool | None = None  # None: the search was not finished
    revealed: bool = False
    at: AwareDatetime


class Article(Frozen):
    """A text of a column: policies, news, towns' credit (C9). `id` reads `<column>/<place>`."""

    id: str
    column: str
    title: str
    body: str
    source: str = ""
    published_on: str  # ISO, Shanghai
    by: str
    withdrawn: bool = False


class Destination(StrEnum):
    """Where enterprise records are shared onward to (C10). The last is the enterprise's own page,
    which shows what the core store holds."""

    NATION = "creditnation"
    PROVINCE = "creditprovince"
    CITY = "creditcity"
    PAGE = "page"


class Sharing(StrEnum):
    """How far a parcel is with one destination."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"  # at least one record of it


class Parcel(Frozen):
    """Records that are ready for the destinations."""

    id: str
    records: tuple[str, ...]
    made_at: AwareDatetime


class Receipt(Frozen):
    """How far a parcel of so many `records` is with one destination; `refused` are ids of records
    with its reason."""

    parcel: str
    destination: Destination
    records: int
    state: Sharing = Sharing.WAITING
    refused: dict[str, str] = Field(default_factory=dict)
    made_at: AwareDatetime
    changed_at: AwareDatetime


class Holder(Frozen):
    """Which record a key belongs to: no two subjects share a document of one organ and day."""

    digest: str
    record: str
