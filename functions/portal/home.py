"""The first page: what the city offers to everybody, and the way to one's own work."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import menu
from functions.portal.calling import Refused
from functions.portal.page import Goto, Page, page
from functions.portal.public_credit import in_short
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)
_COLUMNS = ("policies", "news")
_NEWEST = 4  # articles of each
# Where somebody's own work is, by what only they do; the first that fits, else the menu's first.
_WORK = (
    ("phone", Action.INSPECTION_VISIT),
    ("oversight", Action.BULLETIN_PUBLISH),
    ("work", Action.WORKLIST_READ),
    ("rules", Action.ITEMS_WRITE),
    ("console", Action.SYSTEM_JOIN),
    ("disputes", Action.DISPUTE_FILE),
)


@page(bp, "/", Page("home.html"))
def show_home(visit: Visit) -> Any:
    """To whoever is signed in, the first page of their own work; to all others, what everybody may
    look up."""
    if visit.caller is None:
        return {"columns": {column: _newest(visit, column) for column in _COLUMNS}}
    own = next((place for place, action in _WORK if visit.may(action)), None)
    return Goto(own or menu.entries(visit.may, signed_in=True)[0][1])


def _newest(visit: Visit, column: str) -> list[dict[str, Any]]:
    """The newest articles of a column; none where they cannot be had, for the first page must open
    whatever else is down."""
    try:
        told = visit.api.get("/v1/public/columns/{column}", {"column": column})
    except Refused:
        return []
    return [in_short(one) for one in told["articles"][:_NEWEST]]
