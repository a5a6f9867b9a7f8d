"""How well sources hand in: rows, faults, lateness, coverage, by source, item and month (C5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from functions.credit.batches import Counts, Quality
from functions.credit.catalogue import ANY_SOURCE, Catalogue, Cycle, Entry
from functions.credit.desk import Desk
from functions.credit.finishing import tally
from functions.shared.calendar import shanghai_day

_MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Figures:
    """The sums of one source, item and month (`YYYY-MM`), and how often rows came back for what."""

    source: str
    item: str
    month: str
    batches: int
    counts: Counts
    codes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many cycles of an item lay whole within a period, and in how many something came."""

    source: str
    item: str
    owed: int
    came: int
    title: str = ""


def figures_of(
    sources: Iterable[str], since: date, until: date, desk: Desk
) -> tuple[list[Figures], list[Coverage]]:
    """The figures of `sources` over the batches that came from `since` to `until`, and the coverage
    of what they owe."""
    catalogue = desk.books.catalogue.on(shanghai_day(desk.now))
    figures: list[Figures] = []
    coverage: list[Coverage] = []
    for source in sources:
        found = desk.cabinet.list_qualities(source, _before(since), until.isoformat())
        figures += _summed(source, found)
        coverage += _covered(source, found, catalogue, since, until)
    return figures, coverage


def list_counted(source: str, item: str, since: date, until: date, desk: Desk) -> list[Quality]:
    """The figures of each batch of a source that came from `since` to `until`, of one item or (none
    named) of all, in the order in which they came by day."""
    found = desk.cabinet.list_qualities(source, _before(since), until.isoformat())
    return [one for one in found if item in ("", one.item)]


def _before(day: date) -> str:
    return f"{day - timedelta(days=1)}~"


def _summed(source: str, found: list[Quality]) -> list[Figures]:
    groups: dict[tuple[str, str], list[Quality]] = {}
    for one in found:
        groups.setdefault((one.item, one.day[:7]), []).append(one)
    return [
        Figures(
            source=source,
            item=item,
            month=month,
            batches=len(some),
            counts=tally(one.counts for one in some),
            codes=dict(sum((Counter(one.codes) for one in some), Counter())),
        )
        for (item, month), some in sorted(groups.items())
    ]


def _covered(
    source: str, found: list[Quality], catalogue: Catalogue, since: date, until: date
) -> list[Coverage]:
    coverage = []
    for entry in catalogue.entries:
        days = {one.day for one in found if one.item == entry.id and one.counts.rows}
        if not _owes(source, entry, bool(days)):
            continue
        cycles = [one for one in cycles_of(entry.cycle, since, until) if entry.in_force(one[1])]
        came = sum(any(a.isoformat() <= day <= b.isoformat() for day in days) for a, b in cycles)
        if cycles:
            coverage.append(Coverage(source, entry.id, len(cycles), came, entry.title))
    return coverage


def _owes(source: str, entry: Entry, hands_in: bool) -> bool:
    """What everybody may hand in is owed by nobody who never does."""
    return source in entry.sources or (hands_in and ANY_SOURCE in entry.sources)


def cycles_of(cycle: Cycle, since: date, until: date) -> list[tuple[date, date]]:
    """The first and last day of each cycle that lies whole from `since` to `until`: days, weeks
    from Monday, months, quarters, years."""
    found = []
    first = _begin(cycle, since)
    while first <= until:
        after = _next(cycle, first)
        last = after - timedelta(days=1)
        if first >= since and last <= until:
            found.append((first, last))
        first = after
    return found


def _begin(cycle: Cycle, day: date) -> date:
    if cycle is Cycle.DAY:
        return day
    if cycle is Cycle.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[cycle]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _next(cycle: Cycle, first: date) -> date:
    if cycle is Cycle.DAY:
        return first + timedelta(days=1)
    if cycle is Cycle.WEEK:
        return first + timedelta(days=7)
    months = first.year * 12 + first.month - 1 + _MONTHS[cycle]
    return date(months // 12, months % 12 + 1, 1)
