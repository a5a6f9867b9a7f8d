"""What reaches reports: every step of every task, to be counted, and rebuilds (A20)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalice import Blueprint
from pydantic import BaseModel

from functions.reports import rebuilding
from functions.reports.rebuilding import Yard
from functions.reports.store import Runs, Store
from functions.reports.usecases import count
from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.logging import log
from functions.shared.queue import each, each_event

bp = Blueprint(__name__)
_store = cache(Store)  # it remembers which partitions are listed


class RunTold(BaseModel):
    """A message about a run: begin it; a segment of the tasks was told; finish it."""

    run: str
    segment: int | None = None
    finish: bool = False


@bp.lambda_function()
def reports_count(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `reports-count`: add what each step of a task counts for to its cells."""
    store = _store(ports.table("reports"))

    def add(told: CloudEvent) -> None:
        count(told, store)

    log.info("counting", events=len(event["Records"]))
    return each_event(event, context, "reports-count", add, ports.dead_letters())


@bp.lambda_function()
def reports_rebuild(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `reports-rebuild`: compare the figures with the tasks, a step of a run at a time."""

    def take(message: dict[str, Any]) -> None:
        told, table = RunTold.model_validate(message), ports.table("reports")
        yard = Yard(Runs(table), _store(table), ports.objects("reports"), clock.now())
        if told.finish:
            result = rebuilding.finish(told.run, yard)
            log.info("rebuilt", run=told.run, **result.model_dump(mode="json"))
        elif told.segment is None:
            rebuilding.begin(told.run, yard, _sender("supervision-retell"))
        else:
            rebuilding.compare(told.run, told.segment, yard, _sender("reports-rebuild"))

    return each(event, context, "reports-rebuild", take, ports.dead_letters())


def _sender(queue: str) -> rebuilding.Send:
    return lambda message: ports.send(queue, json.dumps(message))
