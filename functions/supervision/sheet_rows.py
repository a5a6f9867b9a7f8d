"""Reads one filled-in row: what its cells say, and what is wrong with them (A9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from functions.shared.errors import Fault
from functions.shared.events.supervision import End
from functions.shared.findings import faults_of
from functions.supervision.domain import Feedback, Verb
from functions.supervision.sheet_cells import (
    Cell,
    Unreadable,
    amount_of,
    blank,
    choice_of,
    day_of,
    last_day_of,
    text_of,
)
from functions.supervision.sheet_columns import (
    CHOICES,
    ENDS,
    EVIDENCE,
    FILLED,
    VERBS,
    Column,
    column_of,
    columns_for,
)


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row that somebody filled in: its feedback, or what is wrong with it.

    `number` is Excel's, as are the rows of its faults; a fault's field is the column's header.
    `code` and `item` are what the row says that the task is about, for `mixed_up`.
    """

    number: int
    task_id: str
    code: str = ""
    item: str = ""
    feedback: Feedback | None = None
    faults: tuple[Fault, ...] = ()


_READERS = {
    Column.DAY: day_of,
    Column.VALID_UNTIL: last_day_of,
    Column.FINE: amount_of,
}


def read_row(number: int, cells: Mapping[Column, Cell]) -> FilledRow:
    """The feedback in a row, or all that is wrong with its cells; what the step needs besides (A16)
    is left to the task's own rules."""
    values: dict[Column, Any] = {}
    faults: list[Fault] = []
    for column in (Column.TASK, Column.CODE, Column.ITEM, *FILLED):
        cell = cells.get(column, "")
        if blank(cell):
            continue
        try:
            values[column] = _read(column, cell)
        except Unreadable as problem:
            faults.append(Fault(problem.code, column, number, problem.params))
    unread = {fault.field for fault in faults}
    needed = [Column.TASK, Column.VERB]
    if values.get(Column.VERB) == Verb.CLOSE:
        needed.append(Column.END)
    faults += [
        Fault("value_missing", column, number)
        for column in needed
        if column not in values and column not in unread
    ]
    feedback = None
    if not faults:
        faults += _surplus(number, values)
    if not faults:
        feedback, faults = _feedback(number, values)
    return FilledRow(
        number=number,
        task_id=values.get(Column.TASK, ""),
        code=values.get(Column.CODE, ""),
        item=values.get(Column.ITEM, ""),
        feedback=feedback,
        faults=tuple(faults),
    )


def _read(column: Column, cell: Cell) -> Any:
    if column in CHOICES:
        return choice_of(cell, CHOICES[column])
    return _READERS.get(column, text_of)(cell)


def _surplus(number: int, values: Mapping[Column, Any]) -> list[Fault]:
    """What was filled in but belongs to another step or end: dropping it would lose what somebody
    meant to say."""
    verb = Verb(values[Column.VERB])
    end = End(values[Column.END]) if Column.END in values else None
    chosen = ENDS[end] if verb is Verb.CLOSE and end else VERBS[verb]
    allowed = columns_for(verb, end)
    faults = [
        Fault("sheet_cell_surplus", column, number, {"chosen": chosen})
        for column in FILLED
        if column in values and column not in allowed
    ]
    since, until = values.get(Column.DAY), values.get(Column.VALID_UNTIL)
    if since and until and until < since:
        faults.append(Fault("sheet_days_reversed", Column.VALID_UNTIL, number))
    return faults


def _feedback(number: int, values: Mapping[Column, Any]) -> tuple[Feedback | None, list[Fault]]:
    given = {
        "verb": values[Column.VERB],
        "ref": values.get(Column.REF, ""),
        "ground": values.get(Column.GROUND),
        "responsible": values.get(Column.RESPONSIBLE),
    }
    form = EVIDENCE[End(values[Column.END])] if Column.END in values else {}
    if form:
        shown = {name: values[column] for name, column in form.items() if column in values}
        given["evidence"] = {"end": values[Column.END], **shown}
    if Column.NOTE not in form.values():
        given["note"] = values.get(Column.NOTE, "")
    try:
        return Feedback.model_validate(given), []
    except ValidationError as error:
        return None, [
            Fault(one.code, column_of(one.field) or one.field, number, one.params)
            for one in faults_of(error, Feedback)
        ]
