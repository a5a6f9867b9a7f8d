"""Operators have open rechecks looked after at once (B7)."""

from __future__ import annotations

from chalice import Blueprint
from pydantic import BaseModel

from functions.inspections.sweeping import reconcile_job, sweep_jobs
from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.http import Operation, operation
from functions.shared.settings import TimerMode, settings

bp = Blueprint(__name__)


class RechecksTold(BaseModel):
    """What looks after open rechecks now: the machine (every one without an execution is started
    again) or the sweep (every one that is due is sent out)."""

    timers: TimerMode


@bp.route("/v1/rechecks/reconcile", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Look after open rechecks now", Action.RECHECK_SWEEP, reply=RechecksTold, status=202),
)
def post_reconcile(caller: Caller) -> RechecksTold:
    require(caller, Action.RECHECK_SWEEP, ANYONE, "sweeps")
    mode = settings().timers
    jobs = sweep_jobs(clock.now()) if mode is TimerMode.SWEEP else [reconcile_job()]
    ports.send_all("inspections-due", [job.model_dump_json() for job in jobs])
    return RechecksTold(timers=mode)
