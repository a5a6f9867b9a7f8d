"""One row of the worklist as people read it: what it is about, where it leads, why it came (D2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions.portal.paths import part
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.events.credit import DisputeState
from functions.shared.events.discipline import ConstraintState, SanctionState
from functions.shared.events.inspections import InspectionState
from functions.shared.events.supervision import State
from functions.shared.inbox_rows import RowKind

STATES: dict[str, tuple[str, ...]] = {
    RowKind.TASK: tuple(State),
    RowKind.INSPECTION: tuple(InspectionState),
    RowKind.DISPUTE: tuple(DisputeState),
    RowKind.SANCTION: tuple(SanctionState),
    RowKind.CONSTRAINT: tuple(ConstraintState),
}
"""The states that rows of a kind can be in; of the others there are none to choose from."""

_PLACES: dict[str, tuple[str, Action]] = {
    RowKind.TASK: ("tasks", Action.TASK_READ),
    RowKind.CASE: ("entities", Action.CASE_READ),
    RowKind.CLUE: ("clues", Action.CLUE_READ),
    RowKind.INSPECTION: ("inspections", Action.INSPECTION_READ),
    RowKind.DISPUTE: ("disputes", Action.DISPUTE_READ),
    RowKind.SANCTION: ("sanctions", Action.SANCTION_READ),
    RowKind.CONSTRAINT: ("constraints", Action.CONSTRAINT_READ),
}
_CODE_LENGTHS = (15, 18)  # of what a page about an entity can be asked with
_EXCERPT = 90  # characters of a clause in a list


def shown_row(visit: Visit, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the list shows of a row as the API tells it, beside the row itself."""
    thing = row[row["kind"]]
    why, key = row["why"], f"{row['unit']} {row['kind']} {row['subject']}"
    return {
        "row": row,
        "thing": thing,
        "key": key,
        "about": thing["kind"] if row["kind"] == RowKind.ALERT else "",
        "title": _title(row, thing),
        "place": _place(visit, row, thing),
        "code": thing.get("code") or "",
        "entity": _entity(visit, thing.get("code") or ""),
        "state": _state(row, thing),
        "clause": marked(why.get("clause") or "", why.get("words", ())),
        "reasons": [one.partition(":")[::2] for one in why.get("reasons", ())],
        "faults": [one for one in visit.faults if one.field == row["subject"]],
        "chosen": key in visit.form.all("rows[]"),
    }


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """`text`, cut to an excerpt, in pieces: whether each is one of `words`.

    >>> marked("餐饮服务；零售", ["餐饮服务"])
    [('餐饮服务', True), ('；零售', False)]
    """
    rest = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
    pieces: list[tuple[str, bool]] = []
    while rest:
        found = [(at, -len(word)) for word in words if word and (at := rest.find(word)) >= 0]
        if not found:
            pieces.append((rest, False))
            break
        at, size = min(found)
        if at:
            pieces.append((rest[:at], False))
        pieces.append((rest[at : at - size], True))
        rest = rest[at - size :]
    return pieces


def _title(row: Mapping[str, Any], thing: Mapping[str, Any]) -> str:
    if row["kind"] == RowKind.ALERT:
        return str(thing["title"])
    return str(thing.get("name") or thing.get("place") or thing.get("subject") or row["subject"])


def _place(visit: Visit, row: Mapping[str, Any], thing: Mapping[str, Any]) -> str:
    """Where the row leads: to what it shows, of an alert to what that is about; "" where its reader
    has no page of it."""
    kind, subject = row["kind"], row["subject"]
    if kind == RowKind.ALERT:
        kind, subject = thing["kind"], thing["subject"]
    if kind == RowKind.CASE:
        subject = thing["code"]
    place, action = _PLACES[kind]
    return f"{place}/{part(subject)}" if visit.may(action) else ""


def _entity(visit: Visit, code: str) -> str:
    if len(code) not in _CODE_LENGTHS:
        return ""
    return f"{'entities' if visit.may(Action.CASE_READ) else 'credit'}/{part(code)}"


def _state(row: Mapping[str, Any], thing: Mapping[str, Any]) -> str:
    """The key of the word for where it stands; "" for an alert."""
    kind = row["kind"]
    if kind == RowKind.CASE:
        return f"row_case.{thing['outcome']}"
    if kind == RowKind.CLUE:
        own = [one for one in thing["shares"] if one["unit"] == row["unit"]]
        return f"row_share.{own[-1]['state']}" if own else f"row_clue.{thing['state']}"
    return f"row_state.{row['state']}" if row.get("state") else ""
