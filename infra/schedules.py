"""Fires the schedules of a city whose time runs at a speed; the emulator's rules know real time.

Run as `python -m infra.schedules` with the pace in the environment (functions/shared/clock.py) and
the schedules as JSON (`{"function name": "rate(30 minutes)"}`) as its one argument.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3

from functions.shared import clock

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_DAILY = re.compile(r"cron\((\d+) (\d+) \* \* \? \*\)")  # minute, hour; UTC
_MOST_SLEEP = 1.0  # real seconds, so that the end is noticed


def following(expression: str, after: datetime) -> datetime:
    """The first instant after `after` (UTC) at which `expression` fires.

    Knows `rate(n minutes|hours|days)` and a daily `cron(m h * * ? *)`; ValueError for others.
    """
    if rate := _RATE.fullmatch(expression):
        return after + timedelta(**{f"{rate[2]}s": int(rate[1])})
    if daily := _DAILY.fullmatch(expression):
        today = after.replace(minute=int(daily[1]), hour=int(daily[2]), second=0, microsecond=0)
        return today if today > after else today + timedelta(days=1)
    raise ValueError(f"a schedule that is neither rate(…) nor daily: {expression}")


def due(next_at: Mapping[str, datetime], now: datetime) -> list[str]:
    """The functions whose instant has come, the one that waits longest first."""
    return sorted((name for name, at in next_at.items() if at <= now), key=lambda n: next_at[n])


def main(schedules: Mapping[str, str], client: Any, speed: float) -> None:
    """Fires for ever. What was missed while the machine was busy is fired once, not many times."""
    start = clock.now()
    next_at = {name: following(expression, start) for name, expression in schedules.items()}
    while next_at:
        now = clock.now()
        for name in due(next_at, now):
            client.invoke(FunctionName=name, InvocationType="Event", Payload=_event(name, now))
            next_at[name] = following(schedules[name], now)
        pause = (min(next_at.values()) - clock.now()).total_seconds() / speed
        time.sleep(min(max(pause, 0.01), _MOST_SLEEP))


def _event(name: str, now: datetime) -> bytes:
    """What EventBridge sends."""
    return json.dumps(
        {
            "version": "0",
            "id": f"{name}-{now:%Y%m%dT%H%M%S}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": os.environ["AWS_ACCESS_KEY_ID"],
            "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": os.environ["AWS_DEFAULT_REGION"],
            "resources": [name],
            "detail": {},
        }
    ).encode()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), boto3.client("lambda"), float(os.environ["SANWEI_SPEED"]))
