"""Objections and repairs: what an entity asks about a record, and every step until it is decided
(C11). Their rules and time limits are data (`book.py`, the book of repair)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from functions.credit.catalogue import Frozen
from functions.shared.clocks import ClockTold
from functions.shared.events.credit import DisputeKind, DisputeState


class DisputeVerb(StrEnum):
    """A step in a dispute's life."""

    FILE = "file"
    ASK = "ask"  # the source
    ANSWER = "answer"  # by the source
    UPHOLD = "uphold"
    REFUSE = "refuse"
    CLOSE = "close"
    RECOUNT = "recount"


class DisputeStep(Frozen):
    """Who did what when; a step with the same `ref` is the same step."""

    verb: DisputeVerb
    at: AwareDatetime
    by: str
    unit: str
    ref: str = ""
    note: str = ""


class Dispute(Frozen):
    """One objection or repair. `unit` must act now; `units` are all that had it. `commitment` and
    `duties` are what a repair shows: a public commitment and the day on which the duties were done.
    `rules` is the version of the book by which it is decided."""

    id: str
    kind: DisputeKind
    state: DisputeState = DisputeState.FILED
    record: str
    subject: str
    name: str
    item: str
    title: str
    source: str
    ground: str
    commitment: str = ""
    duties_done_on: date | None = None
    attachments: tuple[str, ...] = ()
    rules: str
    unit: str
    units: tuple[str, ...]
    clocks: tuple[ClockTold, ...] = ()
    steps: tuple[DisputeStep, ...]
    filed_at: AwareDatetime
    changed_at: AwareDatetime
