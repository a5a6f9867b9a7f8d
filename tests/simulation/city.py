"""The city in one process: the real rules, use cases and stores on the world's tables and queues.

What the consumers of each feature do with a message stands here again, on the world instead of on
AWS: the body of each function below is the body of the consumer that bears its name.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.alerts import changes as alerts_changes
from functions.clues import changes as clues_changes
from functions.inspections import changes as inspections_changes
from functions.inspections import store as inspections_store
from functions.registry import changes as registry_changes
from functions.registry import intake
from functions.registry import store as registry_store
from functions.registry import usecases as registry
from functions.registry.addresses import Divisions
from functions.registry.sweeps import release_shard, shards_to_release
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import shanghai_day
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.registry import RELEASED, Registration
from functions.shared.events.supervision import RULED
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox
from functions.shared.matching.items import ItemSet, parse_items
from functions.shared.provisional import PROVISIONAL
from functions.shared.stream import Change
from functions.shared.table import Stale
from functions.shared.watches import DUE, LATE
from functions.supervision import changes as supervision_changes
from functions.supervision import store as supervision_store
from functions.supervision.calendars import load_calendar
from functions.supervision.calendars import publish as publish_calendar
from functions.supervision.desk import Desk
from functions.supervision.itemsets import Edition, InForce, put_in_force, with_edition
from functions.supervision.recounting import recount
from functions.supervision.rulebooks import StoredRulebooks, items_key
from functions.supervision.usecases import decide_registration
from functions.trail.domain import archive_key, packed
from functions.worklist.usecases import project
from tests.simulation.faults import FAULTS
from tests.simulation.inspecting import VILLAGES, Inspections, roster
from tests.simulation.queues import Numbered, Stream
from tests.simulation.rooms import Alerts, Clues, Reports
from tests.simulation.script import CODES
from tests.simulation.tables import WorldObjects, WorldTable
from tests.simulation.waiting import Waiting
from tests.simulation.wires import Wires
from tests.simulation.world import World

_HERE = Path(__file__).parent
_CITY = Path(__file__).parents[2] / "infra" / "city"
_TRANSLATE = {
    "registry": registry_changes.events_of,
    "supervision": supervision_changes.events_of,
    "alerts": alerts_changes.events_of,
    "clues": clues_changes.events_of,
    "inspections": inspections_changes.events_of,
}
_ABOUT = (
    *("task.pushed", "task.changed", "clue.reported", "clue.changed"),
    *("inspection.opened", "inspection.changed"),
)


def _next_calendar() -> str:
    """The shipped calendar with a notice for 2027 that nobody has issued."""
    text = (_CITY / "calendars" / "2026.1.toml").read_text(encoding="utf-8")
    notice = """
