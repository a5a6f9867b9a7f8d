"""The inspector's phone: visits without a signal, sent once and in order later (B5-B8, B11).

The page itself is a shell that the phone keeps; its scripts (`infra/site/own/phone*.js`) ask for
the visits while there is a signal, keep what is done at the door on the phone, and send it here.
"""

from __future__ import annotations

import json
from typing import Any

from chalice import Blueprint, Response

from functions.portal import phone_views, photos, sites
from functions.portal.calling import Body, Refused
from functions.portal.page import Page, in_json, page, passed_on
from functions.portal.visiting import Visit
from functions.shared import ports
from functions.shared.authorization import Action
from functions.shared.errors import NotFound

bp = Blueprint(__name__)
_JSON = "application/json"
_ASKED = Page("", Action.INSPECTION_VISIT, json=True)
_CHECKED = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


def as_whom(visit: Visit) -> None:
    """Raises Refused where what is sent was done by somebody else than who is signed in now: what
    waits on a phone goes up as its own person, or not at all."""
    said = visit.query.get("person", "")
    if visit.caller is None or visit.caller.id != said:
        raise Refused(401, "", (), 0)


def send_visit(visit: Visit, inspection_id: str) -> Response:
    as_whom(visit)
    told = visit.api.post(
        "/v1/inspections/{inspection_id}/uploads",
        {"inspection_id": inspection_id},
        Body(visit.content, _JSON),
    )
    return in_json(told)


def send_photo(visit: Visit) -> Response:
    as_whom(visit)
    unit = visit.query.get("unit", "")
    return in_json({"key": photos.keep_photo(visit, visit.content, visit.media_type, unit)}, 201)


def send_clue(visit: Visit) -> Response:
    as_whom(visit)
    told = visit.api.post("/v1/clues", body=Body(visit.content, _JSON))
    return in_json({"id": told["id"], "office": told["office"]}, 201)


@page(bp, "/phone", Page("phone.html", Action.INSPECTION_VISIT))
def show_phone(visit: Visit) -> Any:
    return {"said": phone_views.words_of(visit.language)}


@page(bp, "/phone/data", _ASKED)
def show_data(visit: Visit) -> Response:
    """All visits that wait for this person, as the phone keeps them."""
    return in_json(phone_views.data_of(visit))


@page(bp, "/phone/visits/{inspection_id}", _ASKED, do={"": send_visit})
def show_visit(visit: Visit, inspection_id: str) -> Response:
    """One of them, as it is now."""
    return in_json(phone_views.visit_of(visit, inspection_id))


@page(bp, "/phone/photos", _ASKED, do={"": send_photo})
def show_photos(visit: Visit) -> Response:
    raise Refused(404, "", (), 0)  # photos are only sent here


@page(bp, "/phone/clues", _ASKED, do={"": send_clue})
def show_clues(visit: Visit) -> Response:
    raise Refused(404, "", (), 0)  # and so are clues


@page(bp, "/phone/notices/{inspection_id}", Page("", Action.INSPECTION_VISIT))
def show_notice(visit: Visit, inspection_id: str) -> Response:
    """The printed notice, once it is there."""
    told = visit.api.get("/v1/inspections/{inspection_id}/notice", {"inspection_id": inspection_id})
    try:
        return passed_on(ports.objects("evidence").read(told["key"]), told["media_type"])
    except NotFound:
        raise Refused(404, "", (), 0) from None


@page(bp, "/phone/worker.js", Page(alike=True))
def show_worker(visit: Visit) -> Response:
    """The script that keeps the shell: what it keeps, by the names of this release, is written
    before it, so that a new release is another script and replaces the old."""
    text, kind = sites.asset(sites.address("phone_worker.js"))
    kept = json.dumps(phone_views.kept_files(), sort_keys=True)
    headers: dict[str, str | list[str]] = {
        **_CHECKED,
        "Content-Type": kind,
        # The page lies one step above this script.
        "Service-Worker-Allowed": "../phone",
    }
    return Response(f"const RELEASE = {kept};\n{text}", headers, 200)


@page(bp, "/phone/manifest.webmanifest", Page(alike=True))
def show_manifest(visit: Visit) -> Response:
    """What a phone is told that installs the page."""
    text, kind = sites.asset(sites.address("phone.webmanifest"))
    return Response(text, {**_CHECKED, "Content-Type": kind}, 200)
