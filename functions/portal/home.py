"""The first page: what the city offers to everybody, and the way to one's own work."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import menu
from functions.portal.page import Goto, Page, page
from functions.portal.visiting import Visit

bp = Blueprint(__name__)


@page(bp, "/", Page("home.html"))
def show_home(visit: Visit) -> Any:
    """To whoever is signed in, the first page of their own work."""
    if visit.caller is None:
        return {}
    _, place = menu.entries(visit.may, signed_in=True)[0]
    return Goto(place)
