"""Public credit without sign-in: search, subjects, columns, how to object (C7-C9).

Everything here is what the API tells everybody. What is not there, is a person's or is not shown
gives one and the same page, so that no answer tells which of them it was.
"""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import paths
from functions.portal.calling import Refused
from functions.portal.page import Goto, Page, Shown, page
from functions.portal.towns import rows_of
from functions.portal.visiting import Visit
from functions.shared.authorization import Action
from functions.shared.codes import clean_code

bp = Blueprint(__name__)
_EXCERPT = 160  # characters of an article in the list
_MOST_DIGITS = 3  # of a page's number


@page(bp, "/credit", Page("credit.html"))
def show_search(visit: Visit) -> Any:
    """What a search finds: nothing without words, the page itself for a whole code."""
    words = visit.query.get("q", "").strip()
    blank = {"q": words, "found": None, "pages": None, "faults": ()}
    if not words:
        return blank
    try:
        told = visit.api.get("/v1/public/subjects", q=words, page=_number(visit))
    except Refused as refused:
        if refused.status != 400:
            raise
        return Shown({**blank, "faults": refused.faults}, status=400)
    found = told["subjects"]
    if len(found) == 1 and found[0]["code"] == clean_code(words):
        return Goto(f"credit/{paths.part(found[0]['code'])}")
    return {**blank, "found": found, "pages": _numbered(visit, told.get("next"))}


@page(bp, "/credit/{code}", Page("credit_subject.html", unlisted=True))
def show_subject(visit: Visit, code: str) -> Any:
    """All that everybody may know of a subject today."""
    told = visit.api.find("/v1/public/subjects/{code}", {"code": code}, page=_number(visit))
    if told is None:
        return Shown({}, "credit_none.html", 404)
    town = told["subject"].get("town")
    return {
        **told,
        "town": visit.named.town(town) if town else "",
        "pages": _numbered(visit, told.get("next")),
        "may_object": _may_object(visit, told["subject"]["code"]),
        "may_see_case": visit.may(Action.CASE_READ),
    }


def _may_object(visit: Visit, code: str) -> bool:
    """Whether a record's form may be the reader's: a stranger may be of that company."""
    own = visit.caller is None or code in visit.units(Action.DISPUTE_FILE)
    return own or visit.may(Action.DISPUTE_DECIDE)


@page(bp, "/columns/{column}", Page("columns.html"))
def show_column(visit: Visit, column: str) -> Any:
    """A column's articles, newest first, or with `article` one of them in full; `towns` has every
    town's figures besides."""
    article = visit.query.get("article")
    if article:
        path = {"column": column, "article": article}
        told = visit.api.get("/v1/public/columns/{column}/{article}", path)
        return Shown({"column": column, "article": told}, "column_article.html")
    after = visit.query.get("after")
    told = visit.api.get("/v1/public/columns/{column}", {"column": column}, after=after)
    return {
        "column": column,
        "articles": [in_short(one) for one in told["articles"]],
        "towns": rows_of(told["towns"]) if told.get("towns") else [],
        "pages": paths.pager(visit.query, told.get("after")),
    }


@page(bp, "/objections", Page("objections.html"))
def show_objections(visit: Visit) -> Any:
    """Who may object or ask for repair, to what, and how long everybody has; and how grades come
    about. All of it are the published rules."""
    return {
        "repair": visit.api.get("/v1/public/repair"),
        "grading": visit.api.get("/v1/public/grading")["rules"],
    }


def in_short(article: dict[str, Any]) -> dict[str, Any]:
    """An article with the beginning of its text on one line, and whether there is more."""
    text = " ".join(article["body"].split())
    more = len(text) > _EXCERPT
    return {**article, "beginning": text[:_EXCERPT] + "…" if more else text}


def _number(visit: Visit) -> int:
    """Which page is asked for where the API counts pages; what is no number asks for the first."""
    asked = visit.query.get("page", "")
    known = asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS
    return max(1, int(asked)) if known else 1


def _numbered(visit: Visit, following: int | None) -> dict[str, dict[str, str] | None]:
    """The pages beside this one where the API counts pages."""
    rest = {name: value for name, value in visit.query.items() if name not in ("page", "done")}
    here = _number(visit)
    return {
        "next": rest | {"page": str(following)} if following else None,
        "back": rest | ({"page": str(here - 1)} if here > 2 else {}) if here > 1 else None,
        "first": rest if here > 2 else None,
    }
