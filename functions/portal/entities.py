"""An entity: what was registered, who acts there, how far it is trusted (A2-A7)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal.calling import Refused
from functions.portal.page import Page, page
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)


@page(bp, "/entities/{code}", Page("entity.html", Action.CASE_READ))
def entity(visit: Visit, code: str) -> dict[str, Any]:
    """One entity, as far as the reader may; 404 where neither registry nor supervision tell."""
    path = {"code": code}
    registration = visit.api.find("/v1/registrations/{code}", path)
    case = visit.api.find("/v1/cases/{code}", path)
    known = registration or case
    if known is None:
        raise Refused(404, "", (), 0)
    plan = visit.api.find("/v1/plans/{code}", path)
    return {
        "code": code,
        "name": known["name"],
        "registration": registration,
        "case": case,
        "tasks": case["tasks"] if case else [],
        "plan": plan,
        "inspections": plan["inspections"] if plan else [],
        "grade": visit.api.find("/v1/credit/grades/{code}", path),
    }
