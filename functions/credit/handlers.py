"""Batches over HTTPS: handed in, followed, their returned rows fetched (C4, C5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any
from uuid import uuid4

from chalice import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.credit import folders
from functions.credit.batches import Batch, Form
from functions.credit.desk import OFFICE, Desk
from functions.credit.intake import batch_id
from functions.credit.returns import page_of
from functions.credit.store import batches_of
from functions.credit.submitting import announce, submit
from functions.credit.telling import (
    BatchTold,
    batch_told,
    has_sheet,
    own_unit,
    returned_told,
)
from functions.credit.wiring import desk
from functions.shared import ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.clocks import strikes
from functions.shared.dates import read_date
from functions.shared.errors import Invalid, NotFound, TooLarge
from functions.shared.events.credit import BatchState
from functions.shared.http import Operation, file_reply, language_of, operation
from functions.shared.workbooks import XLSX

bp = Blueprint(__name__)
_MOST_ROWS = 1000  # of one call
_SECONDS = 3600  # that a signed address holds
_PAGE = 100  # batches, or returned rows, of one answer
_MOST_BYTES = 4 * 1024 * 1024  # of a sheet in one answer: a Lambda's is 6 MB, in base64
_Name = Annotated[str, Field(max_length=64, pattern=r"^[\w.:-]*$")]
_Unit = Annotated[str, Field(max_length=64)]


class BatchIn(BaseModel):
    """Up to 1,000 rows of an item of the catalogue, or (no `rows`) a file of the given `form` that
    is about to be sent. `id` is the source's name for the batch (a repeat gives the same batch),
    `replaces` the batch whose returned rows this one brings again, corrected."""

    model_config = ConfigDict(extra="forbid")

    item: Annotated[str, Field(min_length=1, max_length=40)]
    source: _Unit = ""
    id: _Name = ""
    name: Annotated[str, Field(max_length=200)] = ""
    form: Form = Form.JSON
    rows: Annotated[list[dict[str, Any]], Field(max_length=_MOST_ROWS)] = []
    replaces: Annotated[str, Field(max_length=200)] = ""


class BatchQuery(BaseModel):
    """Behind which returned row to go on."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, Field(max_length=40)] = ""


class BatchesQuery(BaseModel):
    """Whose batches, in which state, that came in which month (`2026-04`; else the present)."""

    model_config = ConfigDict(extra="forbid")

    source: _Unit = ""
    state: BatchState | None = None
    month: Annotated[str, Field(pattern=r"^(\d{4}-\d{2})?$")] = ""
    after: Annotated[str, Field(max_length=200)] = ""


class BatchesTold(BaseModel):
    """Batches, held ones and then the newest first; `after` leads to the next."""

    batches: list[BatchTold]
    after: str | None = None


@bp.route("/v1/credit/batches", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Hand in rows of the catalogue, or announce a file of them",
        Action.BATCH_SUBMIT,
        BatchIn,
        reply=BatchTold,
        status=202,
    ),
)
def post_batch(caller: Caller, body: BatchIn) -> BatchTold:
    source = body.source or own_unit(caller, Action.BATCH_SUBMIT)
    require(caller, Action.BATCH_SUBMIT, Owner(source), "source")
    at = desk()
    given = _batch(body, source, caller, at)
    language = language_of(bp.current_request)
    if body.form is Form.JSON:
        if not body.rows:
            raise Invalid.of("rows_missing", "rows")
        return batch_told(submit(given, body.rows, at), language)
    if body.rows:
        raise Invalid.of("rows_in_json_only", "rows")
    batch = announce(given, at)
    if batch.state is not BatchState.AWAITED:
        return batch_told(batch, language)
    signed = ports.objects("credit").upload(folders.inbox_key(batch), seconds=_SECONDS)
    return batch_told(batch, language).model_copy(
        update={"upload_url": signed.url, "expires_in": _SECONDS}
    )


