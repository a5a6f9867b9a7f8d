"""A small town for the use cases of clues: five items, six departments, one table in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from functions.clues.answering import ClueFeedback
from functions.clues.assigning import Decision
from functions.clues.desk import Desk
from functions.clues.domain import Clue, Share
from functions.clues.limits import parse_limits
from functions.clues.reporting import Report
from functions.clues.store import Store
from functions.clues.usecases import assign_clue, feed_back, report_clue
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.calendar import Calendar
from functions.shared.directory import parse_departments
from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher
from functions.shared.provisional import PROVISIONAL
from functions.shared.rules_in_force import Rules
from functions.shared.table import Table
from tests.fakes.photos import MemoryPhotos
from tests.fakes.rules import calendar
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday morning in Shanghai
EAST, WEST = "441900119000", "441900121000"
MARKET, POLICE, FIRE = f"scjg.{EAST}", f"gaj.{EAST}", f"xfjy.{EAST}"
LIMITS = Path(__file__).parents[3] / "infra" / "city" / "clue_limits.toml"

_DEPARTMENTS = f"""id,name,aliases,towns
scjg,市场局,,*
gaj,公安局,,*
xfjy,消防队,,{EAST}
ycj,烟草局,,
nync,农业局,,*
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
licence = "食品生产许可证"
departments = ["市场局"]
rules = [{ words = ["食品"], acts = ["produce", "process"] }]
[[items]]
code = "SJ02"
licence = "餐饮许可证"
departments = ["市场局"]
rules = [{ words = ["餐饮", "饭店"] }]
[[items]]
code = "GA01"
licence = "旅馆许可证"
departments = ["公安局", "消防队"]
rules = [{ words = ["旅馆"] }]
[[items]]
code = "YC01"
licence = "烟草许可证"
departments = ["烟草局"]
rules = [{ words = ["卷烟"], acts = ["sell", "retail"] }]
[[items]]
code = "XX01"
licence = "某许可证"
departments = ["公安局", "无名局"]
rules = [{ words = ["网吧"] }]
[[items]]
code = "NY01"
licence = "屠宰许可证"
departments = ["农业局"]
districts = ["441900121"]
rules = [{ words = ["生猪屠宰"] }]
[[items]]
code = "SJ03"
licence = "小饭店登记"
departments = ["市场局"]
covered_by = ["GA01"]
rules = [{ words = ["旅馆早餐"] }]
"""


def rules() -> Rules:
    """The town's rules."""
    items = parse_items(_ITEMS)
    directory = parse_departments(_DEPARTMENTS, [EAST, WEST])
    return Rules(items, Matcher(items), directory, calendar())


RULES = rules()


class FixedRules:
    """`RuleSource`: the same rules at all times, by a calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._rules = replace(RULES, calendar=calendar)

    def on(self, now: datetime) -> Rules:
        return self._rules


def somebody(unit: str, role: Role = Role.OFFICER) -> Caller:
    """Somebody with one post."""
    return Caller(f"{role}@{unit}", frozenset({Grant(unit, role)}))


OFFICE = somebody(f"office.{EAST}", Role.TOWN_OFFICE)
REPORTER = somebody(f"cgzf.{EAST}")


class SmallTown:
    """The use cases of clues, called as one calls them, at `now`."""

    def __init__(self, table: Table | None = None) -> None:
        self.fake = FakeTable(PROVISIONAL)
        self.table: Table = table or self.fake
        self.photos = MemoryPhotos()
        self.now = NOW
        self.calendar = RULES.calendar

    @property
    def desk(self) -> Desk:
        """What the use cases get."""
        store = Store(self.table)
        limits = parse_limits(LIMITS.read_text(encoding="utf-8"))
        rules = FixedRules(self.calendar)
        return Desk(store.clues, store.switches, rules, limits, self.photos, self.now)

    def report(self, seen: str = "无证经营餐饮", by: Caller = REPORTER, **more: Any) -> Clue:
        """A clue as somebody reports it."""
        report = Report.model_validate({"place": "东兴路1号", "seen": seen, **more})
        return report_clue(report, by, self.desk)

    def assign(self, clue: Clue, *units: str, by: Caller = OFFICE, **more: Any) -> Clue:
        """The clue after its office's decision."""
        decision = Decision.model_validate({"units": units, **more})
        return assign_clue(clue.id, decision, by, self.desk)

    def answer(
        self, clue: Clue, receiver: str, verb: str, by: Caller | None = None, **more: Any
    ) -> Clue:
        """The clue after what a receiver says."""
        feedback = ClueFeedback.model_validate({"verb": verb, **more})
        return feed_back(clue.id, feedback, by or somebody(receiver), self.desk)

    def dispute(self, clue: Clue, unit: str, **more: Any) -> Clue:
        """The clue after a receiver's dispute."""
        told = {"ground": "not_our_duty", "note": "不属本单位职责", **more}
        return self.answer(clue, unit, "dispute", **told)

    def stored(self, clue: Clue) -> Clue:
        """The clue as it stands."""
        found = Store(self.fake).clues.get(clue.id)
        assert found
        return found.value


def share(clue: Clue, unit: str) -> Share:
    """The share of a unit."""
    found = clue.share_of(unit)
    assert found
    return found


CLOSED = {"end": "no_violation", "checked_on": "2026-03-02", "note": "现场未见经营"}
