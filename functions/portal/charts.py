"""What a chart is told: the same figures that stand in the table below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Numbers = Sequence[float | int | None]
Chart = dict[str, Any]


def chart(
    title: str,
    categories: Sequence[str],
    series: Iterable[tuple[str, str, Numbers]],
    *,
    kind: str = "bar",
    unit: str = "",
    links: Sequence[str] = (),
) -> Chart:
    """A chart for `charts.js` and the table below it, or for `parts` of a page.

    `kind` is `bar` (upright), `across` (lying, for long names), `stacked` or `line`; `series` are
    name, tone (`blue`, `green`, `yellow`, `red`, `grey`) and a number for each category; `links`
    lead from a category to the list behind it; `unit` stands behind every number.
    """
    return {
        "title": title,
        "kind": kind,
        "unit": unit,
        "categories": list(categories),
        "series": [
            {"name": name, "tone": tone, "values": list(values)} for name, tone, values in series
        ],
        "links": list(links),
    }
