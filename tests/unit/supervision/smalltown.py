"""A small city for the use cases: six items, five departments, three towns, one table in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.directory import Directory, parse_departments
from functions.shared.events.registry import Happening, Registration
from functions.shared.matching.items import ItemSet, parse_items
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Table
from functions.supervision.cases import Case, Ruling
from functions.supervision.desk import Desk
from functions.supervision.domain import Task
from functions.supervision.store import MANUAL, Store
from functions.supervision.usecases import decide_registration, rule_on
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.rules import Rules
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CODE = "91441900MA0000001X"
EAST, WEST, NORTH = "441900119000", "441900121000", "441900113000"
DISPATCHER = Caller("dispatcher", frozenset({Grant("city", Role.DISPATCHER)}))

_ITEMS = """
version = "1"
[defaults]
version = 1
holds_from = 2020-01-01
law = "示例条例"
article = "第一条"
[[limits.licence]]
stage = "receive"
n = 2
unit = "working"
from = "pushed"
[[limits.licence]]
stage = "verify"
n = 10
unit = "working"
from = "received"
[[limits.licence]]
stage = "handle"
n = 20
unit = "working"
from = "verified"
"""
_ITEM = """
[[items]]
code = "{code}"
licence = "{code}许可证"
kind = "licence"
departments = {departments}
level = "{level}"
rules = [{{ words = ["{word}"] }}]
{more}
"""
_DEPARTMENTS = f"""id,name,aliases,towns
scjg,市场局,,*
gaj,公安局,,{EAST}
yjj,应急局,,{EAST}|{WEST}
rsj,人社局,,
zrj,自然资源局,省自然资源厅,*
"""


def item(code: str, word: str, *departments: str, level: str = "town", more: str = "") -> str:
    """One item as a file of items says it."""
    named = str(list(departments)).replace("'", '"')
    return _ITEM.format(code=code, word=word, departments=named, level=level, more=more)


def items(*more: str, version: str = "1") -> ItemSet:
    """The small city's items, and more."""
    text = "".join(
        (
            _ITEMS.replace('version = "1"', f'version = "{version}"', 1),
            item("FD01", "食品零售", "市场局"),
            item("DG01", "危险化学品储存", "应急局", "公安局"),
            item("LB01", "劳务派遣", "人社局", level="city"),
            item("SV01", "测绘服务", "省自然资源厅", level="province"),
            item("NX01", "卫星导航服务", "无人知晓局"),
            item("ES01", "公章刻制", "公安局", more='events = ["establishment"]'),
            *more,
        )
    )
    return parse_items(text)


def directory() -> Directory:
    """The small city's departments."""
    return parse_departments(_DEPARTMENTS, (EAST, WEST, NORTH))


def registration(edition: int = 1, scope: str = "食品零售", **more: Any) -> Registration:
    """An edition of the one entity there is; in the east where nothing else is said."""
    given: dict[str, Any] = {
        "code": CODE,
        "edition": edition,
        "happening": Happening.CHANGE if edition > 1 else Happening.ESTABLISHMENT,
        "name": "示例公司",
        "scope": scope,
        "town": EAST,
        "received_at": NOW,
        **more,
    }
    earlier = (Happening.ESTABLISHMENT, *[Happening.CHANGE] * (edition - 2))[: edition - 1]
    return Registration(**{"happened": (*earlier, given["happening"]), **given})


def unplaced(edition: int = 1, scope: str = "食品零售", **more: Any) -> Registration:
    """An edition whose address nobody can find."""
    return registration(edition, scope, town=None, place_problem="town_unknown", **more)


def cancelled(edition: int) -> Registration:
    """The end of the entity."""
    return registration(edition, happening=Happening.CANCELLATION)


def ruling(edition: int = 1, **what: Any) -> Ruling:
    """A person's decision."""
    return Ruling(edition=edition, by="dispatcher", at=NOW, note="电话核实", **what)


class Town:
    """Supervision on a table in memory."""

    def __init__(self) -> None:
        self.table: Table = FakeTable(MANUAL, PROVISIONAL)
        self.store = Store(self.table)
        self.rules = Rules(items(), directory())
        self.now = NOW

    def desk(self, table: Table | None = None) -> Desk:
        """What the use cases work with, on this table or one in front of it."""
        store = Store(table) if table else self.store
        return Desk(store.cases, store.tasks, self.rules, self.now, store.referred, store.scopes)

    def decide(self, *registrations: Registration) -> Case:
        """Decide on each, an hour apart."""
        for one in registrations:
            self.now += timedelta(hours=1)
            case = decide_registration(one, self.desk())
        return case

    def rule(self, given: Ruling) -> Case:
        """A person decides."""
        return rule_on(CODE, given, DISPATCHER, self.desk())

    @property
    def case(self) -> Case:
        """The case as it stands."""
        found = self.store.cases.get(CODE)
        assert found
        return found.value

    @property
    def tasks(self) -> list[Task]:
        """All tasks that were ever pushed."""
        records = [record for record in self.table if record["sk"] == "T"]  # type: ignore[attr-defined]
        tasks = [self.store.tasks.read(record).value for record in records]
        return [task for task in tasks if task.unit]

    def open(self) -> set[str]:
        """`<item>@<unit>` of the open tasks."""
        return {f"{task.item}@{task.unit}" for task in self.tasks if task.open}

    def task(self, item: str) -> Task:
        """The newest task of an item."""
        return [task for task in self.tasks if task.item == item][-1]

    def wrong(self) -> list[str]:
        """What does not agree between the case and its tasks."""
        case, found = self.case, []
        for need, id in case.needs.items():
            stored = self.store.tasks.get(id)
            if stored is None or stored.value.end in ("withdrawn", "entity_cancelled"):
                found.append(f"{need} is not served: {stored and stored.value.end}")
            elif (stored.value.name, stored.value.town) != (case.name, case.town or EAST):
                found.append(f"{need} was left at {stored.value.name} {stored.value.town}")
        for task in self.tasks:
            if task.open and task.id not in case.needs.values():
                found.append(f"{task.item}@{task.unit} is open, and nothing needs it")
        return found


Act = Callable[[Desk], object]


def everywhere(prepare: Callable[[], Town], first: Act, meanwhile: Act, last: Act) -> list[str]:
    """`first` is interrupted at each point in turn: once by `meanwhile`, once by its own death,
    after which `meanwhile` happens and `first` comes again. What was wrong after `last`."""
    wrong = []
    points = _points(prepare, first)
    for nth in range(1, points + 1):
        town = prepare()
        raced = Interrupted(town.table, nth, lambda town=town: meanwhile(town.desk()))  # type: ignore[misc]
        first(town.desk(raced))
        last(town.desk())
        wrong += [f"raced at {nth}: {one}" for one in town.wrong()]

        town = prepare()
        try:
            first(town.desk(Interrupted(town.table, nth, crash)))
        except Crash:
            meanwhile(town.desk())
            first(town.desk())
        last(town.desk())
        wrong += [f"died at {nth}: {one}" for one in town.wrong()]
    assert points > 2
    return wrong


def _points(prepare: Callable[[], Town], act: Act) -> int:
    town = prepare()
    table = Interrupted(town.table, 0, crash)
    act(town.desk(table))
    return table.points
