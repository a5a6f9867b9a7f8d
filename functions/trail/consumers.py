"""Keeps every version of every record, and seals each day (D1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalice import Blueprint, Cron

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.logging import log
from functions.shared.stream import changes
from functions.trail.domain import archive_key, packed
from functions.trail.usecases import seal_day

bp = Blueprint(__name__)


@bp.lambda_function()
def trail_archive(event: Mapping[str, Any], context: Any) -> None:
    """Every table's stream: one object per batch. A repeat writes the same object again."""
    first = event["Records"][0]
    feature = first["eventSourceARN"].rpartition("/stream/")[0].rpartition("-")[2]
    records = [change.new for change in changes(event)]
    day = shanghai_day(clock.now())
    log.info("archiving", feature=feature, records=len(records))
    key = archive_key(feature, day, f"{int(first['dynamodb']['SequenceNumber']):042d}")
    ports.objects("trail").write(key, packed(records))


@bp.schedule(Cron(30, 16, "*", "*", "?", "*"))
def trail_seal(event: Any) -> None:
    """Half past midnight in Shanghai: seal the day that has ended."""
    ended = shanghai_day(clock.now()) - timedelta(days=1)
    seal_day(ended, ports.objects("trail"), ports.objects("trail-roots"))
