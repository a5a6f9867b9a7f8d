"""The tasks behind a figure of oversight: which were counted, for whom, on which day (A19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.portal import paths
from functions.portal.visiting import Visit
from functions.portal.wording import word

BEHIND = "tasks"  # the section that figures lead to; no tab leads there by itself
_MEASURES = {"came": ("pushed", "taken_over"), "mean": ("whole",)}
STAGES = ("receive", "verify", "handle", "whole")
_SAID_BY = {  # a measure that goes without saying beside one of these
    "received": {"received_on_time", "received_late"},
    "verified": {"verified_on_time", "verified_late"},
    "handled": {"on_time", "late"},
}
_PAGE = 50


def way_behind(visit: Visit, figure: str, query: Mapping[str, str]) -> str:
    """The link from a figure (`late`, `came`, `mean`, or a stage's days) to its tasks."""
    return paths.link(visit.root, "oversight", tab=BEHIND, measure=figure, **query)


def show_tasks(visit: Visit, period: Mapping[str, str], place: Mapping[str, str]) -> dict[str, Any]:
    """A page of the tasks behind the figure that the query names as `measure`."""
    figure = visit.query.get("measure", "pushed")
    measures = _MEASURES.get(figure, (figure,))
    stage = next((one for one in measures if one in STAGES), "whole")
    after = visit.query.get("after")
    told = visit.api.get(
        "/v1/reports/tasks", measure=list(measures), limit=_PAGE, after=after, **period, **place
    )
    rows = [
        {
            **one,
            "link": f"tasks/{paths.part(one['task'])}" if one["may_read"] else "",
            "moved": one.get("holder") not in (None, one["unit"]),
            "counts": _said(one["counts"]),
            "days": one["days"].get(stage),
        }
        for one in told["tasks"]
    ]
    return {
        "what": "、".join(_called(one, visit.language) for one in measures),
        "rows": rows,
        "stage": stage if any(one["days"] is not None for one in rows) else "",
        "charts": [],
        "pages": paths.pager(visit.query, told.get("after")),
    }


def _called(measure: str, language: str) -> str:
    if measure not in STAGES:
        return word(f"oversight.{measure}", language)
    return word("oversight.days_of", language, stage=word(f"oversight.stage_{measure}", language))


def _said(counts: Mapping[str, int]) -> dict[str, int]:
    return {
        name: count
        for name, count in counts.items()
        if not _SAID_BY.get(name, set()) & counts.keys()
    }
