"""How inspections ended, counted by town and listed, by the index alone (A19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from functions.inspections.desk import Desk, Waiting
from functions.inspections.domain import Inspection
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.inspections import InspectionOutcome

CITY = "city"  # the town of an address that lies in none
_MOST_DAYS = 366
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which inspections: ended from `first` to `last`, in all towns that are the caller's or in
    one, with any outcome or one."""

    first: date
    last: date
    town: str | None = None
    outcome: InspectionOutcome | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """One inspection that has ended, as the index says."""

    day: str
    town: str
    outcome: str
    id: str

    @property
    def mark(self) -> str:
        """Its place in the list."""
        return "|".join((self.day, self.town, self.outcome, self.id))


def count_ended(asked: Asked, caller: Caller, desk: Desk) -> dict[str, Counter[str]]:
    """How many inspections ended how, by town; raises NotFound where no town is the caller's, and
    Invalid for a period that cannot be."""
    counts: dict[str, Counter[str]] = {}
    for one in _ended(asked, caller, desk):
        counts.setdefault(one.town, Counter())[one.outcome] += 1
    return counts


def list_ended(
    asked: Asked, caller: Caller, desk: Desk, after: str = ""
) -> tuple[list[Inspection], str | None]:
    """A page of them by day, and the mark to go on from; raises as `count_ended` does."""
    page: list[Ended] = []
    for one in _ended(asked, caller, desk, since=after[:7]):
        if one.mark <= after:
            continue
        if len(page) == _PAGE:
            return _read(page, desk), page[-1].mark
        page.append(one)
    return _read(page, desk), None


def _read(page: list[Ended], desk: Desk) -> list[Inspection]:
    found = desk.cabinet.inspections.get_many(one.id for one in page)
    return [found[one.id].value for one in page if one.id in found]


def _ended(asked: Asked, caller: Caller, desk: Desk, since: str = "") -> Iterator[Ended]:
    """Those of the months from `since` on."""
    _check(asked, caller)
    seen: dict[str, bool] = {}
    first, last = asked.first.isoformat(), asked.last.isoformat()
    for month in (one for one in _months(asked.first, asked.last) if one >= since):
        for one in map(_of, desk.cabinet.list_ended(month)):
            if not first <= one.day <= last or asked.town not in (None, one.town):
                continue
            if asked.outcome not in (None, one.outcome):
                continue
            if one.town not in seen:
                seen[one.town] = _sees(caller, one.town)
            if seen[one.town]:
                yield one


def _check(asked: Asked, caller: Caller) -> None:
    towns = {asked.town} if asked.town else {CITY, *(one.town or CITY for one in caller.grants)}
    if not any(_sees(caller, town) for town in towns):
        raise NotFound("inspections")
    if asked.last < asked.first:
        raise Invalid.of("period_reversed", "to")
    if asked.last - asked.first >= timedelta(days=_MOST_DAYS):
        raise Invalid.of("period_too_long", "to", most=_MOST_DAYS)


def _sees(caller: Caller, town: str) -> bool:
    return allows(caller, Action.FIGURES_READ, Owner(None, None if town == CITY else town))


def _of(row: Waiting) -> Ended:
    return Ended(day=row.due, town=row.grid, outcome=row.inspector, id=row.id)


def _months(first: date, last: date) -> Iterator[str]:
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{month // 12:04}-{month % 12 + 1:02}"
