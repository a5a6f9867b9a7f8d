"""What stands in a city: what was pushed to whom, and what waits for a person and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from functions.shared import messages
from functions.shared.directory import OVERSIGHT, Directory
from functions.shared.matching.items import Level
from functions.shared.texts import registry

_PAGE = 200
_EXAMPLES = 2
_EXCERPT = 40
_BEFORE_ALL = "2000-01-01T00:00:00.000000+00:00#-"  # a mark in the order of changes
_SUMS = ("accepted", "corrected", "duplicate", "returned", "held")
_IDLE_LOOKS = 5  # without news, after which no more is waited for
_REASONS = {
    "scope_not_available": ("经营范围为 N/A", "The business scope reads N/A"),
    "scope_empty": ("没有经营范围", "No business scope is registered"),
    "scope_cut_off": ("经营范围被截断", "The business scope is cut off"),
    "scope_garbled": ("经营范围有乱码", "The business scope is garbled"),
    "department_unknown": ("事项的主管部门不在名录中", "The item's department is not listed"),
}


class Reads(Protocol):
    """What an overview needs of a city."""

    language: str

    def get(self, path: str, **query: str | int | None) -> Any: ...


@dataclass
class Waiting:
    """Why some registrations wait for a person: how many, and a few of them."""

    count: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Overview:
    """Tasks by unit and by item, cases by town office, why registrations wait; of what is open,
    alerts by their rung and clues by where they stand; the sums over the rows of credit."""

    units: Counter[str] = field(default_factory=Counter)
    offices: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    licences: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    overdue: dict[str, set[str]] = field(default_factory=dict)
    clues: dict[str, str] = field(default_factory=dict)
    credit: Counter[str] = field(default_factory=Counter)

    @property
    def alerts(self) -> Counter[str]:
        """How many tasks and clues stand open on each rung, however many were told of it."""
        return Counter({rung: len(subjects) for rung, subjects in self.overdue.items()})

    @property
    def tasks(self) -> int:
        return sum(self.units.values())

    def told(self, names: Mapping[str, str]) -> dict[str, Any]:
        """All of it, for scripts; `names` are the units'."""
        return {
            "receivers": [
                {"unit": unit, "name": names.get(unit, ""), "tasks": count}
                for unit, count in self.units.most_common()
            ],
            "offices": [
                {"unit": unit, "name": names.get(unit, ""), "cases": count}
                for unit, count in self.offices.most_common()
            ],
            "items": [
                {"code": code, "licence": self.licences[code], "tasks": count}
                for code, count in self.items.most_common()
            ],
            "waiting": [
                {"reason": reason, "count": one.count, "examples": one.examples}
                for reason, one in sorted(self.waiting.items(), key=lambda pair: -pair[1].count)
            ],
            "alerts": dict(self.alerts),
            "clues": dict(Counter(self.clues.values())),
            "credit_rows": dict(self.credit),
        }


def gather(city: Reads, directory: Directory) -> Overview:
    """Reads the worklists of the town offices, then of the departments, of the units that the cases
    fall to or to which any of these handed a task on, and of oversight, and the list of each town
    that has something waiting. Raises client.CallFailed.
    """
    found, item_sets = Overview(), _ItemSets(city)
    units = {OVERSIGHT, *(one.id for one in directory.departments)}
    offices = ["office", *(f"office.{town}" for town in sorted(directory.towns))]
    waiting: set[str] = set()
    for office in offices:
        town = office.partition(".")[2]
        for case in _read(city, office, found):
            if case["outcome"] == "manual":
                waiting.add(town or "city")
            for item in case["items"]:
                departments, level = item_sets.of(case["item_set"]).get(item, ((), Level.CITY))
                named = (directory.unit_for(one, level, town or None) for one in departments)
                units.update(filter(None, named))
    read = set(offices)
    handed_on = {unit for office in offices for unit in _handed_on(city, office)}
    while more := sorted((units | handed_on) - read):
        for unit in more:
            list(_read(city, unit, found))
            handed_on.update(_handed_on(city, unit))
        read.update(more)
    for town in sorted(waiting):
        for entry in _pages(city, "/v1/manual", "cases", town=town):
            for reason in entry["reasons"]:
                _add(found.waiting.setdefault(reason, Waiting()), reason, entry)
    return found


