"""What an inspection's page shows, put in the order in which people look at it (B6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions.portal.visiting import Visit
from functions.shared.authorization import Action

Told = Mapping[str, Any]


def numbers_of(inspection: Told, keys: Iterable[str]) -> list[int]:
    """The numbers by which the page shows photos, by the place of each among all."""
    places = {one["key"]: number for number, one in enumerate(inspection.get("pictures", ()))}
    return [places[key] for key in keys if key in places]


def visits_of(inspection: Told) -> list[Told]:
    """The visits in the order of their rounds, those of a round as they began."""
    rounds = ("first", "recheck")
    return sorted(
        inspection.get("visits", ()),
        key=lambda one: (rounds.index(one["round"]), one["started_at"]),
    )


def signatures_of(inspection: Told) -> dict[str, list[int]]:
    """The numbers of the photos of how somebody signed, by visit."""
    ends = {one["id"]: one.get("finished") or {} for one in inspection.get("visits", ())}
    signed = {id: end["signature"] for id, end in ends.items() if end.get("signature")}
    return {id: numbers_of(inspection, [key]) for id, key in signed.items()}


def found_of(inspection: Told) -> dict[str, dict[str, dict[str, Any]]]:
    """What each visit found about each check: by check, then by visit; with the names of the kinds
    of violation, and the numbers of the photos."""
    items = {check["key"]: check["item"] for check in inspection["checks"]}
    kinds = inspection.get("kinds") or {}
    names = {
        (item, kind["code"]): kind["name"] for item, offered in kinds.items() for kind in offered
    }
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for visit in inspection.get("visits", ()):
        for finding in visit.get("findings", ()):
            item = items.get(finding["check"], "")
            told = {
                **finding,
                "names": [names.get((item, code), code) for code in finding.get("kinds", ())],
                "numbers": numbers_of(inspection, finding.get("photos", ())),
            }
            found.setdefault(finding["check"], {})[visit["id"]] = told
    return found


def names_of(visit: Visit, inspection: Told) -> dict[str, dict[str, str]]:
    """What the roster of its village calls inspectors (`names`) and grids (`grids`), by their ids;
    nothing for who may not read it."""
    village, roster = inspection.get("village"), None
    if village and visit.may(Action.ROSTER_READ):
        roster = visit.api.find("/v1/villages/{village}/roster", {"village": village})
    told = roster or {}
    return {
        "names": {one["id"]: one["name"] for one in told.get("inspectors", ())},
        "grids": {one["id"]: one["name"] for one in told.get("grids", ())},
    }
