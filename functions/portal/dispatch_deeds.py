"""What a dispatcher does on the board: give out, call back, send back, place (B1, B4)."""

from __future__ import annotations

from typing import Any

from functions.portal.dispatch_views import seat_of, village_named
from functions.portal.page import Goto
from functions.portal.visiting import Visit

_INSPECTION = "/v1/inspections/{inspection_id}"


def assign(visit: Visit) -> Goto:
    """Give one to whom the form names; where it names nobody, to whom the system proposes. Where
    that is not who was `shown` any more, or somebody else gave it out first, it is told who has
    it now."""
    path, shown = {"inspection_id": visit.form.get("id")}, visit.form.get("shown")
    told = visit.api.post(f"{_INSPECTION}/assign", path, visit.form.json("id", "shown"))
    has = told.get("inspector") or ""
    if shown and has != shown:
        return Goto("dispatch", "dispatch_other", {"unit": told.get("unit", ""), "inspector": has})
    return _back(visit, "dispatch_assign")


def recall(visit: Visit) -> Goto:
    """Call one back from its inspector."""
    return _said(visit, "recall", visit.form.json("id"))


def give_back(visit: Visit) -> Goto:
    """Send one back to the office of the town."""
    return _said(visit, "return", visit.form.json("id"))


def place(visit: Visit) -> Goto:
    """Say in which village the address of one lies; the form has the village's name or code."""
    body = visit.form.json("id")
    named = body.get("village", "")
    body["village"] = village_named(visit, named, seat_of(visit).town) or named
    return _said(visit, "place", body)


def assign_all(visit: Visit) -> Goto:
    """Accept all proposals of a village; what is left goes out by doing it again."""
    village = {"village": visit.form.get("village")}
    told = visit.api.post("/v1/villages/{village}/assign", village, {})
    counts = {"given": str(len(told["given"])), "left": str(told["left"])}
    return _back(visit, "dispatch_all", counts)


def _said(visit: Visit, verb: str, body: dict[str, Any]) -> Goto:
    visit.api.post(f"{_INSPECTION}/{verb}", {"inspection_id": visit.form.get("id")}, body)
    return _back(visit, f"dispatch_{verb}")


def _back(visit: Visit, done: str, more: dict[str, str] | None = None) -> Goto:
    """The same part of the same board, nothing opened."""
    left = ("open", "way", "given", "left", "done")
    kept = {name: value for name, value in visit.query.items() if name not in left}
    return Goto("dispatch", done, kept | (more or {}))
