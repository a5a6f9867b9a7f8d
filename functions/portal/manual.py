"""What waits for a person: where an address lies, or what a scope calls for (A6)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import choosing, paths
from functions.portal.calling import Fault, Refused
from functions.portal.page import Goto, Page, page
from functions.portal.visiting import Visit
from functions.portal.wording import word
from functions.shared.authorization import CITY, Action
from functions.shared.directory import is_village, town_of, town_of_village

bp = Blueprint(__name__)
_PER_PAGE = 50
_MOST_ITEMS = 8  # that one form offers to name


def dispatch(visit: Visit) -> Goto:
    """Decide what waits, as the form says."""
    told = visit.form.json("code", "applies", "items[]")
    applies = visit.form.get("applies")
    if applies == "none":
        told["items"] = []
    elif applies == "some":  # each reads `SJ02 and its name`: the code counts
        told["items"] = _named_items(visit)
    code, town = visit.form.get("code"), visit.query.get("town", "")
    case = visit.api.post("/v1/manual/{code}", {"code": code}, told)
    if case["reasons"]:  # what was decided stands, and something is still left
        return Goto("manual", "manual_waits", {"town": town, "code": code})
    return Goto("manual", "manual_dispatch", {"town": town})


def _named_items(visit: Visit) -> list[str]:
    """The codes of the items that were named; raises Refused for none, which would say that nothing
    applies: that has an answer of its own."""
    codes = [text.split()[0] for text in visit.form.all("items[]")]
    if not codes:
        fault = Fault(
            field="items", code="value_missing", message=word("manual.no_items", visit.language)
        )
        raise Refused(400, word("refused", visit.language), (fault,), 1)
    return codes


@page(bp, "/manual", Page("manual.html", Action.MANUAL_READ), do={"manual_dispatch": dispatch})
def manual(visit: Visit) -> dict[str, Any]:
    """The list of a town, or with `code` one case and the form that decides it."""
    towns = _towns(visit)
    town = visit.query.get("town") or towns[0][0]
    data: dict[str, Any] = {"town": town, "towns": towns, "case": None, "cases": [], "pages": None}
    if code := visit.form.get("code") or visit.query.get("code", ""):
        return data | _one(visit, code)
    told = visit.api.get(
        "/v1/manual", town=town, limit=_PER_PAGE, after=visit.query.get("after", "")
    )
    pages = paths.pager(visit.query, told.get("after"))
    return data | {"cases": told["cases"], "pages": pages}


def _one(visit: Visit, code: str) -> dict[str, Any]:
    case = visit.api.get("/v1/cases/{code}", {"code": code})
    names = visit.named.names
    decides = case["may_decide"]
    here = visit.form.get("town") or case.get("town", "")
    return {
        "case": case,
        "items": choosing.items_now(visit) if decides else [],
        "all_towns": [one for one in names.towns.items() if one[0] != CITY],
        "villages": [
            (village, name)
            for village, name in names.villages.items()
            if here and town_of_village(village) == here
        ],
        "rows": range(max(1, min(_MOST_ITEMS, len(visit.form.all("items[]")) + 4))),
        "asks_items": any(one.startswith("scope_") for one in case["reasons"]),
        "named": visit.form.all("items[]"),
    }


def _towns(visit: Visit) -> list[tuple[str, str]]:
    """Whose lists the reader may look at: all, or that of his town."""
    units = visit.units(Action.MANUAL_READ)
    own = [one for one in (town_of(unit) for unit in units) if one]
    towns = visit.named.names.towns
    wide = any(town_of(unit) is None and not is_village(unit) for unit in units)
    return [(code, towns[code]) for code in (towns if wide else own) if code in towns]
