"""What the console shows of one system, by tab: settings, calls, deliveries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from functions.portal import paths
from functions.portal.charts import chart
from functions.portal.visiting import Visit
from functions.portal.wording import WORDS, word
from functions.shared.authorization import Action
from functions.shared.calendar import SHANGHAI

_ABOUT = {
    "task": ("tasks", Action.TASK_READ),
    "case": ("entities", Action.CASE_READ),
    "clue": ("clues", Action.CLUE_READ),
    "inspection": ("inspections", Action.INSPECTION_READ),
    "dispute": ("disputes", Action.DISPUTE_READ),
    "sanction": ("sanctions", Action.SANCTION_READ),
    "constraint": ("constraints", Action.CONSTRAINT_READ),
}
"""The page that an event is about, by the first part of its type."""


def instant(text: str) -> str:
    """What a field for date and time gives, as an instant of the city; anything else as it is, for
    the API to say what is wrong with it."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (given if given.tzinfo else given.replace(tzinfo=SHANGHAI)).isoformat()


def event_types(visit: Visit) -> list[tuple[str, str]]:
    """The types of events that a system may be told, and what they are called."""
    keys = [key for key in WORDS if key.startswith("event_type.")]
    return [(key.removeprefix("event_type."), word(key, visit.language)) for key in keys]


def _settings(visit: Visit, unit: str) -> dict[str, Any]:
    return {"types": event_types(visit), "actions": sorted(Action)}


def _calls(visit: Visit, unit: str) -> dict[str, Any]:
    asked = visit.query.get("day")  # none: today by the clock on the wall, as quotas go
    told = visit.api.get("/v1/systems/{unit}/calls", {"unit": unit}, day=asked)
    hours = told["hours"]
    names = {key: word(f"console.{key}", visit.language) for key in ("ok", "refused", "failed")}
    drawn = chart(
        word("console.by_hour", visit.language),
        [f"{one['hour']:02d}:00" for one in hours],
        [
            (
                names["ok"],
                "green",
                [max(one["calls"] - one["refused"] - one["failed"], 0) for one in hours],
            ),
            (names["refused"], "yellow", [one["refused"] for one in hours]),
            (names["failed"], "red", [one["failed"] for one in hours]),
        ],
        kind="stacked",
    )
    return {"calls": told, "chart": drawn}


def _deliveries(visit: Visit, unit: str) -> dict[str, Any]:
    asked = {name: visit.query.get(name) for name in ("state", "type", "after")}
    since = visit.query.get("since", "")
    told = visit.api.get(
        "/v1/deliveries", unit=unit, limit=50, since=since and instant(since), **asked
    )
    replay = visit.query.get("replay", "")
    return {
        "types": event_types(visit),
        "deliveries": [one | {"place": _place(visit, one)} for one in told["deliveries"]],
        "replay": visit.api.find("/v1/replays/{replay}", {"replay": replay}) if replay else None,
        "ref": uuid4().hex,
        "pages": paths.pager(visit.query, told.get("after")),
    }


def _place(visit: Visit, delivery: Mapping[str, Any]) -> str:
    """The page of what an event tells, where the reader may open such pages."""
    about = _ABOUT.get(delivery["type"].split(".")[0])
    if about is None or not visit.may(about[1]):
        return ""
    return f"{about[0]}/{paths.part(delivery['subject'])}"


VIEWS: dict[str, Callable[[Visit, str], dict[str, Any]]] = {
    "": _settings,
    "calls": _calls,
    "deliveries": _deliveries,
}
