"""What supervision's use cases work with: cases, tasks and rules, as tiny ports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.shared.records import Stored
from functions.supervision.cases import Case, Referrals, Rulebook, Scope
from functions.supervision.domain import Task

SYSTEM = "system"
TRIES = 8  # of a write that others keep overtaking


class Cases(Protocol):
    """Where cases are kept."""

    def get(self, id: str) -> Stored[Case] | None: ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[Case]]: ...

    def save(
        self, value: Case, *, before: Stored[Case] | None, by: str, now: datetime
    ) -> Stored[Case]: ...


class Tasks(Protocol):
    """Where tasks are kept."""

    def get(self, id: str) -> Stored[Task] | None: ...

    def get_many(self, ids: Iterable[str]) -> dict[str, Stored[Task]]: ...

    def save(
        self, value: Task, *, before: Stored[Task] | None, by: str, now: datetime
    ) -> Stored[Task]: ...


class Referred(Protocol):
    """Where it is kept which tasks inspections have called for, by the entity's code."""

    def get(self, id: str) -> Stored[Referrals] | None: ...

    def save(
        self, value: Referrals, *, before: Stored[Referrals] | None, by: str, now: datetime
    ) -> Stored[Referrals]: ...


class Scopes(Protocol):
    """Where scopes of business are kept, as registrations told them; see `scope_id`."""

    def get(self, id: str) -> Stored[Scope] | None: ...

    def save(
        self, value: Scope, *, before: Stored[Scope] | None, by: str, now: datetime
    ) -> Stored[Scope]: ...


class Rulebooks(Protocol):
    """The rules: those in force now, and those of an earlier version."""

    def in_force(self, now: datetime) -> Rulebook: ...

    def of(self, version: str, on: datetime | None = None) -> Rulebook: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: cases, tasks, rules, the present instant, which tasks come from
    inspections, and the scopes that called for the others."""

    cases: Cases
    tasks: Tasks
    rules: Rulebooks
    now: datetime
    referred: Referred
    scopes: Scopes
