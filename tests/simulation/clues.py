"""Clues: who reports them, the offices that assign them, and those who get them (A17, A18).

Like everybody else, each decides by the clue before him, never by when he heard of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from zlib import crc32

from functions.clues.answering import ClueFeedback
from functions.clues.assigning import Decision
from functions.clues.domain import Clue, ClueVerb, Ground
from functions.clues.evidence import ClueCorrected, End
from functions.clues.reporting import Report
from functions.clues.usecases import assign_clue, change_switch, feed_back, read_clue, report_clue
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, NotFound, Problem
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.clues import ClueTold, ShareState, ShareTold
from functions.shared.table import Stale
from tests.simulation.city import City
from tests.simulation.faults import FAULTS
from tests.simulation.script import Script, Sighting

_NOT_ANSWERED = (*FAULTS, Stale)
_DAY = 86400.0
_NEXT = "zhzf"  # who gets what the first receiver disputes, or what calls for nobody


class Watchers:
    """Those who report, the offices, and the receivers, each asking again until answered.

    Which way a clue goes depends on its id alone: assigned to whom the system proposes or to
    somebody else, disputed by the first receiver, insisted on by the office, disputed by the next.
    """

    def __init__(self, city: City, script: Script) -> None:
        self.city = city
        self.reported: dict[str, Sighting] = {}
        self.counted: set[tuple[str, str]] = set()  # (clue, ref) that was answered as counted
        for town in script.automatic:
            self._later(0, partial(self._switch, town))
        for sighting in script.sightings:
            days = (sighting.at - city.world.now) / timedelta(days=1)
            self._later(days, partial(self._report, sighting))
        city.subscribe("watchers", self._hear, "clue.")

    def _switch(self, town: str) -> None:
        office = Caller("office", frozenset({Grant(f"office.{town}", Role.TOWN_OFFICE)}))
        change_switch(town, True, office, self.city.clues.desk())

    def _report(self, sighting: Sighting) -> None:
        by = Caller(f"officer {sighting.unit}", frozenset({Grant(sighting.unit, Role.OFFICER)}))
        report = Report(
            place="长安镇锦厦社区示例路9号",
            seen=sighting.seen,
            code=sighting.code,
            town=sighting.town,
            ref=sighting.ref,
        )
        for _ in range(2 if self._chance() else 1):
            clue = report_clue(report, by, self.city.clues.desk())
            self.reported[clue.id] = sighting

    def _hear(self, event: CloudEvent) -> None:
        told = body_of(event, ClueTold)
        if told.clocks:
            self._later(_days(told.id, told.office), partial(self._assign, told))
        for share in told.shares:
            if share.state in (ShareState.ASSIGNED, ShareState.RECEIVED):
                self._later(_days(told.id, share.unit), partial(self._answer, told, share))

    def _assign(self, told: ClueTold) -> None:
        kind = "office" if told.office == "office" else told.office.partition(".")[0] + "."
        role = {"office": Role.DISPATCHER, "office.": Role.TOWN_OFFICE}.get(kind, Role.LEAD)
        office = Caller(f"head of {told.office}", frozenset({Grant(told.office, role)}))
        desk = self.city.clues.desk()
        clue = read_clue(told.id, office, desk)
        if not clue.clocks or clue.office != told.office:
            return
        decision = _decision(clue)
        try:
            assign_clue(told.id, decision, office, desk)
        except (Conflict, NotFound):
            return  # old news: somebody has seen to it
        self.counted.add((told.id, decision.ref))

    def _answer(self, told: ClueTold, share: ShareTold) -> None:
        if way_of(told.id, share.unit) == "never":
            return
        desk = self.city.clues.desk()
        found = desk.clues.get(told.id)
        assert found, "told of a clue that is not there"
        for feedback in _feedback(found.value, share, self.city):
            officer = Caller(f"officer {share.unit}", frozenset({Grant(share.unit, Role.OFFICER)}))
            try:
                feed_back(told.id, feedback, officer, self.city.clues.desk())
            except Stale:
                raise
            except Problem:
                continue  # old news: it was taken back, or it is over
            self.counted.add((told.id, feedback.ref))

    def _later(self, days: float, act: Callable[[], None]) -> None:
        def again() -> None:
            try:
                act()
            except _NOT_ANSWERED:
                self.city.world.after(5, again)

        self.city.world.after(max(days * _DAY, 0.001), again, "watchers")

    def _chance(self) -> bool:
        return self.city.world.chance(self.city.world.weather.double)


def _decision(clue: Clue) -> Decision:
    """What the office says: at first whom the system proposes; of a dispute what its way is."""
    ref = f"{clue.office} {len(clue.disputed())} {len(clue.shares)}"
    disputed = clue.disputed()
    if clue.climbed:  # the superior ends it: the first who disputed has to see to it
        return Decision(units=disputed[:1], note="由你单位负责", ref=f"final {clue.office}")
    if disputed and _hash(clue.id) % 3 == 0:
        return Decision(units=disputed, note="仍由你单位负责", ref=f"insist {ref}")
    if disputed:
        return Decision(units=(_unit(_NEXT, clue),), note="改由综合执法", ref=f"next {ref}")
    proposed = tuple(dict.fromkeys(one.unit for one in clue.proposals if one.unit))[:3]
    if proposed and _hash(clue.id) % 5:
        return Decision(units=proposed, ref="as proposed")
    return Decision(units=(_unit("scjg", clue),), note="先由市场监管核查", ref="by hand")


def _feedback(clue: Clue, told: ShareTold, city: City) -> list[ClueFeedback]:
    share = clue.share_of(told.unit)
    if share is None or not share.open:
        return []
    first = min(one.unit for one in clue.shares)
    if _disputes(clue, told.unit, first) and not share.final:
        return [
            ClueFeedback(
                verb=ClueVerb.DISPUTE,
                unit=told.unit,
                ref=f"dispute {told.unit} {share.assigned_at.isoformat()}"[:64],
                note="不属本单位职责",
                ground=Ground.NOT_OUR_DUTY,
            )
        ]
    received = ClueFeedback(verb=ClueVerb.RECEIVE, unit=told.unit, ref=f"receive {told.unit}")
    if share.state is ShareState.ASSIGNED:
        return [received]
    day = share.assigned_at.date()
    closed = ClueFeedback(
        verb=ClueVerb.CLOSE,
        unit=told.unit,
        ref=f"close {told.unit}",
        evidence=ClueCorrected(end=End.CORRECTED, checked_on=day, note="已改正"),
    )
    return [closed]


def _disputes(clue: Clue, unit: str, first: str) -> bool:
    """Of the first receivers only one disputes, and always before it has received anything; the
    next one every other time."""
    way = _hash(clue.id) % 4
    return way in (0, 1) and (unit == first or (way == 0 and unit.startswith(_NEXT)))


def way_of(clue: str, unit: str) -> str:
    """Whether a receiver ever turns to it."""
    return "never" if _hash(clue + unit) % 7 == 0 else "answers"


def _days(clue: str, unit: str) -> float:
    """After how many days somebody turns to it."""
    return (0.0, 0.0, 0.0, 3.3, 19.3)[_hash(unit + clue) % 5]


def _unit(department: str, clue: Clue) -> str:
    return f"{department}.{clue.town}"


def _hash(text: str) -> int:
    return crc32(text.encode())
