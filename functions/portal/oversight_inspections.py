"""How inspections ended, by town and one by one (A19, B)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from functions.portal import paths
from functions.portal.charts import chart
from functions.portal.visiting import Visit
from functions.portal.wording import WORDS, word
from functions.shared.authorization import Action, Owner, allows
from functions.shared.directory import office

_GROUP = "oversight_outcome."
_OUTCOMES = [key.removeprefix(_GROUP) for key in WORDS if key.startswith(_GROUP)]


def show_inspections(visit: Visit, period: Mapping[str, str], town: str) -> dict[str, Any]:
    """Counts by town and outcome, and a page of the inspections behind them."""
    told = visit.api.get("/v1/reports/inspections", town=town, **period)
    outcome = visit.query.get("outcome", "")
    outcome = outcome if outcome in _OUTCOMES else ""
    listed = visit.api.get(
        "/v1/reports/inspections/ended",
        town=town,
        outcome=outcome,
        after=visit.query.get("after"),
        **period,
    )
    total: Counter[str] = Counter()
    for one in told["towns"]:
        total.update(one["outcomes"])
    return {
        "outcomes": _OUTCOMES,
        "outcome": outcome,
        "town": town,
        "board": _board(visit, town),
        "total": total,
        "rows": [
            {**one, "name": visit.named.town(one["town"]), "sum": sum(one["outcomes"].values())}
            for one in told["towns"]
        ],
        "listed": listed["inspections"],
        "charts": [_chart(visit, period, town, total)] if total else [],
        "pages": paths.pager(visit.query, listed.get("after")),
    }


def _board(visit: Visit, town: str) -> str:
    """Where the open ones of a town stand, or of all that the reader dispatches; "" for nowhere."""
    if visit.caller is None or not visit.may(Action.INSPECTION_ASSIGN):
        return ""
    unit = office(town) if town.isdecimal() else ""
    if unit and not allows(visit.caller, Action.INSPECTION_ASSIGN, Owner(unit, town)):
        return ""
    return paths.link(visit.root, "dispatch", unit=unit)


def _chart(visit: Visit, period: Mapping[str, str], town: str, total: Counter[str]) -> Any:
    return chart(
        word("oversight.outcomes", visit.language),
        [word(f"{_GROUP}{one}", visit.language) for one in _OUTCOMES],
        [(word("oversight.count", visit.language), "blue", [total[one] for one in _OUTCOMES])],
        kind="across",
        links=[
            paths.link(visit.root, "oversight", tab="inspections", town=town, outcome=one, **period)
            for one in _OUTCOMES
        ],
    )
