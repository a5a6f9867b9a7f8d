"""Photos: put where the API says, and shown from what the API says of a thing (A17, B6).

The API announces where a photo goes, and refuses what is none, or is not the reader's to send; it
lists the photos of a thing to whoever may read that. The bytes go to and from the bucket here: a
browser leaves the site for neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalice import Response

from functions.portal.calling import Fault, Refused
from functions.portal.forms import Form
from functions.portal.page import passed_on
from functions.portal.visiting import Visit
from functions.shared import ports
from functions.shared.errors import NotFound
from functions.shared.photos import photo_type

_FIELD = "photo"  # of a form, where new ones are chosen
_KEPT = "photos[]"  # of a form, the keys of those that have been put away


def keep_photo(visit: Visit, content: bytes, media_type: str, unit: str = "") -> str:
    """Puts a photo away and gives its key, for the API's `photos`. `unit` is whose, where the
    reader reports for several. Raises Refused for what is no photo, is too large, or not his."""
    body: dict[str, Any] = {"type": media_type, "bytes": len(content)}
    told = visit.api.post("/v1/photos", body=body | ({"unit": unit} if unit else {}))
    ports.objects("evidence").write(told["key"], content)
    return str(told["key"])


def take_photos(visit: Visit, unit: str = "") -> list[str]:
    """The keys of all photos of the form: of those put away before, and now of those just chosen.
    Where the form is shown again, it names them all, so nobody chooses them twice."""
    keys = visit.form.all(_KEPT)
    for file in visit.form.chosen.get(_FIELD, ()):
        try:
            keys.append(keep_photo(visit, file.content, file.media_type, unit))
        except Refused as refused:
            named = tuple(_at_photo(fault) for fault in refused.faults)
            raise Refused(refused.status, refused.title, named, refused.count) from None
        finally:
            visit.form = Form({**visit.form.fields, _KEPT: list(keys)}, visit.form.files)
    return keys


def _at_photo(fault: Fault) -> Fault:
    """A form has one field for all photos."""
    return fault if fault.field == "unit" else replace(fault, field=_FIELD)


def show_photo(pictures: Iterable[Mapping[str, Any]], number: str) -> Response:
    """The photo with this number (from 0) of those that the API tells of a thing; raises Refused
    where there is none."""
    told = list(pictures)
    if number.isdecimal() and len(number) < 4 and int(number) < len(told):
        key = str(told[int(number)]["key"])
        kind = photo_type(key)
        try:
            if kind:
                return passed_on(ports.objects("evidence").read(key), kind)
        except NotFound:
            pass
    raise Refused(404, "", (), 0)
