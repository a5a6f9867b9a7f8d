"""The recheck's timers: the state machine's functions, the sweep, the reconcile (B7)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalice import Blueprint, Rate

from functions.inspections.planning import plan_jobs, visit_planned
from functions.inspections.store import Store
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
from functions.inspections.wiring import desk
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.events.inspections import NOTICE_ISSUED, RECHECK_OVER
from functions.shared.logging import correlate, log
from functions.shared.queue import each, each_event, time_left
from functions.shared.settings import TimerMode, settings

bp = Blueprint(__name__)
_DUE = "inspections-due"


def _timers() -> Timers:
    machine, now = ports.machine("recheck"), desk()
    swept = settings().timers is TimerMode.SWEEP
    return SweepTimers(machine, now) if swept else MachineTimers(machine, now)


@bp.lambda_function()
def inspections_timers(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-timers`: wait for the recheck that a notice calls for, and stop waiting
    once its result is recorded."""

    def follow(told: CloudEvent) -> None:
        if told.type == NOTICE_ISSUED:
            _timers().start(told.subject)
        elif told.type == RECHECK_OVER:
            _timers().over(told.subject)

    return each_event(event, context, "inspections-timers", follow, ports.dead_letters())


@bp.lambda_function()
def recheck_send(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """The machine's `SendRecheck`: send the recheck out if it is time, and say where it stands."""
    turn = Turn.model_validate(event)
    correlate(turn.inspection)
    answer = send_turn(turn, desk())
    log.info("recheck", attempt=turn.attempt, outcome=answer.outcome, wait=answer.wait)
    return answer.model_dump(mode="json")


@bp.lambda_function()
def recheck_await(event: Mapping[str, Any], context: Any) -> None:
    """The machine's `AwaitResult`: keep the token that the recheck's result is owed to."""
    turn = Turn.model_validate(event)
    correlate(turn.inspection)
    await_result(turn, ports.machine("recheck"), desk())


@bp.schedule(Rate(30, unit=Rate.MINUTES))
def inspections_sweep(event: Any) -> None:
    """Every 30 minutes: open the visits that are planned for today, and send the rechecks that are
    due, where no machine does."""
    now = clock.now()
    ports.send_all(_DUE, [job.model_dump_json() for job in plan_jobs(now)])
    if settings().timers is TimerMode.MACHINE:
        log.info("the machine waits for rechecks; nothing to sweep")
        return
    ports.send_all(_DUE, [job.model_dump_json() for job in sweep_jobs(now)])


@bp.schedule(Rate(1, unit=Rate.HOURS))
def recheck_reconcile(event: Any) -> None:
    """Every hour: start the machine of every open recheck for which no execution runs."""
    if settings().timers is TimerMode.SWEEP:
        log.info("the sweep waits for rechecks; nothing to reconcile")
        return
    ports.send(_DUE, reconcile_job().model_dump_json())


@bp.lambda_function()
def inspections_due(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-due`: sweep a shard of timers or of plans, or hold all timers against the
    executions; what time leaves is sent on."""
    go_on = partial(time_left, context)

    def look(message: dict[str, Any]) -> None:
        job, index = Job.model_validate(message), Store(ports.table("inspections"))
        if job.look is Look.SWEEP:
            looked = sweep_due(job, index, desk(), go_on)
        elif job.look is Look.PLAN:
            looked = visit_planned(job, index, desk(), go_on)
        else:
            looked = reconcile(job, index, ports.machine("recheck"), desk(), go_on)
        for id, error in looked.failed:
            log.error("timer failed", look=job.look, id=id, exc_info=error)
        log.info(job.look, timers=looked.timers, failed=len(looked.failed), done=not looked.left)
        if looked.left:
            ports.send(_DUE, looked.left.model_dump_json())

    return each(event, context, _DUE, look, ports.dead_letters())
