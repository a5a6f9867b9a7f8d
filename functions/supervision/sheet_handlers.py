"""Feedback by spreadsheet over HTTPS: a unit's open tasks out, the filled-in sheet back (A9)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated

from chalice import Blueprint, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.shared import ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Grant, Owner, Role, require
from functions.shared.errors import Fault, NotFound, Problem
from functions.shared.events.supervision import TaskTold
from functions.shared.http import (
    FaultTold,
    Operation,
    file_reply,
    language_of,
    operation,
    raw_body,
    told,
)
from functions.shared.inbox import Inbox, RowKind
from functions.supervision import usecases
from functions.supervision.desk import Desk
from functions.supervision.domain import Unit
from functions.supervision.spreadsheets import (
    XLSX,
    FilledRow,
    by_columns,
    error_sheet,
    mixed_up,
    read_feedback,
    sentence,
    worklist_sheet,
)
from functions.supervision.wiring import desk

bp = Blueprint(__name__)
_MOST_TASKS = 2000  # of one sheet: what one answer may carry
_STOP_BEFORE_MS = 9_000  # of the function's time: enough to write the sheet of what is wrong


class SheetIn(BaseModel):
    """Whose open tasks; with `item` only those of that item."""

    model_config = ConfigDict(extra="forbid")

    unit: Unit
    item: Annotated[str, StringConstraints(max_length=40)] = ""


class SheetRowTold(BaseModel):
    """What became of one filled-in row; `row` is its number in the sheet, the field of a fault the
    header of its column."""

    row: int
    task: str
    counted: bool
    faults: list[FaultTold] = []


class SheetTold(BaseModel):
    """What became of a sheet. `sheet` is the same sheet with a column that says what is wrong, in
    base64, where anything is."""

    counted: int
    refused: int
    rows: list[SheetRowTold]
    sheet: str | None = None


@bp.route("/v1/tasks.xlsx", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "A unit's open tasks as a sheet to fill in", Action.WORKLIST_READ, SheetIn, gives=XLSX
    ),
)
def post_tasks_sheet(caller: Caller, body: SheetIn) -> Response:
    owner = Owner(body.unit, Grant(body.unit, Role.OFFICER).town)
    require(caller, Action.WORKLIST_READ, owner, "worklist")
    sheet = worklist_sheet(_open_tasks(body.unit, body.item))
    return file_reply(sheet, XLSX, Content_Disposition='attachment; filename="tasks.xlsx"')


@bp.route("/v1/feedback.xlsx", methods=["POST"], content_types=[XLSX], authorizer=signed_in)
@operation(
    bp,
    Operation("Feed back by a filled-in sheet", Action.TASK_FEED_BACK, raw=XLSX, reply=SheetTold),
)
def post_feedback_sheet(caller: Caller) -> SheetTold:
    request = bp.current_request
    language = language_of(request)
    sheet = raw_body(request)
    rows = read_feedback(sheet)
    context = bp.lambda_context
    results = record_rows(
        rows,
        caller,
        desk(),
        go_on=lambda: context.get_remaining_time_in_millis() > _STOP_BEFORE_MS,
    )
    wrong = {row.number: sentence(faults) for row, faults in results if faults}
    return SheetTold(
        counted=len(results) - len(wrong),
        refused=len(wrong),
        rows=[_told(row, faults, language) for row, faults in results],
        sheet=b64encode(error_sheet(sheet, wrong)).decode() if wrong else None,
    )


def record_rows(
    rows: Sequence[FilledRow], caller: Caller, desk: Desk, *, go_on: Callable[[], bool]
) -> list[tuple[FilledRow, tuple[Fault, ...]]]:
    """Count the rows one by one, as many as `go_on` allows; the others say that they were not
    reached. Sent again, the sheet goes on there: what was counted is known."""
    results = []
    for row in rows:
        reached = go_on()
        late = Fault("sheet_row_not_reached", "", row.number)
        results.append((row, _record(row, caller, desk) if reached else (late,)))
    return results


def _record(row: FilledRow, caller: Caller, desk: Desk) -> tuple[Fault, ...]:
    """Count one row; returns why it does not count, if so."""
    if row.feedback is None:
        return row.faults
    try:
        with suppress(NotFound):  # a task that was returned is no longer theirs to read
            if fault := mixed_up(row, usecases.read_task(row.task_id, caller, desk)):
                return (fault,)
        usecases.record_feedback(row.task_id, row.feedback, caller, desk)
    except Problem as problem:
        return problem.faults
    return ()


def _told(row: FilledRow, faults: tuple[Fault, ...], language: str) -> SheetRowTold:
    return SheetRowTold(
        row=row.number,
        task=row.task_id,
        counted=not faults,
        faults=[told(by_columns(fault), language) for fault in faults],
    )


def _open_tasks(unit: str, item: str) -> list[TaskTold]:
    inbox = Inbox(ports.table("worklist"))
    tasks: list[TaskTold] = []
    after = None
    while len(tasks) < _MOST_TASKS:
        page = inbox.list_open(unit, limit=200, after=after, kind=RowKind.TASK)
        tasks += [one for row in page.rows if (one := row.task) and item in ("", one.item)]
        after = page.after
        if after is None:
            break
    return tasks[:_MOST_TASKS]
