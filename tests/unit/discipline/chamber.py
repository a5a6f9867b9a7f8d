"""A city with joint discipline for its use cases: the shipped books and departments, one table in
memory, and a topic that tells each change at once to whoever follows it in this room."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.discipline import standing, usecases
from functions.discipline.books import DisciplineBooks
from functions.discipline.changes import events_of
from functions.discipline.desk import Desk
from functions.discipline.domain import OFFICE, Sanction
from functions.discipline.instruments import parse_constraints, parse_instruments
from functions.discipline.store import DUE, OPEN, Store
from functions.discipline.usecases import SanctionOrder, SanctionRemark
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.codes import organisation_check_digit, uscc_check_digit
from functions.shared.directory import Directory, read_directory
from functions.shared.events import CloudEvent, event
from functions.shared.events.credit import (
    GRADE_CHANGED,
    RECORD_ACCEPTED,
    RECORD_CHANGED,
    Category,
    Grade,
    GradeTold,
    RecordState,
    RecordTold,
    SubjectKind,
)
from functions.shared.events.discipline import SANCTION_CHANGED
from functions.shared.handbooks import Handbook
from functions.shared.matching.items import ItemSet
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.table import Record, Table
from tests.fakes.objects import MemoryObjects
from tests.fakes.rules import calendar
from tests.fakes.table import FakeTable

NOW = datetime(2026, 4, 7, 1, tzinfo=UTC)  # a Tuesday morning in Shanghai
TODAY = date(2026, 4, 7)
TOWN = "441900106000"
CITY = Path(__file__).parents[3] / "infra" / "city"
DIRECTORY: Directory = read_directory(lambda name: (CITY / name).read_bytes())


def code_of(number: int) -> str:
    """A valid code that no real company has."""
    body = f"YX{number:06d}"
    first = f"91441900{body}{organisation_check_digit(body)}"
    return first + uscc_check_digit(first)


CODE, OTHER = code_of(101), code_of(102)


def somebody(unit: str, role: Role = Role.LEAD) -> Caller:
    """A caller with one grant."""
    return Caller(f"{role}:{unit}", frozenset({Grant(unit, role)}))


CREDIT = somebody(OFFICE, Role.CREDIT)
OVERSIGHT = somebody("oversight", Role.OVERSIGHT)
INITIATOR = somebody("scjg")


@dataclass
class Chamber:
    """The desk of the room. `told` are the events of its table; each is followed at once where
    `follows` is set, as the room's own queue would in time."""

    now: datetime = NOW
    follows: bool = True
    told: list[CloudEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        items = ItemSet(version="1", items=())
        self.table = FakeTable(OPEN, DUE, PROVISIONAL, on_write=self._tell)
        self.rules = Rules(items, Matcher(items), DIRECTORY, calendar())
        self.calendar = calendar()
        self.config = MemoryObjects()
        for name in ("constraints.toml", "instruments.toml"):
            self.config.write(name, (CITY / name).read_bytes())
        self._unheard: list[CloudEvent] = []

    def on(self, now: datetime) -> Rules:
        """The rules, always the same but for the calendar."""
        return replace(self.rules, calendar=self.calendar)

    @property
    def books(self) -> DisciplineBooks:
        """The room's books."""
        return DisciplineBooks(
            constraints=Handbook("constraints", self.table, self.config, parse_constraints),
            instruments=Handbook("instruments", self.table, self.config, parse_instruments),
        )

    @property
    def store(self) -> Store:
        """What the room keeps."""
        return Store(self.table)

    @property
    def desk(self) -> Desk:
        """The desk, now."""
        return self.desk_over(self.table)

    def desk_over(self, table: Table) -> Desk:
        """The desk over another table, in which something may happen meanwhile."""
        books = self.books
        return Desk(Store(table), books.constraints, books.instruments, self, self.now)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def follow(self) -> None:
        """Take what the room's own queue holds, until nothing is left."""
        while self._unheard:
            told = self._unheard.pop(0)
            standing.take_sanction(told.subject, self.desk)

    def ground(
        self, digest: str = "d1", *, code: str = CODE, item: str = "serious_violation", **more: Any
    ) -> str:
        """A credit record that was told; its id."""
        told = self.record(digest, code=code, item=item, **more)
        standing.take_record(told, self.desk)
        self.settle()
        return told.subject

    def record(
        self,
        digest: str = "d1",
        *,
        code: str = CODE,
        item: str = "serious_violation",
        category: Category = Category.SERIOUS,
        state: RecordState = RecordState.LIVE,
        sequence: int = 1,
        **more: Any,
    ) -> CloudEvent:
        """The event of a credit record."""
        body = RecordTold(
            id=f"{code}.{digest}",
            subject=code,
            kind=SubjectKind.ENTERPRISE,
            name="东莞市晴禾食品有限公司",
            item=item,
            title="严重违法失信名单",
            category=category,
            source="scjg",
            state=state,
            changed_at=self.now,
            **more,
        )
        kind = RECORD_ACCEPTED if sequence == 1 else RECORD_CHANGED
        return event(kind, body.id, sequence, body, self.now)

    def grade(
        self, *counter: str, code: str = CODE, sequence: int = 1, grade: Grade = Grade.SERIOUS
    ) -> CloudEvent:
        """The event of a grade."""
        body = GradeTold(
            subject=code,
            kind=SubjectKind.ENTERPRISE,
            name="东莞市晴禾食品有限公司",
            grade=grade,
            before=Grade.ORDINARY,
            rules="2026.1",
            counter=counter,
            graded_at=self.now,
        )
        return event(GRADE_CHANGED, code, sequence, body, self.now)

    def proposed(
        self, instrument: str = "serious_market", by: Caller = INITIATOR, **more: Any
    ) -> Sanction:
        """A sanction that somebody initiated; what grounds it must have been told."""
        order = SanctionOrder.model_validate(
            {"instrument": instrument, "subject": CODE, "ground": "严重违法", **more}
        )
        sanction = usecases.initiate(order, by, self.desk)
        self.settle()
        return sanction

    def active(
        self, instrument: str = "serious_market", by: Caller = INITIATOR, **more: Any
    ) -> Sanction:
        """A sanction that was approved."""
        proposed = self.proposed(instrument, by, **more)
        sanction = usecases.approve(proposed.id, SanctionRemark(), CREDIT, self.desk)
        self.settle()
        return sanction

    def read(self, id: str) -> Sanction:
        """A sanction as it is stored."""
        found = self.store.sanctions.get(id)
        assert found
        return found.value

    def settle(self) -> None:
        """Follow what was told, where this city does so at once."""
        if self.follows:
            self.follow()

    def _tell(self, old: Record | None, new: Record) -> None:
        for one in events_of(old, new):
            self.told.append(one)
            if one.type == SANCTION_CHANGED:
                self._unheard.append(one)
