"""Inspections on the world's queues: dispatch, timers, answers, and supervision's tasks for them.

As in `city`, each function's body is the body of the consumer that bears its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from functions.inspections.answering import answer
from functions.inspections.book import Book, parse_book
from functions.inspections.desk import Desk, Grid, Inspector, Roster, RuleSource
from functions.inspections.dispatch import follow_ruling, take_registration
from functions.inspections.recounting import recount
from functions.inspections.store import Store
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import INSPECTION_REFERRED, REFERRAL_CHANGED, Referred
from functions.shared.events.registry import RECEIVED, Registration
from functions.shared.events.supervision import RULED, TaskTold
from functions.supervision.desk import Desk as Referring
from functions.supervision.referring import refer
from tests.fakes.photos import MemoryPhotos
from tests.simulation.wires import Wires

_BOOK = Path(__file__).parents[2] / "infra" / "city" / "inspection_items.toml"
VILLAGES = ("441900119006", "441900121014", "441900113002")  # one in each town
_LONGEST = {"visit": 235}  # working days: into a year for which no calendar is published yet


class EveryPhoto(MemoryPhotos):
    """A bucket in which every picture has arrived; photos have their own tests."""

    def size(self, key: str) -> int | None:
        return 100_000


class Inspections:
    """The desk at which all work, and the queues of the room."""

    def __init__(self, wires: Wires, rules: RuleSource, refers: Callable[[], Referring]) -> None:
        self._world, self._rules, self._refers = wires.world, rules, refers
        self.store = Store(wires.tables["inspections"])
        self.book: Book = parse_book(_BOOK.read_text(encoding="utf-8"))
        self._photos = EveryPhoto()
        wires.subscribe("inspections-dispatch", self._dispatch, RECEIVED, RULED)
        wires.subscribe("supervision-refer", self._refer, INSPECTION_REFERRED)
        wires.subscribe("inspections-answers", self._answer, REFERRAL_CHANGED)
        wires.recounts(
            "inspections-recount",
            lambda portion, go_on: recount(portion, self.store, self.desk(), go_on),
        )

    def desk(self) -> Desk:
        """What the use cases of inspections work with, now."""
        return Desk(self.store, self._rules, self.book, self._photos, self._world.now)

    def load(self, rosters: Iterable[Roster]) -> None:
        """Load rosters, before anything happens."""
        for one in rosters:
            keeps = Store(self.store.table.inner).rosters  # type: ignore[attr-defined]
            keeps.save(one, before=None, by="dispatcher", now=self._world.now)

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
        refer(body_of(told, Referred), self._refers())

    def _answer(self, told: CloudEvent) -> None:
        answer(body_of(told, TaskTold), self.desk())


def roster(village: str) -> Roster:
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
