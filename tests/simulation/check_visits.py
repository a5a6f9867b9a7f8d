"""What must hold of visits and notices: each round counts once, and says what is behind the door
(B5-B7); limits end on the day that one comes to by counting (A13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache

from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.reading import read_inspection
from functions.inspections.seen import Round, Visit
from functions.inspections.store import inspection_in
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import Calendar, parse_calendar, shanghai_day
from functions.shared.errors import NotFound
from functions.shared.events.inspections import InspectionState
from functions.shared.timekeeping import Limit
from tests.fakes.rules import calendar
from tests.simulation.city import NEXT_CALENDAR
from tests.simulation.endings import Ending
from tests.simulation.truths import Look, truth_of

_DAY = timedelta(days=1)
_MAY_BE_OLDER = ("assign", "visit")  # a unit that owed it already is not given longer
_RUNS = {  # the limits that run in a state, and the step that began them
    InspectionState.WAITING: {"assign": "received", "visit": "received"},
    InspectionState.ASSIGNED: {"visit": "received"},
    InspectionState.CORRECTING: {"recheck": "notice"},
    InspectionState.RECHECKING: {"recheck": "notice"},
    InspectionState.DISPOSING: {"dispose": "failed"},
    InspectionState.CLASSIFYING: {"classify": "unclear"},
}


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    for one in ending.inspections.values():
        yield from _visits(one)
        yield from _notice(one, ending)
        yield from _seen(one, ending)
    yield from _numbers(ending)
    yield from _taken(ending)
    yield from ending.villages.phones.refused
    loaded = ending.city.supervision.get_calendars() is not None
    for change in ending.city.tables["inspections"].changes:
        if version := inspection_in(change.new):
            yield from _clocks(version, ending, loaded=loaded)


def _visits(one: Inspection) -> Iterator[str]:
    """At most one counts in a round; what it found is the truth, of exactly what was asked."""
    truth = truth_of(one)
    for round, looks in ((Round.FIRST, truth.first), (Round.RECHECK, truth.recheck)):
        counted = [visit for visit in one.visits if visit.round is round and visit.decided_at]
        if len(counted) > 1:
            yield f"inspection {one.id} counts {len(counted)} visits as {round}"
        for visit in counted:
            said = {found.check: _look(visit, found.check) for found in visit.findings}
            if said != looks:
                yield f"inspection {one.id}: the {round} found {said}, there is {looks}"
            if visit.by not in one.inspectors:
                yield f"inspection {one.id} was visited by {visit.by}, not by {one.inspectors}"
    if one.visit(Round.RECHECK) and not one.notice:
        yield f"inspection {one.id} was rechecked without a notice"


def _look(visit: Visit, check: str) -> Look:
    found = next(finding for finding in visit.findings if finding.check == check)
    return Look(found.result, "".join(found.kinds), found.note)


def _notice(one: Inspection, ending: Ending) -> Iterator[str]:
    """A notice stands where the first visit found something, and names exactly that; a working week
    is given to correct it."""
    first, truth = one.visit(Round.FIRST), truth_of(one)
    if (one.notice is not None) != bool(first and truth.failed):
        yield f"inspection {one.id} should have a notice of {truth.failed}: {one.notice}"
    if one.notice is None:
        return
    if set(one.notice.checks) != truth.failed or len(one.notice.grounds) == 0:
        yield f"inspection {one.id} failed {truth.failed}, its notice says {one.notice}"
    issued = next(step.at for step in one.steps if step.verb is InspectionVerb.NOTICE)
    usual = ending.city.inspections.book.correction.usual
    right = working_days_on(shanghai_day(issued), usual)
    if (one.notice.issued_at, one.notice.correct_by) != (issued, right):
        yield f"inspection {one.id} is to be corrected by {right}: {one.notice}"
    sent = next((step.at for step in one.steps if step.verb is InspectionVerb.SEND), None)
    if sent and shanghai_day(sent) <= right:
        yield f"inspection {one.id}: the recheck went out at {sent}, before {right} was over"


def _numbers(ending: Ending) -> Iterator[str]:
    """No number is given twice, not even one that no longer stands there."""
    holders: dict[str, set[str]] = {}
    for change in ending.city.tables["inspections"].changes:
        version = inspection_in(change.new)
        if version and version.notice:
            holders.setdefault(version.notice.number, set()).add(version.id)
    yield from (f"notice {number} is that of {ids}" for number, ids in holders.items()
                if len(ids) > 1)  # fmt: skip
    numbers = Counter(
        one.notice.number for one in ending.inspections.values() if one.notice is not None
    )
    assert not numbers or max(numbers.values()) == 1 or holders


def _taken(ending: Ending) -> Iterator[str]:
    """What a phone was told is taken, is there (B6); what was answered as counted, too."""
    for sent in ending.villages.phones.taken:
        one = ending.inspections[sent.inspection]
        if not any(sent.ref in visit.refs for visit in one.visits):
            yield f"inspection {one.id}: {sent} was taken, but is not there"
    for id, ref in ending.villages.counted:
        if not any(step.ref == ref for step in ending.inspections[id].steps):
            yield f"inspection {id}: {ref} was answered as counted, but is not there"


def _clocks(one: Inspection, ending: Ending, *, loaded: bool) -> Iterator[str]:
    """Exactly the limits of its state run, counted from the step that began them."""
    right = _RUNS.get(one.state, {})
    if {clock.stage for clock in one.clocks} - {"visit"} != right.keys() - {"visit"}:
        yield f"inspection {one.id} runs {one.clocks} while {one.state}"
    limits = {limit.stage: limit for limit in ending.city.inspections.book.limits}
    calendars = (calendar(), _next()) if loaded else (calendar(),)
    for clock in one.clocks:
        dues = {counted(limits[clock.stage], clock.since, by) for by in calendars}
        if clock.due not in dues:
            yield f"inspection {one.id}: {clock} should end on {dues}"
        begun = _begun(one, right.get(clock.stage, ""))
        kept = clock.stage in _MAY_BE_OLDER and clock.since < shanghai_day(begun)
        if clock.since != shanghai_day(begun) and not kept:
            yield f"inspection {one.id}: {clock} should count from {begun}"


def _begun(one: Inspection, event: str) -> datetime:
    """When the step happened that a limit counts from."""
    verbs = {
        "received": (InspectionVerb.OPEN, InspectionVerb.PLACE, InspectionVerb.RECALL),
        "notice": (InspectionVerb.NOTICE,),
        "failed": (InspectionVerb.RECHECK,),
        "unclear": (InspectionVerb.DISPOSE,),
    }[event]
    return [step.at for step in one.steps if step.verb in verbs][-1]


def counted(limit: Limit, since: date, by: Calendar) -> date:
    """The last day of a limit, one day after the other."""
    if limit.unit != "calendar":
        return working_days_on(since, limit.n, by)
    day = since + limit.n * _DAY
    while not by.is_working(day):
        day += _DAY
    return day


def working_days_on(day: date, count: int, by: Calendar | None = None) -> date:
    """So many working days after a day."""
    known = by or calendar()
    while count:
        day += _DAY
        count -= known.is_working(day)
    return day


@cache
def _next() -> Calendar:
    return parse_calendar(NEXT_CALENDAR)


def _seen(one: Inspection, ending: Ending) -> Iterator[str]:
    """Whoever it was never assigned to sees nothing of it, not in the same village either (D3)."""
    stranger = Caller(f"inspector:{one.home}#9", frozenset({Grant(one.home, Role.INSPECTOR)}))
    with suppress(NotFound):
        read_inspection(one.id, stranger, ending.city.inspections.desk())
        yield f"{stranger.id} sees inspection {one.id} of {one.inspectors}"
