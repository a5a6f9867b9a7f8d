"""The rules workbench: a version of an item tried on the past and put in force (A4)."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from functions.portal import paths, rendering
from functions.portal.page import Page, page, passed_on
from functions.portal.rules_deeds import ON_TRIAL, REGISTER_DEEDS, VERSION_DEEDS, submitted
from functions.portal.rules_views import VIEWS
from functions.portal.slices import sliced
from functions.portal.tomls import set_text
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

bp = Blueprint(__name__)
_TOML = "application/toml"


@page(bp, "/rules", Page("rules.html", Action.ITEMS_READ), do=REGISTER_DEEDS)
def show_register(visit: Visit) -> Any:
    """What is in force, what will be, and every version that there is, the newest first."""
    register = visit.api.get("/v1/items")
    today = rendering.today()
    forces = sorted(register["in_force"], key=lambda one: (one["since"], one["put_at"]))
    editions, pages = sliced(visit.query, list(reversed(register["editions"])))
    return {
        "now": register.get("now"),
        "coming": [one for one in forces if one["since"] > today],
        "held": [one for one in reversed(forces) if one["since"] <= today][:50],
        "editions": editions,
        "since": {one["version"]: one["since"] for one in forces},
        "pages": pages,
        "may_write": visit.may(Action.ITEMS_WRITE),
        **submitted(visit),
    }


@page(bp, "/rules/{version}", Page("rules_version.html", Action.ITEMS_READ), do=VERSION_DEEDS)
def show_version(visit: Visit, version: str) -> Any:
    """One version: its items, what it changes, what it would have pushed, from when it holds."""
    whole = visit.api.get("/v1/items/{version}", {"version": version})
    if visit.query.get("file"):
        text = set_text(whole["version"], whole["items"])
        reply = passed_on(b"", _TOML, f"items-{whole['version']}.toml")
        reply.body = text  # the gateway takes bytes of binary types alone
        return reply
    register = visit.api.get("/v1/items")
    tab = "trial" if visit.form.get("do") in ON_TRIAL else visit.query.get("tab", "")
    tab = tab if tab in VIEWS else ""
    edition = next(one for one in register["editions"] if one["version"] == whole["version"])
    return {
        "version": whole["version"],
        "place": f"rules/{paths.part(whole['version'])}",
        "edition": edition,
        "now": register.get("now"),
        "forces": [one for one in register["in_force"] if one["version"] == whole["version"]],
        "may_write": visit.may(Action.ITEMS_WRITE),
        "tab": tab,
        **submitted(visit),
        **VIEWS[tab](visit, whole, register),
    }
