"""What people have in mind: each thing at its hour; what the city cannot do yet, again later."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from infra.client import CallFailed

_AGAIN_AFTER = timedelta(hours=2)  # of the city's time
_TRIES = 6
_NOT_YET = frozenset({404, 409, 429})  # it may still be on its way there


class Clock(Protocol):
    """The city's time."""

    def now(self) -> datetime: ...

    def wait_until(self, at: datetime) -> None:
        """Returns when it is `at` in the city, or at once where it was."""
        ...


@dataclass(order=True, frozen=True)
class Act:
    """Something that somebody does `at` an instant of the city's time; `what` names it."""

    at: datetime
    number: int
    what: str = field(compare=False)
    do: Callable[[], None] = field(compare=False)
    tries: int = field(default=0, compare=False)


@dataclass
class Agenda:
    """The acts to come. `refused` are those that the city did not take, with why; `lag` is by how
    much an act came after its hour, at most, since that was last asked."""

    clock: Clock
    refused: list[str] = field(default_factory=list)
    _acts: list[Act] = field(default_factory=list)
    _count: int = 0
    _lag: timedelta = timedelta()

    def put(self, at: datetime, what: str, do: Callable[[], None], *, tries: int = 0) -> None:
        """Adds an act; of several at one instant, the one that was put first comes first."""
        self._count += 1
        heapq.heappush(self._acts, Act(at, self._count, what, do, tries))

    def play(self, until: datetime) -> None:
        """Does all that is due by `until`, and what that adds, each as soon as its hour has come;
        returns when it is `until` in the city."""
        while self._acts and self._acts[0].at <= until:
            act = heapq.heappop(self._acts)
            self.clock.wait_until(act.at)
            self._lag = max(self._lag, self.clock.now() - act.at)
            self._do(act)
        self.clock.wait_until(until)

    def lag(self) -> timedelta:
        """The longest delay since this was last asked."""
        lag, self._lag = self._lag, timedelta()
        return lag

    def _do(self, act: Act) -> None:
        try:
            act.do()
        except CallFailed as failed:
            if failed.status in _NOT_YET and act.tries + 1 < _TRIES:
                later = self.clock.now() + _AGAIN_AFTER
                self.put(later, act.what, act.do, tries=act.tries + 1)
            else:
                self.refused.append(f"{act.what}: {failed}")
