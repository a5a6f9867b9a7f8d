"""What a rules maintainer does: add a version, change an item, try it, put it in force (A4)."""

from __future__ import annotations

import re
from typing import Any

from functions.portal import paths
from functions.portal.calling import Fault, Refused
from functions.portal.page import Deed, Goto
from functions.portal.tomls import NotToml, read_items
from functions.portal.visiting import Visit
from functions.portal.wording import word

_VERSION = "/v1/items/{version}"
_PLACE = re.compile(r"items\.([^.]+)(?:\.(.*))?")


def submitted(visit: Visit) -> dict[str, Any]:
    """The text that was sent, and each fault with the line that it is about (None: of no line)."""
    text = _text_of(visit)
    lines = text.splitlines()
    return {
        "sent": text,
        "placed": [(_line(fault.field, lines), fault) for fault in visit.faults],
    }


def _text_of(visit: Visit) -> str:
    file = visit.form.files.get("file")
    return file.content.decode("utf-8-sig", "replace") if file else visit.form.get("toml")


def _line(field: str, lines: list[str]) -> int | None:
    """Where the item that a fault names begins."""
    found = _PLACE.fullmatch(field)
    if not found:
        return None
    sought = re.compile(rf"\s*code\s*=\s*[\"']{re.escape(found[1])}[\"']")
    return next((place for place, line in enumerate(lines, 1) if sought.match(line)), None)


def _add(visit: Visit) -> Goto:
    """A whole version, from a file or as text."""
    told = visit.api.post(
        "/v1/items", body={"toml": _text_of(visit), "note": visit.form.get("note")}
    )
    return _to(told["version"], "items_add")


def _edit(visit: Visit, version: str) -> Goto:
    """A new version: this one, with the entries of one item as the text gives them."""
    code = visit.form.get("item")
    try:
        items = read_items(visit.form.get("toml"))
    except NotToml as wrong:
        said = word("rules.not_toml", visit.language, detail=str(wrong))
        raise _refused(visit, Fault(field="toml", code="items_broken", message=said)) from None
    whole = visit.api.get(_VERSION, {"version": version})
    kept = [one for one in whole["items"] if one["code"] != code]
    body = {
        "note": visit.form.get("note"),
        "items": {"version": visit.form.get("version"), "items": [*kept, *items]},
    }
    try:
        told = visit.api.post("/v1/items", body=body)
    except Refused as refused:
        faults = tuple(_in_place(fault, len(kept), items) for fault in refused.faults)
        raise Refused(refused.status, refused.title, faults, refused.count) from None
    query = {"tab": "difference", "against": whole["version"]}
    return _to(told["version"], "items_edit", **query)


def _in_place(fault: Fault, before: int, items: list[dict[str, Any]]) -> Fault:
    """A fault of the JSON that was made, at the field of the form that it came from."""
    path = fault.field.split(".")
    if fault.field in ("items.version", "version"):
        return Fault(field="version", code=fault.code, message=fault.message)
    if path[:2] == ["items", "items"] and len(path) > 2 and path[2].isdecimal():
        place = int(path[2]) - before
        if 0 <= place < len(items):
            code = str(items[place].get("code", place + 1))
            return Fault(".".join(["items", code, *path[3:]]), fault.code, fault.message)
    return fault


def _refused(visit: Visit, *faults: Fault) -> Refused:
    return Refused(400, word("refused", visit.language), faults, len(faults))


def _force(visit: Visit, version: str) -> Goto:
    visit.api.post(f"{_VERSION}/force", {"version": version}, visit.form.json())
    return Goto("rules", "items_force")


def _try(visit: Visit, version: str) -> Goto:
    told = visit.api.post(f"{_VERSION}/trials", {"version": version}, visit.form.json())
    return _to(version, "items_try", tab="trial", trial=told["id"])


def _to(version: str, done: str, **query: str) -> Goto:
    return Goto(f"rules/{paths.part(version)}", done, query)


ON_TRIAL = ("items_try", "items_force")  # the forms of that tab
REGISTER_DEEDS: dict[str, Deed] = {"items_add": _add}
VERSION_DEEDS: dict[str, Deed] = {
    "items_edit": _edit,
    "items_force": _force,
    "items_try": _try,
}
