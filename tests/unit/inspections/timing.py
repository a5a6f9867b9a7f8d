"""Rechecks that wait, by the machine or by the sweep, on a clock that jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.inspections.desk import Desk, Timer
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.store import Store
from functions.inspections.sweeping import Job, reconcile, reconcile_job, sweep_due, sweep_jobs
from functions.inspections.timers import (
    MachineTimers,
    SweepTimers,
    Timers,
    Turn,
    await_result,
    send_turn,
)
from functions.shared.machines import Machine
from functions.shared.settings import TimerMode
from functions.shared.table import Table
from tests.simulation.machine import AslMachine
from tests.unit.inspections import corrections
from tests.unit.inspections.hamlet import Hamlet

ENDS = datetime(2026, 3, 9, 16, tzinfo=UTC)  # of the correction period
HALF_HOUR, MONTH = timedelta(minutes=30), timedelta(days=31)


def always() -> bool:
    """Time is no object."""
    return True


class Broken:
    """`Machine` at whose calls something happens in between, like `Interrupted` for tables."""

    def __init__(self, machine: Machine, point: Callable[[], None]) -> None:
        self._machine = machine
        self._point = point

    def start(self, name: str, body: str) -> None:
        self._point()
        self._machine.start(name, body)
        self._point()

    def answer(self, token: str, body: str) -> bool:
        self._point()
        taken = self._machine.answer(token, body)
        self._point()
        return taken

    def running(self) -> Iterator[str]:
        return self._machine.running()

    def status(self, name: str) -> str | None:
        return self._machine.status(name)


@dataclass
class Town:
    """One inspection with a notice, and what waits for its recheck: `mode` may change meanwhile.

    `table` and `through` may stand for the room's table and machine, to break at a call of them.
    """

    mode: TimerMode
    hamlet: Hamlet = field(default_factory=Hamlet)

    def __post_init__(self) -> None:
        self.machine = AslMachine(
            {"recheck_send": self._send, "recheck_await": self._await}, lambda: self.hamlet.now
        )
        self.table: Table = self.hamlet.table
        self.through: Machine = self.machine
        self.before_await: Callable[[], object] = lambda: None
        self.id = self.hamlet.opened().id
        corrections.notice(self.id, self.hamlet.desk)

    @property
    def desk(self) -> Desk:
        return replace(self.hamlet.desk, cabinet=Store(self.table))

    @property
    def timers(self) -> Timers:
        made = SweepTimers if self.mode is TimerMode.SWEEP else MachineTimers
        return made(self.through, self.desk)

    def noticed(self) -> None:
        """The event that a notice was issued arrives."""
        self.timers.start(self.id)

    def over(self) -> None:
        """The event that no recheck is waited for arrives."""
        self.timers.over(self.id)

    def decide(self, how: Callable[[str, Desk], Inspection]) -> None:
        """A result is recorded; its event is still under way."""
        how(self.id, self.hamlet.desk)

    def until(self, end: datetime) -> None:
        """Let time pass, with everything that happens by itself meanwhile: the machine goes on, the
        sweep comes every half hour, the reconcile every hour."""
        while self.hamlet.now < end:
            self.machine.work()
            tick = self.hamlet.now + HALF_HOUR
            self.hamlet.now = min(end, tick, self.machine.next_at() or end)
            self.machine.work()
            if self.hamlet.now == tick or self.hamlet.now == end:
                self.sweep()

    def sweep(self) -> None:
        """The schedules strike, and what they send is worked on."""
        if self.mode is TimerMode.SWEEP:
            for job in sweep_jobs(self.hamlet.now):
                self._look(job)
        else:
            self._look(reconcile_job())
        self.machine.work()

    @property
    def inspection(self) -> Inspection:
        return self.hamlet.get(self.id)

    @property
    def timer(self) -> Timer | None:
        found = self.hamlet.store.timers.get(self.id)
        return found.value if found else None

    def sent_at(self) -> list[datetime]:
        """When the recheck was sent out."""
        return [one.at for one in self.inspection.steps if one.verb is InspectionVerb.SEND]

    def ends(self) -> list[str]:
        """In which state each execution ended."""
        return [one.state for one in self.machine.executions.values()]

    def quiet(self) -> bool:
        """Whether nothing waits any more."""
        due = [one for job in sweep_jobs(self.hamlet.now + MONTH) for one in self._listed(job)]
        return not due and not list(self.machine.running())

    def _look(self, job: Job) -> None:
        store, desk = Store(self.table), self.desk
        if self.mode is TimerMode.SWEEP:
            looked = sweep_due(job, store, desk, always)
        else:
            looked = reconcile(job, store, self.through, desk, always)
        assert not looked.failed, looked.failed
        assert looked.left is None

    def _listed(self, job: Job) -> list[str]:
        return self.hamlet.store.list_timers(job.shard, job.until, limit=9)[0]

    def _send(self, event: dict[str, Any]) -> dict[str, Any]:
        return send_turn(Turn.model_validate(event), self.desk).model_dump(mode="json")

    def _await(self, event: dict[str, Any]) -> None:
        self.before_await()
        await_result(Turn.model_validate(event), self.through, self.desk)
