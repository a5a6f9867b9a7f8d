"""What is done in the console: join, change, rotate, test, part; deliver again, redrive."""

from __future__ import annotations

import json
from typing import Any

from functions.portal import paths
from functions.portal.calling import Fault, Refused
from functions.portal.console_views import instant
from functions.portal.page import Deed, Goto, Shown
from functions.portal.visiting import Visit
from functions.portal.wording import word

_SYSTEM = "/v1/systems/{unit}"


def join_any(visit: Visit) -> Goto | Shown:
    """Join for a unit that has no system yet; its details are set on its own page. Raises Refused
    for one that has: to join is to put it whole, and would end what was agreed."""
    unit = visit.form.get("unit")
    if unit and visit.api.find(_SYSTEM, {"unit": unit}):
        fault = Fault(
            field="unit", code="already_joined", message=word("console.already", visit.language)
        )
        raise Refused(409, word("refused", visit.language), (fault,), 1)
    told = visit.api.put(_SYSTEM, {"unit": unit}, {"url": visit.form.get("url"), "test": True})
    return _shown_once(told) or Goto(_place(unit), "system_join")


def send_again(visit: Visit) -> Goto:
    """Send what lies for one queue again."""
    told = visit.api.post("/v1/redrive", body=visit.form.json())
    return Goto("console", "redrive", {"tab": "failures", "moved": str(told["moved"])})


def _change(visit: Visit, unit: str) -> Goto | Shown:
    """All settings anew, for a system is put whole; what only operators agree on where they do."""
    form = visit.form
    body: dict[str, Any] = {
        "url": form.get("url"),
        "types": form.all("types[]"),
        "test": bool(form.get("test")),
    }
    if form.get("agree"):
        body |= {"client": form.get("client"), "scopes": form.all("scopes[]")}
        body |= {"quota": quota} if (quota := form.json().get("quota")) else {}
    told = visit.api.put(_SYSTEM, {"unit": unit}, body)
    return _shown_once(told) or Goto(visit.place, "system_change")


def _rotate(visit: Visit, unit: str) -> Goto | Shown | None:
    hours, seen = visit.form.get("keep_hours", "24"), visit.form.get("changed_at")
    query = {"keep_hours": hours, "changed_at": seen}
    answer = visit.api.ask("POST", f"{_SYSTEM}/secret", {"unit": unit}, query=query)
    return _shown_once(json.loads(answer.body))


def _test(visit: Visit, unit: str) -> Goto:
    visit.api.post(f"{_SYSTEM}/test", {"unit": unit})
    query = {"tab": "deliveries", "type": "system.test"}
    return Goto(visit.place, "system_test", query)


def _part(visit: Visit, unit: str) -> None:
    visit.api.delete(_SYSTEM, {"unit": unit})


def _again(visit: Visit, unit: str) -> Goto:
    visit.api.post("/v1/deliveries/{delivery}/replay", {"delivery": visit.form.get("delivery")})
    return Goto(visit.place, "delivery_again", _asked(visit))


def _all_again(visit: Visit, unit: str) -> Goto:
    body = visit.form.json() | {"unit": unit, "since": instant(visit.form.get("since"))}
    told = visit.api.post("/v1/deliveries/replay", body=body)
    return Goto(visit.place, "deliveries_again", {"tab": "deliveries", "replay": told["id"]})


def _asked(visit: Visit) -> dict[str, str]:
    """Back to the same page of the list."""
    return {name: value for name, value in visit.query.items() if name != "done"}


def _shown_once(system: dict[str, Any]) -> Shown | None:
    """The page with a new secret, which no other page can show again."""
    return Shown({"system": system}, "secret.html") if system.get("secret") else None


def _place(unit: str) -> str:
    return f"console/{paths.part(unit)}"


SYSTEM_DEEDS: dict[str, Deed] = {
    "system_change": _change,
    "system_rotate": _rotate,
    "system_test": _test,
    "system_part": _part,
    "delivery_again": _again,
    "deliveries_again": _all_again,
}
