"""The rooms that hear of tasks and clues, on the world's queues: alerts, clues, reports.

As in `city`, each function's body is the body of the consumer that bears its name.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from functions.alerts import usecases as alerts
from functions.alerts.config import StoredRules
from functions.clues.desk import Desk as ClueDesk
from functions.clues.limits import Stage, parse_limits
from functions.clues.recounting import recount
from functions.clues.store import Store as ClueStore
from functions.reports.store import Store as Books
from functions.reports.usecases import count
from functions.shared.calendar import Unit
from functions.shared.events import CloudEvent
from functions.shared.rules_in_force import Rules
from functions.shared.watches import Watches
from tests.fakes.photos import MemoryPhotos

if TYPE_CHECKING:
    from tests.simulation.city import City


class Alerts:
    """Alerts: what is watched, and the sweep."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.swept = city.world.now  # the instant of the newest sweep
        self.watches = Watches(city.tables["alerts"])
        self._rules = StoredRules(city.config)
        city.subscribe("alerts-watch", self._watch, "task.", "clue.", "inspection.", batch=50)
        city.listen("alerts-raise", self._raise, batch=1)

    def sweep(self) -> None:
        """See `alerts_sweep`: it may die after any shard."""
        self.swept = self._city.world.now
        for message in alerts.shards_to_raise(self._city.world.now):
            self._city.queues["alerts-raise"].send(message)

    def _desk(self) -> alerts.Desk:
        now = self._city.world.now
        return alerts.Desk(self.watches, self._city.inbox, self._rules.at(now), now)

    def _watch(self, told: CloudEvent) -> None:
        alerts.watch(told, self._desk())

    def _raise(self, message: dict[str, Any]) -> None:
        world = self._city.world
        looked = alerts.raise_due(
            int(message["shard"]),
            datetime.fromisoformat(message["until"]),
            self.watches,
            self._desk(),
            go_on=lambda: not world.chance(world.weather.double),  # time runs out
        )
        if not looked.done:
            self._city.queues["alerts-raise"].send(json.dumps(message))


class Clues:
    """Clues: the desk at which all work; their stream is wired like every other."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.store = ClueStore(city.tables["clues"])
        self.limits = parse_limits(city.config.read("clue_limits.toml").decode())
        city.recounts(
            "clues-recount",
            lambda portion, go_on: recount(portion, self.store, self.desk(), go_on),
        )

    def desk(self) -> ClueDesk:
        """What the use cases of clues work with, now; photos have their own tests."""
        store = self.store
        now = self._city.world.now
        photos = MemoryPhotos()
        return ClueDesk(store.clues, store.switches, self, self.limits, photos, now)

    def reach_into_next_year(self) -> None:
        """Give receivers so long that no calendar covers it before the next one is loaded."""
        longer: dict[Stage, dict[str, Any]] = {
            Stage.RECEIVE: {"n": 235},
            Stage.HANDLE: {"n": 340, "unit": Unit.CALENDAR},
        }
        self.limits = tuple(
            limit.model_copy(update=longer.get(limit.stage, {})) for limit in self.limits
        )

    def on(self, now: datetime) -> Rules:
        """The rules as supervision keeps them, which are read once and not once a day."""
        book = self._city.rules.in_force(now)
        return Rules(book.items, book.matcher, book.directory, book.calendar)


class Reports:
    """Figures, as tasks move on."""

    def __init__(self, city: City) -> None:
        self.books = Books(city.tables["reports"])
        city.subscribe("reports-count", self._count, "task.", batch=10)

    def _count(self, told: CloudEvent) -> None:
        count(told, self.books)