[[years]]
year = 2027
notice = "示例〔2026〕1号"
holidays = [
  { name = "元旦", first = 2027-01-01, last = 2027-01-03 },
  { name = "春节", first = 2027-02-05, last = 2027-02-13 },
  { name = "清明节", first = 2027-04-03, last = 2027-04-05 },
  { name = "劳动节", first = 2027-05-01, last = 2027-05-05 },
  { name = "端午节", first = 2027-06-09, last = 2027-06-11 },
  { name = "中秋节", first = 2027-09-15, last = 2027-09-15 },
  { name = "国庆节", first = 2027-10-01, last = 2027-10-07 },
]
make_up = [2027-01-30, 2027-02-14]
"""
    return text.replace('version = "2026.1"', 'version = "2027.1"', 1) + notice


NEXT_CALENDAR = _next_calendar()


class City(Wires):
    """Tables, queues and streams of one simulated city; `swept`: no state machine waits for its
    rechecks, but the sweep."""

    def __init__(self, world: World, *, swept: bool = False) -> None:
        super().__init__(world)
        self.tables |= {
            "registry": WorldTable(world, "registry", registry_store.PENDING),
            "supervision": WorldTable(world, "supervision", supervision_store.MANUAL, PROVISIONAL),
            "worklist": WorldTable(world, "worklist", CHANGED, CLAIMED, OPEN),
            "alerts": WorldTable(world, "alerts", DUE, LATE),
            "clues": WorldTable(world, "clues", PROVISIONAL),
            "reports": WorldTable(world, "reports"),
            "inspections": WorldTable(
                world, "inspections", inspections_store.OPEN, inspections_store.DUE, PROVISIONAL
            ),
        }
        self.config = WorldObjects(world, bodies=_configuration())
        self.registry = registry_store.Store(self.tables["registry"])
        self.supervision = supervision_store.Store(self.tables["supervision"])
        self.inbox = Inbox(self.tables["worklist"])
        self.rules = StoredRulebooks(self.supervision, self.config)
        self.exchange = WorldObjects(world, self._file_arrived)
        self.trail = WorldObjects(world)
        self._wire()
        self.alerts, self.clues, self.reports = Alerts(self), Clues(self), Reports(self)
        self.inspections = Inspections(self, self.clues, self.desk)
        self.inspections.load(roster(village) for village in VILLAGES)
        self.waiting = Waiting(self, self.inspections, swept=swept)
        self.queues["registry-release"].about = lambda body: CODES
        self.queues["registry-rows"].about = self._codes_in_chunk
        put_items(self, "1", datetime(2026, 3, 2, tzinfo=world.now.tzinfo))

    def desk(self) -> Desk:
        """What supervision's use cases work with, now."""
        store = self.supervision
        return Desk(
            store.cases, store.tasks, self.rules, self.world.now, store.referred, store.scopes
        )

    def sweep(self) -> None:
        """See `registry_sweep`: it may die after any shard."""
        for message in shards_to_release(self.world.now):
            self.queues["registry-release"].send(message)

    def told(self, subject: str, sequence: int) -> CloudEvent:
        """The event of a version of a task, clue or inspection."""
        kinds = (f"{kind}/{subject}/{sequence}" for kind in _ABOUT)
        return next(self.topic.told[id] for id in kinds if id in self.topic.told)

    def load_calendar(self) -> None:
        """Whoever keeps the rules loads the next year's calendar, until it is answered."""
        rules = Caller("rules", frozenset({Grant("city", Role.RULES)}))
        try:
            load_calendar(NEXT_CALENDAR, rules, self.supervision, self.config, self.world.now)
        except (*FAULTS, Stale):
            self.world.after(5, self.load_calendar)

    def _wire(self) -> None:
        self.listen("registry-release", self._release, batch=10)
        self.listen("registry-files", self._split, batch=1)
        self.listen("registry-rows", self._take, batch=1)
        for feature, translate in _TRANSLATE.items():
            archive = Stream(self.world, partial(self._archive, feature))
            self.tables[feature].streams = [self.publishes(feature, translate), archive]
        claims = Stream(self.world, partial(self._archive, "worklist"), only=is_claim)
        self.tables["worklist"].streams = [claims]
        self.subscribe("supervision-match", self._decide, RELEASED, RULED, batch=50)
        self.recounts(
            "supervision-recount",
            lambda portion, go_on: recount(portion, self.supervision, self.desk(), go_on),
            lambda: publish_calendar(self.supervision, self.config),
        )
        shown = ("task.", "case.", "clue.", "alert.", "inspection.")
        self.subscribe("worklist-project", self._show, *shown, batch=100)

    def _archive(self, feature: str, batch: list[Numbered]) -> None:
        day = shanghai_day(self.world.now)
        body = packed(change.new for _, change in batch)
        name = f"{batch[0][0]:042d}-{sha256(body).hexdigest()[:16]}"
        self.trail.write(archive_key(feature, day, name), body)

    def _release(self, message: dict[str, Any]) -> None:
        done = release_shard(
            int(message["shard"]),
            datetime.fromisoformat(message["until"]),
            entities=self.registry.entities,
            index=self.registry,
            go_on=lambda: not self.world.chance(self.world.weather.double),  # time runs out
        )
        if not done:
            self.queues["registry-release"].send(json.dumps(message))

    def _split(self, message: dict[str, Any]) -> None:
        intake.split_file(
            message["key"],
            datetime.fromisoformat(message["at"]),
            message["tag"],
            bucket=self.exchange,
            uploads=self.registry,
            send=self.queues["registry-rows"].send,
        )

    def _take(self, message: dict[str, Any]) -> None:
        intake.take_chunk(
            message,
            bucket=self.exchange,
            uploads=self.registry,
            take=partial(
                registry.take_rows, divisions=divisions(), entities=self.registry.entities
            ),
        )

    def _decide(self, told: CloudEvent) -> None:
        decide_registration(body_of(told, Registration), self.desk())

    def _show(self, told: CloudEvent) -> None:
        project(told, self.inbox, self.world.now)

    def _codes_in_chunk(self, body: str) -> str:
        return self.exchange.read(json.loads(body)["key"]).decode()

    def _file_arrived(self, key: str) -> None:
        tag = sha256(self.exchange.read(key)).hexdigest()[:32]
        body = {"key": key, "at": self.world.now.isoformat(), "tag": tag}
        self.queues["registry-files"].take(json.dumps(body))


def is_claim(change: Change) -> bool:
    """Rows are only a projection: of the worklist, what people do is archived (`wiring.yaml`)."""
    return str(change.new["sk"]).startswith("claim#")


def put_items(city: City, version: str, now: datetime) -> None:
    """Add a version of the item set and put it in force from the day of `now` on."""
    edition = Edition(
        version=version, digest=version, items=len(items(version).items), added_by="x", added_at=now
    )
    entry = InForce(version=version, since=shanghai_day(now), put_by="rules", put_at=now)
    store = supervision_store.Store(city.tables["supervision"].inner)
    store.change_register(
        lambda register: put_in_force(with_edition(register, edition), entry, shanghai_day(now)),
        by="rules",
        now=now,
    )


@cache
def divisions() -> Divisions:
    """The real divisions: they are free to use, and made to be hard."""
    return Divisions.from_csv((_CITY / "divisions.csv").read_text(encoding="utf-8-sig"))


@cache
def items(version: str) -> ItemSet:
    """The item set; version 2 no longer has filings for old goods."""
    whole = parse_items((_HERE / "items.toml").read_text(encoding="utf-8"))
    kept = whole.items if version == "1" else [i for i in whole.items if i.code != "OL01"]
    return ItemSet(version=version, items=tuple(kept))


@cache
def _configuration() -> dict[str, bytes]:
    return {
        "divisions.csv": (_CITY / "divisions.csv").read_bytes(),
        "departments.csv": (_HERE / "departments.csv").read_bytes(),
        "calendar.toml": (_CITY / "calendars" / "2026.1.toml").read_bytes(),
        "ladder.toml": (_CITY / "ladder.toml").read_bytes(),
        "clue_limits.toml": (_CITY / "clue_limits.toml").read_bytes(),
        **{items_key(v): items(v).model_dump_json().encode() for v in ("1", "2")},
    }
