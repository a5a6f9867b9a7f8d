"""What is looked at, and what was seen there: checks, findings, and visits (B6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.shared.instants import Instant

Ref = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Photo = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(pattern=r"^[^|\s]+$", max_length=64)]  # in keys, between bars


class Frozen(BaseModel):
    """Base of the room's values. What stands in one that cannot be read is for no log."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Round(StrEnum):
    """Which visit it is."""

    FIRST = "first"
    RECHECK = "recheck"


class Result(StrEnum):
    """What a look at one item brought."""

    PASSED = "passed"
    FAILED = "failed"
    SETTLED = "settled"  # wrong, and put right on the spot
    URGED = "urged"  # wrong, told to the operator, no notice (an item that is only urged)
    NOT_APPLICABLE = "not_applicable"


class Licence(Frozen):
    """A licence that the entity should hold: the supervision item, its words and its law (A5)."""

    item: str
    item_version: int
    name: str
    law: str
    words: tuple[str, ...]
    clause: str


class Check(Frozen):
    """One thing to look at here: `key` names it in this inspection (`address`, `licence.SJ01`)."""

    key: str
    item: str
    name: str
    ask: str
    licence: Licence | None = None


class Position(Frozen):
    """Where the phone was, in degrees (WGS 84), and when."""

    lat: Annotated[Decimal, Field(ge=-90, le=90, decimal_places=6)]
    lon: Annotated[Decimal, Field(ge=-180, le=180, decimal_places=6)]
    at: Instant | None = None


class Finding(Frozen):
    """What was found about one check; `kinds` of violation where something was wrong. `guidance`
    is what the operator was told to do (B6)."""

    check: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    result: Result
    kinds: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    note: Note = ""
    guidance: Note = ""
    photos: Annotated[tuple[Photo, ...], Field(max_length=9)] = ()
    noted_at: Instant


class Finished(Frozen):
    """The visit is over: `parts` are the refs of all its uploads, this one among them or not, so
    that whoever gets them late or in another order knows when it has all. `present` is who was
    there for the operator; `correct_by` the day that the inspector gave, where any. `refused`: that
    person has said at a recheck that nothing will be corrected, so that the rest of the time to
    correct need not be waited out. `signature`: the photo of how that person signed; `unsigned`:
    that person was asked, and would not sign."""

    parts: Annotated[tuple[Ref, ...], Field(max_length=50)] = ()
    at: Instant
    present: Annotated[str, StringConstraints(max_length=64)] = ""
    correct_by: date | None = None
    refused: bool = False
    signature: Photo | None = None
    unsigned: bool = False


class Visit(Frozen):
    """One visit, as far as its uploads have arrived. `refs` are those uploads with what each said
    (a fingerprint). It counts (`decided_at`) once all parts are there."""

    id: Ref
    round: Round
    by: str
    refs: dict[str, str] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    position: Position | None = None
    started_at: Instant
    finished: Finished | None = None
    decided_at: AwareDatetime | None = None
