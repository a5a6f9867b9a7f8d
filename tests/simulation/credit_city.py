"""Public credit and joint discipline in one process: their use cases on the world's tables, queues
and bucket. As in `city`, each function's body is that of the consumer that bears its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from functions.credit import changes as credit_changes
from functions.credit import deciding, intake, processing
from functions.credit.catalogue import parse_catalogue
from functions.credit.desk import Books, Desk
from functions.credit.grading import parse_grading
from functions.credit.loop import take_task
from functions.credit.names import Regions
from functions.credit.outcomes import bring_in_line
from functions.credit.periods import parse_periods
from functions.credit.regrading import GradeBook, GradeJob, regrade_shard, take_record
from functions.credit.repair_book import parse_repair
from functions.credit.sharing import follow_record
from functions.credit.store import DUE, OPEN, SHARDS, Store
from functions.credit.subjects import take_registration
from functions.credit.takedown import TakedownJob, take_down, takedown_jobs
from functions.discipline import changes as discipline_changes
from functions.discipline import standing, sweeping
from functions.discipline import store as discipline_store
from functions.discipline.desk import Desk as DisciplineDesk
from functions.discipline.instruments import parse_constraints, parse_instruments
from functions.shared.calendar import Calendar, parse_calendar
from functions.shared.directory import Directory, read_directory
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.credit import GRADE_CHANGED, RECORD_CHANGED, RecordTold
from functions.shared.events.registry import RECEIVED, Registration
from functions.shared.events.supervision import TASK_CHANGED, TaskTold
from functions.shared.handbooks import Handbook
from functions.shared.matching.items import ItemSet
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.vault import KeyVault
from tests.simulation.faults import FAULTS
from tests.simulation.tables import WorldObjects, WorldTable
from tests.simulation.wires import Wires
from tests.simulation.world import World

CITY = Path(__file__).parents[2] / "infra" / "city"
_BOOKS = ("catalogue", "periods", "grading", "repair", "constraints", "instruments")


class CreditCity(Wires):
    """The two rooms, between what the registry and supervision tell and those who use them."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.tables |= {
            "credit": WorldTable(world, "credit", OPEN, DUE, PROVISIONAL),
            "discipline": WorldTable(
                world, "discipline", discipline_store.OPEN, discipline_store.DUE, PROVISIONAL
            ),
        }
        self.files = WorldObjects(world, self._file_arrived)
        self.vault = KeyVault(bytes(range(32)))
        self.store = Store(self.tables["credit"])
        self.discipline = discipline_store.Store(self.tables["discipline"])
        self.grades = GradeBook(self.tables["credit"])
        self.config = WorldObjects(world, bodies=_configuration())
        credit, own = self.tables["credit"], self.tables["discipline"]
        self.books = Books(
            catalogue=Handbook("catalogue", credit, self.config, parse_catalogue),
            periods=Handbook("periods", credit, self.config, parse_periods),
            grading=Handbook("grading", credit, self.config, parse_grading),
            repair=Handbook("repair", credit, self.config, parse_repair),
        )
        self.constraints = Handbook("constraints", own, self.config, parse_constraints)
        self.instruments = Handbook("instruments", own, self.config, parse_instruments)
        self._wire()

    def on(self, now: object) -> Rules:
        """The rules of the city, always the same."""
        return _rules()

    def desk(self) -> Desk:
        """What public credit's use cases work with, now."""
        return Desk(
            cabinet=self.store,
            books=self.books,
            rules=self,
            files=self.files,
            vault=self.vault,
            now=self.world.now,
            send=lambda queue, body: self.queues[queue].send(body),
            regions=_regions(),
        )

    def discipline_desk(self) -> DisciplineDesk:
        """What joint discipline's use cases work with, now."""
        return DisciplineDesk(
            self.discipline, self.constraints, self.instruments, self, self.world.now
        )

    def sweep(self) -> None:
        """See `credit_sweep`: it may die after any message."""
        now = self.world.now
        grades = [GradeJob(shard=shard, until=now) for shard in SHARDS]
        for job in (*takedown_jobs(now), *grades):
            self.queues["credit-due"].send(job.model_dump_json())

    def sweep_sanctions(self) -> None:
        """See `discipline_sweep`: it may die after any message."""
        for message in sweeping.shards_due(self.world.now):
            self.queues["discipline-due"].send(message)

    def tell(self, told: CloudEvent) -> None:
        """What another room tells, until the topic has it."""
        try:
            refused = self.topic.publish([told])
        except FAULTS:
            refused = {told.id}
        if refused:
            self.world.after(5, lambda: self.tell(told))

    def _wire(self) -> None:
        for name, translate in (
            ("credit", credit_changes.events_of),
            ("discipline", discipline_changes.events_of),
        ):
            self.tables[name].streams = [self.publishes(name, translate)]
        self.listen("credit-files", self._take_file, batch=1)
        self.listen("credit-rows", self._take_rows, batch=1)
        self.listen("credit-due", self._work_due, batch=10)
        self.listen("discipline-due", self._lift, batch=10)
        self.subscribe("credit-subjects", self._take_registration, RECEIVED)
        self.subscribe("credit-grades", self._grade, "record.")
        self.subscribe("credit-share", self._share, RECORD_CHANGED, "dispute.")
        self.subscribe("credit-loop", self._take_task, TASK_CHANGED)
        self.subscribe("discipline-grounds", self._take_record, "record.")
        self.subscribe("discipline-standing", self._stand, "sanction.", GRADE_CHANGED)

    def _file_arrived(self, key: str) -> None:
        tag = sha256(self.files.read(key)).hexdigest()[:32]
        entry = {"s3": {"object": {"key": key, "eTag": f'"{tag}"'}}}
        self.queues["credit-files"].take(json.dumps({"Records": [entry]}))

    def _take_file(self, message: dict[str, Any]) -> None:
        for record in message["Records"]:
            item = record["s3"]["object"]
            intake.take_file(item["key"], item["eTag"].strip('"'), self.desk())

    def _take_rows(self, message: dict[str, Any]) -> None:
        if message["step"] in (deciding.DECIDE, deciding.FINISH):
            deciding.carry_out(message, self.desk())
        else:
            processing.take_chunk(message, self.desk())

    def _work_due(self, message: dict[str, Any]) -> None:
        left: TakedownJob | GradeJob | None
        if message.get("kind") == "grade":
            job = GradeJob.model_validate(message)
            left = regrade_shard(job, self.desk(), self.grades, self._time_left)
        else:
            left = take_down(TakedownJob.model_validate(message), self.desk(), self._time_left)
        if left:
            self.queues["credit-due"].send(left.model_dump_json())

    def _lift(self, message: dict[str, Any]) -> None:
        shard, until = int(message["shard"]), datetime.fromisoformat(message["until"])
        if not sweeping.lift_expired(shard, until, self.discipline_desk(), self._time_left):
            self.queues["discipline-due"].send(sweeping.shard_due(shard, until))

    def _take_registration(self, told: CloudEvent) -> None:
        take_registration(body_of(told, Registration), self.desk())

    def _grade(self, told: CloudEvent) -> None:
        take_record(body_of(told, RecordTold), self.desk(), self.grades)

    def _share(self, told: CloudEvent) -> None:
        follow: Callable[[str, Desk], object]
        follow = follow_record if told.type == RECORD_CHANGED else bring_in_line
        follow(told.subject, self.desk())

    def _take_task(self, told: CloudEvent) -> None:
        take_task(body_of(told, TaskTold), self.desk())

    def _take_record(self, told: CloudEvent) -> None:
        standing.take_record(told, self.discipline_desk())

    def _stand(self, told: CloudEvent) -> None:
        if told.type == GRADE_CHANGED:
            standing.take_grade(told, self.discipline_desk())
        else:
            standing.take_sanction(told.subject, self.discipline_desk())


def directory() -> Directory:
    """The city's departments."""
    return _rules().directory


@cache
def _rules() -> Rules:
    items = ItemSet(version="1", items=())
    known = read_directory(lambda name: (CITY / name).read_bytes())
    return Rules(items, Matcher(items), known, _calendar())


@cache
def _calendar() -> Calendar:
    return parse_calendar((CITY / "calendars" / "2026.1.toml").read_text(encoding="utf-8"))


@cache
def _regions() -> Regions:
    return Regions(lambda: (CITY / "divisions.csv").read_text(encoding="utf-8-sig"))


@cache
def _configuration() -> dict[str, bytes]:
    return {f"{name}.toml": (CITY / f"{name}.toml").read_bytes() for name in _BOOKS}
