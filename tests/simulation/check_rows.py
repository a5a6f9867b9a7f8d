"""What must hold of inspections in worklists: where each stands, and on whose list (D2, D3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from functions.inspections.domain import Inspection
from functions.shared.events.alerts import Watched
from functions.shared.events.inspections import InspectionState
from functions.shared.inbox import Inbox, Row, RowKind
from functions.shared.watches import watch_in
from tests.simulation.endings import Ending

_WALKED = (InspectionState.ASSIGNED, InspectionState.CORRECTING, InspectionState.RECHECKING)
_ALL = 1_000_000


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in ending.rows:
        if row.kind is RowKind.INSPECTION:
            rows[row.subject].append(row)
    for id, inspection in ending.inspections.items():
        yield from _standing(inspection, rows[id])
    yield from (f"a row is about no inspection: {id}" for id in rows.keys() - ending.inspections)
    yield from _lists(ending)
    yield from _named(ending)


def _standing(inspection: Inspection, rows: list[Row]) -> Iterator[str]:
    """It is open with who must act, always seen by its village, and was never with a stranger."""
    name = f"inspection {inspection.id}"
    acts = [row.unit for row in rows if row.open]
    if acts != [inspection.unit] * bool(inspection.unit):
        yield f"{name} is open with {acts}, should be with {inspection.unit or 'nobody'}"
    if not any(row.unit == inspection.home and not row.gone for row in rows):
        yield f"{name} is out of sight of {inspection.home}"
    strangers = {row.unit for row in rows} - {*inspection.units}
    if strangers:
        yield f"{name} was never for {strangers}"


def _lists(ending: Ending) -> Iterator[str]:
    """Each inspector's list holds exactly what is for that person to visit."""
    right: dict[str, set[str]] = defaultdict(set)
    for one in ending.inspections.values():
        for person in one.inspectors:
            right[person] |= {one.id} if _walks(one, person) else set()
    inbox = Inbox(ending.city.tables["worklist"].inner)
    for person, ids in right.items():
        claims, _ = inbox.list_claimed(person, limit=_ALL)
        listed = {one.subject for one in claims if one.kind is RowKind.INSPECTION}
        if listed != ids:
            yield f"{person} is shown {listed}, should visit {ids}"


def _walks(inspection: Inspection, person: str) -> bool:
    return inspection.state in _WALKED and inspection.inspector == person


def _named(ending: Ending) -> Iterator[str]:
    """Whom an alert names had it at some time."""
    for record in ending.city.tables["alerts"].inner:
        watch = watch_in(record)
        if watch is None or watch.kind is not Watched.INSPECTION:
            continue
        had = ending.inspections[watch.subject].inspectors
        for alert in watch.raised:
            if alert.person and alert.person not in had:
                yield f"{watch.subject}@{watch.unit} names {alert.person}, who never had it"