def credit_sums(city: Reads) -> Counter[str]:
    """What became of the rows that sources handed in during the last month. Raises as `gather`."""
    found: Counter[str] = Counter()
    for one in city.get("/v1/credit/quality")["figures"]:
        found.update({"rows": one["rows"], **{name: one["sums"][name] for name in _SUMS}})
    return found


def _read(city: Reads, unit: str, found: Overview) -> Iterator[dict[str, Any]]:
    """Counts what stands in a unit's worklist; its cases."""
    for row in _pages(city, "/v1/worklist", "rows", unit=unit):
        if task := row.get("task"):
            found.units[unit] += 1
            found.items[task["item"]] += 1
            found.licences[task["item"]] = task["licence"]
        elif case := row.get("case"):
            found.offices[unit] += 1
            yield case
        elif alert := row.get("alert"):
            if row["open"]:
                found.overdue.setdefault(alert["rung"], set()).add(alert["subject"])
        elif clue := row.get("clue"):
            found.clues[clue["id"]] = clue["state"]


def _handed_on(city: Reads, unit: str) -> Iterator[str]:
    """To which units a unit handed on tasks that it had: those stand only among its changes."""
    since = _BEFORE_ALL
    while True:
        asked = {"unit": unit, "kind": "task", "since": since}
        page = city.get("/v1/worklist", limit=_PAGE, **asked)
        for row in page["rows"]:
            if row.get("gone"):
                yield row["task"]["unit"]
        before, since = since, page["since"]
        if since == before:
            return


@dataclass
class _ItemSets:
    """Who supervises each item, by version of the item set, each read once."""

    city: Reads
    read: dict[str, dict[str, tuple[tuple[str, ...], Level]]] = field(default_factory=dict)

    def of(self, version: str) -> dict[str, tuple[tuple[str, ...], Level]]:
        if version not in self.read:
            self.read[version] = {
                item["code"]: (tuple(item["departments"]), Level(item["level"]))
                for item in self.city.get(f"/v1/items/{version}")["items"]
            }
        return self.read[version]


def gather_whole(
    gathered: Callable[[], Overview], tasks: int, pause: Callable[[float], None]
) -> Overview:
    """What `gathered` finds, asked again while some of `tasks` have yet to reach their worklists,
    until several looks bring none."""
    found, idle = gathered(), 0
    while found.tasks < tasks and idle < _IDLE_LOOKS:
        pause(2.0)
        before, found = found.tasks, gathered()
        idle = idle + 1 if found.tasks == before else 0
    return found


def units_of(directory: Directory, towns: Mapping[str, str]) -> dict[str, str]:
    """Every receiver that `directory` knows, with its Chinese name."""
    named = {"office": "市商改办"}
    named |= {f"office.{code}": f"{name}商改办" for code, name in towns.items()}
    for one in directory.departments:
        named[one.id] = one.name
        named |= {f"{one.id}.{town}": f"{one.name} {towns[town]}分局" for town in one.towns}
    return named


def reason_text(reason: str, language: str) -> str:
    """Why a registration waits, in words."""
    kind, _, item = reason.partition(":")
    zh, en = (_REASONS | registry.TEXTS).get(kind, (kind, kind))
    text = zh if language == messages.ZH else en
    return f"{text} ({item})" if item else text


def _pages(city: Reads, path: str, rows: str, **query: str) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = city.get(path, limit=_PAGE, after=after, **query)
        yield from page[rows]
        after = page.get("after")
        if not after:
            return


def _add(waiting: Waiting, reason: str, case: Mapping[str, Any]) -> None:
    waiting.count += 1
    registration = case.get("registration") or {}
    if len(waiting.examples) < _EXAMPLES:
        about = "scope" if reason.startswith(("scope", "department")) else "address"
        shown = registration.get(about, "")[:_EXCERPT]
        waiting.examples.append({"code": case["code"], "name": case["name"], about: shown})
