"""What is done on an inspection's page: joint disposal, and who must act where no rule says it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from functions.portal.photos import take_photos
from functions.portal.visiting import Visit

_INSPECTION = "/v1/inspections/{inspection_id}"
_BETWEEN = re.compile(r"[,，、;；\n]+")
BY_ITEMS = "items"  # the way to act on a finding that needs items; the others are the API's routes


def ref_of(visit: Visit) -> str:
    """What makes a form count once, however often it is sent."""
    return visit.form.get("ref") or uuid4().hex


def dispose(visit: Visit, inspection_id: str) -> None:
    """The result of joint disposal; of what is wrong, each is said to be solved or not."""
    form = visit.form
    photos = take_photos(visit, form.get("unit"))
    present = (one.strip() for one in _BETWEEN.split(form.get("participants")))
    body: dict[str, Any] = {
        "ref": form.get("ref"),
        "held_on": form.get("held_on"),
        "results": _checked(visit, "results."),
        "participants": [one for one in present if one],
        "note": form.get("note"),
        "photos": photos,
    }
    visit.api.post(f"{_INSPECTION}/disposal", {"inspection_id": inspection_id}, body)


def classify(visit: Visit, inspection_id: str) -> None:
    """Who must act on each finding that no rule sends to anybody."""
    form = visit.form
    choices: dict[str, Any] = {}
    for check, way in _checked(visit, "ways.").items():
        note = form.get(f"notes.{check}")
        choices[check] = {"note": note} if note else {}
        if way == BY_ITEMS:
            choices[check] |= {"items": list(dict.fromkeys(form.all(f"items.{check}[]")))}
        elif way:
            choices[check] |= {"route": way}
    body = {"ref": form.get("ref"), "checks": choices}
    visit.api.post(f"{_INSPECTION}/classify", {"inspection_id": inspection_id}, body)


def _checked(visit: Visit, begin: str) -> dict[str, str]:
    """What was said of each check, by its key, which may hold dots itself."""
    said = {name: visit.form.get(name) for name in visit.form.fields if name.startswith(begin)}
    return {name.removeprefix(begin): value for name, value in said.items() if value}
