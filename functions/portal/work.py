"""The worklist of a unit or a person: what, why, until when; claims; spreadsheets (D2, A8, A9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chalice import Blueprint

from functions.portal import paths, work_deeds, work_sheet
from functions.portal.calling import Refused
from functions.portal.page import Goto, Page, Shown, page
from functions.portal.slices import sliced
from functions.portal.task_deeds import LEFT
from functions.portal.visiting import Visit
from functions.portal.wording import term, word
from functions.portal.work_rows import STATES, shown_row
from functions.shared.authorization import RULES, Action, Whose
from functions.shared.clocks import Light
from functions.shared.inbox_rows import RowKind

bp = Blueprint(__name__)
_PAGE = 50
_MOST_MINE = 200  # of one's own that the API tells at once
_OPEN = {"": True, "no": False, "all": None}  # what the query says; what is open comes first
_ORDER = (  # in which the filter offers them
    RowKind.TASK,
    RowKind.CLUE,
    RowKind.INSPECTION,
    RowKind.CASE,
    RowKind.DISPUTE,
    RowKind.SANCTION,
    RowKind.CONSTRAINT,
    RowKind.ALERT,
)
_KEPT = ("kind", "light", "state", "item", "claimed", "entity")


@page(
    bp,
    "/work",
    Page("work.html", Action.WORKLIST_READ),
    do={
        "one": work_deeds.one,
        "claim": work_deeds.claim,
        "release": work_deeds.release,
        "handover": work_deeds.hand_over,
    },
)
def work(visit: Visit) -> dict[str, Any] | Shown | Goto:
    """One list for all that a unit, or a person, has to do. It costs one read of the list. The
    counts of a unit cost more: they come with its whole list where that is one page, else they are
    asked for by themselves, once the page is there."""
    if visit.query.get("body"):
        return _chosen(visit)
    unit = _unit(visit)
    filters = {name: visit.query[name] for name in (*_KEPT, "open") if visit.query.get(name)}
    if visit.query.get("part") == "counts":
        return Shown({**_counts(visit, unit), "filters": filters}, "work_counts.html")
    told, status = _list(visit, unit)
    mine = bool(told.get("mine"))
    query = {"unit": told.get("unit", ""), **visit.query, "mine": "1"} if mine else visit.query
    if mine:  # which the API tells at once
        rows, pages = sliced(query, told["rows"])
    else:
        rows, pages = told["rows"], paths.pager(query, told.get("after"))
    counted = not mine and not visit.query.get("after") and status == 200
    at_once = counted and (bool(visit.query.get("counts")) or not (filters or pages["next"]))
    data = {
        "unit": unit,
        "units": [(one, visit.named.unit(one, visit.language)) for one in _units(visit)],
        "reach": _reach(visit),
        "mine": mine,
        "follows": visit.query.get("done") in LEFT,
        "only_mine": mine and not visit.query.get("mine"),
        "rows": [shown_row(visit, row) for row in rows],
        "may": {verb for row in rows for verb in row["may"]},
        "more": bool(told.get("more")),
        **(_counts(visit, unit) if at_once else {"counts": None}),
        "count_later": counted,
        "filters": filters,
        **_choices(visit),
        "pages": pages,
        "sheets": visit.may(Action.TASK_READ) and not mine,
    }
    return Shown(data, status=status)


@page(
    bp,
    "/work/sheet",
    Page("work_sheet.html", Action.TASK_READ),
    do={"sheet": work_sheet.take},
)
def sheet(visit: Visit) -> Any:
    """A unit's open tasks out as a sheet, the filled-in sheet back (A9)."""
    return work_sheet.show(visit)


def _counts(visit: Visit, unit: str) -> dict[str, Any]:
    counts = visit.api.get("/v1/worklist/counts", unit=unit)
    return {"counts": counts, "kinds": _ORDER, "lights": list(Light)[::-1]}


def _list(visit: Visit, unit: str) -> tuple[dict[str, Any], int]:
    """The rows, and the page's status; a filter that the API does not know is told, not hidden.
    Whoever reads only his own has no next page of it: of much, all is asked for at once."""
    wanted = {name: visit.query.get(name) for name in _KEPT}
    asked: dict[str, Any] = {**wanted, "open": _OPEN.get(visit.query.get("open", ""), True)}
    if visit.query.get("mine"):
        asked |= {"mine": True, "unit": visit.query.get("unit"), "limit": _MOST_MINE}
    else:
        asked |= {"unit": unit, "limit": _PAGE, "after": visit.query.get("after")}
    try:
        told = visit.api.get("/v1/worklist", **asked)
        if told.get("mine") and told.get("more") and asked["limit"] < _MOST_MINE:
            told = visit.api.get("/v1/worklist", **asked | {"mine": True, "limit": _MOST_MINE})
        return told, 200
    except Refused as refused:
        if refused.status != 400:
            raise
        visit.refused, visit.faults = refused, refused.faults
        return {"rows": []}, 400


def _choices(visit: Visit) -> dict[str, Any]:
    """What the filters offer."""

    def named(group: str, values: Iterable[str]) -> list[tuple[str, str]]:
        return [(one, term(group, one, visit.language)) for one in values]

    return {
        "row_kinds": named("row_kind", _ORDER),
        "light_names": named("light", list(Light)[::-1]),
        "states": named("row_state", STATES.get(visit.query.get("kind", ""), ())),
        "claims": [("nobody", word("work.by_nobody", visit.language))],
    }


def _units(visit: Visit) -> list[str]:
    return visit.units(Action.WORKLIST_READ)


def _unit(visit: Visit) -> str:
    return visit.query.get("unit") or _units(visit)[0]


def _reach(visit: Visit) -> dict[str, Any] | None:
    """What a reader of other units' lists may choose from; None for whoever reads their own."""
    rights = RULES[Action.WORKLIST_READ]
    grants = visit.caller.grants if visit.caller else ()
    reach = {rights[one.role]: one.unit for one in grants if one.role in rights}
    names = visit.named.names
    towns = [(code, name) for code, name in names.towns.items() if code.isdecimal()]
    if Whose.ALL in reach:
        return {"bodies": list(names.departments.items()), "towns": towns, "any": True}
    below = reach.get(Whose.BELOW, "")
    if below and "." not in below:
        return {"bodies": [(below, names.department(below))], "towns": towns, "any": False}
    return None


def _chosen(visit: Visit) -> Goto:
    """The list of the department and town that were chosen."""
    body, town = visit.query["body"], visit.query.get("town")
    return Goto("work", query={"unit": f"{body}.{town}" if town else body})
