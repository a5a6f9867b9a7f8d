"""One task of the small city from its push to its end, and what is done with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.supervision import TaskTold
from functions.shared.matching.items import ItemSet, parse_items
from functions.supervision import usecases
from functions.supervision.changes import events_of
from functions.supervision.domain import Feedback, Task
from functions.supervision.extensions import Extension, Resumption, Suspension
from tests.fakes.rules import Rules
from tests.unit.supervision.smalltown import EAST, NOW, Town, directory, registration

UNIT, OFFICE, OTHER = f"scjg.{EAST}", f"office.{EAST}", "scjg"
CLOSED = {"end": "no_violation", "checked_on": "2026-03-02", "note": "未发现"}
RETURN = {"verb": "return", "ground": "not_in_scope", "note": "不涉及"}


def rules() -> ItemSet:
    def limit(stage: str, n: int, unit: str, start: str) -> str:
        return f'[[limits.licence]]\nstage="{stage}"\nn={n}\nunit="{unit}"\nfrom="{start}"\n'

    return parse_items(
        'version = "1"\n[defaults]\nversion = 1\nholds_from = 2020-01-01\nlaw = "示例条例"\n'
        + limit("receive", 2, "working", "pushed")
        + limit("verify", 10, "working", "received")
        + limit("handle", 20, "working", "verified")
        + limit("handle", 20, "working", "accepted")
        + limit("close", 60, "calendar", "pushed")
        + limit("close", 90, "calendar", "filed")
        + '[[items]]\ncode="FD01"\nlicence="食品许可证"\nkind="licence"\n'
        + 'departments=["市场局"]\nlevel="town"\nrules=[{words=["食品零售"]}]\n'
    )


class Life:
    """One task of the small city, pushed on Monday 2 March 2026 where nothing else is said."""

    def __init__(self, now: datetime = NOW) -> None:
        self.town = Town()
        self.town.now = now
        self.town.rules = Rules(rules(), directory())
        self.town.decide(registration())

    @property
    def task(self) -> Task:
        return self.town.task("FD01")

    @property
    def told(self) -> TaskTold:
        stored = self.town.store.tasks.get(self.task.id)
        assert stored
        [event] = events_of(None, stored.record)
        return TaskTold.model_validate(event.data)

    @property
    def runs(self) -> dict[str, str]:
        """The limits that run, as they are told: the last day (month and day) of each stage."""
        return {clock.stage: f"{clock.due:%m-%d}" for clock in self.told.clocks}

    def on(self, month: int, day: int) -> Life:
        """Time goes on to that day of 2026, 09:00 in Shanghai."""
        self.town.now = datetime(2026, month, day, 1, tzinfo=UTC)
        return self

    def report(self, by: str = "li", **body: Any) -> Life:
        who = Caller(by, frozenset({Grant(self.task.unit, Role.OFFICER)}))
        feedback = Feedback.model_validate(body)
        usecases.record_feedback(self.task.id, feedback, who, self.town.desk())
        return self

    def reassign(self, to: str) -> Life:
        usecases.reassign_task(self.task.id, to, "办理", lead(), self.town.desk())
        return self

    def redirect(self, to: str) -> Life:
        office = Caller("wang", frozenset({Grant(OFFICE, Role.TOWN_OFFICE)}))
        usecases.redirect_task(self.task.id, to, "改派", office, self.town.desk())
        return self

    def extend(self, stage: str, days: int, document: str = "延1号") -> Life:
        act = Extension.model_validate(
            {
                "stage": stage,
                "days": days,
                "ground": "complex_case",
                "note": "复杂",
                "document": document,
            }
        )
        usecases.extend_limit(self.task.id, act, lead(), self.town.desk())
        return self

    def suspend(self, document: str = "中1号") -> Life:
        act = Suspension.model_validate({"ground": "testing", "note": "送检", "document": document})
        usecases.suspend_task(self.task.id, act, lead(), self.town.desk())
        return self

    def resume(self, note: str = "检验完成") -> Life:
        act = Resumption(note=note)
        usecases.resume_task(self.task.id, act, lead(), self.town.desk())
        return self

    def refused(self, what: str, *arguments: Any, **body: Any) -> str:
        """The code by which a step is refused, after which all is as it was."""
        before = self.task
        with pytest.raises((Conflict, Invalid)) as problem:
            getattr(self, what)(*arguments, **body)
        assert self.task == before
        return problem.value.faults[0].code


def lead() -> Caller:
    return Caller("zhao", frozenset({Grant("scjg", Role.LEAD)}))
