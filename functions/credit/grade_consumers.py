"""Grading again whoever something changed for (C12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.credit.regrading import GradeBook, take_record
from functions.credit.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.credit import RecordTold
from functions.shared.queue import each_event

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_grades(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `credit-grades`: a record came or changed; grade its subject."""
    grades = GradeBook(ports.table("credit"))

    def take(told: CloudEvent) -> None:
        take_record(body_of(told, RecordTold), desk(), grades)

    return each_event(event, context, "credit-grades", take, ports.dead_letters())
