"""An inspection and what the village does after two failures (B6-B10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.portal import choosing, inspection_deeds, inspection_views
from functions.portal.calling import Refused
from functions.portal.page import Page, page
from functions.portal.photos import show_photo
from functions.portal.prints import show_notice
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)


@page(
    bp,
    "/inspections/{inspection_id}",
    Page("inspection.html", Action.INSPECTION_READ),
    do={
        "inspection_dispose": inspection_deeds.dispose,
        "inspection_classify": inspection_deeds.classify,
    },
)
def show_inspection(visit: Visit, inspection_id: str) -> Any:
    """One inspection with its whole life, and what its reader may do; or its notice, or a photo."""
    path = {"inspection_id": inspection_id}
    inspection = visit.api.get("/v1/inspections/{inspection_id}", path)
    if number := visit.query.get("photo"):
        return show_photo(inspection.get("pictures", ()), number)
    if visit.query.get("notice"):
        try:
            return show_notice(visit, inspection_id)
        except Refused as refused:  # not printed yet: the page says so
            visit.refused, visit.faults = refused, refused.faults
    return _data(visit, inspection)


def _data(visit: Visit, inspection: Mapping[str, Any]) -> dict[str, Any]:
    may = inspection.get("may", ())
    return {
        "one": inspection,
        "ref": inspection_deeds.ref_of(visit),
        "may": may,
        "items": [(code, f"{code} {name}") for code, name in choosing.items_now(visit)]
        if "classify" in may
        else [],
        "may_read_cases": visit.may(Action.CASE_READ),
        "may_read_tasks": visit.may(Action.TASK_READ),
        "visits": inspection_views.visits_of(inspection),
        "units": {
            *inspection.get("units", ()),
            *(one["unit"] for one in inspection.get("referrals", ())),
        },
        "checks": {check["key"]: check for check in inspection["checks"]},
        "found": inspection_views.found_of(inspection),
        **inspection_views.names_of(visit, inspection),
        "signatures": inspection_views.signatures_of(inspection),
        "disposal_photos": inspection_views.numbers_of(
            inspection, (inspection.get("disposal") or {}).get("photos", ())
        ),
    }
