"""What waits for the credit office: batches far from the habits, rows in doubt (C4, C6)."""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from functions.credit import deciding
from functions.credit.batches import Candidate, HeldRow, Taken
from functions.credit.desk import OFFICE
from functions.credit.telling import BatchTold, batch_told
from functions.credit.wiring import desk
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.errors import NotFound
from functions.shared.http import Operation, language_of, operation

bp = Blueprint(__name__)
_PAGE = 100
_MOST = 2000  # rows that are looked through for a page
_Note = Annotated[str, Field(min_length=1, max_length=500)]


class NoteIn(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    note: _Note


class RowIn(BaseModel):
    """Whom a held row is about, or (`return`) that it goes back to its source; and why."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    subject: Annotated[str, Field(max_length=40)] | None = None
    send_back: bool = Field(default=False, alias="return")
    note: _Note

    @model_validator(mode="after")
    def _one_of_both(self) -> RowIn:
        if bool(self.subject) == self.send_back:
            raise ValueError("give either a subject or return")
        return self


class HeldQuery(BaseModel):
    """Behind which row to go on."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(max_length=200)] = ""


class HeldTold(BaseModel):
    """A row that waits for a person, with those whom it may be about and why. Once decided, `taken`
    is what became of it (`held` until that is carried out)."""

    batch: str
    row: int
    source: str
    item: str
    name: str
    values: dict[str, str]
    candidates: list[Candidate] = []
    taken: Taken
    chosen: str = ""
    decided_by: str = ""
    note: str = ""
    held_at: AwareDatetime


class HeldListTold(BaseModel):
    """Whole batches and single rows that wait, the longest waiting first."""

    batches: list[BatchTold]
    rows: list[HeldTold]
    after: str | None = None


@bp.route("/v1/credit/held", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "List what waits for the credit office",
        Action.BATCH_DECIDE,
        query=HeldQuery,
        reply=HeldListTold,
    ),
)
def get_held(caller: Caller, query: HeldQuery) -> HeldListTold:
    require(caller, Action.BATCH_DECIDE, Owner(OFFICE), "held")
    at = desk()
    language = language_of(bp.current_request)
    ids = at.cabinet.list_open(OFFICE, "batch") if not query.after else []
    batches = at.cabinet.batches.get_many(ids[:_PAGE])
    waiting = at.cabinet.list_open(OFFICE, "held", _MOST)  # decided ones make room for the next
    behind = waiting.index(query.after) + 1 if query.after in waiting else 0
    rows = list(islice(waiting, behind, behind + _PAGE + 1))
    found = at.cabinet.held.get_many(rows[:_PAGE])
    return HeldListTold(
        batches=[batch_told(batches[id].value, language) for id in ids if id in batches],
        rows=[_told(found[id].value) for id in rows[:_PAGE] if id in found],
        after=rows[_PAGE - 1] if len(rows) > _PAGE else None,
    )


@bp.route("/v1/credit/held/{batch}/{row}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Say whom a held row is about, or send it back",
        Action.BATCH_DECIDE,
        RowIn,
        reply=HeldTold,
        status=202,
    ),
)
def post_held(batch: str, row: str, caller: Caller, body: RowIn) -> HeldTold:
    require(caller, Action.BATCH_DECIDE, Owner(OFFICE), "row")
    if not re.fullmatch("[0-9]{1,8}", row):
        raise NotFound("row")
    return _told(deciding.decide_row(batch, int(row), body.subject, body.note, caller.id, desk()))


@bp.route("/v1/credit/batches/{batch}/release", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Let a held batch go on", Action.BATCH_DECIDE, NoteIn, reply=BatchTold, status=202),
)
def post_release(batch: str, caller: Caller, body: NoteIn) -> BatchTold:
    require(caller, Action.BATCH_DECIDE, Owner(OFFICE), "batch")
    released = deciding.release(batch, body.note, caller.id, desk())
    return batch_told(released, language_of(bp.current_request))


@bp.route("/v1/credit/batches/{batch}/refuse", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Send a held batch back to its source",
        Action.BATCH_DECIDE,
        NoteIn,
        reply=BatchTold,
        status=202,
    ),
)
def post_refuse(batch: str, caller: Caller, body: NoteIn) -> BatchTold:
    require(caller, Action.BATCH_DECIDE, Owner(OFFICE), "batch")
    refused = deciding.refuse(batch, body.note, caller.id, desk())
    return batch_told(refused, language_of(bp.current_request))


def _told(held: HeldRow) -> HeldTold:
    verdict = held.verdict
    same = HeldTold.model_fields.keys() & HeldRow.model_fields.keys()
    return HeldTold(
        name=verdict.name,
        values=verdict.values,
        candidates=list(verdict.candidates),
        taken=verdict.taken,
        **{name: getattr(held, name) for name in same},
    )
