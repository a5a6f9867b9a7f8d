"""What waits for rechecks in the world: the state machine or the sweep, as the script says (B7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from functions.inspections.sweeping import (
    Job,
    Look,
    reconcile,
    reconcile_job,
    sweep_due,
    sweep_jobs,
)
from functions.inspections.timers import (
    MachineTimers,
    SweepTimers,
    Timers,
    Turn,
    await_result,
    send_turn,
)
from functions.shared.events import CloudEvent
from functions.shared.events.inspections import NOTICE_ISSUED, RECHECK_OVER
from functions.shared.machines import RUNNING
from tests.simulation.faults import FAULTS, guarded
from tests.simulation.inspecting import Inspections
from tests.simulation.machine import AslMachine
from tests.simulation.wires import Wires
from tests.simulation.world import START, World

T = TypeVar("T")
_LOST_WITHIN = 20 * 86400.0  # seconds: somewhere in the life of an execution
_LOST = 10  # times as often is an execution lost in its whole life as one call fails
_EVERY = 86400.0  # seconds from one sweep, or reconcile, to the next
_QUEUE = "inspections-due"
_LONG = timedelta(days=20)  # a callback is waited for longer, the time to correct never
LAST = START + timedelta(days=150)  # by then everybody has done what he ever will


class WorldMachine:
    """The state machine in the world: a call to it may fail, its functions may die, and in a storm
    an execution is lost now and then."""

    def __init__(self, world: World, room: Inspections) -> None:
        self._world, self._room = world, room
        functions = {"recheck_send": self._send, "recheck_await": self._await}
        self.inner = AslMachine(functions, lambda: self._world.now)
        self._planned: datetime | None = None
        self.lost = 0

    def start(self, name: str, body: str) -> None:
        call = partial(self.inner.start, name, body)
        guarded(self._world.faults, "start execution", call)
        if self._world.chance(_LOST * self._world.weather.crash):
            ends = self._world.random.random() * _LOST_WITHIN
            self._world.after(ends, partial(self._lose, name), "machine")
        self._plan()

    def answer(self, token: str, body: str) -> bool:
        call = partial(self.inner.answer, token, body)
        answered = guarded(self._world.faults, "send task success", call)
        self._plan()
        return answered

    def running(self) -> Iterator[str]:
        return self.inner.running()

    def status(self, name: str) -> str | None:
        return self.inner.status(name)

    def _send(self, payload: dict[str, Any]) -> Any:
        turn = Turn.model_validate(payload)
        return _lived(lambda: send_turn(turn, self._room.desk())).model_dump(mode="json")

    def _await(self, payload: dict[str, Any]) -> None:
        turn = Turn.model_validate(payload)
        _lived(lambda: await_result(turn, self, self._room.desk()))

    def _plan(self) -> None:
        at = self.inner.next_at()
        if at and at - self._world.now > _LONG and self._world.now > LAST:
            return  # what a dead letter holds up is not waited for, month after month
        if at and (self._planned is None or at < self._planned):
            self._planned = at
            wait = max(0.0, (at - self._world.now) / timedelta(seconds=1))
            self._world.after(wait, self._work, "machine")

    def _lose(self, name: str) -> None:
        self.lost += self.inner.status(name) == RUNNING
        self.inner.stop(name)

    def _work(self) -> None:
        self._planned = None
        self.inner.work()
        self._plan()


def _lived(call: Callable[[], T]) -> T:
    """What a function answers; where it dies, the machine sees an error and tries again."""
    try:
        return call()
    except FAULTS as fault:
        raise RuntimeError("the function died") from fault


class Waiting:
    """The timers of inspections; the machine stands whichever way is chosen."""

    def __init__(self, wires: Wires, room: Inspections, *, swept: bool) -> None:
        self._wires, self._room, self._swept = wires, room, swept
        self.machine = WorldMachine(wires.world, room)
        self._sleeping = True
        wires.subscribe("inspections-timers", self._follow, NOTICE_ISSUED, RECHECK_OVER)
        wires.listen(_QUEUE, self._look, batch=1)

    @property
    def _timers(self) -> Timers:
        desk = self._room.desk()
        return SweepTimers(self.machine, desk) if self._swept else MachineTimers(self.machine, desk)

    def _follow(self, told: CloudEvent) -> None:
        if told.type == NOTICE_ISSUED:
            self._timers.start(told.subject)
        elif told.type == RECHECK_OVER:
            self._timers.over(told.subject)
        self._wake()

    def _look(self, message: dict[str, Any]) -> None:
        world, desk = self._wires.world, self._room.desk()
        job, index = Job.model_validate(message), self._room.store

        def go_on() -> bool:
            return not world.chance(world.weather.double)  # time runs out

        if job.look is Look.SWEEP:
            looked = sweep_due(job, index, desk, go_on)
        else:
            looked = reconcile(job, index, self.machine, desk, go_on)
        if looked.left:
            self._wires.queues[_QUEUE].send(looked.left.model_dump_json())

    def _wake(self) -> None:
        if self._sleeping:
            self._sleeping = False
            self._wires.world.after(_EVERY, self.sweep)

    def sweep(self) -> None:
        """See `inspections_sweep` and `recheck_reconcile`: it may die after any shard, and rests
        while nothing waits, so that the simulation can end."""
        self._sleeping = True
        now = self._wires.world.now
        jobs = sweep_jobs(now) if self._swept else [reconcile_job()]
        with suppress(*FAULTS):
            for job in jobs:
                self._wires.queues[_QUEUE].send(job.model_dump_json())
        waits = any("due_shard" in one for one in self._wires.tables["inspections"].inner)
        if waits and now < LAST:
            self._wake()
