"""A credit office for the use cases of public credit: the city's catalogue, one table in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from functions.credit.catalogue import parse_catalogue
from functions.credit.desk import OFFICE, Books, Desk
from functions.credit.domain import CreditRecord, Provenance, Subject, kind_of, record_id
from functions.credit.grading import parse_grading
from functions.credit.names import Regions
from functions.credit.periods import parse_periods
from functions.credit.repair_book import parse_repair
from functions.credit.sharing import is_shared
from functions.credit.store import DUE, OPEN, Store
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.codes import organisation_check_digit, uscc_check_digit
from functions.shared.directory import parse_departments
from functions.shared.events.credit import Category
from functions.shared.handbooks import Handbook
from functions.shared.matching.items import ItemSet
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.vault import KeyVault
from tests.fakes.objects import MemoryObjects
from tests.fakes.rules import calendar
from tests.fakes.table import FakeTable

NOW = datetime(2026, 4, 7, 1, tzinfo=UTC)  # a Tuesday morning in Shanghai
TODAY = date(2026, 4, 7)
TOWN = "441900119000"
CITY = Path(__file__).parents[3] / "infra" / "city"
REGIONS = Regions(lambda: (CITY / "divisions.csv").read_text(encoding="utf-8-sig"))
SOURCE = "scjg"
_DEPARTMENTS = """id,name,aliases,towns
scjg,市场监督管理局,,*
swsj,税务局,,*
rsbz,人力资源和社会保障局,,*
"""


def code_of(number: int, authority: str = "91") -> str:
    """A valid code that no real subject has: the division's towns have no such organisations."""
    body = f"YX{number:06d}"
    first = f"{authority}441900{body}{organisation_check_digit(body)}"
    return first + uscc_check_digit(first)


CODE, OTHER = code_of(101), code_of(102)


def somebody(id: str, unit: str, role: Role) -> Caller:
    """A caller with one grant."""
    return Caller(id, frozenset({Grant(unit, role)}))


CREDIT = somebody("credit", OFFICE, Role.CREDIT)
SYSTEM = somebody("system:scjg", SOURCE, Role.SOURCE)
LEAD = somebody("lead", SOURCE, Role.LEAD)
OFFICER = somebody("officer", SOURCE, Role.OFFICER)
STRANGER = somebody("stranger", "swsj", Role.LEAD)
ENTITY = somebody("entity", CODE, Role.ENTITY)
OVERSIGHT = somebody("oversight", "oversight", Role.OVERSIGHT)


@dataclass
class Bureau:
    """The desk of the room over one table in memory; `now` moves with `later`, `sent` is what it
    sent to queues."""

    now: datetime = NOW
    table: FakeTable = field(default_factory=lambda: FakeTable(OPEN, DUE, PROVISIONAL))
    files: MemoryObjects = field(default_factory=MemoryObjects)
    vault: KeyVault = field(default_factory=lambda: KeyVault(bytes(range(32))))
    sent: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        items = ItemSet(version="1", items=())
        directory = parse_departments(_DEPARTMENTS, [TOWN])
        self.rules = Rules(items, Matcher(items), directory, calendar())
        self.config = MemoryObjects()
        for path in CITY.glob("*.toml"):
            self.config.write(path.name, path.read_bytes())

    def on(self, now: datetime) -> Rules:
        """The rules, always the same."""
        return self.rules

    def book(self, name: str, parse: Callable[[str], Any]) -> Handbook[Any]:
        """One of the room's books, the city's own first."""
        return Handbook(name, self.table, self.config, parse)

    @property
    def books(self) -> Books:
        """The room's books."""
        return Books(
            catalogue=self.book("catalogue", parse_catalogue),
            periods=self.book("periods", parse_periods),
            grading=self.book("grading", parse_grading),
            repair=self.book("repair", parse_repair),
        )

    @property
    def store(self) -> Store:
        """What the room keeps."""
        return Store(self.table)

    @property
    def desk(self) -> Desk:
        """The desk, now."""
        return Desk(
            cabinet=self.store,
            books=self.books,
            rules=self,
            files=self.files,
            vault=self.vault,
            now=self.now,
            send=lambda queue, body: self.sent.append((queue, body)),
            regions=REGIONS,
        )

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def subject(
        self, code: str = CODE, name: str = "东莞市晴禾食品有限公司", **more: Any
    ) -> Subject:
        """A subject that the registry knows, stored (without its entry in the index of names)."""
        given = {"edition": 1, "town": TOWN, "changed_at": self.now, **more}
        subject = Subject(code=code, kind=kind_of(code), name=name, **given)
        before = self.store.subjects.get(code)
        self.store.subjects.save(subject, before=before, by="test", now=self.now)
        return subject

    def record(self, digest: str = "d1", *, code: str = CODE, **more: Any) -> CreditRecord:
        """A live record of a subject, stored."""
        given: dict[str, Any] = {
            "id": record_id(code, digest),
            "subject": code,
            "kind": kind_of(code),
            "name": "东莞市晴禾食品有限公司",
            "item": "honour",
            "item_version": 1,
            "title": "表彰荣誉",
            "category": Category.GOOD,
            "source": SOURCE,
            "document": f"东市监〔2026〕{digest}号",
            "decided_on": TODAY,
            "values": {},
            "provenance": Provenance(batch="b1", row=1, source=SOURCE, received_at=self.now),
            "public_from": TODAY,
            "public_until": date(2029, 4, 7),
            "changed_at": self.now,
        }
        record = CreditRecord.model_validate({**given, **more})
        before = self.store.records.get(record.id)
        onward = is_shared(record) or bool(before and before.value.onward)
        record = record.model_copy(update={"onward": onward})
        self.store.records.save(record, before=before, by="test", now=self.now)
        return record


def _unread(text: str) -> Any:
    raise NotImplementedError
