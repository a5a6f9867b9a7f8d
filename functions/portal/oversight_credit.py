"""How well the sources of credit hand in: faults, lateness, coverage (C5)."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from typing import Any

from functions.portal import paths
from functions.portal.charts import chart
from functions.portal.slices import sliced
from functions.portal.visiting import Visit
from functions.portal.wording import word

BATCHES = "batches"  # the section that these figures lead to
_SHARES = (("accepted", "green"), ("corrected", "yellow"), ("returned", "red"))


def show_credit(visit: Visit, first: str, last: str) -> dict[str, Any]:
    """The sources, or one of them item by item and month by month."""
    source = visit.query.get("source", "")
    told = visit.api.get("/v1/credit/quality", source=source, since=first, until=last)
    rows = told["figures"] if source else _by_source(told)
    days = {"from": first, "to": last}
    coverage = [
        {**one, "behind": _behind_cycles(visit, one, days)} for one in told["coverage"] if source
    ]
    for row in rows:
        about = {"source": row["source"], **days}
        row["down"] = paths.link(visit.root, "oversight", tab="credit", **about)
        if source:
            about |= {"entry": row["item"], **_within(row["month"], first, last)}
        row["behind"] = paths.link(visit.root, "oversight", tab=BATCHES, **about)
        row["name"] = visit.named.unit(row["source"], visit.language)
    page, pages = sliced(visit.query, rows)
    return {
        "source": source,
        "told": told,
        "rows": page,
        "coverage": sliced({}, coverage)[0],
        "charts": [_chart(visit, page)] if page and not source else [],
        "pages": pages,
    }


def show_batches(visit: Visit, first: str, last: str) -> dict[str, Any]:
    """The batches behind the figures of a source, of one item of the catalogue or of all."""
    source, entry = visit.query.get("source", ""), visit.query.get("entry", "")
    after = visit.query.get("after")
    told = visit.api.get(
        "/v1/credit/quality/batches",
        **{"source": source, "item": entry, "since": first, "until": last, "after": after},
    )
    return {
        "source": source,
        "entry": entry,
        "rows": told["batches"],
        "charts": [],
        "pages": paths.pager(visit.query, told.get("after")),
    }


def _behind_cycles(visit: Visit, one: Mapping[str, Any], days: Mapping[str, str]) -> str:
    about = {"source": one["source"], "entry": one["item"], **days}
    return paths.link(visit.root, "oversight", tab=BATCHES, **about)


def _within(month: str, first: str, last: str) -> dict[str, str]:
    """Those days of a month (`2026-04`) that lie from `first` to `last`."""
    year, number = map(int, month.split("-"))
    end = f"{month}-{monthrange(year, number)[1]}"
    return {"from": max(first, f"{month}-01"), "to": min(last, end)}


def _by_source(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each source, shares of all its rows; the most returned first."""
    sums: dict[str, Counter[str]] = {}
    for one in told["figures"]:
        row = sums.setdefault(one["source"], Counter())
        row.update({"rows": one["rows"], "batches": one["batches"], **one["sums"]})
    for one in told["coverage"]:
        row = sums.setdefault(one["source"], Counter())
        row.update({"owed": one["owed"], "came": one["came"]})
    rows = [{"source": source, **_shares(row)} for source, row in sums.items()]
    return sorted(rows, key=lambda one: (-one["returned"], one["source"]))


def _shares(row: Counter[str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("rows", "batches", "owed", "came")},
        **{name: _percent(row[name], row["rows"]) for name, _ in _SHARES},
        "late": _percent(row["late"], row["accepted"]),
        "days_late": round(row["days_late"] / row["late"], 2) if row["late"] else 0.0,
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def _chart(visit: Visit, rows: list[dict[str, Any]]) -> dict[str, Any]:
    shares = (*_SHARES[1:], ("late", "blue"))
    return chart(
        word("oversight.quality", visit.language),
        [one["name"] for one in rows[:20]],
        [
            (word(f"oversight.rows_{name}", visit.language), tone, [one[name] for one in rows[:20]])
            for name, tone in shares
        ],
        kind="across",
        unit="%",
        links=[one["down"] for one in rows[:20]],
    )
