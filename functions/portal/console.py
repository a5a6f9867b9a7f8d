"""The interface console: who has joined, how each fares, and what could not be handled (A22)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import paths
from functions.portal.console_deeds import SYSTEM_DEEDS, join_any, send_again
from functions.portal.console_views import VIEWS
from functions.portal.page import Page, page
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)


@page(
    bp,
    "/console",
    Page("console.html", Action.SYSTEM_JOIN),
    do={"system_join": join_any, "redrive": send_again},
)
def show_systems(visit: Visit) -> Any:
    """The systems that are the reader's to see; to operators also what failed."""
    failures = visit.may(Action.FAILURES_READ)
    if failures and visit.query.get("tab") == "failures":
        told = visit.api.get("/v1/failures", queue=visit.query.get("queue"), most=10)
        return {"tab": "failures", "failures": failures, "piles": told["failures"]}
    told = visit.api.get("/v1/systems", limit=50, after=visit.query.get("after"))
    joined = {one["system"]["unit"] for one in told["systems"]}
    mine = [unit for unit in visit.units(Action.SYSTEM_JOIN) if unit not in joined]
    return {
        "tab": "",
        "failures": failures,
        "systems": told["systems"],
        "all": told["all"],
        "units": [(unit, visit.named.unit(unit, visit.language)) for unit in mine],
        "pages": paths.pager(visit.query, told.get("after")),
    }


@page(bp, "/console/{unit}", Page("system.html", Action.SYSTEM_JOIN), do=SYSTEM_DEEDS)
def show_system(visit: Visit, unit: str) -> Any:
    """One system: its settings, its calls, or what goes to it."""
    system = visit.api.get("/v1/systems/{unit}", {"unit": unit})
    tab = visit.query.get("tab", "")
    view = VIEWS.get(tab, VIEWS[""])
    return {"system": system, "tab": tab if tab in VIEWS else "", **view(visit, unit)}
