"""The one place that asks the time; in the local city time can start elsewhere and run faster.

`SANWEI_EPOCH` is "real=virtual": at the first ISO instant the city's clock shows the second one
(a single instant stands for both); until then it stands still. `SANWEI_SPEED` is how many seconds
pass in the city per real second; a speed needs an epoch, or each process would start a time of its
own. On AWS both are absent and time is time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Pace:
    """How city time follows from real time: `virtual` up to `real`, then `speed` times as fast."""

    real: datetime
    virtual: datetime
    speed: float = 1.0

    def at(self, real: datetime) -> datetime:
        return self.virtual + max(real - self.real, _NOTHING) * self.speed


def real_now() -> datetime:
    """The present instant outside: what signatures and tokens go by, however fast the city runs."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present instant of the city, aware, in UTC."""
    return city_time(real_now())


def city_time(real: datetime) -> datetime:
    """What the city's clock showed at a real instant, such as a bucket tells it."""
    pace = _pace()
    return pace.at(real) if pace else real


def read_pace(environment: Mapping[str, str]) -> Pace | None:
    """The pace that the environment asks for, None for real time; ValueError names the variable."""
    epoch = environment.get("SANWEI_EPOCH", "")
    speed = _speed(environment.get("SANWEI_SPEED", "") or "1")
    if not epoch:
        if speed != 1:
            raise ValueError("SANWEI_SPEED needs SANWEI_EPOCH, the instant from which it holds")
        return None
    real, _, virtual = epoch.partition("=")
    return Pace(_instant(real), _instant(virtual or real), speed)


@cache
def _pace() -> Pace | None:
    return read_pace(os.environ)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError(f"SANWEI_EPOCH: {text!r} is not an ISO instant with its time zone")
    return instant.astimezone(UTC)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise ValueError(f"SANWEI_SPEED: {text!r} is not a positive number")
    return speed
