"""Signing in and out: to the issuer and back, the token kept in a cookie."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from chalice import Blueprint, Response

from functions.portal import issuing, paths, sessions
from functions.portal.issuing import OpenId, Tokens
from functions.portal.page import Goto, Page, page
from functions.portal.visiting import Visit
from functions.shared import ports
from functions.shared.errors import NotFound
from functions.shared.settings import settings

bp = Blueprint(__name__)
_BACK = "signed-in"
_LOCAL = "local"
_PEOPLE = "people.json"  # of the local city alone: who may be tried out, and their password
_PLACE = re.compile(r"[\w-][\w./%-]{0,200}(\?[\w./%=&+~-]{0,400})?")  # a page of ours, never a host
_MINUTES_10 = 600


@page(bp, "/sign-in", Page("sign_in.html"))
def show_sign_in(visit: Visit) -> Any:
    """What signing in is for; with `go`, off to the issuer, as `as` where that is known."""
    wanted = _place(visit.query.get("next", ""))
    if visit.query.get("go"):
        return _leave(visit, wanted)
    failed = bool(visit.query.get("failed"))
    return _told(wanted, failed=failed)


@page(bp, "/signed-in", Page())
def show_signed_in(visit: Visit) -> Any:
    """Back from the issuer: its code becomes a session, if this browser is the one that left."""
    state, verifier, wanted = _left(visit)
    forget = sessions.cookie(sessions.LEAVING, "", secure=visit.secure, seconds=0)
    visit.set_cookies.append(forget)
    code = visit.query.get("code", "")
    tokens = None
    if code and state and state == visit.query.get("state"):
        tokens = OpenId().redeem(code, verifier, f"{visit.base}/{_BACK}")
    if tokens is None:
        return Goto("sign-in", query={"failed": "1", "next": wanted})
    visit.set_cookies += sessions.token_cookies(tokens, secure=visit.secure)
    return Goto(wanted)


@page(bp, "/sign-out", Page("sign_in.html"))
def show_sign_out(visit: Visit) -> Any:
    """That one has left; with `go`, on the way out by the issuer, which forgets the reader too.

    A link, not a form: a form may lead to no other site. Only one of our own pages is heard, and
    nobody is told to have left who has not."""
    if visit.query.get("go") and visit.own:
        return _forget(visit)
    return _told("", left=visit.caller is None)


def _told(wanted: str, *, failed: bool = False, left: bool = False) -> dict[str, Any]:
    """The page's data: from here, too, the way goes on to what was `wanted`."""
    here = {"next": wanted, "here": wanted}
    return {**here, "people": _people(), "failed": failed, "left": left}


def _leave(visit: Visit, wanted: str) -> Response:
    going = issuing.leaving()
    kept = f"{going.state}|{going.verifier}|{paths.part(wanted)}"
    visit.set_cookies.append(
        sessions.cookie(sessions.LEAVING, kept, secure=visit.secure, seconds=_MINUTES_10)
    )
    where = issuing.address(going, f"{visit.base}/{_BACK}", visit.query.get("as", ""))
    return Response("", {"Location": where, "Cache-Control": "no-store"}, 303)


def _left(visit: Visit) -> tuple[str, str, str]:
    """What was kept when this browser left: state, verifier and the page that was wanted."""
    state, _, rest = visit.cookies.get(sessions.LEAVING, "").partition("|")
    verifier, _, wanted = rest.partition("|")
    return state, verifier, _place(unquote(wanted))


def _forget(visit: Visit) -> Response:
    visit.set_cookies += sessions.token_cookies(Tokens("", ""), secure=visit.secure)
    where = issuing.leaving_for_good(f"{visit.base}/sign-out")
    return Response("", {"Location": where, "Cache-Control": "no-store"}, 303)


def _place(wanted: str) -> str:
    """A place of ours; the first page for anything else."""
    return wanted if _PLACE.fullmatch(wanted) and "//" not in wanted else ""


def _people() -> list[dict[str, str]]:
    """The sample people of a local city; nobody anywhere else."""
    if settings().stage != _LOCAL:
        return []
    try:
        found: list[dict[str, str]] = json.loads(ports.objects("config").read(_PEOPLE))
    except NotFound:
        return []
    return found
