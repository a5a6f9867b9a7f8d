"""Inspections on the world's queues: dispatch, timers, answers, and supervision's tasks for them.

As in `city`, each function's body is the body of the consumer that bears its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.inspections.answering import answer
from functions.inspections.book import Book, parse_book
from functions.inspections.desk import Desk, Grid, Inspector, Roster
from functions.inspections.dispatch import follow_ruling, take_registration
from functions.inspections.recounting import recount
from functions.inspections.store import Store
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import INSPECTION_REFERRED, REFERRAL_CHANGED, Referred
from functions.shared.events.registry import RECEIVED, Registration
from functions.shared.events.supervision import RULED, TaskTold
from functions.supervision.referring import refer
from tests.fakes.photos import MemoryPhotos
from tests.simulation.waiting import Waiting

if TYPE_CHECKING:
    from tests.simulation.city import City

VILLAGES = ("441900119006", "441900121014", "441900113002")  # one in each town
_LONGEST = {"visit": 235}  # working days: into a year for which no calendar is published yet


class EveryPhoto(MemoryPhotos):
    """A bucket in which every picture has arrived; photos have their own tests."""

    def size(self, key: str) -> int | None:
        return 100_000


class Inspections:
    """The desk at which all work, and the queues of the room."""

    def __init__(self, city: City, *, swept: bool) -> None:
        self._city = city
        self.store = Store(city.tables["inspections"])
        self.book: Book = parse_book(city.config.read("inspection_items.toml").decode())
        self._photos = EveryPhoto()
        rosters = Store(city.tables["inspections"].inner).rosters
        for village in VILLAGES:
            rosters.save(_roster(village), before=None, by="dispatcher", now=city.world.now)
        city.subscribe("inspections-dispatch", self._dispatch, RECEIVED, RULED)
        city.subscribe("supervision-refer", self._refer, INSPECTION_REFERRED)
        city.subscribe("inspections-answers", self._answer, REFERRAL_CHANGED)
        city.recounts(
            "inspections-recount",
            lambda portion, go_on: recount(portion, self.store, self.desk(), go_on),
        )
        self.waiting = Waiting(city, self, swept=swept)

    def desk(self) -> Desk:
        """What the use cases of inspections work with, now."""
        return Desk(self.store, self._city.clues, self.book, self._photos, self._city.world.now)

    def reach_into_next_year(self) -> None:
        """Give inspectors so long that no calendar covers it before the next one is loaded."""
        limits = (
            limit.model_copy(update={"n": _LONGEST.get(limit.stage, limit.n)})
            for limit in self.book.limits
        )
        self.book = self.book.model_copy(update={"limits": tuple(limits)})

    def _dispatch(self, told: CloudEvent) -> None:
        registration = body_of(told, Registration)
        act = follow_ruling if told.type == RULED else take_registration
        act(registration, self.desk())

    def _refer(self, told: CloudEvent) -> None:
        refer(body_of(told, Referred), self._city.desk())

    def _answer(self, told: CloudEvent) -> None:
        answer(body_of(told, TaskTold), self.desk())


def _roster(village: str) -> Roster:
    """Three grids, of which two people walk two each."""
    grids = tuple(f"{village}-{number:02d}" for number in (1, 2, 3))
    return Roster(
        village=village,
        grids=(
            Grid(id=grids[0], name="一网格", places=("示例路1号", "示例街1号")),
            Grid(id=grids[1], name="二网格", places=("示例路2号",)),
            Grid(id=grids[2], name="三网格"),
        ),
        inspectors=(
            Inspector(id=f"inspector:{village}", name="甲", grids=grids[:2]),
            Inspector(id=f"inspector:{village}#2", name="乙", grids=grids[1:]),
        ),
    )
