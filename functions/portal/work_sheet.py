"""Feedback by spreadsheet: open tasks out, the filled-in sheet back, its errors shown (A9)."""

from __future__ import annotations

from typing import Any

from chalice import Response

from functions.portal.calling import Body, Fault, Refused
from functions.portal.page import Shown, passed_on
from functions.portal.visiting import Visit
from functions.portal.wording import word
from functions.shared.authorization import Action
from functions.shared.inbox_rows import RowKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_SHOWN = 200  # faults in the page; the sheet that comes back says all


def show(visit: Visit) -> dict[str, Any] | Response:
    """The page, or with `file` in its query the sheet itself."""
    ways = _ways(visit)
    if not visit.query.get("file"):
        return ways | {"there": _there(visit, ways["unit"])}
    asked = {"unit": ways["unit"], "item": visit.query.get("item")}
    body = {name: value for name, value in asked.items() if value}
    answer = visit.api.ask("POST", "/v1/tasks.xlsx", body=body)
    return passed_on(answer.body, XLSX, f"tasks-{ways['unit']}.xlsx")


def _ways(visit: Visit) -> dict[str, Any]:
    """What the page offers: whose sheet to get, and whether one may be sent back."""
    units = visit.units(Action.TASK_READ)
    return {
        "unit": visit.query.get("unit") or units[0],
        "units": [(one, visit.named.unit(one, visit.language)) for one in units],
        "xlsx": XLSX,
        "feeds_back": visit.may(Action.TASK_FEED_BACK),
        "result": None,
    }


def _there(visit: Visit, unit: str) -> dict[str, Any] | None:
    """How many open tasks the unit has, at least where there is `more`; None where the reader does
    not see its list."""
    counts = visit.api.find("/v1/worklist/counts", unit=unit)
    return counts and {"count": counts["by_kind"].get(RowKind.TASK, 0), "more": counts["more"]}


def take(visit: Visit) -> Shown:
    """The filled-in sheet: what was counted, and each fault with its row and field."""
    file = visit.form.files.get("file")
    if file is None or not file.content:
        fault = Fault(
            field="file",
            code="value_missing",
            message=word("work.sheet_missing", visit.language),
        )
        raise Refused(400, word("refused", visit.language), (fault,), 1)
    told = visit.api.post("/v1/feedback.xlsx", body=Body(file.content, XLSX))
    faults = [
        {"row": row["row"], "task": row["task"], **fault}
        for row in told["rows"]
        for fault in row["faults"]
    ]
    result = {
        **told,
        "faults": faults[:_MOST_SHOWN],
        "hidden": max(0, len(faults) - _MOST_SHOWN),
        "name": file.name,
    }
    return Shown({**_ways(visit), "there": None, "result": result})
