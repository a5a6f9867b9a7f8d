"""What waits for rechecks: an execution of the state machine for each, or a due-index alone (B7).

Both keep one record per notice, the timer, and both only ask for the recheck to be sent; the
inspection's own record decides. So one may be switched to the other while rechecks are open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from functions.inspections.desk import Desk, Timer
from functions.inspections.domain import SYSTEM, Inspection
from functions.inspections.rechecks import RecheckOutcome, Standing, send_recheck, standing
from functions.inspections.seen import Frozen
from functions.shared.machines import Machine


class Turn(Frozen):
    """What the machine asks its functions: the inspection and the attempt to wait for it; `token`
    is what the result is to be given to."""

    inspection: str
    attempt: int
    token: str = ""


class Answer(Frozen):
    """What the machine is told: the same, where the recheck stands, how many seconds to wait."""

    inspection: str
    attempt: int
    outcome: RecheckOutcome
    wait: int = 0


class Timers(Protocol):
    """Waits for the rechecks of inspections."""

    def start(self, inspection_id: str) -> None:
        """A notice was issued: send the recheck when its time has come. Repeated, it does nothing
        more."""
        ...

    def over(self, inspection_id: str) -> None:
        """The recheck's result is recorded, or nobody waits for it: stop waiting."""
        ...


@dataclass(frozen=True, slots=True)
class MachineTimers:
    """`Timers` on the state machine.

    The timer is written before the execution is started. A crash in between leaves a timer without
    an execution: the message comes again, or the reconcile finds it.
    """

    machine: Machine
    desk: Desk

    def start(self, inspection_id: str) -> None:
        timer = _stand(inspection_id, self.desk)
        if timer and not timer.over:
            run_timer(timer, self.machine, self.desk)

    def over(self, inspection_id: str) -> None:
        _end(inspection_id, self.machine, self.desk)


@dataclass(frozen=True, slots=True)
class SweepTimers:
    """`Timers` on the index of what is due; the machine only to answer executions that it began
    before the sweep took over."""

    machine: Machine
    desk: Desk

    def start(self, inspection_id: str) -> None:
        _stand(inspection_id, self.desk)

    def over(self, inspection_id: str) -> None:
        _end(inspection_id, self.machine, self.desk)


def send_turn(turn: Turn, desk: Desk) -> Answer:
    """The machine's first function: send the recheck out, if its time has come."""
    return _answer(turn, send_recheck(turn.inspection, desk))


def await_result(turn: Turn, machine: Machine, desk: Desk) -> None:
    """The machine's second function: keep the token to which the result is owed.

    First the token is written, then the inspection read; whoever records a result has written the
    inspection before the timer is read for it (`Timers.over`). So at least one of the two sees the
    other, and where both do, the second answer finds nobody waiting. An execution in whose place a
    later one was started is let go.
    """

    def kept(old: Timer | None) -> Timer:
        timer = old or Timer(inspection=turn.inspection, attempt=turn.attempt, until=desk.now)
        if timer.attempt > turn.attempt:
            return timer
        return timer.model_copy(update={"attempt": turn.attempt, "token": turn.token})

    timer = desk.cabinet.timers.change(turn.inspection, kept, by=SYSTEM, now=desk.now)
    if timer and timer.attempt > turn.attempt:
        replaced = Standing(outcome=RecheckOutcome.REPLACED)
        machine.answer(turn.token, _answer(turn, replaced).model_dump_json())
        return
    found = inspection_of(turn.inspection, desk)
    if found and (now := standing(found, desk.now)).over:
        machine.answer(turn.token, _answer(turn, now).model_dump_json())


def execution_name(timer: Timer) -> str:
    """The name of a timer's execution; a name stays taken for 90 days."""
    return f"{timer.inspection}-{timer.attempt}"


def _stand(id: str, desk: Desk) -> Timer | None:
    """The timer of an inspection that awaits a recheck, made where there is none yet."""
    inspection = inspection_of(id, desk)
    if inspection is None or not inspection.awaits_recheck or inspection.notice is None:
        return None
    new = Timer(inspection=id, until=inspection.notice.ends)
    return desk.cabinet.timers.change(id, lambda old: old or new, by=SYSTEM, now=desk.now)


def run_timer(timer: Timer, machine: Machine, desk: Desk) -> None:
    """Start the timer's execution with the time that is left; what runs already runs on."""
    left = max(0, math.ceil((timer.until - desk.now).total_seconds()))
    wait = Standing(outcome=RecheckOutcome.WAITING, wait=left)
    turn = Turn(inspection=timer.inspection, attempt=timer.attempt)
    machine.start(execution_name(timer), _answer(turn, wait).model_dump_json())


def _end(id: str, machine: Machine, desk: Desk) -> None:
    """Take the timer out of what is due, and give the result to the execution that waits for it.

    A crash in between leaves the execution waiting: the message comes again. Should that be lost
    too, the machine asks again by itself after a month.
    """
    inspection = inspection_of(id, desk)
    if inspection is None or inspection.awaits_recheck:
        return
    timer = close_timer(id, desk)
    if timer and timer.token:
        turn = Turn(inspection=id, attempt=timer.attempt)
        answer = _answer(turn, standing(inspection, desk.now))
        machine.answer(timer.token, answer.model_dump_json())


def close_timer(id: str, desk: Desk) -> Timer | None:
    """Take a timer out of what is due; as it stands afterwards."""

    def closed(old: Timer | None) -> Timer | None:
        return old and old.model_copy(update={"over": True})

    return desk.cabinet.timers.change(id, closed, by=SYSTEM, now=desk.now)


def _answer(turn: Turn, now: Standing) -> Answer:
    return Answer(
        inspection=turn.inspection, attempt=turn.attempt, outcome=now.outcome, wait=now.wait
    )


def inspection_of(id: str, desk: Desk) -> Inspection | None:
    """The inspection as last written."""
    found = desk.cabinet.inspections.get(id)
    return found.value if found else None
