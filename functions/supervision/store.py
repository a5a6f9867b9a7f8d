"""Which key a case, a task, an item set and a calendar stand under in supervision's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from functions.shared import provisional
from functions.shared.records import Shelf, Stored, read_as
from functions.shared.table import Index, Record, Table
from functions.supervision.calendars import Calendars, CalendarText
from functions.supervision.cases import Case, Referrals, Scope
from functions.supervision.domain import Task
from functions.supervision.earlier import with_clocks
from functions.supervision.itemsets import Register

MANUAL = Index("manual", "manual_town", "manual_at")
NOWHERE = "city"  # where a case waits whose town is not known
_CALENDARS = ("CALENDARS", "REGISTER")
_MOST_BYTES = 4_000_000  # of one page: an answer ends at 6 MB, and each case may bring a long scope


@dataclass(frozen=True)
class Store:
    """Supervision's table."""

    table: Table

    @cached_property
    def cases(self) -> Shelf[Case]:
        """Cases by the entity's code; those that wait for a person are indexed by town."""
        return Shelf(
            self.table, Case, lambda code: (f"C#{code}", "C"), lambda case: case.code, _waiting
        )

    @cached_property
    def tasks(self) -> Shelf[Task]:
        """Tasks by id; those with a limit to be counted again are indexed by shard."""
        return _Tasks(
            self.table, Task, lambda id: (f"T#{id}", "T"), lambda task: task.id, _unsettled
        )

    @cached_property
    def referred(self) -> Shelf[Referrals]:
        """Which tasks inspections have called for, by the entity's code."""
        return Shelf(
            self.table, Referrals, lambda code: (f"R#{code}", "R"), lambda found: found.code
        )

    @cached_property
    def scopes(self) -> Shelf[Scope]:
        """Scopes of business that called for tasks, by code and edition."""
        return Shelf(self.table, Scope, lambda id: (f"S#{id}", "S"), lambda scope: scope.id)

    def list_provisional(
        self, shard: int, *, limit: int, after: Record | None = None
    ) -> tuple[list[str], Record | None]:
        """A page of the ids of open tasks with a limit that no published calendar covers."""
        return provisional.list_provisional(self.table, shard, limit=limit, after=after)

    @cached_property
    def calendar_texts(self) -> Shelf[CalendarText]:
        """Versions of the working calendar."""
        return Shelf(
            self.table,
            CalendarText,
            lambda name: ("CALENDARS", f"V#{name}"),
            lambda text: text.name,
        )

    @cached_property
    def _calendars(self) -> Shelf[Calendars]:
        return Shelf(self.table, Calendars, lambda _: _CALENDARS, lambda _: "")

    def get_calendars(self) -> Calendars | None:
        """Which versions of the calendar were loaded."""
        found = self._calendars.get("")
        return found.value if found else None

    def change_calendars(
        self, how: Callable[[Calendars | None], Calendars | None], by: str, now: datetime
    ) -> Calendars | None:
        """Write what `how` makes of the register of calendars; see `Shelf.change`."""
        return self._calendars.change("", how, by=by, now=now)

    @cached_property
    def _registers(self) -> Shelf[Register]:
        return Shelf(self.table, Register, lambda _: ("ITEMS", "REGISTER"), lambda _: "")

    def get_register(self) -> Register | None:
        """The versions of the item set and which holds when."""
        found = self._registers.get("")
        return found.value if found else None

    def change_register(
        self, how: Callable[[Register | None], Register | None], by: str, now: datetime
    ) -> Register | None:
        """Write what `how` makes of the register; see `Shelf.change`."""
        return self._registers.change("", how, by=by, now=now)

    def list_waiting(
        self, town: str | None, *, limit: int, after: Record | None = None
    ) -> tuple[list[Case], Record | None]:
        """A page of the cases of a town that wait for a person, longest first.

        The index runs behind the cases: one decided since, or another town's by now, is left out.
        """
        page = self.table.query(town or NOWHERE, index=MANUAL, limit=limit, after=after)
        codes = [record["pk"].removeprefix("C#") for record in page.records]
        found = self.cases.get_many(codes)
        cases: list[Case] = []
        size, last = 0, None
        for code, place in zip(codes, page.records, strict=True):
            case = found[code].value if code in found else None
            if case is None or _waiting(case).get("manual_town") != (town or NOWHERE):
                continue
            size += len(case.model_dump_json().encode())
            if last and size > _MOST_BYTES:
                return cases, last
            cases.append(case)
            last = place
        return cases, page.after


class _Tasks(Shelf[Task]):
    """Tasks, also those that were written when they had no clocks."""

    def read(self, record: Record) -> Stored[Task]:
        return Stored(read_as(Task, with_clocks(record)), record)


def _unsettled(task: Task) -> dict[str, str]:
    waits = any(task.clocks[stage].provisional for stage in task.running)
    return provisional.attributes(task.id) if waits else {}


def _waiting(case: Case) -> dict[str, str]:
    if not case.reasons:
        return {}
    return {"manual_town": case.town or NOWHERE, "manual_at": case.received_at.isoformat()}


def case_in(record: Record) -> Case | None:
    """The case that a record of the table holds, if it holds one."""
    return read_as(Case, record) if record["sk"] == "C" else None


def task_in(record: Record) -> Task | None:
    """The task that a record of the table holds, if it holds one."""
    return read_as(Task, with_clocks(record)) if record["sk"] == "T" else None


def calendars_in(record: Record) -> Calendars | None:
    """The register of calendars, if that is what a record of the table holds."""
    return read_as(Calendars, record) if (record["pk"], record["sk"]) == _CALENDARS else None
