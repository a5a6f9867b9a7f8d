"""Bulletins: read, compared, downloaded, published (A23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chalice import Blueprint, Response

from functions.portal import rendering
from functions.portal.bulletin_rows import compared
from functions.portal.page import Goto, Page, Shown, page, passed_on
from functions.portal.slices import sliced
from functions.portal.visiting import Visit
from functions.portal.work_sheet import XLSX
from functions.shared.authorization import Action

bp = Blueprint(__name__)
_FORMS = {"xlsx": ("xlsx", XLSX), "html": ("page", "text/html; charset=utf-8")}
_FIRST_YEAR = 2000


def draft(visit: Visit) -> Shown:
    """What would be published now, to be looked at before; nothing is stored."""
    told = visit.api.post("/v1/bulletins", body=_order(visit) | {"draft": True})
    return Shown(_content(visit, told), "bulletin_draft.html")


def edit(visit: Visit) -> Shown:
    """Back from the draft to what was entered."""
    return Shown(show_year(visit))


def publish(visit: Visit) -> Goto:
    """Publish what was drafted, and read it."""
    told = visit.api.post("/v1/bulletins", body=_order(visit))
    return Goto(f"bulletins/{told['year']}/{told['number']}", done="bulletin_publish")


def show_year(visit: Visit) -> dict[str, Any]:
    """The bulletins of a year, and to who may publish, the form for the next."""
    this_year = int(rendering.today()[:4])
    asked = visit.query.get("year", "")
    known = asked.isascii() and asked.isdigit() and len(asked) == 4
    year = min(max(int(asked), _FIRST_YEAR), this_year) if known else this_year
    told = visit.api.get("/v1/bulletins", year=year)
    rows, pages = sliced(visit.query, told["bulletins"])
    first, last = _last_month()
    return {
        "year": year,
        "this_year": this_year,
        "bulletins": rows,
        "pages": pages,
        "publishes": visit.may(Action.BULLETIN_PUBLISH),
        "first": first,
        "last": last,
    }


page(
    bp,
    "/bulletins",
    Page("bulletins.html", Action.BULLETIN_READ),
    do={"bulletin_draft": draft, "bulletin_edit": edit, "bulletin_publish": publish},
)(show_year)


@page(bp, "/bulletins/{year}/{number}", Page("bulletin.html", Action.BULLETIN_READ))
def show_bulletin(visit: Visit, year: str, number: str) -> dict[str, Any] | Response:
    """A bulletin as it was published; with `against` beside another one, with `file` the file."""
    place = {"year": year, "number": number}
    kept = _FORMS.get(visit.query.get("file", ""))
    if kept:
        what, media_type = kept
        answer = visit.api.ask("GET", f"/v1/bulletins/{{year}}/{{number}}/{what}", place)
        name = f"bulletin-{year}-{number}.{visit.query['file']}"
        return passed_on(_text_or_bytes(answer.body, media_type), media_type, name)
    told = visit.api.get("/v1/bulletins/{year}/{number}", place)
    return {
        **_content(visit, told, _other(visit)),
        "others": _others(visit, told),
        "xlsx": XLSX,
    }


def _content(visit: Visit, told: dict[str, Any], other: Any = None) -> dict[str, Any]:
    overdue, pages = sliced(visit.query, told["overdue"])
    return {
        "told": told,
        "other": other,
        "rankings": [
            ("departments", compared(told, other, "department")),
            ("towns", compared(told, other, "town")),
        ],
        "overdue": overdue,
        "pages": pages,
        "mine": set(visit.units(Action.TASK_READ)),
        "sees_all": visit.may(Action.BULLETIN_PUBLISH),
    }


def _other(visit: Visit) -> Any:
    """The bulletin that this one is compared with; None where none is, or there is no such one."""
    year, _, number = visit.query.get("against", "").partition("/")
    if not (year and number):
        return None
    return visit.api.find("/v1/bulletins/{year}/{number}", {"year": year, "number": number})


def _others(visit: Visit, told: dict[str, Any]) -> list[tuple[str, str]]:
    """What it may be compared with: the bulletins of its year and of the years beside it."""
    this_year = int(rendering.today()[:4])
    years = (year for year in (told["year"] + 1, told["year"], told["year"] - 1))
    found = [
        one
        for year in years
        if _FIRST_YEAR <= year <= this_year
        for one in visit.api.get("/v1/bulletins", year=year)["bulletins"]
        if (one["year"], one["number"]) != (told["year"], told["number"])
    ]
    return [
        (f"{one['year']}/{one['number']}", f"{one['mark']} {one['from']} – {one['to']}")
        for one in found
    ]


def _order(visit: Visit) -> dict[str, Any]:
    return visit.form.json()


def _last_month() -> tuple[str, str]:
    """The month before this one, which bulletins are mostly about."""
    last = date.fromisoformat(rendering.today()).replace(day=1) - timedelta(days=1)
    return last.replace(day=1).isoformat(), last.isoformat()


def _text_or_bytes(body: bytes, media_type: str) -> bytes | str:
    """A gateway takes text as text."""
    return body.decode() if media_type.startswith("text/") else body
