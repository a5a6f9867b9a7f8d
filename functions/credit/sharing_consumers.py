"""What time and others' changes do to records: shared anew, taken down, disputes settled (C7, C10,
C11)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalice import Blueprint, Rate

from functions.credit.outcomes import bring_in_line
from functions.credit.regrading import GradeBook, GradeJob, regrade_shard
from functions.credit.sharing import follow_record
from functions.credit.takedown import TakedownJob, take_down, takedown_jobs
from functions.credit.wiring import desk
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.events.credit import DISPUTE_CHANGED, DISPUTE_OPENED, RECORD_CHANGED
from functions.shared.provisional import SHARDS
from functions.shared.queue import each, each_event, time_left

bp = Blueprint(__name__)
_DUE = "credit-due"


@bp.lambda_function()
def credit_share(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-share`: tell who received a record that it changed, and bring records in line
    with their disputes where a crash left them behind."""

    def follow(told: CloudEvent) -> None:
        if told.type == RECORD_CHANGED:
            follow_record(told.subject, desk())
        elif told.type in (DISPUTE_OPENED, DISPUTE_CHANGED):
            bring_in_line(told.subject, desk())

    return each_event(event, context, "credit-share", follow, ports.dead_letters())


@bp.schedule(Rate(1, unit=Rate.HOURS))
def credit_sweep(event: Any) -> None:
    """Every hour: take down what is over, and grade again whom the day changes."""
    now = clock.now()
    grades = [GradeJob(shard=shard, until=now) for shard in SHARDS]
    ports.send_all(_DUE, [job.model_dump_json() for job in (*takedown_jobs(now), *grades)])


@bp.lambda_function()
def credit_due(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-due`: work one shard through; what time leaves of it is sent on."""
    go_on = partial(time_left, context)

    def work(message: dict[str, Any]) -> None:
        left: TakedownJob | GradeJob | None
        if message.get("kind") == "grade":
            grades = GradeBook(ports.table("credit"))
            left = regrade_shard(GradeJob.model_validate(message), desk(), grades, go_on)
        else:
            left = take_down(TakedownJob.model_validate(message), desk(), go_on)
        if left:
            ports.send(_DUE, left.model_dump_json())

    return each(event, context, _DUE, work, ports.dead_letters())
