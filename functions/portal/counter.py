"""The counter check: a code or a name in, what this department must apply out (C13)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal.calling import Fault, Refused
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
    blank: dict[str, Any] = {"found": [], "faults": (), "told": None, "subject": None}
    page_: dict[str, Any] = {
        **blank,
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
        faults = refused.faults
    found = _named_so(visit, words)
    if len(found) == 1:
        return _check(visit, found[0]["code"], unit)
    return {"found": found, "faults": () if found else _why(words, faults)}


def _check(visit: Visit, code: str, unit: str) -> dict[str, Any]:
    told = visit.api.get(_CHECK, {"code": code}, unit=unit)
    return {"told": told, "subject": _graded(visit, told["code"])}


def _graded(visit: Visit, code: str) -> Any:
    """Name and grade of a subject, where credit knows it."""
    return visit.api.find("/v1/credit/grades/{code}", {"code": code})


def _named_so(visit: Visit, words: str) -> list[Any]:
    """Who bears a name, or one that begins so; nobody where that is too little to search by."""
    try:
        found: list[Any] = visit.api.get("/v1/public/subjects", q=words)["subjects"]
    except Refused as refused:
        if refused.status != 400:
            raise
        return []
    return found


def _why(words: str, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """What is wrong with a code, where it was one that was meant."""
    meant = words.replace(" ", "").isalnum() and any(one.isdigit() for one in words)
    return faults if meant and words.isascii() else ()
