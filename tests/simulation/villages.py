"""Villages at work: who assigns, who walks, who disposes of what two visits did not solve.

Each decides by the inspection before him, never by when he heard of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from zlib import crc32

from functions.inspections.assigning import assign, place, recall
from functions.inspections.book import Route
from functions.inspections.classifying import Choice, Classification
from functions.inspections.disposal import DisposalReport, classify, record_disposal
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.orders import Assignment, Placement, Recall
from functions.inspections.seen import Round
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import shanghai_day
from functions.shared.directory import is_village, town_of_village
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import (
    INSPECTION_CHANGED,
    INSPECTION_OPENED,
    InspectionState,
    InspectionTold,
)
from functions.shared.table import Stale
from tests.simulation.faults import FAULTS
from tests.simulation.inspecting import VILLAGES, Inspections
from tests.simulation.phones import Phones
from tests.simulation.truths import Stop, Truth, number, truth_of
from tests.simulation.wires import Wires

_NOT_ANSWERED = (*FAULTS, Stale)
_DAY = 86400.0


def said(one: Inspection, check: str) -> Choice:
    """What the town says of what is unclear: an item, market regulation, or nobody."""
    choices = (
        Choice(items=("LB01",)),
        Choice(items=("FD01", "SV01"), note="两个部门"),
        Choice(route=Route.GENERAL),
        Choice(route=Route.NOBODY, note="已自行搬离"),
    )
    return choices[_hash(one.code + check) % len(choices)]


@dataclass(frozen=True, slots=True)
class Customs:
    """How it goes in a city: what is behind a door, what a town says of what is unclear, and the
    villages to which dispatchers give what has none."""

    truth: Callable[[Inspection], Truth] = truth_of
    says: Callable[[Inspection, str], Choice] = said
    villages: Sequence[str] = VILLAGES


class Villages:
    """Every village, the towns' offices and the city's dispatcher, at inspections.

    Which way one goes depends on the company, its address and its scope: visited soon, late or
    never; called back, or given to somebody else while the first one is on his way; rechecked
    before it is asked for, in time, or too late.
    """

    def __init__(
        self,
        wires: Wires,
        room: Inspections,
        customs: Customs = Customs(),
        *,
        acts: bool = True,
    ) -> None:
        self.acts = acts
        self._world, self._room, self._customs = wires.world, room, customs
        self.phones = Phones(wires.world, room, customs.truth)
        self.counted: set[tuple[str, str]] = set()  # (inspection, ref) that was answered as counted
        wires.subscribe("villages", self._hear, INSPECTION_OPENED, INSPECTION_CHANGED)

    def _hear(self, event: CloudEvent) -> None:
        told = body_of(event, InspectionTold)
        act = self._acts.get(told.state)
        if act is None or not self.acts:
            return
        self._later(_days(told), partial(act, self, told.id, told.inspector), told.id)

    def _later(self, days: float, act: Callable[[], None], about: str) -> None:
        """Whoever does something days later asks again where the system did not answer."""

        def again() -> None:
            try:
                act()
            except _NOT_ANSWERED:
                self._world.after(5, again, "villages", about)
            except (Conflict, NotFound):
                return  # old news: somebody has seen to it

        self._world.after(max(days * _DAY, 0.001), again, "villages", about)

    def _read(self, id: str) -> Inspection:
        stored = self._room.store.inspections.get(id)
        assert stored, "told of an inspection that is not there"
        return stored.value

    def _assign(self, id: str, _: str | None) -> None:
        """At a village its dispatcher assigns; what has no village is placed first."""
        one = self._read(id)
        if one.state is not InspectionState.WAITING:
            return
        desk = self._room.desk()
        if not is_village(one.unit):
            here = [v for v in self._customs.villages if one.town in (None, town_of_village(v))]
            if here:
                village = here[number(one) % len(here)]
                place(id, Placement(village=village, note="电话核实"), _office(one), desk)
            return
        ref = f"assign {len(one.steps)}"
        given = assign(id, Assignment(ref=ref), _village(one.unit), desk)
        if any(step.ref == ref for step in given.steps):  # else somebody was quicker
            self.counted.add((id, ref))

    def _walk(self, id: str, person: str | None) -> None:
        """The inspector goes; before that, some are called back or given to somebody else."""
        one = self._read(id)
        if one.inspector != person or person is None or one.state is not InspectionState.ASSIGNED:
            return
        desk, way = self._room.desk(), number(one) // 3 % 9
        called_back = any(step.verb is InspectionVerb.RECALL for step in one.steps)
        if way in (0, 1, 2) and len(one.inspectors) == 1 and not called_back:
            if way:  # he went, and his phone is offline
                self.phones.visit(one, Round.FIRST, person)
            if way == 2:
                recall(id, Recall(note="改派"), _village(one.home), desk)
            else:
                another = f"inspector:{one.home}#2"
                other = another if person != another else f"inspector:{one.home}"
                ref = f"to {other}"[:64]
                asked = Assignment(inspector=other, note="请假", ref=ref)
                assign(id, asked, _village(one.home), desk)
                self.counted.add((id, ref))
        elif self._customs.truth(one).stops is not Stop.VISIT:
            self.phones.visit(one, Round.FIRST, person)

    def _recheck(self, id: str, person: str | None) -> None:
        """An operator who has corrected asks for the recheck before it is sent out."""
        one = self._read(id)
        if person is None or not one.awaits_recheck:
            return
        if one.state is InspectionState.RECHECKING or _comes_early(one.id):
            self.phones.visit(one, Round.RECHECK, one.inspector or person)

    def _dispose(self, id: str, _: str | None) -> None:
        one = self._read(id)
        truth = self._customs.truth(one)
        if one.state is not InspectionState.DISPOSING or truth.stops is Stop.DISPOSAL:
            return
        report = DisposalReport(
            ref="joint",
            held_on=shanghai_day(self._world.now),
            results=dict(truth.disposal),
            participants=("村委会", "市场监管分局"),
            note="联合上门，责令改正",
        )
        for __ in range(2 if self._chance() else 1):
            record_disposal(id, report, _village(one.home), self._room.desk())
            self.counted.add((id, report.ref))

    def _classify(self, id: str, _: str | None) -> None:
        one = self._read(id)
        stops = self._customs.truth(one).stops is Stop.CLASSIFYING
        if one.state is not InspectionState.CLASSIFYING or stops:
            return
        checks = {left.check: self._customs.says(one, left.check) for left in one.unclear}
        classified = Classification(ref="town", checks=checks)
        classify(id, classified, _office(one), self._room.desk())
        self.counted.add((id, classified.ref))

    def _chance(self) -> bool:
        return self._world.chance(self._world.weather.double)

    _acts = {
        InspectionState.WAITING: _assign,
        InspectionState.ASSIGNED: _walk,
        InspectionState.CORRECTING: _recheck,
        InspectionState.RECHECKING: _recheck,
        InspectionState.DISPOSING: _dispose,
        InspectionState.CLASSIFYING: _classify,
    }


def _days(told: InspectionTold) -> float:
    """After how many days somebody turns to it; at each stage some are too late."""
    late = {InspectionState.WAITING: 4.2, InspectionState.ASSIGNED: 17.1}.get(told.state, 23.4)
    some = (0.0, 0.02, 0.3, 2.2, 5.1, late)[_hash(told.id + told.state) % 6]
    return min(some, 3.3) if told.state is InspectionState.CORRECTING else some


def _comes_early(id: str) -> bool:
    return _hash(id) % 3 == 0


def _village(unit: str) -> Caller:
    if not is_village(unit):  # the office of the town stands in for it
        return Caller(f"office {unit}", frozenset({Grant(unit, Role.TOWN_OFFICE)}))
    return Caller(f"dispatcher {unit}", frozenset({Grant(unit, Role.VILLAGE)}))


def _office(one: Inspection) -> Caller:
    if one.town is None:
        return Caller("dispatcher", frozenset({Grant("office", Role.DISPATCHER)}))
    return Caller(f"office {one.town}", frozenset({Grant(f"office.{one.town}", Role.TOWN_OFFICE)}))


def _hash(text: str) -> int:
    return crc32(text.encode())
