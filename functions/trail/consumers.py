"""Keeps every version of every record, and seals each day (D1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from chalice import Blueprint, Cron

from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.logging import log
from functions.shared.stream import changes, removals
from functions.trail.domain import archive_key, packed, removal
from functions.trail.usecases import seal_until

bp = Blueprint(__name__)


@bp.lambda_function()
def trail_archive(event: Mapping[str, Any], context: Any) -> None:
    """Every table's stream: one object per batch. A repeat writes the same object again."""
    first = event["Records"][0]
    feature = first["eventSourceARN"].rpartition("/stream/")[0].rpartition("-")[2]
    records = [*(change.new for change in changes(event)), *map(removal, removals(event))]
    day = shanghai_day(clock.now())
    log.info("archiving", feature=feature, records=len(records))
    body = packed(records)
    # With the content in its name, a batch that was cut in two, or another shard's with the same
    # number, writes beside what stands, never over it.
    name = f"{int(first['dynamodb']['SequenceNumber']):042d}-{sha256(body).hexdigest()[:16]}"
    ports.objects("trail").write(archive_key(feature, day, name), body)


@bp.schedule(Cron(30, 16, "*", "*", "?", "*"))
def trail_seal(event: Any) -> None:
    """Half past midnight in Shanghai: seal the day that has ended, and days that were missed."""
    ended = shanghai_day(clock.now()) - timedelta(days=1)
    seal_until(ended, ports.objects("trail"), ports.objects("trail-roots"))
