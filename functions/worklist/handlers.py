"""The worklist over HTTPS: what, why, until when; what is mine; claims (A8, D2)."""

from __future__ import annotations

import re
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.directory import town_of
from functions.shared.errors import Invalid
from functions.shared.http import Operation, operation
from functions.shared.inbox import Claim, Inbox, RowKind, partition
from functions.shared.paging import cursor_of, record_of
from functions.shared.table import Record
from functions.worklist import claiming, lists
from functions.worklist.claiming import Work
from functions.worklist.domain import Filter, RowTold
from functions.worklist.lists import CountsTold, Reader

bp = Blueprint(__name__)
# What `Row.changed` holds: an instant as `inbox.mark` writes it, and the subject.
_CHANGED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00#.{1,200}")

Unit = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^#\s]+$")]
UnitAsked = Annotated[str, StringConstraints(max_length=64)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Person = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\s]+$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class WorklistQuery(Filter):
    """Which rows: of which unit (the caller's own, where it has one), or `mine`: what the caller
    has claimed, or was assigned, in any of them; an inspector reads no other. Then a page `after`
    another, or what changed `since` a mark (begin with an empty text). What is open comes by the
    day on which it is due."""

    unit: UnitAsked = ""
    mine: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, Field(max_length=1000)] = ""
    since: str | None = None


class WorklistTold(BaseModel):
    """A page of rows. `after` leads to the next page; `since` is where to ask for changes next.
    `mine`: these are the caller's own alone, as asked or since an inspector reads no others;
    `more`: there is more of them than was read or asked for."""

    unit: str
    rows: list[RowTold]
    after: str | None = None
    since: str | None = None
    mine: bool | None = None
    more: bool | None = None


class CountsQuery(BaseModel):
    """Whose: the caller's own unit, where it has one."""

    model_config = ConfigDict(extra="forbid")

    unit: UnitAsked = ""


class WorkIn(BaseModel):
    """A row of a unit's worklist, by what it shows."""

    model_config = ConfigDict(extra="forbid")

    unit: Unit
    kind: RowKind
    subject: Subject

    @property
    def work(self) -> Work:
        """What it stands for."""
        return Work(self.unit, self.kind, self.subject)


class HandoverIn(WorkIn):
    """Who takes it on instead (a person's id), and what they should know."""

    to: Person
    note: Note = ""


@bp.route("/v1/worklist", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "A unit's worklist, or one's own",
        Action.WORKLIST_READ,
        query=WorklistQuery,
        reply=WorklistTold,
    ),
)
def get_worklist(caller: Caller, query: WorklistQuery) -> WorklistTold:
    if query.mine:
        return _mine(caller, query, _readable(caller, query.unit) if query.unit else "")
    unit, reader = _readable(caller, query.unit), _reader(caller)
    if not lists.sees_all(caller, unit):
        return _mine(caller, query, unit)
    if query.since is not None:
        require_mark(query.since)
        if query.after:
            raise Invalid.of("not_with_since", "after")
        rows, mark = lists.list_changes(unit, query.since, query, reader, limit=query.limit)
        return WorklistTold(unit=unit, rows=rows, since=mark)
    start = _start(query, unit)
    rows, after = lists.list_page(unit, query, reader, limit=query.limit, after=start)
    return WorklistTold(unit=unit, rows=rows, after=cursor_of(after))


@bp.route("/v1/worklist/counts", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "How much a unit has to act on", Action.WORKLIST_READ, query=CountsQuery, reply=CountsTold
    ),
)
def get_worklist_counts(caller: Caller, query: CountsQuery) -> CountsTold:
    return lists.count(_readable(caller, query.unit), _reader(caller))


@bp.route("/v1/worklist/claim", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Take something on", Action.WORK_CLAIM, WorkIn, reply=Claim))
def post_claim(caller: Caller, body: WorkIn) -> Claim:
    return claiming.claim_work(body.work, caller, _inbox(), clock.now())


@bp.route("/v1/worklist/handover", methods=["POST"], authorizer=signed_in)
@operation(
    bp, Operation("Hand something over to a colleague", Action.WORK_CLAIM, HandoverIn, reply=Claim)
)
def post_handover(caller: Caller, body: HandoverIn) -> Claim:
    return claiming.hand_over(body.work, body.to, body.note, caller, _inbox(), clock.now())


@bp.route("/v1/worklist/release", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Let go of something", Action.WORK_CLAIM, WorkIn, reply=Claim))
def post_release(caller: Caller, body: WorkIn) -> Claim:
    return claiming.release_work(body.work, caller, _inbox(), clock.now())


def require_mark(since: str) -> None:
    """Raises Invalid unless `since` is empty or a place in the order of changes: any other text
    would skip changes without a word."""
    if since and not _CHANGED.fullmatch(since):
        raise Invalid.of("cursor_broken", "since")


def _mine(caller: Caller, query: WorklistQuery, unit: str) -> WorklistTold:
    """What the caller has taken on, or was assigned: in `unit`, or (empty) anywhere."""
    for name in ("after", "since"):
        if name in query.model_fields_set:
            raise Invalid.of("not_with_mine", name)
    rows, more = lists.list_mine(query, _reader(caller), limit=query.limit, unit=unit)
    return WorklistTold(unit=unit, rows=rows, mine=True, more=more)


def _start(query: WorklistQuery, unit: str) -> Record | None:
    """Where a page begins; a position in one order means nothing in the other."""
    if query.only_open:
        start = record_of(query.after, "open_due", pk=partition(unit), open_of=unit)
    else:
        start = record_of(query.after, pk=partition(unit))
    names = {"pk", "sk"} | ({"open_of", "open_due"} if query.only_open else set())
    if start and start.keys() != names:
        raise Invalid.of("cursor_broken", "after")
    return start


def _readable(caller: Caller, unit: str) -> str:
    unit = unit or _own_unit(caller)
    require(caller, Action.WORKLIST_READ, Owner(unit, town_of(unit)), "worklist")
    return unit


def _own_unit(caller: Caller) -> str:
    units = sorted(caller.units(Action.WORKLIST_READ))
    if len(units) != 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(units))
    return units[0]


def _reader(caller: Caller) -> Reader:
    return Reader(_inbox(), caller, clock.now())


def _inbox() -> Inbox:
    return Inbox(ports.table("worklist"))