@bp.route("/v1/credit/batches", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("List a source's batches", Action.BATCH_READ, query=BatchesQuery, reply=BatchesTold),
)
def get_batches(caller: Caller, query: BatchesQuery) -> BatchesTold:
    source = query.source or own_unit(caller, Action.BATCH_READ)
    require(caller, Action.BATCH_READ, Owner(source), "batches")
    at = desk()
    month = read_date(f"{query.month}-01", at.now.date())[0] if query.month else None
    if query.month and month is None:
        raise Invalid.of("date_format", "month")
    listed = _list_newest(source, strikes(month) if month else at.now, query.after, at)
    found = islice(_read(listed, source, query.state, at), _PAGE + 1)
    batches = list(found)
    language = language_of(bp.current_request)
    return BatchesTold(
        batches=[batch_told(one, language) for one in batches[:_PAGE]],
        after=batches[_PAGE - 1].id if len(batches) > _PAGE else None,
    )


@bp.route("/v1/credit/batches/{batch}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("Read what became of a batch", Action.BATCH_READ, query=BatchQuery, reply=BatchTold),
)
def get_batch(batch: str, caller: Caller, query: BatchQuery) -> BatchTold:
    at = desk()
    found = _readable(batch, caller, at)
    rows, after = page_of(found, query.after, _PAGE, at)
    language = language_of(bp.current_request)
    key = folders.sheet_key(found)
    told = {
        "returned": [returned_told(one, found, language, at) for one in rows],
        "after": after or None,
        "sheet_url": ports.objects("credit").link(key, seconds=_SECONDS)
        if has_sheet(found)
        else None,
    }
    return batch_told(found, language).model_copy(update=told)


@bp.route("/v1/credit/batches/{batch}/returned", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("The sheet of a batch's returned rows", Action.BATCH_READ, gives=XLSX))
def get_returned(batch: str, caller: Caller) -> Response:
    found = _readable(batch, caller, desk())
    if not has_sheet(found):
        raise NotFound("returned")
    key, bucket = folders.sheet_key(found), ports.objects("credit")
    if (bucket.size(key) or 0) > _MOST_BYTES:
        raise TooLarge.of("returned_too_large", "returned")
    name = f'attachment; filename="{found.id}.xlsx"'
    return file_reply(bucket.read(key), XLSX, Content_Disposition=name)


def _batch(body: BatchIn, source: str, caller: Caller, at: Desk) -> Batch:
    return Batch(
        id=batch_id(source, body.id or uuid4().hex),
        source=source,
        item=body.item,
        name=body.name,
        form=body.form,
        replaces=body.replaces,
        by=caller.id,
        received_at=at.now,
        changed_at=at.now,
    )


def _readable(id: str, caller: Caller, at: Desk) -> Batch:
    found = at.cabinet.batches.get(id)
    if found is None:
        raise NotFound("batch")
    require(caller, Action.BATCH_READ, Owner(found.value.source), "batch")
    return found.value


def _list_newest(source: str, instant: datetime, after: str, at: Desk) -> list[str]:
    """The ids of a source's batches of a month behind one of them, the newest first; before them,
    on the first page, those that are held."""
    listed = at.cabinet.list_open(source, batches_of(instant))[::-1]
    if after:
        return listed[listed.index(after) + 1 :] if after in listed else []
    held = at.cabinet.list_open(OFFICE, "batch")
    return [*(one for one in held if one.startswith(f"{source}.")), *listed]


def _read(ids: list[str], source: str, state: BatchState | None, at: Desk) -> Iterator[Batch]:
    """The batches with these ids, read some at a time."""
    for begin in range(0, len(ids), _PAGE):
        some = ids[begin : begin + _PAGE]
        found = at.cabinet.batches.get_many(some)
        for one in (found[id].value for id in some if id in found):
            if one.source == source and state in (None, one.state):
                yield one
