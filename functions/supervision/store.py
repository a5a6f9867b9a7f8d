"""Which key a case, a task and an item set stand under in supervision's table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions.shared.records import Shelf
from functions.shared.table import Index, Record, Table
from functions.supervision.cases import Case
from functions.supervision.domain import Task

MANUAL = Index("manual", "manual_town", "manual_at")
NOWHERE = "city"  # where a case waits whose town is not known


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
        """Tasks by id."""
        return Shelf(self.table, Task, lambda id: (f"T#{id}", "T"), lambda task: task.id)

    def list_waiting(self, town: str | None, *, limit: int, after: Record | None) -> Any:
        """A page of the cases of a town that wait for a person, longest first."""
        page = self.table.query(town or NOWHERE, index=MANUAL, limit=limit, after=after)
        codes = [record["pk"].removeprefix("C#") for record in page.records]
        found = self.cases.get_many(codes)
        return [found[code].value for code in codes if code in found], page.after


def _waiting(case: Case) -> dict[str, str]:
    if not case.reasons:
        return {}
    return {"manual_town": case.town or NOWHERE, "manual_at": case.received_at.isoformat()}


def case_in(record: Record) -> Case | None:
    """The case that a record of the table holds, if it holds one."""
    return Case.model_validate(_body(record, Case)) if record["sk"] == "C" else None


def task_in(record: Record) -> Task | None:
    """The task that a record of the table holds, if it holds one."""
    return Task.model_validate(_body(record, Task)) if record["sk"] == "T" else None


def _body(record: Record, model: Any) -> Iterator[Any] | dict[str, Any]:
    return {name: value for name, value in record.items() if name in model.model_fields}
