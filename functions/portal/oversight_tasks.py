"""The tasks behind a figure of oversight: which were counted, for whom, on which day (A19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.portal import paths
from functions.portal.visiting import Visit

BEHIND = "tasks"  # the section that figures lead to; no tab leads there by itself
_MEASURES = {"came": ("pushed", "taken_over"), "on_time_share": ("handled",), "mean": ("handled",)}
_STAGES = {
    **{"receive": ("received",), "verify": ("verified",)},
    **{"handle": ("handled",), "whole": ("handled",)},
}
_SAID_BY = {  # a measure that goes without saying beside one of these
    "received": {"received_on_time", "received_late"},
    "verified": {"verified_on_time", "verified_late"},
    "handled": {"on_time", "late"},
}
_PAGE = 50


def way_behind(visit: Visit, figure: str, query: Mapping[str, str]) -> str:
    """The link from a figure (`late`; `mean`, `came`, a stage) to its tasks."""
    return paths.link(visit.root, "oversight", tab=BEHIND, measure=figure, **query)


def show_tasks(visit: Visit, period: Mapping[str, str], place: Mapping[str, str]) -> dict[str, Any]:
    """A page of the tasks behind the figure that the query names as `measure`."""
    figure = visit.query.get("measure", "pushed")
    measures = (_MEASURES | _STAGES).get(figure, (figure,))
    after = visit.query.get("after")
    told = visit.api.get(
        "/v1/reports/tasks", measure=list(measures), limit=_PAGE, after=after, **period, **place
    )
    rows = [
        {**one, "link": f"tasks/{paths.part(one['task'])}", "counts": _said(one["counts"])}
        for one in told["tasks"]
    ]
    return {
        "measures": measures,
        "rows": rows,
        "dated": any("whole_days" in one for one in rows),
        "short": bool(told.get("after")) and len(rows) < _PAGE,
        "charts": [],
        "pages": paths.pager(visit.query, told.get("after")),
    }


def _said(counts: Mapping[str, int]) -> dict[str, int]:
    return {
        name: count
        for name, count in counts.items()
        if not _SAID_BY.get(name, set()) & counts.keys()
    }
