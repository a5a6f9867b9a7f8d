"""The counter check: a code or a name in, what this department must apply out (C13)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal.calling import Refused
from functions.portal.page import Page, page
from functions.portal.visiting import Visit
from functions.shared import clock
from functions.shared.authorization import Action

bp = Blueprint(__name__)
_CHECK = "/v1/counter/{code}"


@page(bp, "/counter", Page("counter.html", Action.COUNTER_CHECK))
def show_counter(visit: Visit) -> dict[str, Any]:
    """What must be done about the subject that was asked for; where a name fits several, whom to
    choose from. One that fits alone is checked at once."""
    units = visit.units(Action.COUNTER_CHECK)
    asked, words = visit.query.get("unit", ""), visit.query.get("q", "").strip()
    unit = asked if asked in units else next(iter(units), "")
    blank: dict[str, Any] = {"found": [], "more": False, "faults": (), "told": None}
    page_: dict[str, Any] = {
        **blank,
        "subject": None,
        "q": words,
        "unit": unit,
        "units": [(one, visit.named.unit(one, visit.language)) for one in units],
        "checked_at": clock.now(),
    }
    return {**page_, **_checked(visit, words, unit)} if words else page_


def _checked(visit: Visit, words: str, unit: str) -> dict[str, Any]:
    """The check of a code; of what is none, what is found by that name."""
    try:
        return _check(visit, words, unit)
    except Refused as refused:
        if refused.status != 400:
            raise
        no_code = refused.faults
    try:
        named = visit.api.get("/v1/public/subjects", q=words)
    except Refused as refused:  # too little to search by
        if refused.status != 400:
            raise
        return {"faults": refused.faults}
    found, more = named["subjects"], bool(named.get("next"))
    if len(found) == 1 and not more:
        return _check(visit, found[0]["code"], unit)
    nobody = not found and not more
    return {"found": found, "more": more, "faults": no_code if nobody and _is_code(words) else ()}


def _check(visit: Visit, code: str, unit: str) -> dict[str, Any]:
    told = visit.api.get(_CHECK, {"code": code}, unit=unit)
    return {"told": told, "subject": _graded(visit, told["code"])}


def _graded(visit: Visit, code: str) -> Any:
    """Name and grade of a subject, where credit knows it."""
    return visit.api.find("/v1/credit/grades/{code}", {"code": code})


def _is_code(words: str) -> bool:
    """Whether a code was meant, though it is none."""
    plain = words.replace(" ", "")
    return plain.isascii() and plain.isalnum() and any(one.isdigit() for one in plain)
