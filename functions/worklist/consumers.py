"""What reaches the worklist: news of tasks and cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.shared import clock, ports
from functions.shared.events import CloudEvent
from functions.shared.inbox import Inbox
from functions.shared.logging import log
from functions.shared.queue import each_event
from functions.worklist.usecases import project

bp = Blueprint(__name__)


@bp.lambda_function()
def worklist_project(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `worklist-project`: keep the rows of every receiver up to date."""
    inbox = Inbox(ports.table("worklist"))

    def show(told: CloudEvent) -> None:
        project(told, inbox, clock.now())

    log.info("projecting", events=len(event["Records"]))
    return each_event(event, context, "worklist-project", show, ports.dead_letters())
