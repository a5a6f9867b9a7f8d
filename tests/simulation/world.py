"""One process that plays the cloud: its clock, which jumps to what is due next.

It jumps only when nothing is left to do before it. All chance comes from one seed, so a seed that
fails fails again.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from tests.simulation.faults import CALM, Chance, Faults, Never, Weather

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai
_MOST_STEPS = 2_000_000  # far more than the longest simulation takes
_MOST_AT_ONCE = 3  # processes that may wait in the middle of something while another works
_SOON = timedelta(minutes=5)  # how far ahead others may get while a process waits
_PATIENCE = timedelta(minutes=15)  # the longest that a process may wait and still live

Act = Callable[[], None]


class Due(NamedTuple):
    """Something that is to happen."""

    at: datetime
    number: int
    act: Act
    who: str
    about: str

    def concerns(self, subject: str) -> bool:
        """Whether it is about `subject`, or about all whose names begin alike."""
        return subject in self.about or bool(self.about and subject.startswith(self.about))


class World:
    """The clock, and everything that is due."""

    def __init__(self, seed: str, weather: Weather = CALM, faults: Faults | None = None) -> None:
        self.now = START
        self.random = Random(seed)
        self.weather = weather
        self.faults = faults or Chance(weather, self.random)
        self._due: list[Due] = []
        self._numbers = itertools.count()
        self._waiting = 0
        self._who = ""

    def after(self, seconds: float, act: Act, who: str = "", about: str = "") -> None:
        """Let `who` do `act` in so many seconds; `about` names whom it concerns, in any form."""
        at = self.now + timedelta(seconds=seconds)
        heapq.heappush(self._due, Due(at, next(self._numbers), act, who, about))

    @property
    def busy(self) -> bool:
        """Whether anything is due."""
        return bool(self._due)

    def run(self) -> None:
        """Until nothing is left to do; raises RuntimeError where that never comes."""
        for _ in range(_MOST_STEPS):
            if not self._due:
                return
            self._do(heapq.heappop(self._due))
        raise RuntimeError("the city never comes to rest")

    def overtaken(self, subject: str = "") -> None:
        """Others work while this process waits for its next call: how races are played.

        Chance would seldom bring two together at the same `subject`: every other time it is one who
        works on that, and of those every other time one who does the same.
        """
        while self._due and self._waiting < _MOST_AT_ONCE and self.chance(self.weather.overtaking):
            near = self._related(subject) if subject and self.chance(0.5) else self._next_ones()
            if not near:
                return
            chosen = self.random.choice(near)
            self._due.remove(chosen)
            heapq.heapify(self._due)
            waits, self._waiting = self._who, self._waiting + 1
            self._do(chosen)
            self._who, self._waiting = waits, self._waiting - 1

    def _related(self, subject: str) -> list[Due]:
        until = self.now + _PATIENCE
        near = [due for due in self._due if due.at <= until and due.concerns(subject)]
        rivals = [due for due in near if due.who == self._who]
        return rivals if rivals and self.chance(0.5) else near

    def _next_ones(self) -> list[Due]:
        until = self.now + _SOON
        return [due for due in heapq.nsmallest(8, self._due) if due.at <= until]

    def calm(self) -> None:
        """From now on nothing fails."""
        self.weather, self.faults = CALM, Never()

    def chance(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return share > 0 and self.random.random() < share

    def delay(self) -> float:
        """How long a message takes: mostly a moment, now and then up to the longest delay."""
        most = self.random.choice((1.0, 1.0, 10.0, 120.0, self.weather.delay))
        return self.random.random() * min(most, self.weather.delay)

    def _do(self, due: Due) -> None:
        self.now, self._who = max(self.now, due.at), due.who
        due.act()
