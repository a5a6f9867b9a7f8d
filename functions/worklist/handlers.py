"""The worklist over HTTPS: filter, page, and what has changed since (A8)."""

from __future__ import annotations

import re
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller, Grant, Owner, Role, require
from functions.shared.errors import Invalid
from functions.shared.events.supervision import State
from functions.shared.http import Operation, operation
from functions.shared.inbox import Inbox, Row, RowKind, RowPage, partition
from functions.shared.paging import cursor_of, record_of

bp = Blueprint(__name__)
_MOST_READS = 20  # pages that one filtered request may read
# What `Row.changed` holds: an instant as `inbox.mark` writes it, and the subject.
_CHANGED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00#.{1,200}")


class WorklistQuery(BaseModel):
    """Which rows: of which unit (the caller's own, where it has one), in which state, and either
    `after` (the next page) or `since` (what has changed; begin with an empty text)."""

    model_config = ConfigDict(extra="forbid")

    unit: str = ""
    kind: RowKind | None = None
    state: State | None = None
    item: str = ""
    open: bool | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: str = ""
    since: str | None = None


class WorklistTold(BaseModel):
    """A page of rows. `after` leads to the next page; `since` is where to ask for changes next."""

    unit: str
    rows: list[Row]
    after: str | None = None
    since: str | None = None


@bp.route("/v1/worklist", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("A unit's worklist", Action.WORKLIST_READ, query=WorklistQuery, reply=WorklistTold),
)
def get_worklist(caller: Caller, query: WorklistQuery) -> WorklistTold:
    unit = query.unit or _own_unit(caller)
    town = Grant(unit, Role.OFFICER).town
    require(caller, Action.WORKLIST_READ, Owner(unit, town), "worklist")
    inbox = Inbox(ports.table("worklist"))
    if query.since is not None:
        require_mark(query.since)
        page = inbox.list_changed(unit, query.since, clock.now(), limit=query.limit)
        since = page.rows[-1].changed if page.rows else query.since
        return WorklistTold(unit=unit, rows=_chosen(page, query), since=since)
    return _page(inbox, unit, query)


def require_mark(since: str) -> None:
    """Raises Invalid unless `since` is empty or a place in the order of changes: any other text
    would skip changes without a word."""
    if since and not _CHANGED.fullmatch(since):
        raise Invalid.of("cursor_broken", "since")


def _page(inbox: Inbox, unit: str, query: WorklistQuery) -> WorklistTold:
    """A page of chosen rows, from as many pages of the table as it takes within bounds."""
    after = record_of(query.after, pk=partition(unit))
    rows: list[Row] = []
    for _ in range(_MOST_READS):
        page = inbox.list_rows(unit, limit=query.limit - len(rows), after=after)
        rows += _chosen(page, query)
        after = page.after
        if after is None or len(rows) >= query.limit:
            break
    return WorklistTold(unit=unit, rows=rows, after=cursor_of(after))


def _chosen(page: RowPage, query: WorklistQuery) -> list[Row]:
    return [row for row in page.rows if _fits(row, query)]


def _fits(row: Row, query: WorklistQuery) -> bool:
    if query.since is None and row.gone:
        return False
    asked = (
        (query.kind, row.kind),
        (query.state, row.state),
        (query.item or None, row.task.item if row.task else ""),
        (query.open, row.open),
    )
    return all(wanted is None or wanted == found for wanted, found in asked)


def _own_unit(caller: Caller) -> str:
    units = sorted(caller.units(Action.WORKLIST_READ))
    if len(units) != 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(units))
    return units[0]
