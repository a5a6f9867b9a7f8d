"""The console's figures: who called, what failed, what waits (A22)."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pydantic import AwareDatetime, BaseModel

from functions.interfaces.domain import happened_at
from functions.shared.calls import Hour, last_of

MOST_COUNTED = 1000  # of what waits for one system: more is `1000` and `more`


class CallsTold(BaseModel):
    """The calls of a unit's system on one day: `calls` = `ok` + `refused` (4xx) + `failed` (5xx);
    `last` is when the last of them came, to the minute."""

    calls: int = 0
    ok: int = 0
    refused: int = 0
    failed: int = 0
    last: AwareDatetime | None = None


class WaitingTold(BaseModel):
    """What has not reached a unit's system: deliveries that wait for another attempt or for an
    endpoint that rests (not those whose first attempt is under way), and those that are `parked`;
    `oldest` is when that happened of which the longest waiting one tells. `more`: a number is the
    least that it can be, for nobody counts on."""

    waiting: int = 0
    parked: int = 0
    oldest: AwareDatetime | None = None
    more: bool = False


class Piles(Protocol):
    """What waits and what is parked, by unit."""

    def list_waiting(self, unit: str, limit: int) -> list[str]: ...

    def list_parked(self, unit: str, limit: int) -> list[str]: ...


def calls_of(day: date, hours: list[Hour]) -> CallsTold:
    """A day's calls in one."""
    calls = sum(one.calls for one in hours)
    refused, failed = sum(one.refused for one in hours), sum(one.failed for one in hours)
    return CallsTold(
        calls=calls,
        ok=max(calls - refused - failed, 0),
        refused=refused,
        failed=failed,
        last=last_of(day, hours),
    )


def waiting_of(unit: str, piles: Piles) -> WaitingTold:
    """What waits for a unit's system, counted as far as it costs little."""
    waiting = piles.list_waiting(unit, MOST_COUNTED)
    parked = piles.list_parked(unit, MOST_COUNTED)
    return WaitingTold(
        waiting=len(waiting),
        parked=len(parked),
        oldest=min(map(happened_at, waiting), default=None),
        more=MOST_COUNTED in (len(waiting), len(parked)),
    )
