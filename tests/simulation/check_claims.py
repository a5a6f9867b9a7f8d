"""What must hold of claims: one person at a time, and those whom alerts name had it then (D2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from functions.shared.events.alerts import Watched
from functions.shared.inbox import Claim, Row, row_in
from functions.shared.records import read_as
from functions.shared.watches import watch_in
from tests.simulation.city import is_claim
from tests.simulation.endings import Ending

TOGETHER = timedelta(minutes=30)
Place = tuple[str, str]  # unit, subject


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    histories: dict[Place, list[Claim]] = defaultdict(list)
    rows: dict[Place, Row] = {}
    for change in ending.city.tables["worklist"].changes:
        if row := row_in(change.new):
            rows[row.unit, row.subject] = row
        if is_claim(change):
            claim = read_as(Claim, change.new)
            history = histories[claim.unit, claim.subject]
            yield from _taken(history, claim, change.new["by"], rows)
            history.append(claim)
    yield from _left(histories, rows)
    yield from _named(histories, ending)


def _taken(history: list[Claim], claim: Claim, by: str, rows: dict[Place, Row]) -> Iterator[str]:
    """Nobody takes what somebody else has, unless that one or the head of the unit gives it."""
    before = history[-1] if history else None
    if before is None or before.person is None or claim.person in (None, before.person):
        return
    row = rows[claim.unit, claim.subject]
    came_back = row.came_at is not None and before.at < row.came_at
    given = claim.note and by in (before.person, f"lead {claim.unit}")
    if not (came_back or given):
        yield f"{by} took {claim} from {before}"


def _left(histories: dict[Place, list[Claim]], rows: dict[Place, Row]) -> Iterator[str]:
    """What is over, or has left the unit, is on nobody's list, unless he claimed it after that and
    before he was told: such a claim does not hold (`inbox_rows.held`)."""
    for place, history in histories.items():
        row, claim = rows[place], history[-1]
        over = row.left_at if row.gone else row.task and row.task.changed_at
        if claim.person and not row.open and over and claim.at <= over:
            yield f"{claim.person} still has {place}, which is over: {row}"


def _named(histories: dict[Place, list[Claim]], ending: Ending) -> Iterator[str]:
    """Whom an alert names had claimed it when it was raised, as far as two processes that are under
    way together can tell."""
    for record in ending.city.tables["alerts"].inner:
        watch = watch_in(record)
        assert watch, record
        if watch.kind is Watched.INSPECTION:  # it is assigned, and nobody claims it
            continue
        history = histories.get((watch.unit, watch.subject), [])
        for alert in watch.raised:
            if alert.person and alert.person not in _holders(history, alert.at):
                yield f"{watch.subject}@{watch.unit}: {alert} names nobody who had it: {history}"


def _holders(history: list[Claim], at: datetime) -> set[str | None]:
    """Who had it around an instant."""
    ends = [claim.at for claim in history[1:]] + [datetime.max.replace(tzinfo=UTC)]
    return {
        claim.person
        for claim, end in zip(history, ends, strict=True)
        if claim.at - TOGETHER <= at and at - TOGETHER <= end
    }
