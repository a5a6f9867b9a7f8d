"""A village for the use cases of inspections: some items, departments, one table in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.inspections.book import parse_book
from functions.inspections.desk import Desk
from functions.inspections.domain import (
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    inspection_id,
)
from functions.inspections.seen import Check, Licence
from functions.inspections.store import DUE, OPEN, Store
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.directory import parse_departments
from functions.shared.events.inspections import InspectionState, Reason
from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.timekeeping import Timekeeper
from tests.fakes.photos import MemoryPhotos
from tests.fakes.rules import calendar
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday morning in Shanghai
TOWN, OTHER_TOWN = "441900119000", "441900121000"
VILLAGE, NEXT_VILLAGE = "441900119001", "441900119002"
OFFICE = f"office.{TOWN}"
CODE = "91441900YX00000109"
INSPECTOR, SECOND = f"inspector:{VILLAGE}", f"inspector:{VILLAGE}#2"
BOOK = parse_book(
    (Path(__file__).parents[3] / "infra" / "city" / "inspection_items.toml").read_text("utf-8")
)

_DEPARTMENTS = """id,name,aliases,towns
scjg,市场监督管理局,,*
gaj,公安局,,*
xfjy,消防救援支队,,441900119000
"""
_ITEMS = """
version = "1"
[defaults]
version = 1
holds_from = 2020-01-01
kind = "licence"
level = "town"
law = "示例条例"
article = "第一条"
[[items]]
code = "SJ01"
licence = "食品经营许可证"
departments = ["市场监督管理局"]
rules = [{ words = ["食品"], acts = ["sell", "retail"] }]
[[items]]
code = "GA01"
licence = "旅馆业特种行业许可证"
departments = ["公安局", "消防救援支队"]
rules = [{ words = ["旅馆"] }]
[[items]]
code = "SJ23"
licence = "列入经营异常名录"
departments = ["市场监督管理局"]
push = false
[[items]]
code = "SJ24"
licence = "查处无照经营"
departments = ["市场监督管理局"]
push = false
"""


def somebody(id: str, unit: str, role: Role) -> Caller:
    """A caller with one grant."""
    return Caller(id, frozenset({Grant(unit, role)}))


VILLAGE_DISPATCHER = somebody("village", VILLAGE, Role.VILLAGE)
WALKER = somebody(INSPECTOR, VILLAGE, Role.INSPECTOR)
WALKER_2 = somebody(SECOND, VILLAGE, Role.INSPECTOR)
TOWN_OFFICE = somebody("town", OFFICE, Role.TOWN_OFFICE)
CITY = somebody("dispatcher", "office", Role.DISPATCHER)
PLATFORM = somebody("system:grid", "grid", Role.PLATFORM)


@dataclass
class Hamlet:
    """The desk of the room over one table in memory; `now` moves with `later`."""

    now: datetime = NOW
    table: FakeTable = field(default_factory=lambda: FakeTable(OPEN, DUE, PROVISIONAL))
    photos: MemoryPhotos = field(default_factory=MemoryPhotos)

    def __post_init__(self) -> None:
        items = parse_items(_ITEMS)
        directory = parse_departments(_DEPARTMENTS, [TOWN, OTHER_TOWN])
        self.rules = Rules(items, Matcher(items), directory, calendar())

    def on(self, now: datetime) -> Rules:
        """The rules, always the same."""
        return self.rules

    @property
    def store(self) -> Store:
        """What the room keeps."""
        return Store(self.table)

    @property
    def desk(self) -> Desk:
        """The desk, now."""
        return Desk(self.store, self, BOOK, self.photos, self.now)

    @property
    def time(self) -> Timekeeper:
        """The room's clocks."""
        return self.desk.time(self.rules)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def get(self, id: str) -> Inspection:
        """The inspection as stored."""
        found = self.store.inspections.get(id)
        assert found
        return found.value

    def put(self, inspection: Inspection) -> Inspection:
        """Store an inspection over what is there."""
        before = self.store.inspections.get(inspection.id)
        self.store.inspections.save(inspection, before=before, by="test", now=self.now)
        return inspection

    def opened(self, *, edition: int = 1, assigned: bool = True, **change: Any) -> Inspection:
        """A new inspection of a food shop that lets rooms, stored; with the first inspector."""
        id = inspection_id(CODE, edition)
        step = InspectionStep(verb=InspectionVerb.OPEN, at=self.now, by="system", unit=VILLAGE)
        given: dict[str, Any] = {
            "id": id,
            "code": CODE,
            "edition": edition,
            "reason": Reason.ESTABLISHMENT,
            "name": "东莞市晴禾食品旅馆有限公司",
            "address": "东莞市某镇某村一路1号",
            "scope": "食品销售；旅馆",
            "town": TOWN,
            "village": VILLAGE,
            "checks": checks(),
            "book": BOOK.version,
            "item_set": "1",
            "unit": VILLAGE,
            "units": (VILLAGE,),
            "clocks": self.time.started(Begins.RECEIVED, self.now),
            "steps": (step,),
            "registered_at": self.now - timedelta(minutes=3),
            "received_at": self.now,
            "changed_at": self.now,
        }
        if assigned:
            given |= {
                "state": InspectionState.ASSIGNED,
                "grid": f"{VILLAGE}-01",
                "inspector": INSPECTOR,
                "inspectors": (INSPECTOR,),
            }
        return self.put(Inspection.model_validate({**given, **change}))


def checks() -> tuple[Check, ...]:
    """Address, business, two licences, annual report, licence displayed."""
    food = Licence(
        item="SJ01",
        item_version=1,
        name="食品经营许可证",
        law="示例条例第一条",
        words=("食品",),
        clause="食品销售",
    )
    rooms = food.model_copy(
        update={"item": "GA01", "name": "旅馆业特种行业许可证", "words": ("旅馆",)}
    )
    return (
        *(_check(code) for code in ("address", "open", "annual_report", "display")),
        *(
            _check("licence").model_copy(update={"key": f"licence.{one.item}", "licence": one})
            for one in (food, rooms)
        ),
    )


def _check(code: str) -> Check:
    item = BOOK.item(code)
    assert item
    return Check(key=code, item=code, name=item.name, ask=item.ask)
