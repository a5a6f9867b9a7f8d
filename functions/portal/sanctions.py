"""Joint sanctions: proposed, approved, carried out by each participant, lifted (C13)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from chalice import Blueprint

from functions.portal import paths, ways
from functions.portal.page import Deed, Goto, Page, page
from functions.portal.rendering import visible
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.inbox_rows import RowKind

bp = Blueprint(__name__)
_SANCTION, _CONSTRAINT = "/v1/sanctions/{sanction_id}", "/v1/constraints/{constraint_id}"
_LISTS = {  # what the first page shows, and who is offered it
    "constraints": Action.CONSTRAINT_READ,
    "sanctions": Action.SANCTION_READ,
    "propose": Action.SANCTION_INITIATE,
}


def _propose(visit: Visit) -> Goto:
    """Propose one; or show the one by that instrument that is not over. Each form has an id of its
    own: sent twice it counts once, and the next form can propose again what is over."""
    body = visit.form.json()
    subject = visit.form.get("subject")[:64]
    asked = visit.form.get("unit")
    for unit in [asked] if asked else visit.units(Action.SANCTION_INITIATE)[:1]:
        for one in visit.api.get("/v1/sanctions", unit=unit, subject=subject)["sanctions"]:
            if (one["unit"], one["instrument"]) == (unit, body.get("instrument")):
                return Goto(f"sanctions/{paths.part(one['id'])}", "sanction_exists")
    sanction = visit.api.post("/v1/sanctions", body=body)
    return Goto(f"sanctions/{paths.part(sanction['id'])}", "sanction_propose")


@page(
    bp,
    "/sanctions",
    Page("sanctions.html", Action.SANCTION_READ),
    do={"sanction_propose": _propose},
)
def show_sanctions(visit: Visit) -> dict[str, Any]:
    """What the reader's department has to carry out; the sanctions that wait for the credit office,
    to others what their unit has proposed; those on a subject; the form to propose one."""
    lists = [one for one, action in _LISTS.items() if visit.may(action)]
    asked = "propose" if visit.form.fields else visit.query.get("list", "")
    if visit.query.get("subject") and not asked:
        asked = "sanctions"
    shown = asked if asked in lists else lists[0]
    units = visit.units(_LISTS[shown])
    wanted = visit.query.get("unit", "")
    unit = wanted if wanted in units else units[0]
    instruments = _instruments(visit) if shown == "propose" else []
    return {
        "lists": lists,
        "list": shown,
        "decides": visit.may(Action.SANCTION_APPROVE),
        "ref": visit.form.get("ref") or uuid4().hex,
        "unit": unit,
        "units": units,
        "rows": [],
        "found": None,
        "subject": visit.query.get("subject", ""),
        "choices": [(one, visit.named.unit(one, visit.language)) for one in units],
        "instruments": instruments,
        "pairs": [
            (one["id"], visible(f"{one['title']}（{one['document']}）")) for one in instruments
        ],
        "pages": paths.pager(visit.query, None),
        **_listed(visit, shown, unit),
    }


def _listed(visit: Visit, shown: str, unit: str) -> dict[str, Any]:
    page_ = {"unit": unit, "limit": 50, "after": visit.query.get("after")}
    if shown == "constraints":
        told = visit.api.get("/v1/constraints", **page_)
        return {"rows": told["constraints"], "pages": _pages(visit, told)}
    if shown == "propose":
        return {}
    if subject := visit.query.get("subject", "").strip():
        told = visit.api.get("/v1/sanctions", unit=unit, subject=subject[:64])
        return {"found": told["sanctions"]}
    waiting = True if visit.may(Action.SANCTION_APPROVE) else None  # who proposes acts no more
    told = visit.api.get("/v1/worklist", kind=RowKind.SANCTION.value, open=waiting, **page_)
    return {"rows": told["rows"], "pages": _pages(visit, told)}


def _pages(visit: Visit, told: dict[str, Any]) -> Any:
    return paths.pager(visit.query, told.get("after"))


def _instruments(visit: Visit) -> list[Any]:
    """The instruments by which the reader's department may propose."""
    told = visit.api.get("/v1/discipline/instruments")["instruments"]
    return [one for one in told if one.get("units")]


def _decided(verb: str) -> Deed:
    def decide(visit: Visit, sanction_id: str) -> None:
        path = {"sanction_id": sanction_id}
        visit.api.post(f"{_SANCTION}/{verb}", path, visit.form.json())

    return decide


@page(
    bp,
    "/sanctions/{sanction_id}",
    Page("sanction.html", Action.SANCTION_READ),
    do={f"sanction_{verb}": _decided(verb) for verb in ("approve", "refuse", "lift")},
)
def show_sanction(visit: Visit, sanction_id: str) -> dict[str, Any]:
    """One sanction with its life, who takes part as far as the reader may see it, what may be
    done."""
    one = visit.api.get(_SANCTION, {"sanction_id": sanction_id})
    may = one.get("may", ())
    return {
        "one": one,
        "may": may,
        "way": ways.chosen(visit, may, "sanction"),
        "may_read_cases": visit.may(Action.CASE_READ),
        "may_carry_out": visit.may(Action.CONSTRAINT_READ),
    }


def _answered(verb: str) -> Deed:
    def answer(visit: Visit, constraint_id: str) -> None:
        path = {"constraint_id": constraint_id}
        visit.api.post(f"{_CONSTRAINT}/{verb}", path, visit.form.json())

    return answer


@page(
    bp,
    "/constraints/{constraint_id}",
    Page("constraint.html", Action.CONSTRAINT_READ),
    do={f"constraint_{verb}": _answered(verb) for verb in ("receive", "execute", "confirm")},
)
def show_constraint(visit: Visit, constraint_id: str) -> dict[str, Any]:
    """What one department must do about one subject, and how far it is with that."""
    one = visit.api.get(_CONSTRAINT, {"constraint_id": constraint_id})
    may = one.get("may", ())
    return {
        "one": one,
        "may": may,
        "way": ways.chosen(visit, may, "constraint"),
        "may_read_cases": visit.may(Action.CASE_READ),
    }
