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
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import Protocol

import boto3
from botocore.config import Config

from functions.shared import clock
from functions.shared.settings import settings

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_DAILY = re.compile(r"cron\((\d+) (\d+) \* \* \? \*\)")  # minute, hour; UTC
_FILLS = {
    "registry_sweep": "registry-release",
    "alerts_sweep": "alerts-raise",
    "inspections_sweep": "inspections-due",
    "recheck_reconcile": "inspections-due",
    "credit_sweep": "credit-due",
    "discipline_sweep": "discipline-due",
}
_LOOK_SECONDS = 0.25  # real ones, as all of these
_MOST_LOOKS = 240  # a message that fails hides for minutes: then the next sweep need not wait
_LEAST_REST, _MOST_REST = 1.0, 5.0
_LAMBDA_SECONDS = 930
_NUMBERS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


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


class Work(Protocol):
    """What a schedule sets off."""

    def fire(self, function: str, at: datetime) -> None:
        """Runs a function to its end."""
        ...

    def waiting(self, queue: str) -> int:
        """How many messages of a queue nobody has finished yet."""
        ...


def run(function: str, at: datetime, work: Work, pause: Callable[[float], None]) -> None:
    """Fires once and waits until what that set off is done: at a speed the next firing may be due
    before, and would only pile up on it."""
    work.fire(function, at)
    queue = _FILLS.get(function)
    for _ in range(_MOST_LOOKS if queue else 0):
        if not work.waiting(str(queue)):
            return
        pause(_LOOK_SECONDS)


def rest(taken: float) -> float:
    """Real seconds to wait after a firing that took `taken`: schedules get a fifth of the machine,
    except for a cold start, and what they miss meanwhile they do at once, as after any missed
    sweep."""
    return min(max(_LEAST_REST, 4 * taken), _MOST_REST)


def keep(function: str, expression: str, work: Work, speed: float) -> None:
    """Fires one schedule for ever. What was missed meanwhile is fired once, not many times."""
    next_at = following(expression, clock.now())
    while True:
        early = (next_at - clock.now()).total_seconds() / speed
        if early > 0:
            time.sleep(early)
        began, now = time.monotonic(), clock.now()
        run(function, now, work, time.sleep)
        next_at = following(expression, now)
        time.sleep(rest(time.monotonic() - began))


class _Emulated:
    """`Work` in the emulator."""

    def __init__(self) -> None:
        config = Config(read_timeout=_LAMBDA_SECONDS, retries={"total_max_attempts": 1})
        self._lambda = boto3.client("lambda", config=config)
        self._sqs = boto3.client("sqs")

    def fire(self, function: str, at: datetime) -> None:
        name = settings().resource(function)
        self._lambda.invoke(FunctionName=name, Payload=_event(name, at))

    def waiting(self, queue: str) -> int:
        url = self._sqs.get_queue_url(QueueName=settings().resource(queue))["QueueUrl"]
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_NUMBERS))
        return sum(int(told["Attributes"][name]) for name in _NUMBERS)


def main(schedules: Mapping[str, str], speed: float) -> None:
    """Keeps every schedule, each for itself, until the process ends.

    An error ends the whole process, so that the city says that its schedules have stopped.
    """
    work, start = _Emulated(), settings().resource("")
    with ThreadPoolExecutor(max(1, len(schedules))) as pool:
        kept = [
            pool.submit(keep, name.removeprefix(start), expression, work, speed)
            for name, expression in schedules.items()
        ]
        for ended in as_completed(kept):
            sys.stderr.write(f"a schedule ended: {ended.exception()!r}\n")
            sys.stderr.flush()
            os._exit(1)  # the other threads are asleep


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
    main(json.loads(sys.argv[1]), float(os.environ["SANWEI_SPEED"]))
