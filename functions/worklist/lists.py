"""What a unit or a person is shown: pages, changes, one's own, and how much there is (A8, D2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from functions.shared.authorization import Action, Caller, Owner, Role, allows
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import Light
from functions.shared.directory import town_of
from functions.shared.inbox import Inbox, Row, RowKind, RowPage, key_of, row_key
from functions.shared.table import Record
from functions.worklist.claiming import may_now
from functions.worklist.domain import Filter, RowTold, told, urgency

_MOST_READS = 20  # pages that one filtered request may read
_MOST_COUNTED = 1000  # open rows that one count reads
_MOST_CLAIMED = 300  # claims that one look at one's own reads


class CountsTold(BaseModel):
    """How much a unit has to act on, by kind and by light, how much of it nobody has claimed, and
    its newest change. `more`: there is more than was counted, and every figure is a lower bound."""

    unit: str
    open: int
    unclaimed: int
    by_kind: dict[RowKind, int]
    by_light: dict[Light, int]
    newest: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks into the inbox, and when."""

    inbox: Inbox
    caller: Caller
    now: datetime

    @property
    def today(self) -> date:
        """The day by which lights are judged."""
        return shanghai_day(self.now)

    def told(self, rows: Sequence[Row]) -> list[RowTold]:
        """`rows` as they are told, with the claims that stand beside them."""
        claims = self.inbox.claims_on(rows)
        held = ((row, claims.get(key_of(row))) for row in rows)
        return [told(row, by, self.today, may_now(row, by, self.caller)) for row, by in held]


def sees_all(caller: Caller, unit: str) -> bool:
    """Whether the caller reads all of a unit's inbox; an inspector reads what is his own alone."""
    return _reads(caller.without(Role.INSPECTOR), unit)


def list_page(
    unit: str, wanted: Filter, reader: Reader, *, limit: int, after: Record | None
) -> tuple[list[RowTold], Record | None]:
    """A page of a unit's rows that are `wanted`, from as many pages of the table as it takes
    within bounds, and where to go on: of open rows by the day they are due, else by subject."""
    rows: list[RowTold] = []
    for _ in range(_MOST_READS):
        page = _read(unit, wanted, reader.inbox, limit=limit - len(rows), after=after)
        there = [row for row in page.rows if not row.gone]
        rows += [row for row in reader.told(there) if wanted.fits(row, reader.caller.id)]
        after = page.after
        if after is None or len(rows) >= limit:
            break
    return rows, after


def list_changes(
    unit: str, since: str, wanted: Filter, reader: Reader, *, limit: int
) -> tuple[list[RowTold], str]:
    """A unit's `wanted` rows that changed after `since`, also those that have left it, and the mark
    to ask from next time. A claim moves no row."""
    page = reader.inbox.list_changed(unit, since, reader.now, limit=limit)
    rows = [row for row in reader.told(page.rows) if wanted.fits(row, reader.caller.id)]
    return rows, page.rows[-1].changed if page.rows else since


def list_mine(
    wanted: Filter, reader: Reader, *, limit: int, unit: str = ""
) -> tuple[list[RowTold], bool]:
    """What the caller has taken on in every unit (or in `unit`) and what alerts say of it, by the
    day it is due; and whether there is more. It costs what is not over yet."""
    claims, more = reader.inbox.list_claimed(reader.caller.id, limit=_MOST_CLAIMED)
    claims = [one for one in claims if unit in ("", one.unit) and _reads(reader.caller, one.unit)]
    keys = {row_key(one.unit, one.kind, one.subject) for one in claims}
    keys |= {row_key(one.unit, RowKind.ALERT, f"{one.subject}@{one.unit}") for one in claims}
    found = reader.inbox.get_many(keys)
    rows = [
        row
        for row in sorted(reader.told(list(found.values())), key=urgency)
        if row.claimed_by == reader.caller.id and wanted.fits(row, reader.caller.id)
    ]
    return rows[:limit], more or len(rows) > limit


def count(unit: str, reader: Reader) -> CountsTold:
    """How much `unit` has to act on, or an inspector in it. Its open rows are read, however many
    closed ones it has; of more than a thousand only the first thousand by the day they are due."""
    if not sees_all(reader.caller, unit):
        mine, more = list_mine(Filter(open=True), reader, limit=_MOST_COUNTED, unit=unit)
        return _counted(unit, mine, more=more)
    rows: list[Row] = []
    after: Record | None = None
    while len(rows) < _MOST_COUNTED:
        page = reader.inbox.list_open(unit, limit=_MOST_COUNTED - len(rows), after=after)
        rows += page.rows
        after = page.after
        if after is None:
            break
    return _counted(unit, reader.told(rows), more=after is not None)


def _counted(unit: str, shown: Sequence[RowTold], *, more: bool) -> CountsTold:
    return CountsTold(
        unit=unit,
        open=len(shown),
        unclaimed=sum(row.claimed_by is None for row in shown),
        by_kind=dict(Counter(row.kind for row in shown)),
        by_light=dict(Counter(row.light for row in shown)),
        newest=max((row.changed for row in shown), default=None),
        more=more,
    )


def _read(unit: str, wanted: Filter, inbox: Inbox, *, limit: int, after: Record | None) -> RowPage:
    read = inbox.list_open if wanted.only_open else inbox.list_rows
    return read(unit, limit=limit, after=after, kind=wanted.kind)


def _reads(caller: Caller, unit: str) -> bool:
    """Whether the caller may (still) read that unit's inbox."""
    return allows(caller, Action.WORKLIST_READ, Owner(unit, town_of(unit)))
