"""The dispatcher's board of a village, a town, the city: who walks where (B1, B4, B12)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import dispatch_deeds, paths
from functions.portal.dispatch_views import (
    Hand,
    Seat,
    hands_of,
    seat_of,
    towns_waiting,
    village_named,
    villages_to_choose,
    villages_waiting,
)
from functions.portal.page import Goto, Page, page
from functions.portal.rendering import visible
from functions.portal.visiting import Visit
from functions.portal.wording import word
from functions.shared.authorization import Action
from functions.shared.events.inspections import InspectionState

bp = Blueprint(__name__)
_ANY = "all"
# The states in which something of a board can be, in the order of an inspection's life.
_STATES = (
    *(InspectionState.WAITING, InspectionState.ASSIGNED, InspectionState.CORRECTING),
    *(InspectionState.RECHECKING, InspectionState.DISPOSING, InspectionState.CLASSIFYING),
)


@page(
    bp,
    "/dispatch",
    Page("dispatch.html", Action.INSPECTION_ASSIGN),
    do={
        "dispatch_assign": dispatch_deeds.assign,
        "dispatch_all": dispatch_deeds.assign_all,
        "dispatch_recall": dispatch_deeds.recall,
        "dispatch_return": dispatch_deeds.give_back,
        "dispatch_place": dispatch_deeds.place,
    },
)
def show_board(visit: Visit) -> Any:
    """A page of what a village, a town's office or the city's has to dispatch; with `open`, what
    may be done about one of it, in the `way` that was chosen."""
    seat = seat_of(visit)
    wanted = visit.query.get("village", "")
    found = village_named(visit, wanted, seat.town) if wanted else ""
    if found:
        return Goto("dispatch", query={"unit": found})
    state, inspector = _state(visit, seat), visit.query.get("inspector", "")
    asked = {"unit": seat.unit, "inspector": inspector, "after": visit.query.get("after")}
    told = visit.api.get("/v1/inspections", state="" if state == _ANY else state, **asked)
    (load,) = visit.api.get("/v1/loads", unit=seat.unit)["loads"]
    roster = _roster(visit, seat)
    hands = hands_of(load, roster)
    return {
        "seat": seat,
        "state": state,
        "states": [one.value for one in _STATES],
        "inspector": inspector,
        "rows": told["inspections"],
        "load": load,
        "hands": hands,
        "people": [(one.id, _with_load(visit, one)) for one in hands if one.listed],
        "roster": roster,
        "names": {one["id"]: one["name"] for one in roster["inspectors"]},
        "grids": {one["id"]: visible(one["name"]) for one in roster["grids"]},
        "unknown_village": wanted,
        "villages": villages_waiting(visit, seat) if seat.is_town else [],
        "towns": towns_waiting(visit) if seat.is_city else [],
        "pages": paths.pager(_without_opened(visit), told.get("after")),
        "choices": villages_to_choose(visit, seat.town) if _chooses(visit, seat) else [],
        **_opened(visit),
    }


def _chooses(visit: Visit, seat: Seat) -> bool:
    """Whether villages are offered by name: to go to one of the town, or to place one of the
    city's, whose many names come only with that form."""
    way = _opened(visit)["way"]
    return bool(seat.is_town or (seat.town and seat.above) or way == "place")


def _with_load(visit: Visit, one: Hand) -> str:
    """An inspector with what he has, as a choice."""
    had = word("dispatch.in_hand", visit.language, open=one.open)
    return " · ".join(filter(None, (visible(one.name), visible(one.grids), had)))


def _state(visit: Visit, seat: Seat) -> str:
    """What of the board is shown: of a village first what nobody has been given."""
    asked = visit.query.get("state", "")
    if asked in (*_STATES, _ANY):
        return asked
    whole = visit.query.get("inspector") or not seat.is_village
    return _ANY if whole else InspectionState.WAITING.value


def _roster(visit: Visit, seat: Seat) -> dict[str, Any]:
    """Who walks the village, and where; nobody at an office."""
    told = None
    if seat.is_village:
        told = visit.api.find("/v1/villages/{village}/roster", {"village": seat.unit})
    return told or {"grids": [], "inspectors": []}


def _without_opened(visit: Visit) -> dict[str, str]:
    return {name: one for name, one in visit.query.items() if name not in ("open", "way")}


def _opened(visit: Visit) -> dict[str, str]:
    """The inspection whose forms are shown, and which of them: what was just tried, or asked."""
    tried = visit.form.get("do").removeprefix("dispatch_")
    if visit.form.get("id"):
        return {"opened": visit.form.get("id"), "way": tried}
    return {"opened": visit.query.get("open", ""), "way": visit.query.get("way", "")}
