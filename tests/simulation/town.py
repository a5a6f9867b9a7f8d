"""One town with its registry, inspections and departments, driven as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import NamedTuple

from functions.inspections.book import Route
from functions.inspections.changes import events_of as inspections_events
from functions.inspections.classifying import Choice
from functions.inspections.desk import Roster
from functions.inspections.domain import Inspection
from functions.inspections.store import DUE, OPEN, inspection_in
from functions.registry.addresses import Divisions
from functions.registry.changes import events_of as registry_events
from functions.registry.store import PENDING
from functions.registry.store import Store as RegistryStore
from functions.registry.usecases import Batch, take_rows
from functions.shared.errors import Conflict
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import InspectionState
from functions.shared.events.supervision import State, TaskTold
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.table import Stale
from functions.supervision.changes import events_of as supervision_events
from functions.supervision.desk import Desk
from functions.supervision.domain import Feedback, Verb, referral_task_id
from functions.supervision.store import MANUAL
from functions.supervision.store import Store as SupervisionStore
from functions.supervision.usecases import record_feedback
from tests.bench.life import evidence
from tests.bench.spine import CITY, OneRulebook, rulebook
from tests.simulation.faults import FAULTS, Weather
from tests.simulation.inspecting import Inspections
from tests.simulation.queues import CityTopic
from tests.simulation.tables import WorldTable
from tests.simulation.truths import Truth, number
from tests.simulation.units import officer
from tests.simulation.villages import Customs, Villages
from tests.simulation.waiting import Waiting
from tests.simulation.wires import Wires
from tests.simulation.world import World

_NEXT = {State.PUSHED: Verb.RECEIVE, State.RECEIVED: Verb.VERIFY, State.HANDLING: Verb.CLOSE}
_DAY = 86400.0
_NOT_ANSWERED = (*FAULTS, Stale)


class Arrival(NamedTuple):
    """A row of the registry that arrives so many seconds after the start."""

    seconds: float
    row: dict[str, str]


class Held:
    """The shipped rules, which hold all month."""

    def __init__(self) -> None:
        book = rulebook()
        self.books = OneRulebook(book)
        self._rules = Rules(book.items, book.matcher, book.directory, book.calendar)

    def on(self, now: object) -> Rules:
        """The rules, whenever."""
        return self._rules


class Town(Wires):
    """The rooms between a registration and whoever must act at last."""

    def __init__(self, seed: str, weather: Weather, rosters: Iterable[Roster]) -> None:
        world = World(seed, weather)
        super().__init__(world, CityTopic(world, remembers=False))
        self.tables |= {
            "registry": WorldTable(world, "registry", PENDING),
            "supervision": WorldTable(world, "supervision", MANUAL, PROVISIONAL),
            "inspections": WorldTable(world, "inspections", OPEN, DUE, PROVISIONAL),
        }
        for table in self.tables.values():
            table.remembers = False
        self._held = _held()
        self._registry = RegistryStore(self.tables["registry"]).entities
        self._supervision = SupervisionStore(self.tables["supervision"])
        self.room = Inspections(self, self._held, self._desk)
        self._rosters = list(rosters)
        self.room.load(self._rosters)
        self.waiting = Waiting(self, self.room, swept=False)
        for feature, translate in (
            ("registry", registry_events),
            ("supervision", supervision_events),
            ("inspections", inspections_events),
        ):
            self.tables[feature].streams = [self.publishes(feature, translate)]
        self.subscribe("departments", self._hear, "task.")

    def live(self, arrives: Iterable[Arrival], truth: Callable[[Inspection], Truth]) -> None:
        """Let registrations arrive, and the villages go to the doors."""
        villages = [one.village for one in self._rosters]
        Villages(self, self.room, Customs(truth, _says, villages))
        for place, one in enumerate(arrives):
            self.world.after(one.seconds, partial(self._take, place, one.row))
        self._operate()

    def rest(self) -> None:
        """Until nothing is left to do, also of what lay as dead letters."""
        self.world.run()
        while self.redrive():
            self.world.run()
        self.waiting.sweep()
        self.world.run()

    def inspections(self) -> Iterator[Inspection]:
        """Every inspection."""
        found = (inspection_in(record) for record in self.tables["inspections"].inner)
        return (one for one in found if one)

    @property
    def tasks(self) -> int:
        """How many tasks inspections brought the departments."""
        return sum(record["sk"] == "T" for record in self.tables["supervision"].inner)

    def goes_on(self, one: Inspection) -> bool:
        """Whether something takes an open inspection on: a unit whose limit runs, in whose list it
        stands; besides, a timer by which its recheck is sent, or the reconcile finds that nothing
        runs; or a department's task."""
        if one.state is InspectionState.REFERRED:
            ids = (referral_task_id(one.id, referral.key) for referral in one.referrals)
            tasks = self._supervision.tasks.get_many(ids)
            return any(task.value.open for task in tasks.values())
        listed = one.id in {row.id for row in self.room.store.list_open(one.unit)}
        if not (one.clocks and listed):
            return False
        timer = self.room.store.timers.get(one.id) if one.awaits_recheck else None
        return bool(timer and not timer.value.over) or not one.awaits_recheck

    def _operate(self) -> None:
        """The operator looks every half hour, as long as anything happens."""
        self.redrive()
        if self.world.busy:
            self.world.after(1800.0, self._operate)

    def _take(self, number: int, row: dict[str, str]) -> None:
        batch = Batch(f"row {number}", self.world.now, "exchange")
        try:
            take_rows([(1, row)], batch, divisions=_divisions(), entities=self._registry)
        except _NOT_ANSWERED:
            self.world.after(5, partial(self._take, number, row))

    def _hear(self, event: CloudEvent) -> None:
        told = body_of(event, TaskTold)
        if told.state in _NEXT:
            self.world.after(3 * _DAY, partial(self._work, told))

    def _work(self, told: TaskTold) -> None:
        verb = _NEXT[told.state]
        task = self._supervision.tasks.get(told.id)
        if task is None or task.value.state is not told.state:
            return
        shown = evidence(task.value) if verb is Verb.CLOSE else None
        feedback = Feedback(verb=verb, ref=f"{verb}", evidence=shown)
        try:
            record_feedback(told.id, feedback, officer(told.unit), self._desk())
        except _NOT_ANSWERED:
            self.world.after(5, partial(self._work, told))
        except Conflict:
            return  # somebody was faster

    def _desk(self) -> Desk:
        store = self._supervision
        books = self._held.books
        return Desk(store.cases, store.tasks, books, self.world.now, store.referred, store.scopes)


def _says(one: Inspection, check: str) -> Choice:
    """What is unclear in the sample is market regulation's, or nobody's."""
    if number(one) % 3:
        return Choice(route=Route.GENERAL)
    return Choice(route=Route.NOBODY, note="已自行停止经营")


@cache
def _held() -> Held:
    return Held()


@cache
def _divisions() -> Divisions:
    return Divisions.from_csv((CITY / "divisions.csv").read_text("utf-8-sig"))
