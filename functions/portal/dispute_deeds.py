"""What is done about objections and repairs on their pages (C11)."""

from __future__ import annotations

from typing import Any

from functions.portal import paths
from functions.portal.page import Goto
from functions.portal.visiting import Visit

_DISPUTE = "/v1/credit/disputes/{dispute_id}"
_CORRECT = "correct"
_OF_REPAIR = ("commitment", "duties_done_on")


def file_dispute(visit: Visit) -> Goto:
    """An objection or a repair about the record of the page. Its form has an id of its own, so that
    sending twice counts once."""
    body = visit.form.json()
    if body.get("kind") != "repair":  # fields that the other form has
        body = {name: one for name, one in body.items() if name not in _OF_REPAIR}
    path = {"record_id": visit.query.get("record", "")}
    told = visit.api.post("/v1/credit/records/{record_id}/disputes", path, body)
    return Goto(f"disputes/{paths.part(told['id'])}", "dispute_file")


def ask(visit: Visit, dispute_id: str) -> None:
    """Ask the source whether its record stands."""
    _said(visit, dispute_id, "ask")


def answer(visit: Visit, dispute_id: str) -> None:
    """The source's answer."""
    _said(visit, dispute_id, "answer")


def extend(visit: Visit, dispute_id: str) -> None:
    """The source takes more time."""
    _said(visit, dispute_id, "answer", more_time=True)


def uphold(visit: Visit, dispute_id: str) -> None:
    """It is right: the record goes, or says from now on what was changed in the form."""
    outcome = visit.form.get("outcome")
    more: dict[str, Any] = {"outcome": outcome} if outcome else {}
    if outcome == _CORRECT:
        more["values"] = _changed(visit)
    _said(visit, dispute_id, "decide", uphold=True, **more)


def refuse(visit: Visit, dispute_id: str) -> None:
    """It is not right: the record stands."""
    _said(visit, dispute_id, "decide", uphold=False)


def close(visit: Visit, dispute_id: str) -> None:
    """It is given up."""
    _said(visit, dispute_id, "close")


def _said(visit: Visit, dispute_id: str, verb: str, **more: Any) -> None:
    body = {name: visit.form.get(name) for name in ("note", "stands") if visit.form.get(name)}
    visit.api.post(f"{_DISPUTE}/{verb}", {"dispute_id": dispute_id}, {**body, **more})


def _changed(visit: Visit) -> dict[str, str]:
    """The values that are other than those that the form came with."""
    changed = {}
    for name in visit.form.fields:
        field = name.removeprefix("values.")
        value = _lines(visit.form.get(name))
        if field != name and value != _lines(visit.form.get(f"was.{field}")):
            changed[field] = value
    return changed


def _lines(text: str) -> str:
    """A text with its lines ended as records end them; browsers send others."""
    return "\n".join(text.splitlines())
