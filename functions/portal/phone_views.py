"""What a phone keeps: the visits of a person with all that may be said at them, words, files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from functions.portal import sites, wording
from functions.portal.visiting import Visit
from functions.portal.words import phone as words
from functions.shared.authorization import Action

_MOST = 60  # visits that a phone keeps, the earliest due first: more than a week's work
_SHELL = (
    *("simple.css", "portal.css", "phone.css", "htmx.js", "portal.js", "idb.js", "photos.js"),
    *("phone_store.js", "phone_queue.js", "phone_parts.js", "phone_clue.js", "phone_visit.js"),
    "phone.js",
)
_SENDING = ("idb.js", "phone_store.js", "phone_queue.js")  # what sends without a page
_TAKEN = (
    *("id", "code", "name", "address", "scope", "reason", "state", "outcome", "light", "grid"),
    *("village", "town", "edition"),
)


def words_of(language: str) -> dict[str, str]:
    """The words of the phone's scripts, by their keys without the room; places in braces stay."""
    return {
        key.removeprefix("phone."): wording.WORDS[key][language == "en"]
        for key in words.WORDS
        if key.startswith("phone.")
    }


def kept_files() -> dict[str, Any]:
    """The files of the shell as they stand now, seen from `/phone/`, the release that they make,
    and those that can send without a page."""
    files = [f"../assets/{sites.address(name)}" for name in _SHELL]
    return {
        "name": hashlib.sha256("".join(files).encode()).hexdigest()[:12],
        "files": files,
        "scripts": [f"../assets/{sites.address(name)}" for name in _SENDING],
    }


def data_of(visit: Visit) -> dict[str, Any]:
    """The visits that wait for the reader, and where they report from."""
    waiting = [
        row
        for unit in visit.units(Action.INSPECTION_VISIT)
        for row in islice(_rows(visit, unit), _MOST + 1)
    ]
    waiting.sort(key=_due)
    lives = (
        visit.api.find("/v1/inspections/{inspection_id}", {"inspection_id": row["id"]})
        for row in waiting[:_MOST]
    )
    found = [life for life in lives if life and life.get("awaited")]
    return {
        "person": visit.caller.id if visit.caller else "",
        "units": [
            {"unit": unit, "name": visit.named.unit(unit, visit.language)}
            for unit in visit.units(Action.CLUE_REPORT)
        ],
        "correction": _correction(found),
        "visits": [_visit(life, visit) for life in found],
        "more": len(waiting) > _MOST,
    }


def visit_of(visit: Visit, inspection_id: str) -> dict[str, Any]:
    """One of them; raises Refused where it is not the reader's."""
    path = {"inspection_id": inspection_id}
    return _visit(visit.api.get("/v1/inspections/{inspection_id}", path), visit)


def _rows(visit: Visit, unit: str) -> Iterator[dict[str, Any]]:
    """What waits for a visit of the reader in a unit, the earliest due first: whoever dispatches
    there too can visit only what was given to him."""
    asked, after = {"unit": unit, "inspector": visit.caller.id if visit.caller else ""}, ""
    while True:
        told = visit.api.find("/v1/inspections", **asked, after=after) or {"inspections": ()}
        yield from (row for row in told["inspections"] if row.get("awaits"))
        after = told.get("after") or ""
        if not after:
            break


def _due(told: Mapping[str, Any]) -> str:
    """The first day on which an inspection will be, or was, late; "" where nothing runs."""
    return min((str(clock["due"]) for clock in told.get("clocks", ())), default="")


def _correction(lives: list[dict[str, Any]]) -> list[Any]:
    """The days to correct by: the same for every first visit."""
    told = (life["awaited"].get("correction") for life in lives)
    return list(next((days for days in told if days), []))


def _visit(life: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    awaited = life.get("awaited") or {}
    names = {check["key"]: check for check in life["checks"]}
    return {
        **{name: life[name] for name in _TAKEN if life.get(name) not in (None, "")},
        "due": _due(life),
        "place": visit.named.unit(life.get("unit") or "", visit.language),
        "round": awaited.get("round", ""),
        "checks": [_check(one, names[one["key"]], life) for one in awaited.get("checks", ())],
        **({"notice": _notice(life, names)} if life.get("notice") else {}),
    }


def _check(offer: Mapping[str, Any], check: Mapping[str, Any], life: Mapping[str, Any]) -> Any:
    licence = check.get("licence")
    return {
        "key": offer["key"],
        "name": check["name"],
        "ask": check["ask"],
        "results": offer["results"],
        "before": [_before(one) for one in _findings(life, offer["key"])],
        **({"clause": licence["clause"], "licence": licence["name"]} if licence else {}),
    }


def _findings(life: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """What the visits that counted have found of a check."""
    for one in life["visits"]:
        if one.get("decided_at"):
            yield from (found for found in one["findings"] if found["check"] == key)


def _before(finding: Mapping[str, Any]) -> dict[str, Any]:
    kinds, note = finding.get("kinds", []), finding.get("note", "")
    return {"result": finding["result"], "kinds": kinds, "note": note}


def _notice(life: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    told = life["notice"]
    return {
        "number": told["number"],
        "issued_at": told["issued_at"],
        "correct_by": told["correct_by"],
        "checks": [names[key]["name"] for key in told["checks"] if key in names],
        "grounds": told["grounds"],
    }
