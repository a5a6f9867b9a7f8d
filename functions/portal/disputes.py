"""Objections and repairs: filed by the entity, answered, decided (C11)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from chalice import Blueprint

from functions.portal import dispute_deeds, ways
from functions.portal.calling import Refused
from functions.portal.disputed_records import record_of, records_of
from functions.portal.page import Page, page
from functions.portal.slices import sliced
from functions.portal.visiting import Visit
from functions.shared.authorization import Action, Role

bp = Blueprint(__name__)
_DISPUTE = "/v1/credit/disputes/{dispute_id}"
_RARE = ("extend", "close")  # what people come for less often stands last
_KINDS = ("objection", "repair")


@page(
    bp,
    "/disputes",
    Page("disputes.html", Action.DISPUTE_READ),
    do={"dispute_file": dispute_deeds.file_dispute},
)
def show_disputes(visit: Visit) -> dict[str, Any]:
    """What waits for the reader's unit, or all of a company's own with the records that it may
    object to; with `record`, the form about one of them."""
    units = visit.units(Action.DISPUTE_READ)
    asked = visit.query.get("unit", "")
    unit = asked if asked in units else units[0]
    if visit.query.get("record") and visit.may(Action.DISPUTE_FILE):
        return {"unit": unit, **_filing(visit, visit.query["record"])}
    told = visit.api.get("/v1/credit/disputes", unit=unit)["disputes"]
    rows, pages = sliced(visit.query, told)
    entity = unit in _companies(visit)
    return {
        "record": None,
        "unit": unit,
        "units": units,
        "entity": entity,
        "rows": rows,
        "pages": pages,
        **(records_of(visit, unit) if entity else {"records": [], "records_next": None}),
    }


def _companies(visit: Visit) -> set[str]:
    """The codes of the companies that the reader speaks for."""
    grants = visit.caller.grants if visit.caller else ()
    return {grant.unit for grant in grants if grant.role is Role.ENTITY}


def _filing(visit: Visit, id: str) -> dict[str, Any]:
    """The form about one record. A key person has no page on which it could stand; the credit
    office files for one all the same. Raises Refused for what is not the reader's."""
    record = record_of(visit, id)
    if record is None and not visit.may(Action.DISPUTE_DECIDE):
        raise Refused(404, "", (), 0)
    asked = visit.form.get("kind") or visit.query.get("kind", "")
    return {
        "record": record or {"id": id, "title": id, "lines": (), "source": "", "document": ""},
        "kind": asked if asked in _KINDS else _KINDS[0],
        "kinds": _KINDS,
        "ref": visit.form.get("ref") or uuid4().hex,
    }


@page(
    bp,
    "/disputes/{dispute_id}",
    Page("dispute.html", Action.DISPUTE_READ),
    do={
        "dispute_ask": dispute_deeds.ask,
        "dispute_answer": dispute_deeds.answer,
        "dispute_extend": dispute_deeds.extend,
        "dispute_uphold": dispute_deeds.uphold,
        "dispute_refuse": dispute_deeds.refuse,
        "dispute_close": dispute_deeds.close,
    },
)
def show_dispute(visit: Visit, dispute_id: str) -> dict[str, Any]:
    """One objection or repair with its life, the record that it is about, what may be done."""
    one = visit.api.get(_DISPUTE, {"dispute_id": dispute_id})
    may = sorted(one.get("may", ()), key=_RARE.__contains__)
    return {
        "one": one,
        "may": may,
        "way": ways.chosen(visit, may, "dispute"),
        "record": record_of(visit, one["record"]),
        "entity": one["subject"] in _companies(visit),
        "may_read_cases": visit.may(Action.CASE_READ),
    }
