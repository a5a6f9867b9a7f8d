"""Scripts and styles for browsers, from the site's bucket."""

from __future__ import annotations

from chalice import Blueprint, Response

from functions.portal import sites
from functions.portal.page import Page, page
from functions.portal.visiting import Visit
from functions.shared.errors import NotFound

bp = Blueprint(__name__)
_FOREVER = "public, max-age=31536000, immutable"


@page(bp, "/assets/{name}", Page(alike=True))
def show_asset(visit: Visit, name: str) -> Response:
    try:
        text, kind = sites.asset(name)
    except NotFound:
        # It may come with the next release: nobody keeps that it was not there.
        plain: dict[str, str | list[str]] = {"Content-Type": "text/plain; charset=utf-8"}
        return Response("", plain | {"Cache-Control": "no-store"}, 404)
    headers: dict[str, str | list[str]] = {
        "Content-Type": kind,
        "Cache-Control": _FOREVER,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, headers, 200)
