"""Figures with charts, each leading to the list behind it (A19, A23)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal.calling import Refused
from functions.portal.oversight_views import BY, VIEWS, Asked, asked_of, filters, tabs
from functions.portal.page import Page, Shown, page, passed_on
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)


@page(bp, "/oversight", Page("oversight.html", Action.FIGURES_READ))
def show_figures(visit: Visit) -> Any:
    """One look at the figures of a period; `tab` says at which."""
    asked = asked_of(visit)
    if visit.query.get("file"):
        return _sheet(visit, asked)
    told: dict[str, Any] = {
        "asked": asked,
        "tab": asked.tab,
        "tabs": tabs(visit),
        **filters(visit),
    }
    try:
        return told | {"wrong": False} | VIEWS[asked.tab](visit, asked)
    except Refused as refused:
        if refused.status != 400:
            raise
        visit.refused, visit.faults = refused, refused.faults
        return Shown(told | {"wrong": True}, status=400)


def _sheet(visit: Visit, asked: Asked) -> Any:
    by = BY.get(asked.tab, "department")
    query = {**asked.period, **asked.place, "by": by}
    answer = visit.api.ask("GET", "/v1/reports/figures.xlsx", query=query)
    return passed_on(answer.body, answer.media_type, f"figures-{asked.first}-{asked.last}.xlsx")
