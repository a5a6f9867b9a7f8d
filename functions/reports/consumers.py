"""What reaches reports: every step of every task, to be counted (A20)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from chalice import Blueprint

from functions.reports.store import Store
from functions.reports.usecases import count
from functions.shared import ports
from functions.shared.events import CloudEvent
from functions.shared.logging import log
from functions.shared.queue import each_event

bp = Blueprint(__name__)
_store = cache(Store)  # it remembers which partitions are listed


@bp.lambda_function()
def reports_count(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `reports-count`: add what each step of a task counts for to its cells."""
    store = _store(ports.table("reports"))

    def add(told: CloudEvent) -> None:
        count(told, store)

    log.info("counting", events=len(event["Records"]))
    return each_event(event, context, "reports-count", add, ports.dead_letters())
