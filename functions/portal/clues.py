"""Clues: reported, assigned with what is proposed, fed back (A17, A18)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from chalice import Blueprint

from functions.portal import choosing, clue_ways, paths
from functions.portal.page import Deed, Goto, Page, page
from functions.portal.photos import show_photo, take_photos
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.directory import town_of
from functions.shared.inbox_rows import RowKind

bp = Blueprint(__name__)
_CLUE = "/v1/clues/{clue_id}"
_SWITCH = "/v1/clues/settings/{town}"


def _report(visit: Visit) -> Goto:
    """A clue with its photos. Its form has an id of its own, so that sending twice counts once."""
    take_photos(visit, visit.form.get("unit"))
    clue = visit.api.post("/v1/clues", body=visit.form.json())
    return Goto(f"clues/{paths.part(clue['id'])}", "clue_report")


def _switch(visit: Visit) -> None:
    town = {"town": visit.form.get("town")}
    visit.api.put(_SWITCH, town, {"automatic": visit.form.get("automatic") == "yes"})


@page(
    bp,
    "/clues",
    Page("clues.html", Action.CLUE_REPORT),
    do={"clue_report": _report, "clue_switch": _switch},
)
def show_clues(visit: Visit) -> dict[str, Any]:
    """The form to report by, and what waits for the reader's unit."""
    units = visit.units(Action.CLUE_REPORT)
    readable = visit.units(Action.WORKLIST_READ)
    asked = visit.query.get("unit", "")
    unit = asked if asked in readable else next(iter(readable), "")
    told = _waiting(visit, unit) if unit else {"rows": []}
    return {
        "ref": visit.form.get("ref") or uuid4().hex,
        "units": [(one, visit.named.unit(one, visit.language)) for one in units],
        "towns": [] if all(map(town_of, units)) else choosing.towns(visit),
        "waiting_unit": unit,
        "waiting_units": readable,
        "rows": told["rows"],
        "pages": paths.pager(visit.query, told.get("after")),
        "switches": [_switched(visit, office) for office in visit.units(Action.CLUE_SETTINGS)],
    }


def _waiting(visit: Visit, unit: str) -> dict[str, Any]:
    """A page of the clues that a unit has to act on, as its worklist has them."""
    asked: dict[str, Any] = {"kind": RowKind.CLUE.value, "open": True, "limit": 50}
    asked |= {"unit": unit, "after": visit.query.get("after")}
    told: dict[str, Any] = visit.api.get("/v1/worklist", **asked)
    return told


def _switched(visit: Visit, office: str) -> dict[str, Any]:
    told: dict[str, Any] = visit.api.get(_SWITCH, {"town": town_of(office) or ""})
    return told


def _assign(visit: Visit, clue_id: str) -> None:
    visit.api.post(f"{_CLUE}/assign", {"clue_id": clue_id}, visit.form.json())


def _fed_back(verb: str) -> Deed:
    def feed_back(visit: Visit, clue_id: str) -> None:
        body = visit.form.json() | {"verb": verb}
        visit.api.post(f"{_CLUE}/feedback", {"clue_id": clue_id}, body)

    return feed_back


@page(
    bp,
    "/clues/{clue_id}",
    Page("clue.html", Action.CLUE_READ),
    do={
        "clue_assign": _assign,
        "clue_receive": _fed_back("receive"),
        "clue_handle": _fed_back("handle"),
        "clue_dispute": _fed_back("dispute"),
        "clue_close": _fed_back("close"),
    },
)
def show_clue(visit: Visit, clue_id: str) -> Any:
    """One clue with its whole life, and what its reader may do about it; or one of its photos."""
    clue = visit.api.get(_CLUE, {"clue_id": clue_id})
    if number := visit.query.get("photo"):
        return show_photo(clue.get("pictures", ()), number)
    ways = clue_ways.ways_of(clue)
    return {
        "clue": clue,
        "may_read_cases": visit.may(Action.CASE_READ),
        "ways": ways,
        "way": clue_ways.chosen(visit, ways),
        "end": visit.form.get("evidence.end") or visit.query.get("end", ""),
        "ends": clue_ways.ENDS,
        "grounds": clue_ways.GROUNDS,
        "proposed": clue_ways.proposed(clue),
        "named": clue_ways.named(clue),
        "others": choosing.units_near(visit, clue["town"]) if ways else [],
    }
